"""Asking ahead: what a join will read of two trees is asked for by level, not one by one."""

from collections.abc import Iterable, Iterator

from git_naturecode.git.objects import Change, Objects, TreeEntry, parse_tree
from git_naturecode.store.hygiene import MAX_SEGMENT, MAX_TREE

_MOST_BYTES = 32 << 20
_MOST_OBJECTS = 100_000
_MOST_LINES = 250_000
_DEEPEST = 12  # levels; the grammar of paths has eight


class Ahead:
    """`objects` with what `look` has brought at hand; all else is asked for when it is wanted.

    It judges nothing: what is too large or malformed is left to who reads it for good.
    """

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self.hexsz = objects.hexsz
        self.shallow = objects.shallow
        self._headers: dict[str, tuple[str, int]] = {}
        self._data: dict[str, tuple[str, bytes]] = {}
        self._left = _MOST_BYTES
        self._lines_seen = 0

    def look(self, untrusted: str, trusted: str | None) -> None:
        """Bring the folders that differ in two trees, and the files that differ in them."""
        level: list[tuple[str, str | None]] = [(untrusted, trusted)]
        for _ in range(_DEEPEST):
            if not level:
                return
            self._bring((oid for pair in level for oid in pair if oid), MAX_TREE)
            below: list[tuple[str, str | None]] = []
            files: list[str] = []
            for theirs, ours in level:
                lines = self._lines(theirs)
                self._lines_seen += len(lines)
                if self._lines_seen > _MOST_LINES:
                    return  # who reads it for good will say so
                self._compare(lines, self._lines(ours), below, files)
            self._bring(files, MAX_SEGMENT)
            # One folder may stand in many places: a few hundred bytes can name a thousand million.
            level = list(dict.fromkeys(below))

    def _compare(
        self, theirs: list[TreeEntry], ours: list[TreeEntry],
        below: list[tuple[str, str | None]], files: list[str],
    ) -> None:  # fmt: skip
        known = {entry.name: entry for entry in ours}
        for entry in theirs:
            other = known.get(entry.name)
            if other == entry:
                continue
            if entry.is_tree:
                below.append((entry.oid, other.oid if other and other.is_tree else None))
            else:
                files.append(entry.oid)
                files += [other.oid] if other and not other.is_tree else []

    def _lines(self, tree: str | None) -> list[TreeEntry]:
        kind, data = self._data.get(tree or "", ("", b""))
        try:
            return parse_tree(data, self.hexsz) if kind == "tree" else []
        except ValueError:
            return []

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

    def read(self, oid: str) -> tuple[str, bytes]:
        """Type and content of an object; raises Missing."""
        return self._data.get(oid) or self.objects.read(oid)

    def header(self, oid: str) -> tuple[str, int]:
        """Type and size of an object, without unpacking it; raises Missing."""
        return self._headers.get(oid) or self.objects.header(oid)

    def headers(self, oids: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Type and size of each of `oids` that is here."""
        return self.objects.headers(oids)

    def read_many(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Id and content of each of `oids`, in order; raises Missing."""
        return self.objects.read_many(oids)

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
