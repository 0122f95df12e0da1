"""The segments of one device about one entity: what stands in them, and adding to them."""

import json
from collections.abc import Iterable, Iterator

from git_naturecode.git import tree
from git_naturecode.git.objects import Objects
from git_naturecode.store import format, join, paths
from git_naturecode.store.entry import SHORT_HASH, Entry

SEGMENT_BYTES = 65_536
_START = b"\n<!-- nc:entry "
_CLOSE = b" -->\n"


def ending(name: str, hashed: str) -> bytes:
    """The last line, with both line breaks, of the entry with that id and that hash."""
    return f"\n<!-- nc:end {name} sha256:{hashed[:SHORT_HASH]} -->\n".encode()


class Segments:
    """What stands in the tree `root`; read from the newest segment backwards, and only as needed.

    All of it is bytes: a segment is parsed only where entries have to be sorted into it.
    """

    def __init__(self, objects: Objects, root: str | None, entity: str, device: str) -> None:
        self._objects = objects
        self._read: dict[str, bytes] = {}
        self.entity, self.device = entity, device
        above = paths.entity_folder(entity)
        folder = tree.find(objects, root, above)
        lines = tree.entries(objects, folder.oid) if folder and folder.is_tree else []
        found = [(paths.parse_segment_path(_path(above, e.name)), e.oid) for e in lines]
        own = [(key[2], oid) for key, oid in found if key and key[:2] == (entity, device)]
        self._newest_first = sorted(own, reverse=True)

    def last(self) -> tuple[int, bytes]:
        """Number and content of the segment to go on with; a new one (b"") after a full one.

        One that does not begin as it should (a newer format, a hand edit) is not touched either.
        """
        if not self._newest_first:
            return 1, b""
        number, oid = self._newest_first[0]
        content = self._content(oid)
        head = format.preamble(self.entity, self.device, number).encode()
        if len(content) >= SEGMENT_BYTES or not content.startswith(head):
            return number + 1, b""
        return number, content

    def holds(self, entry: Entry, *, anywhere: bool) -> bool:
        """True when `entry` was written before.

        A drain that was interrupted wrote it at the end, so that looking stops at a segment that
        begins before it; `anywhere` looks through all.
        """
        line = ending(entry.id, entry.hash)
        for _, oid in self._newest_first:
            content = self._content(oid)
            if line in content:
                return True
            if not anywhere and first_stamp(content) < entry.at:
                return False
        return False

    def appended(self, entries: Iterable[Entry]) -> Iterator[tuple[str, bytes]]:
        """Path and new content of each segment that changes when `entries` are added.

        The join of the old content with the new one is the new one (DESIGN 5).
        """
        number, content = self.last()
        part: list[Entry] = []
        size = len(content)
        for entry in sorted(entries, key=lambda e: e.order):
            if size >= SEGMENT_BYTES:
                yield self._extended(number, content, part)
                number, content, part, size = number + 1, b"", [], 0
            part.append(entry)
            size += len(format.block(entry).encode())
        if part:
            yield self._extended(number, content, part)

    def _extended(self, number: int, content: bytes, part: list[Entry]) -> tuple[str, bytes]:
        start = content or format.preamble(self.entity, self.device, number).encode()
        path = paths.segment_path(self.entity, self.device, number)
        return path, join.extend(start, part)

    def _content(self, oid: str) -> bytes:
        if oid not in self._read:
            self._read[oid] = self._objects.read(oid)[1]
        return self._read[oid]


def first_stamp(content: bytes) -> str:
    """The stamp of the first entry in a segment; above all others where there is none."""
    return _stamp(content, content.find(_START))


def last_stamp(content: bytes) -> str:
    """The stamp of the last entry in a segment; above all others where it cannot be read."""
    return _stamp(content, content.rfind(_START)) if content else ""


def _stamp(content: bytes, start: int) -> str:
    end = content.find(_CLOSE, start)
    try:
        return str(json.loads(content[start + len(_START) : end])["at"]) if start >= 0 else "~"
    except (ValueError, LookupError, TypeError, RecursionError):
        return "~"


def _path(folder: str, name: bytes) -> str:
    return f"{folder}/{name.decode('utf-8', 'replace')}"
