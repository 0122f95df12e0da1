"""What shall stand in the folder: files of the data branch, a page for each session and review."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.domain import session as sessions
from git_naturecode.domain.kinds import REVIEW, SESSION
from git_naturecode.errors import Unsupported
from git_naturecode.git import tree
from git_naturecode.render import folder_readme, page
from git_naturecode.store import format, hygiene, paths, segments
from git_naturecode.store.log import README
from git_naturecode.store.store import TEAM, Placed, Store

SHARED_MODE, PRIVATE_MODE, EDITABLE_MODE = 0o444, 0o400, 0o644
FILE = "file/"
_FIRST = "README.md"
EDITABLE = "kb/"
NO_TIME = "~"  # of what stays however old it is
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
    """Sources to look at: by kind the last parts of ids, and paths of the data branch."""

    tails: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in _KINDS})
    files: set[str] = field(default_factory=set)

    def add(self, source: str) -> None:
        """One more, named as in `View.source`."""
        kind, _, tail = source.partition("/")
        if kind in self.tails:
            self.tails[kind].add(tail)
        else:
            self.files.add(source.removeprefix(FILE))


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
                kind = segment[0].partition("-")[0] if segment else ""
                if segment and kind in wanted.tails:
                    wanted.tails[kind].add(ids.tail(segment[0]))
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
            fresh = self.changed({}).tails if known is None else {}
            for kind, tails in wanted.tails.items():
                tails |= fresh.get(kind, set()) | {t for k, t in known or () if k == kind}
        return version

    def of(self, wanted: Wanted) -> Iterator[tuple[str, View | None]]:
        """Each source with its view; None where it has none (any more)."""
        yield from self._files(sorted(wanted.files))
        for kind, tails in wanted.tails.items():
            read = self._in_one_go if len(tails) > _MANY else self._one_by_one
            for tail, placed in read(kind, tails):
                source = f"{kind}/{tail}"
                yield source, _KINDS[kind](self, source, tail, placed) if placed else None

    def too_old(self, source: str, changed: str) -> bool:
        """True when what `source` shows was last changed before the days that are shown."""
        return not source.startswith(FILE) and changed < self.since

    def _files(self, names: list[str]) -> Iterator[tuple[str, View | None]]:
        """The files of the data branch at these paths; folders are read once for all of them."""
        objects = self.store.team.objects
        root = self.roots[self.store.team.name]
        found = tree.find_all(objects, root, names) if names else {}
        heads = objects.headers({entry.oid for entry in found.values()})
        for path in names:
            kind, size = heads.get(found[path].oid, ("", 0)) if path in found else ("", 0)
            if kind != "blob" or size > hygiene.most_bytes(path):
                yield FILE + path, None
                continue
            mode = EDITABLE_MODE if path.startswith(EDITABLE) else SHARED_MODE
            data = objects.read(found[path].oid)[1]
            if path == _FIRST and data == README.encode():  # that is about the branch
                data = folder_readme.TEXT.encode()
            yield FILE + path, View(path, FILE + path, NO_TIME, mode, data)

    def session(self, source: str, tail: str, placed: list[Placed]) -> View | None:
        """The page of a session."""
        session = sessions.build(placed)
        changed = _changed(session.updated, placed)
        if changed < self.since or session.deleted or not (session.opened or session.messages):
            return None
        mode = SHARED_MODE if session.shared and not session.has_private else PRIVATE_MODE
        text = page.text(session).encode()
        return View(page.path(session, tail), source, changed, mode, text)

    def review(self, source: str, tail: str, placed: list[Placed]) -> View | None:
        """The page of a review; drafts, which are on the private side, are not in it."""
        from git_naturecode.domain.review.build import build
        from git_naturecode.render import review_page

        shared = [one for one in placed if one.side == TEAM]
        review = build(shared)
        changed = _changed(review.updated, shared) if shared else ""
        if changed < self.since or review.deleted or not review.opened:
            return None
        text = review_page.text(review).encode()
        return View(review_page.path(review, tail), source, changed, SHARED_MODE, text)

    def _one_by_one(self, kind: str, tails: Iterable[str]) -> Iterator[tuple[str, list[Placed]]]:
        for tail in sorted(tails):
            yield tail, self.store.read(tail, kind, sealed=True)

    def _in_one_go(self, kind: str, tails: set[str]) -> Iterator[tuple[str, list[Placed]]]:
        """The same for very many: each side's logs are read through one stream."""
        parts = sorted(
            (ids.tail(found[0]), side, path, blob)
            for side, root in self.roots.items()
            for path, _, blob in tree.differences(self.store.side(side).objects, None, root)
            if blob
            and (found := paths.parse_segment_path(path))
            and found[0].startswith(f"{kind}-")
            and ids.tail(found[0]) in tails
        )
        streams = {
            side: self.store.side(side).objects.read_many([p[3] for p in parts if p[1] == side])
            for side in self.roots
        }
        missing = tails - {part[0] for part in parts}
        yield from ((tail, []) for tail in sorted(missing))
        for tail, group in groupby(parts, key=lambda part: part[0]):
            logs = [(side, next(streams[side])[1]) for _, side, _, _ in group]
            # `parse` is what costs, and most of a large record is old.
            recent = any(segments.last_stamp(data) >= self.since for _, data in logs)
            placed = [one for log in logs for one in _placed(*log)] if recent else []
            yield tail, self.store.counting(tail, kind, placed)


_KINDS: dict[str, Callable[[Views, str, str, list[Placed]], View | None]] = {
    SESSION: Views.session, REVIEW: Views.review,
}  # fmt: skip
"""What has a page of its own."""


def _changed(updated: str, placed: list[Placed]) -> str:
    """When the page last changed: a source may claim any time, but nothing changes after the entry
    that says so."""
    return min(updated, max(one.entry.at for one in placed))


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
