"""Notes on commits, derived from the links of the data branch: the same lines in every clone."""

from collections.abc import Iterable, Mapping

from git_naturecode.domain import links
from git_naturecode.domain.kinds import SESSION
from git_naturecode.domain.links import Settled
from git_naturecode.git import tree
from git_naturecode.git.objects import Missing, RefLocked
from git_naturecode.linking.known import Known
from git_naturecode.store import note_lines, noted, paths
from git_naturecode.store.lock import alone, hold
from git_naturecode.store.note_lines import Lines
from git_naturecode.store.notes import Book, ref_log
from git_naturecode.store.store import Store

PATIENCE = 15.0
_TRIES = 20


def refresh(store: Store) -> int:
    """Make right what the notes say where links or notes have changed; how many changed.

    Without a ref, or where nobody knows since when, all notes are looked at: so a lost ref is
    built again from the data branch. Raises NaturecodeError when others keep writing.
    """
    store.settle(PATIENCE)
    log = ref_log(store, noted.REF)
    with alone(store.lock, PATIENCE):
        for _ in range(_TRIES):
            state = noted.now(store)
            right = _right(store, *state)
            tip = _none(state[1])
            book = Book(log.objects, tip if right else None, store.now_ms())
            new = book.changed(right, "Note which sessions commits belong to") if right else None
            if new is None or log.move(new, tip, PATIENCE):
                noted.remember(store, (state[0], new or state[1]))
                return len(right) if new else 0
    raise RefLocked(f"{log.ref} keeps moving")


def _none(oid: str) -> str | None:
    return None if oid == "-" else oid


def _right(store: Store, head: str, tip: str) -> Mapping[str, Lines]:
    """What is to be said about each object on which anything may be wrong."""
    told = Told(store)
    try:
        names = _touched(store, told, head, tip)
        if not names:
            return {}
        lines = _book(store, _none(tip)).lines(names)
        right = told.clean(lines)
        return {name: said for name, said in right.items() if said != lines[name]}
    finally:
        told.close()


def _book(store: Store, tip: str | None) -> Book:
    return Book(store.team.objects, tip, store.now_ms())


def _touched(store: Store, told: "Told", head: str, tip: str) -> set[str]:
    """The objects that links or notes which have changed since the last time are about."""
    old, seen = noted.last(store)
    names: set[str] = set()
    try:
        if tip != seen:
            if tip == "-" or seen == "-":
                raise Missing(seen)  # a ref that is gone, or the first one: all is looked at
            names |= _book(store, _none(tip)).differing(_book(store, seen))
        if head != old:
            names |= _linked(store, told, _none(old), _none(head))
    except Missing:  # also what a purge leaves behind
        names = {*told.everything(), *_book(store, _none(tip)).names}
    size = store.team.objects.hexsz
    return {name for name in names if len(name) == size}


def _linked(store: Store, told: "Told", old: str | None, head: str | None) -> set[str]:
    """The commits that links are about which stand in logs that differ."""
    objects = store.team.objects
    if old is None:
        return told.everything()
    a, b = tree.tree_of(objects, old), tree.tree_of(objects, head)
    changed: list[tuple[str, str]] = []
    for path, was, now in tree.differences(objects, a, b):
        place = paths.parse_segment_path(path)
        if place is not None and place[0].startswith(f"{SESSION}-"):
            changed += [(place[0], blob) for blob in (was, now) if blob]
    names: set[str] = set()
    telling: set[str] = set()
    contents = objects.read_many(blob for _, blob in changed)
    for (entity, _), (_, data) in zip(changed, contents, strict=True):
        if noted.tells(data):
            telling.add(entity)
            names |= {one.decode() for one in links.TARGET.findall(data)}
    for entity in telling:  # only now: the objects answer one who asks at a time
        settled = told.settled(entity)
        names |= {*settled.live, *settled.undone} if settled else set()
    return names


class Told:
    """What the data branch says of links, each session read once; to be closed."""

    def __init__(self, store: Store) -> None:
        self._known = Known(store)

    def settled(self, entity: str) -> Settled | None:
        """The links of `entity` that are shared; None where nothing of the session is."""
        about = self._known.about(entity)
        return about.shared_links if about else None

    def everything(self) -> set[str]:
        """All commits that any session is linked to."""
        return set(self._known.index.values(SESSION, "commit"))

    def clean(self, notes: Mapping[str, Lines]) -> dict[str, Lines]:
        """Of `notes`, by commit, what may stay, and what has to be there.

        Lines of a link that was taken back go, those of one that holds are as its entry says;
        what is said of a session that is not here, or by somebody in his own words, stays.
        """
        linked = self._known.links(notes)
        right = {}
        for commit, lines in notes.items():
            kept = {line for line in lines if self._stays(commit, line)}
            for session in sorted({link.session for link in linked[commit]}):
                settled = self.settled(session)
                link = settled.live.get(commit) if settled else None
                if link is not None:
                    kept.update(line.encode() for line in links.note_lines(link))
            right[commit] = note_lines.within(kept)
        return right

    def holds(self, session: str, commit: str) -> bool:
        """True when an entry links the two."""
        settled = self.settled(session)
        return settled is not None and commit in settled.live

    def _stays(self, commit: str, line: bytes) -> bool:
        session = note_lines.session_of(line)
        settled = self.settled(session) if session else None
        return settled is None or not (commit in settled.live or commit in settled.undone)

    def close(self) -> None:
        """Close the index."""
        self._known.close()


def audit(store: Store) -> tuple[frozenset[str], list[tuple[str, str]]]:
    """The commits whose notes are not as the links are, and (commit, session) of what a note says
    that no link does.
    """
    telling = Told(store)
    try:
        book = _book(store, store.team.objects.resolve(noted.REF))
        lines = book.lines({*telling.everything(), *book.names})
        right = telling.clean(lines)
        wrong = frozenset(name for name, said in lines.items() if right[name] != said)
        unverified = {
            (name, session)
            for name, said in right.items() for line in said
            if (session := note_lines.session_of(line)) and not telling.holds(session, name)
        }  # fmt: skip
        return wrong, sorted(unverified)
    finally:
        telling.close()


def rebuild(store: Store) -> int:
    """Make all notes right, whatever was done before; how many changed."""
    with hold(store.lock, PATIENCE):  # nobody passes over what is new meanwhile
        noted.remember(store, ("-", "-"))
    return refresh(store)


def told(store: Store, commits: Iterable[str]) -> dict[str, Lines]:
    """What the notes say about each of `commits`."""
    return _book(store, store.team.objects.resolve(noted.REF)).lines(commits)
