"""Notes on commits, derived from the reviews of the data branch: the same lines in every clone."""

from collections.abc import Iterable, Sequence

from git_naturecode import ids
from git_naturecode.domain.review import notes as lines
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.model import KIND, Review
from git_naturecode.git import tree
from git_naturecode.git.objects import Missing, Objects, RefLocked
from git_naturecode.reviewing import noted, pinned
from git_naturecode.store import note_lines, paths
from git_naturecode.store.lock import alone
from git_naturecode.store.notes import Book, ref_log
from git_naturecode.store.store import TEAM, Placed, Store

Folded = tuple[Review, list[Placed]]
"""A review and its entries."""
PATIENCE = 15.0
_TRIES = 20
_FOLDER = f"log/{KIND}"


def refresh(store: Store) -> int:
    """Make right what the notes say where reviews or notes have changed; how many changed.

    Without a ref, or where nobody knows since when, all reviews are looked at: so a lost ref is
    built again from the data branch. Raises NaturecodeError when others keep writing.
    """
    if not noted.is_behind(store):
        return 0
    store.settle(PATIENCE)
    log = ref_log(store, noted.REF)
    with alone(store.lock, PATIENCE):
        for _ in range(_TRIES):
            head, there = noted.now(store)
            tip = None if there == noted.NOWHERE else there
            book = Book(log.objects, tip, store.now_ms())
            found = _read(store, _changed(store, head, there))
            right = _right(store, book, found)
            new = book.changed(right, "Note what was reviewed") if right else None
            if new is None or log.move(new, tip, PATIENCE):
                noted.keep(store, (head, new or there))
                _let_go(store, found)
                return len(right) if new else 0
    raise RefLocked(f"{log.ref} keeps moving")


def _let_go(store: Store, found: Sequence[Folded]) -> None:
    """Keep the states of reviews that are over no longer."""
    over = {ids.tail(review.id) for review, _ in found if review.is_over}
    if over:
        pinned.let_go(store, over)


def audit(store: Store) -> frozenset[str]:
    """The commits whose notes are not as the reviews are; writes nothing."""
    book = Book(store.team.objects, store.team.objects.resolve(noted.REF), store.now_ms())
    return frozenset(_right(store, book, _read(store, everything(store))))


def stale_pins(store: Store) -> set[str]:
    """The last parts of the ids of the reviews whose states are kept though they are over, or not
    here (any more)."""
    tails = pinned.kept(store)
    found = {ids.tail(review.id): review for review, _ in _read(store, tails)}
    return {
        tail for tail in tails
        if tail not in found or found[tail].is_over or not found[tail].opened
    }  # fmt: skip


def rebuild(store: Store) -> int:
    """Make all notes right, whatever was done before; how many changed."""
    noted.keep(store, (noted.NOWHERE, noted.NOWHERE))
    return refresh(store)


def _changed(store: Store, head: str, there: str) -> set[str]:
    """The last parts of the ids of the reviews that are to be looked at."""
    old, seen = noted.last(store)
    objects = store.team.objects
    if noted.NOWHERE in (old, head) or seen != there:
        return everything(store)
    try:
        a, b = (_folder(objects, tree.tree_of(objects, one)) for one in (old, head))
        return _tails(path for path, _, _ in tree.differences(objects, a, b))
    except Missing:  # what a purge leaves behind
        return everything(store)


def everything(store: Store) -> set[str]:
    """The last parts of the ids of all reviews on the data branch."""
    objects = store.team.objects
    return _tails(tree.files(objects, _folder(objects, store.team.tree())))


def _folder(objects: Objects, root: str | None) -> str | None:
    """The folder of all reviews in the tree `root`: nothing else need be compared."""
    found = tree.find(objects, root, _FOLDER)
    return found.oid if found is not None and found.is_tree else None


def _tails(below: Iterable[str]) -> set[str]:
    """The last parts of the ids of the reviews in whose logs the paths `below` _FOLDER are."""
    found = (paths.parse_segment_path(f"{_FOLDER}/{path}") for path in below)
    return {ids.tail(place[0]) for place in found if place and place[0].startswith(f"{KIND}-")}


def _read(store: Store, tails: Iterable[str]) -> list[Folded]:
    """The reviews with these last parts of ids; those that are not here are left out."""
    read = (store.read(tail, KIND) for tail in tails)
    return [(build(placed), placed) for placed in read if placed]


def _right(store: Store, book: Book, found: Iterable[Folded]) -> dict[str, note_lines.Lines]:
    """What is to be said about each commit on which anything may be wrong."""
    told: dict[str, set[bytes]] = {}
    known = set[str]()
    for review, placed in found:
        known.add(review.id)
        shared = [one.entry for one in placed if one.side == TEAM]
        for commit, right in lines.lines(review, shared).items():
            told.setdefault(commit, set()).update(right)
    if not known:
        return {}
    size = store.team.objects.hexsz
    there = book.lines({*told, *book.names})
    wrong = {}
    for commit, said in there.items():
        kept = {line for line in said if lines.review_of(line) not in known}
        wanted = note_lines.within(kept | told.get(commit, set()))
        if wanted != said and len(commit) == size:
            wrong[commit] = wanted
    return wrong
