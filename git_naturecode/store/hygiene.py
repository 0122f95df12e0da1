"""What may enter the data branch: paths, modes, sizes, and whether a file is what it says.

The grammar is an allow-list (research/security.md E). Nothing here judges who may do what: that
is the fold's business, so that every clone keeps the same files whatever it believes.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field

from git_naturecode import clock
from git_naturecode.errors import Unsafe, Unsupported
from git_naturecode.git.objects import FILE_MODE, TREE_MODE, Missing, Objects, TreeEntry, parse_tree
from git_naturecode.store import format, paths

MAX_ENTRIES = 200_000
MAX_BLOB = 1 << 20
MAX_SEGMENT = 4 << 20  # 64 KiB and the entry that crossed it, whose text may be 1 MiB escaped
MAX_FILE = 10 << 20
MAX_TOTAL = 500 << 20
MAX_TREE = 4 << 20
MAX_PROBLEMS = 50
_ATTRIBUTES = re.compile(r"#.*|\S+( (merge=union|-text|-diff|linguist-generated|eol=lf))+|")
_FOLDER = re.compile(
    r"log|log/[a-z]{2,16}"
    r"|log/[a-z]{2,16}/[0-9a-hjkmnp-tv-z](/[0-9a-hjkmnp-tv-z]){0,2}"
    r"|log/trust/[0-9a-hjkmnp-tv-z]{2}"
    r"|log/([a-z]{2,16})/(.)/(.)/(.)/\2-\d{8}-\3\4\5[0-9a-hjkmnp-tv-z]{5}"
    r"|files|files/[0-9a-f]{2}|kb|kb/(articles|snippets|practices|faqs)|team|projects|prompts"
)


@dataclass
class Gate:
    """The bounded reader of a tree from elsewhere: counts what it lets through, notes the rest."""

    objects: Objects
    now_ms: int
    newest: str = ""
    problems: list[str] = field(default_factory=list)
    refused: int = 0
    _entries: int = 0
    _bytes: int = 0

    def refuse(self, path: str, why: str) -> None:
        """Note that `path` stays out."""
        self.refused += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(f"{path}: {why}")

    def lines(self, tree: str) -> list[TreeEntry]:
        """The lines of a tree that is not trusted; raises Unsafe beyond the limits."""
        try:
            kind, size = self.objects.header(tree)
            if kind != "tree" or size > MAX_TREE:
                raise Unsafe(f"a folder of the remote is not one, or has {size} bytes")
            found = parse_tree(self.objects.read(tree)[1], self.objects.hexsz)
        except (ValueError, Missing) as error:
            raise Unsafe(f"a folder of the remote cannot be read: {error}") from None
        self._entries += len(found) + 1
        if self._entries > MAX_ENTRIES:
            raise Unsafe(
                f"the remote's data branch has more than {MAX_ENTRIES} new files",
                "nothing was taken in; ask who pushed them",
            )
        return found

    def admits(self, path: str, entry: TreeEntry) -> bool:
        """True when `entry` may stand at `path` by its name, mode and size."""
        why = self._objection(path, entry)
        if why:
            self.refuse(path, why)
        return not why

    def content(self, path: str, oid: str) -> bytes | None:
        """The file at `path` as it may enter: normalised; None (and noted) when it may not."""
        data = self.objects.read(oid)[1]
        try:
            return _checked(path, data, self)
        except (Unsupported, ValueError, RecursionError) as error:
            self.refuse(path, str(error) or type(error).__name__)
            return None

    def _objection(self, path: str, entry: TreeEntry) -> str:
        if entry.mode == TREE_MODE:
            return "" if _FOLDER.fullmatch(path) else "no such folder belongs here"
        if entry.mode != FILE_MODE:
            return f"not a plain file (mode {entry.mode:o})"
        if not paths.allowed(path):
            return "no such file belongs here"
        try:
            kind, size = self.objects.header(entry.oid)
        except Missing:
            return "its content is missing"
        limit = _limit(path)
        if kind != "blob" or size > limit:
            return f"{size} bytes, more than {limit}"
        self._bytes += size
        if self._bytes > MAX_TOTAL:
            raise Unsafe(f"the remote's data branch brings more than {MAX_TOTAL} new bytes")
        return ""


def _limit(path: str) -> int:
    if path.startswith("files/"):
        return MAX_FILE
    return MAX_SEGMENT if path.startswith("log/") else MAX_BLOB


def _checked(path: str, data: bytes, gate: Gate) -> bytes | None:
    if path.startswith("files/"):
        if hashlib.sha256(data).hexdigest() != path.rsplit("/", 1)[1]:
            raise ValueError("its content does not have this name")
        return data
    if path == ".gitattributes":
        lines = data.decode().split("\n")
        if not all(_ATTRIBUTES.fullmatch(line) for line in lines):
            raise ValueError("asks git for more than to keep bytes")
        return data
    if path.endswith(".jsonl"):
        for line in data.splitlines():
            json.loads(line)
        return data
    place = paths.parse_segment_path(path)
    return data if place is None else _segment(path, place, data, gate)


def _segment(path: str, place: tuple[str, str, int], data: bytes, gate: Gate) -> bytes:
    segment = format.parse(data)
    if (segment.entity, segment.device, segment.number) != place:
        raise ValueError("its first lines name another place")
    horizon = clock.iso(gate.now_ms + clock.DAY_MS)
    seen = (entry.at for entry in segment.entries if entry.at < horizon)
    gate.newest = max(gate.newest, *seen, "")
    for problem in segment.problems:
        if len(gate.problems) < MAX_PROBLEMS:
            gate.problems.append(f"{path}: {problem}")
    return format.render(segment)
