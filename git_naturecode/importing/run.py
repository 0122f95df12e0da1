"""One import: conversations are read, redacted and written down, each entry once."""

import errno
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice

from git_naturecode import ids
from git_naturecode.capture import LARGEST, TOOLS, Found, Task, conversations, read_all
from git_naturecode.domain import links
from git_naturecode.domain import session as sessions
from git_naturecode.domain.links import Link
from git_naturecode.errors import DiskFull, NaturecodeError, Negative
from git_naturecode.git import commits as git
from git_naturecode.importing.batches import Batches
from git_naturecode.importing.pieces import pieces
from git_naturecode.redact import Redactor
from git_naturecode.store.bulk import CHUNK
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import PRIVATE, TEAM, Store


@dataclass(frozen=True)
class Step:
    """How far an import is: conversations and bytes of them that are done, and of how many."""

    done: int
    total: int
    size: int
    total_size: int
    entries: int


Tell = Callable[[Step], None]


def never() -> bool:
    """The answer to "shall I stop?" where nobody can ask for it."""
    return False


@dataclass
class Imported:
    """What one import did, by session."""

    sessions: list[str] = field(default_factory=list)
    new_sessions: int = 0
    entries: int = 0
    redacted: int = 0
    unknown: list[str] = field(default_factory=list)
    files: int = 0
    found: int = 0
    finished: int = 0
    problems: list[str] = field(default_factory=list)
    left_out: int = 0

    @property
    def stopped(self) -> bool:
        """True when it was asked to stop before its end."""
        return self.finished < self.found


@dataclass(frozen=True)
class Options:
    """How to import: who may read it, whether everything is kept, the importer's own name."""

    visibility: str
    full: bool = False
    name: str = ""


def import_files(
    store: Store, paths: Sequence[str | Found], redactor: Redactor, options: Options, tell: Tell,
    stop: Callable[[], bool] = never, linked: Mapping[tuple[str, str], Sequence[str]] | None = None,
) -> Imported:  # fmt: skip
    """Import the transcripts at `paths` (of a Found, that conversation of the file alone),
    private or for the team; what is known is passed over. `linked` are the commits that the
    conversation of a (tool, session) belongs to.

    `stop` is asked often; once it says True, what was read by then is committed and the rest left.
    Raises Negative when none of the files is a transcript, NaturecodeError when it cannot go on.
    """
    done = Imported()
    groups = _grouped(paths, done)
    if not groups:
        raise Negative(
            "none of these files is a transcript that I know",
            "histories of " + ", ".join(TOOLS) + " can be read",
        )
    side = PRIVATE if options.visibility == "private" else TEAM
    batches = Batches(store, side)
    run = _Run(store, side, options, done, tell, stop, groups, linked or {})
    try:
        with batches:
            run.write_all(batches, redactor)
    except NaturecodeError as failure:
        if not stop():  # else Ctrl-C has reached a git process of ours as well
            raise _kept(failure, batches.kept, len(groups)) from None
        done.finished = batches.kept
    except OSError as failure:
        if failure.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _kept(DiskFull("the disk is full"), batches.kept, len(groups)) from None
    return done


def _kept(failure: NaturecodeError, kept: int, total: int) -> NaturecodeError:
    """`failure`, saying also what of the import stays."""
    again = "run the same command again: it goes on where it stopped"
    if isinstance(failure, DiskFull):
        return DiskFull(
            f"the disk is full; {kept} of {total} conversations are imported",
            f"make room and {again}",
        )
    if kept:
        first = f"{failure.hint}; " if failure.hint else ""
        failure.hint = f"{first}{kept} of {total} conversations are imported; {again}"
    return failure


def _path(one: str | Found) -> str:
    return one if isinstance(one, str) else one.path


def _grouped(paths: Iterable[str | Found], done: Imported) -> list[list[Found]]:
    """The parts of each conversation, the earliest first."""
    groups: dict[tuple[str, str], list[Found]] = {}
    files = set()
    for path in paths:
        inside = list(conversations(path)) if isinstance(path, str) else [path]
        if not inside:
            done.unknown.append(_path(path))
            continue
        files.add(_path(path))
        for found in inside:
            groups.setdefault((found.tool, found.session), []).append(found)
    done.files = len(files)
    return [
        sorted(parts, key=lambda part: (part.copy, part.first_ms, part.path, part.at))
        for parts in groups.values()
    ]


@dataclass(frozen=True)
class _Place:
    """The session that a conversation goes into, and what is known of it, by id, on each side."""

    entity: str
    known: dict[str, frozenset[str]]

    def on(self, side: str) -> frozenset[str]:
        """The ids that are not written to `side` again; private ones do not copy shared ones."""
        team = self.known[TEAM]
        return team | self.known[PRIVATE] if side == PRIVATE else team

    def is_new(self, side: str) -> bool:
        """True when the session was not to be seen on `side` before."""
        return not self.on(side)


def _place(store: Store, parts: list[Found]) -> _Place:
    first = parts[0]
    tail = ids.imported_tail(first.tool, first.session)
    there = store.read_all(tail, sessions.KIND)
    entity = min((one.entity for one in there), default="") or ids.imported_entity(
        sessions.KIND, first.tool, first.session, first.first_ms
    )
    known = {
        side: frozenset(one.entry.id for one in there if one.side == side)
        for side in (TEAM, PRIVATE)
    }
    return _Place(entity, known)


class _Run:
    """One run over all conversations, in their order."""

    def __init__(
        self, store: Store, side: str, options: Options, done: Imported, tell: Tell,
        stop: Callable[[], bool], groups: list[list[Found]],
        linked: Mapping[tuple[str, str], Sequence[str]],
    ) -> None:  # fmt: skip
        self._store, self._side, self._options = store, side, options
        self._done, self._tell, self._stop = done, tell, stop
        self._groups, self._links = groups, linked
        self._sizes = [sum(part.size for part in parts) for parts in groups]
        self._places: dict[int, _Place] = {}
        done.found = len(groups)

    def write_all(self, batches: Batches, redactor: Redactor) -> None:
        """Read and write everything that is new, until it is done or told to stop."""
        small = sum(size for size in self._sizes if size <= LARGEST)
        size = 0
        drafts = read_all(self._tasks(), small, redactor, self._stop)
        for number, found in enumerate(drafts):
            self._say(number, size, batches)
            place = self._places.pop(number)
            if not self._write(batches, place, found, number, size):
                break
            self._done.finished += 1
            size += self._sizes[number]
            batches.end(self._sizes[number])
        self._done.entries = batches.entries

    def _tasks(self) -> Iterator[Callable[[], Task]]:
        for number, parts in enumerate(self._groups):
            yield lambda number=number, parts=parts: self._task(number, parts)  # type: ignore[misc]

    def _task(self, number: int, parts: list[Found]) -> Task:
        # What goes on from a session that is not here has to tell all of it.
        parts = [p if self._is_here(p.continued) else replace(p, continued="") for p in parts]
        place = self._places[number] = _place(self._store, parts)
        return Task(tuple(parts), place.on(self._side), self._options.full)

    def _is_here(self, session: str) -> bool:
        tail = ids.tail(session)
        return not session or any(
            self._store.has(log.name, sessions.KIND, tail) for log in self._store.sides
        )

    def _write(
        self, batches: Batches, place: _Place, drafts: Iterable[Draft], number: int, size: int
    ) -> bool:
        """Write one conversation; False when told to stop before its end."""
        before = batches.entries
        stream = chain(drafts, self._linked(place, self._groups[number][0]))
        whole = True
        while chunk := list(islice(stream, CHUNK)):
            self._done.redacted += sum(len(draft.redacted) for draft in chunk)
            finished = [_finished(draft, self._options) for draft in chunk]
            batches.write(place.entity, [piece for draft in finished for piece in pieces(draft)])
            self._say(number, size, batches)
            if self._stop():
                whole = len(chunk) < CHUNK
                break
        if batches.entries > before:
            self._done.sessions.append(place.entity)
            self._done.new_sessions += place.is_new(self._side)
        return whole

    def _linked(self, place: _Place, first: Found) -> Iterator[Draft]:
        """The links to the commits that a conversation belongs to."""
        known = place.on(self._side)
        for commit in self._links.get((first.tool, first.session), ()):
            entry = ids.imported_entry(first.tool, first.session, commit, "link")
            if entry not in known:
                tree, patch = self._about.get(commit, ("", ""))
                link = Link(place.entity, commit, tree, patch, "entire", tool=first.tool)
                yield Draft(links.LINK, links.fields(link), None, entry, clean=True)

    @cached_property
    def _about(self) -> dict[str, tuple[str, str]]:
        """Tree and patch id of each linked commit, by which it is found when it is made anew."""
        commits = {oid for found in self._links.values() for oid in found}
        infos = git.infos(self._store.team.objects, commits)
        patches = git.patch_ids(self._store.repo, dict.fromkeys(infos, ""))
        return {oid: (info.tree, patches.get(oid, "")) for oid, info in infos.items()}

    def _say(self, number: int, size: int, batches: Batches) -> None:
        total = sum(self._sizes)
        self._tell(Step(number, len(self._groups), size, total, batches.entries))


def _finished(draft: Draft, options: Options) -> Draft:
    if draft.kind != "open":
        return draft
    more = {"visibility": options.visibility, "name": options.name}
    return draft._replace(fields={**draft.fields, **more})
