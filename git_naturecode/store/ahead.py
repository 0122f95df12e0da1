"""Asking ahead: what a join will read of two trees is asked for many at once, not one by one."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice

from git_naturecode.git.objects import Change, Objects, TreeEntry, parse_tree
from git_naturecode.store.hygiene import MAX_TREE
from git_naturecode.store.judging import Judging
from git_naturecode.store.sound import Judged

_MOST_BYTES = 32 << 20  # of folders
_FILES = 200  # asked for together
_FILE_BYTES = 8 << 20  # of them, that are held
_MOST_OBJECTS = 100_000
_MOST_LINES = 250_000
_MOSTLY_NEW = 10  # one in so many may stand beside a state of ours
_DEEPEST = 12  # levels; the grammar of paths has eight

_Pair = tuple[str, str | None]
"""An untrusted folder, and the trusted one in the same place."""


class Ahead:
    """`objects` with what `look` has brought at hand; all else is asked for when it is wanted.

    It judges nothing: what is too large or malformed is left to who reads it for good. What
    `judging` has found out about a file need not be brought.
    """

    def __init__(self, objects: Objects, judging: Judging | None = None) -> None:
        self.objects = objects
        self._judging = judging
        self.hexsz = objects.hexsz
        self.shallow = objects.shallow
        self._headers: dict[str, tuple[str, int]] = {}
        self._data: dict[str, tuple[str, bytes]] = {}
        self._parsed: dict[str, list[TreeEntry]] = {}
        self._left = _MOST_BYTES
        self._lines_seen = 0
        self._files: list[str] = []  # in the order in which they will be read
        self._next = 0
        self._known = 0  # of the files, those that stand in for a state of ours
        self._where: dict[str, int] = {}
        self._file_headers: dict[str, tuple[str, int]] = {}
        self._file_data: dict[str, tuple[str, bytes]] = {}

    def look(self, untrusted: str, trusted: str | None) -> None:
        """Bring the folders that differ in two trees; the files that differ come as they are read.

        They are read folder by folder, from the last line of each to the first.
        """
        level: list[_Pair] = [(untrusted, trusted)]
        for _ in range(_DEEPEST):
            self._bring((theirs for theirs, _ in level), MAX_TREE)
            self._bring_ours(ours for _, ours in level if ours)
            below: list[_Pair] = []
            for theirs, ours in level:
                self._lines_seen += len(self._lines(theirs))
                if self._lines_seen > _MOST_LINES:
                    return  # who reads it for good will say so
                below += [(a, b) for is_tree, a, b in self._differing(theirs, ours) if is_tree]
            # One folder may stand in many places: a few hundred bytes can name a thousand million.
            level = list(dict.fromkeys(below))
        for oid in islice(self._order((untrusted, trusted), set(), 0), _MOST_OBJECTS):
            self._where.setdefault(oid, len(self._files))
            self._files.append(oid)

    def _order(self, pair: _Pair, seen: set[_Pair], depth: int) -> Iterator[str]:
        """The files that differ below a pair of folders, each with the state that we have."""
        if pair in seen or depth > _DEEPEST:
            return
        seen.add(pair)
        for is_tree, theirs, ours in self._differing(*pair):
            if is_tree:
                yield from self._order((theirs, ours), seen, depth + 1)
            else:
                yield theirs
                self._known += ours is not None
                yield from [ours] if ours else ()

    def _differing(self, theirs: str, ours: str | None) -> Iterator[tuple[bool, str, str | None]]:
        """What differs in two folders, from the last line to the first; True for a folder."""
        lines = self._lines(theirs)
        known = {entry.name: entry for entry in self._lines(ours)} if lines else {}
        for entry in reversed(lines):
            other = known.get(entry.name)
            if other != entry:
                same_kind = other is not None and other.is_tree == entry.is_tree
                yield entry.is_tree, entry.oid, other.oid if other and same_kind else None

    def _lines(self, tree: str | None) -> list[TreeEntry]:
        found = self._parsed.get(tree or "")
        if found is not None or tree is None:
            return found or []
        kind, data = self._data.get(tree, ("", b""))
        with suppress(ValueError):
            found = parse_tree(data, self.hexsz) if kind == "tree" else None
        self._parsed[tree] = found or []
        return self._parsed[tree]

    def _bring(self, oids: Iterable[str], limit: int) -> None:
        new = [oid for oid in dict.fromkeys(oids) if oid not in self._headers]
        new = new[: _MOST_OBJECTS - len(self._headers)]
        self._headers.update(self.objects.headers(new))
        wanted = []
        for oid in new:
            size = self._headers.get(oid, ("", limit + 1))[1]
            if size <= min(limit, self._left):
                self._left -= size
                wanted.append(oid)
        for oid, data in self.objects.read_many(wanted):
            self._data[oid] = (self._headers[oid][0], data)

    def _bring_ours(self, oids: Iterable[str]) -> None:
        """Bring folders of our own tree, of which nobody need ask first how large they are."""
        new = [oid for oid in dict.fromkeys(oids) if oid not in self._headers]
        if self._left <= 0:
            return
        for oid, data in self.objects.read_many(new[: _MOST_OBJECTS - len(self._headers)]):
            self._left -= len(data)
            self._headers[oid] = ("tree", len(data))
            self._data[oid] = ("tree", data)

    def _come_to(self, oid: str) -> None:
        """Bring the lot of files with `oid` in it, if it is one of the next that are expected."""
        while oid in self._where and self._where[oid] - self._next < 2 * _FILES:
            self._bring_files()

    def _bring_files(self) -> None:
        """Hold the next lot of files in place of the last."""
        lot = self._files[self._next : self._next + _FILES]
        judged = self._judged(self._next)
        self._next += len(lot)
        for oid in lot:
            self._where.pop(oid, None)
        left = list(dict.fromkeys(oid for oid in lot if oid not in judged))
        self._file_headers = {oid: ("blob", one.size) for oid, one in judged.items()}
        self._file_headers |= self.objects.headers(left)
        wanted, room = [], _FILE_BYTES
        for oid in left:
            size = self._file_headers.get(oid, ("", room + 1))[1]
            if size <= room:
                room -= size
                wanted.append(oid)
        self._file_data = {
            oid: (self._file_headers[oid][0], data) for oid, data in self.objects.read_many(wanted)
        }

    def _judged(self, first: int) -> dict[str, Judged]:
        """What is known of the lot that begins with file `first` and need not be read."""
        if self._judging is None:
            return {}
        # A file that has to be joined with ours is read anyway.
        if not first and self._known * _MOSTLY_NEW < len(self._files):
            lots = range(0, len(self._files), _FILES)
            self._judging.begin([self._files[start : start + _FILES] for start in lots])
        return self._judging.come_to(first // _FILES)

    def read(self, oid: str) -> tuple[str, bytes]:
        """Type and content of an object; raises Missing."""
        self._come_to(oid)
        return self._file_data.get(oid) or self._data.get(oid) or self.objects.read(oid)

    def header(self, oid: str) -> tuple[str, int]:
        """Type and size of an object, without unpacking it; raises Missing."""
        self._come_to(oid)
        return self._file_headers.get(oid) or self._headers.get(oid) or self.objects.header(oid)

    def headers(self, oids: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Type and size of each of `oids` that is here."""
        return self.objects.headers(oids)

    def read_many(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Id and content of each of `oids`, in order; raises Missing."""
        wanted = list(oids)
        others = self.objects.read_many([oid for oid in wanted if oid not in self._data])
        for oid in wanted:
            found = self._data.get(oid)
            yield (oid, found[1]) if found else next(others)
        next(others, None)  # to its end, so that whoever reads them is free again

    def resolve(self, ref: str) -> str | None:
        """The commit that the full ref name points to."""
        return self.objects.resolve(ref)

    def refs(self, prefix: str) -> dict[str, str]:
        """Full name -> id of all refs below `prefix`."""
        return self.objects.refs(prefix)

    def is_ancestor(self, old: str, new: str) -> bool:
        """True when `old` is `new` or in its history; False where `old` is not in this clone."""
        return self.objects.is_ancestor(old, new)

    def commit(self, change: Change) -> str:
        """Write the objects of `change`; no ref moves. Gives the id of the commit."""
        return self.objects.commit(change)

    def move(self, ref: str, new: str | None, old: str | None) -> bool:
        """Set `ref` to `new` if it is still `old`, as the objects themselves do."""
        return self.objects.move(ref, new, old)

    def advance(self, ref: str, old: str | None, change: Change) -> str | None:
        """`commit`, then `move`, as the objects themselves do."""
        return self.objects.advance(ref, old, change)

    def close(self) -> None:
        """Let go of processes and files."""
        self.objects.close()
