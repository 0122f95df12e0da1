"""One export to git-appraise: what reviews say becomes lines of its notes, beside what is there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from git_naturecode import ids
from git_naturecode.appraise import notes
from git_naturecode.appraise.lines import ARCHIVES, NAMES, PREFIX, REVIEWS, Request, Unreadable
from git_naturecode.appraise.lines import request as parsed
from git_naturecode.appraise.notes import Blob, Notes
from git_naturecode.appraise.outgoing import Telling, kept, request_of
from git_naturecode.appraise.sheet import TOOL
from git_naturecode.appraise.told import Line
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.model import KIND, Review
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import commits
from git_naturecode.git.objects import Change, Content, Missing, Objects
from git_naturecode.store.lock import hold
from git_naturecode.store.note_lines import places
from git_naturecode.store.notes import ref_log
from git_naturecode.store.store import Placed, Store

_WAIT, _TRIES = 30.0, 20
_MOST_COMMITS = 10_000  # of one change
_MOST_TOLD = 20


@dataclass
class Given:
    """What an export did: lines that were added, by the name of the notes, of so many reviews."""

    reviews: int = 0
    added: dict[str, int] = field(default_factory=dict)
    archived: int = 0
    redacted: int = 0
    unsaid: int = 0
    problems: list[str] = field(default_factory=list)

    def note(self, problem: str) -> None:
        """Tell of something that could not be given."""
        if len(self.problems) < _MOST_TOLD:
            self.problems.append(problem)


def give(store: Store, only: Sequence[str] = ()) -> Given:
    """Write all reviews (or `only` those with these last parts of their ids) into the notes.

    Nothing is taken out of them, and what is there already is not written twice. Raises
    NaturecodeError when they cannot be written.
    """
    done = Given()
    wanted: dict[str, dict[str, dict[bytes, None]]] = {name: {} for name in NAMES}
    lost: set[str] = set()
    telling = _Telling(store, done)
    for tail in only or list(_tails(store)):
        for line in telling.lines(tail, lost):
            wanted[line.note].setdefault(line.about, {})[line.raw] = None
    for name in NAMES:
        if added := _write(store, name, wanted[name], done):
            done.added[name] = added
    done.redacted = len(lost)
    for head in telling.left:
        done.archived += _archive(store, head)
    return done


def _tails(store: Store) -> Iterator[str]:
    """The last parts of the ids of all entities that are reviews, in the order of these."""
    log = store.team
    root = log.tree()
    found = set()
    for first in log.folder(f"log/{KIND}", root):
        for second in log.folder(f"log/{KIND}/{first.name.decode()}", root):
            above = f"log/{KIND}/{first.name.decode()}/{second.name.decode()}"
            for third in log.folder(above, root):
                for one in log.folder(f"{above}/{third.name.decode()}", root):
                    found.add(ids.tail(one.name.decode()))
    yield from sorted(found)


class _Telling:
    """Finds out what is to be told of each review."""

    def __init__(self, store: Store, done: Given) -> None:
        self._store, self._done = store, done
        self._objects = store.team.objects
        self.left: list[str] = []  # heads that no branch holds any longer

    def lines(self, tail: str, lost: set[str]) -> list[Line]:
        """The lines of one entity; `lost` gets the hashes of those that cannot be told again."""
        placed = self._store.read(tail, KIND)
        found, gone = kept(placed)
        lost |= gone
        review = build(placed)
        if not review.opened or review.deleted:
            return found
        about = self._about(review)
        if not about:
            return found
        self._done.reviews += 1
        request = request_of(placed, self._alias(review, about))
        if request is not None and not review.base:
            self._done.note(f"{review.id} is not to be merged into a branch, which is needed there")
            return found
        outgoing = Telling(placed, about).outgoing(_requests(found, placed), request)
        self._done.unsaid += outgoing.unsaid
        self._leave(review)
        return [*found, *outgoing.lines]

    def _about(self, review: Review) -> str:
        """The commit whose notes tell of the review: the first one of the change."""
        if review.origin.get("tool") == TOOL:
            about = review.origin.get("review")
            return about if isinstance(about, str) else ""
        first = review.revisions[0] if review.revisions else None
        if first is None or not self._is_here(first.head):
            self._done.note(f"the commits of {review.id} are not here")
            return ""
        inside = commits.between(self._store.repo, first.base, first.head, _MOST_COMMITS)
        return inside[-1] if inside and first.base else first.head

    def _is_here(self, commit: str) -> bool:
        try:
            return self._objects.header(commit)[0] == "commit"
        except Missing:
            return False

    def _alias(self, review: Review, about: str) -> str:
        """The commit by which the change goes on where its history was made anew; "" for none."""
        merged, last = review.merged, review.revision
        head = merged.result if merged else last.head if last else ""
        if not head or self._objects.is_ancestor(about, head):
            return ""
        return head

    def _leave(self, review: Review) -> None:
        """Note the states that the newest one does not contain: git would forget them."""
        last = review.revision
        for one in review.revisions[:-1]:
            if last and self._is_here(one.head) and not self._objects.is_ancestor(
                one.head, last.head
            ):  # fmt: skip
                self.left.append(one.head)


def _requests(found: Sequence[Line], placed: Sequence[Placed]) -> list[Request]:
    """The requests among the lines that came from elsewhere, in the order that counts."""
    requests = []
    for line in found:
        if line.note == REVIEWS:
            try:
                requests.append(parsed(line.raw))
            except Unreadable:
                continue
    return sorted(requests, key=lambda one: one.timestamp)


# -- writing ------------------------------------------------------------------------------------


def _write(store: Store, name: str, wanted: Mapping[str, Mapping[bytes, None]], done: Given) -> int:
    """Add the lines `wanted` to the notes called `name`; how many were not there."""
    if not wanted:
        return 0
    log = ref_log(store, PREFIX + name)
    with hold(store.lock, _WAIT) as held:
        for _ in range(_TRIES if held else 0):
            head = log.head()
            change, added = _change(store, name, head, wanted, done)
            if change is None:
                return 0
            if log.move(store.team.objects.commit(change), head, _WAIT):
                return added
    raise NaturecodeError(
        "another git naturecode is writing here", "wait for it, then run the command again"
    )


def _change(
    store: Store, name: str, head: str | None, wanted: Mapping[str, Mapping[bytes, None]],
    done: Given,
) -> tuple[Change | None, int]:  # fmt: skip
    objects = store.team.objects
    there, blobs = Notes(), dict[str, list[Blob]]()
    if head is not None:
        there = notes.read(objects, head, name)
        blobs = notes.places(objects, head, Notes(), name)
    texts: dict[str, bytes] = {}
    added = 0
    for about, lines in wanted.items():
        fresh = [raw for raw in lines if raw not in there.lines.get(about, ())]
        if fresh and about in there.closed:
            done.note(f"the note of {name} on {about[:12]} is too large to be added to")
        elif fresh:
            added += len(fresh)
            texts[about] = _joined(objects, blobs.get(about, []), fresh)
    if not texts:
        return None, 0
    files = _laid_out(blobs, texts)
    parents = (head,) if head else ()
    message = f"Reviews of git naturecode in {PREFIX}{name}"
    base = _tree(objects, head)
    return Change(base, files, parents, store.now_ms() // 1000, message), added


def _tree(objects: Objects, head: str | None) -> str | None:
    from git_naturecode.git import tree

    return tree.tree_of(objects, head)


def _joined(objects: Objects, blobs: Sequence[Blob], fresh: Sequence[bytes]) -> bytes:
    """What stands in a note, and the lines `fresh` after it."""
    before = [objects.read(one.oid)[1].rstrip(b"\n") for one in blobs]
    return b"\n".join([*filter(None, before), *fresh]) + b"\n"


def _laid_out(
    blobs: Mapping[str, list[Blob]], texts: Mapping[str, bytes]
) -> dict[str, Content | None]:
    """The paths that change so that each note stands where git itself would put it."""
    where = places({*blobs, *texts})
    files: dict[str, Content | None] = {}
    for about, some in blobs.items():
        for one in some:
            if one.path != where[about]:
                files[one.path] = None
                files.setdefault(where[about], one.oid)
    files.update((where[about], data) for about, data in texts.items())
    return files


def _archive(store: Store, head: str) -> bool:
    """Hold `head` where git-appraise holds earlier states of reviews; False where it is held."""
    log = ref_log(store, ARCHIVES)
    objects = store.team.objects
    ours = log.head()
    if ours is not None and objects.is_ancestor(head, ours):
        return False
    info = commits.infos(objects, [head]).get(head)
    if info is None:
        return False
    parents = (ours, head) if ours else (head,)
    made = objects.commit(Change(info.tree, {}, parents, info.seconds, f"Archive {head}"))
    return log.move(made, ours, _WAIT)
