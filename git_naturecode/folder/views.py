"""What shall stand in the folder: the files of the data branch, and a page for each session."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.domain import session as sessions
from git_naturecode.errors import Unsupported
from git_naturecode.git import tree
from git_naturecode.git.objects import Missing
from git_naturecode.render import page
from git_naturecode.store import format, hygiene, paths, segments
from git_naturecode.store.store import Placed, Store

SHARED_MODE, PRIVATE_MODE, EDITABLE_MODE = 0o444, 0o400, 0o644
_KIND = sessions.KIND
_FILE, _SESSION = "file/", f"{_KIND}/"
_EDITABLE = "kb/"
_NO_TIME = "~"  # of what stays however old it is
_MANY = 200  # changed sessions, from which on all logs are read in one go


class View(NamedTuple):
    """A file as it shall stand: what it shows (`source`), when that last changed, its mode."""

    path: str
    source: str
    changed: str
    mode: int
    data: bytes


@dataclass
class Wanted:
    """Sources to look at: the last parts of the ids of sessions, and paths of the data branch."""

    tails: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def add(self, source: str) -> None:
        """One more, named as in `View.source`."""
        if source.startswith(_SESSION):
            self.tails.add(source.removeprefix(_SESSION))
        else:
            self.files.add(source.removeprefix(_FILE))


@dataclass
class Views:
    """What the folder shall show of `roots`, the trees of the sides; of sessions since `since`."""

    store: Store
    roots: dict[str, str | None]
    since: str

    def changed(self, before: dict[str, str | None]) -> Wanted:
        """What may look otherwise than when the sides stood at the trees `before`.

        Raises Missing when one of these is gone.
        """
        wanted = Wanted()
        for side, root in self.roots.items():
            objects = self.store.side(side).objects
            for path, _, _ in tree.differences(objects, before.get(side), root):
                segment = paths.parse_segment_path(path)
                if segment and segment[0].startswith(f"{sessions.KIND}-"):
                    wanted.tails.add(ids.tail(segment[0]))
                elif side == self.store.team.name and _is_shown(path):
                    wanted.files.add(path)
        return wanted

    def judged(self, wanted: Wanted, before: str) -> str:
        """Add what is thought otherwise of than at the version `before`; gives the present one."""
        judge = self.store.judge
        if judge is None:
            return before
        judge.refresh()
        version = judge.version
        if version != before:
            known = judge.changed(before)
            fresh = self.changed({}).tails if known is None else {t for k, t in known if k == _KIND}
            wanted.tails |= fresh
        return version

    def of(self, wanted: Wanted) -> Iterator[tuple[str, View | None]]:
        """Each source with its view; None where it has none (any more)."""
        for path in sorted(wanted.files):
            yield _FILE + path, self._file(path)
        read = self._in_one_go if len(wanted.tails) > _MANY else self._one_by_one
        for tail, placed in read(wanted.tails):
            yield _SESSION + tail, self._session(tail, placed)

    def too_old(self, source: str, changed: str) -> bool:
        """True when what `source` shows was last changed before the days that are shown."""
        return source.startswith(_SESSION) and changed < self.since

    def _file(self, path: str) -> View | None:
        objects = self.store.team.objects
        found = tree.find(objects, self.roots[self.store.team.name], path)
        if found is None or found.is_tree:
            return None
        try:
            kind, size = objects.header(found.oid)
        except Missing:
            return None
        if kind != "blob" or size > hygiene.most_bytes(path):
            return None
        mode = EDITABLE_MODE if path.startswith(_EDITABLE) else SHARED_MODE
        return View(path, _FILE + path, _NO_TIME, mode, objects.read(found.oid)[1])

    def _session(self, tail: str, placed: list[Placed]) -> View | None:
        if not placed:
            return None
        session = sessions.build(placed)
        # A source may claim any time; nothing changes after the entry that says so.
        changed = min(session.updated, max(one.entry.at for one in placed))
        if changed < self.since or session.deleted or not (session.opened or session.messages):
            return None
        mode = SHARED_MODE if session.shared and not session.has_private else PRIVATE_MODE
        text = page.text(session).encode()
        return View(page.path(session, tail), _SESSION + tail, changed, mode, text)

    def _one_by_one(self, tails: Iterable[str]) -> Iterator[tuple[str, list[Placed]]]:
        for tail in sorted(tails):
            yield tail, self.store.read(tail, sessions.KIND, sealed=True)

    def _in_one_go(self, tails: set[str]) -> Iterator[tuple[str, list[Placed]]]:
        """The same for very many: each side's logs are read through one stream."""
        parts = sorted(
            (ids.tail(found[0]), side, path, blob)
            for side, root in self.roots.items()
            for path, _, blob in tree.differences(self.store.side(side).objects, None, root)
            if blob and (found := paths.parse_segment_path(path)) and ids.tail(found[0]) in tails
        )
        streams = {
            side: self.store.side(side).objects.read_many([p[3] for p in parts if p[1] == side])
            for side in self.roots
        }
        missing = tails - {part[0] for part in parts}
        yield from ((tail, []) for tail in sorted(missing))
        for tail, group in groupby(parts, key=lambda part: part[0]):
            logs = [(side, next(streams[side])[1]) for _, side, _, _ in group]
            # `parse` is what costs, and most sessions of a large record are old.
            recent = any(segments.last_stamp(data) >= self.since for _, data in logs)
            placed = [one for log in logs for one in _placed(*log)] if recent else []
            yield tail, self.store.counting(tail, _KIND, placed)


def _placed(side: str, data: bytes) -> list[Placed]:
    try:
        segment = format.parse(data)
    except Unsupported:  # of a later program: it must not hide the others
        return []
    return [Placed(entry, segment.entity, segment.device, side) for entry in segment.entries]


def _is_shown(path: str) -> bool:
    """True for a file of the data branch that belongs into the folder.

    `.gitattributes` does not: there it would tell git what to do with the user's own files.
    """
    return paths.allowed(path) and not path.startswith((".", "log/"))
