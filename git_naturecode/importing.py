"""Import: transcripts of AI tools become sessions, each message once however often it is read."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from git_naturecode import ids
from git_naturecode.capture import (
    LARGEST,
    TOOLS,
    Found,
    Task,
    conversations,
    discover,
    identify,
    read_all,
)
from git_naturecode.domain import session as sessions
from git_naturecode.errors import Negative, Usage
from git_naturecode.redact import Redactor
from git_naturecode.store.bulk import CHUNK, BulkWriter, bulk
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import PRIVATE, TEAM, Store

Tell = Callable[[str], None]
_ENDINGS = (".jsonl", ".json", ".md")


@dataclass
class Imported:
    """What one import did, by session."""

    sessions: list[str] = field(default_factory=list)
    new_sessions: int = 0
    entries: int = 0
    redacted: int = 0
    unknown: list[str] = field(default_factory=list)
    files: int = 0


@dataclass(frozen=True)
class Options:
    """How to import: who may read it, whether everything is kept, the importer's own name."""

    visibility: str
    full: bool = False
    name: str = ""


def import_files(
    store: Store, paths: Sequence[str | Found], redactor: Redactor, options: Options, tell: Tell
) -> Imported:
    """Import the transcripts at `paths` (of a Found, that conversation of the file alone),
    private or for the team; what is known is passed over.

    Raises Negative when none of the files is a transcript.
    """
    done = Imported()
    groups = _grouped(paths, done)
    if not groups:
        raise Negative(
            "none of these files is a transcript that I know",
            "histories of " + ", ".join(TOOLS) + " can be read",
        )
    side = PRIVATE if options.visibility == "private" else TEAM
    sizes = [sum(part.size for part in parts) for parts in groups]
    total = sum(size for size in sizes if size <= LARGEST)
    with bulk(store, side) as writer:
        places = [_place(store, parts) for parts in groups]
        tasks = (partial(_task, *pair, side, options) for pair in zip(groups, places, strict=True))
        for number, drafts in enumerate(read_all(tasks, total, redactor), 1):
            tell(f"session {number} of {len(groups)}")
            _write(writer, places[number - 1], drafts, options, done)
        done.entries = writer.entries
    done.new_sessions = sum(place.is_new(side) for place in places)
    return done


def find_files(
    store: Store, paths: Sequence[str], auto: bool, tool: str | None, after_ms: int
) -> list[str | Found]:
    """What to import: `paths` and what lies in folders among them, or what `auto` finds.

    Only files of `tool`, where one is named, and changed since `after_ms`. Raises Usage when
    there is nothing to look at, Negative when nothing was found.
    """
    if bool(paths) == auto:
        raise Usage("name files or folders, or use --auto", "one of the two")
    if tool is not None and tool not in TOOLS:
        raise Usage(f"{tool!r} is not a tool that I know", "use " + ", ".join(TOOLS))
    found: list[str | Found] = []
    if auto:
        home = store.environ.get("HOME", "")
        found.extend(discover(home, store.environ, store.repo.work_trees()))
    else:
        found.extend(one for path in paths for one in _inside(path))
    chosen = [one for one in found if os.stat(_path(one)).st_mtime_ns // 1_000_000 >= after_ms]
    if tool is not None:
        chosen = [one for one in chosen if _tool(one) == tool]
    if not chosen:
        raise Negative("no transcripts were found", "name a file or a folder that holds some")
    return list(dict.fromkeys(chosen))


def _path(one: str | Found) -> str:
    return one if isinstance(one, str) else one.path


def _tool(one: str | Found) -> str:
    found = identify(one) if isinstance(one, str) else one
    return found.tool if found else ""


def _inside(path: str) -> Iterator[str]:
    if not os.path.isdir(path):
        if not os.path.exists(path):
            raise Usage(f"there is no file {path}")
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            if name.endswith(_ENDINGS):
                yield os.path.join(folder, name)


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
        sorted(parts, key=lambda part: (part.first_ms, part.path, part.at))
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
    there = store.read(tail, sessions.KIND)
    entity = min((one.entity for one in there), default="") or ids.imported_entity(
        sessions.KIND, first.tool, first.session, first.first_ms
    )
    known = {
        side: frozenset(one.entry.id for one in there if one.side == side)
        for side in (TEAM, PRIVATE)
    }
    return _Place(entity, known)


def _task(parts: list[Found], place: _Place, side: str, options: Options) -> Task:
    return Task(tuple(parts), place.on(side), options.full)


def _write(
    writer: BulkWriter, place: _Place, drafts: Iterable[Draft], options: Options, done: Imported
) -> None:
    before = writer.entries
    stream = iter(drafts)
    while chunk := list(islice(stream, CHUNK)):
        done.redacted += sum(len(draft.redacted) for draft in chunk)
        writer.write(place.entity, [_finished(draft, options) for draft in chunk])
    if writer.entries > before:
        done.sessions.append(place.entity)


def _finished(draft: Draft, options: Options) -> Draft:
    if draft.kind != "open":
        return draft
    more = {"visibility": options.visibility, "name": options.name}
    return replace(draft, fields={**draft.fields, **more})
