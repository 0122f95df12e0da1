"""What may enter the data branch: paths, modes, sizes, and whether a file is what it says.

The grammar is an allow-list (research/security.md E). Nothing here judges who may do what: that
is the fold's business, so that every clone keeps the same files whatever it believes.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from git_naturecode import clock
from git_naturecode.errors import Unsafe, Unsupported
from git_naturecode.git.objects import (
    FILE_MODE,
    TREE_MODE,
    CommitInfo,
    Missing,
    Objects,
    TreeEntry,
    parse_commit,
    parse_tree,
)
from git_naturecode.store import format, join, paths, scan, sound, yaml_scan
from git_naturecode.store.entry import Entry
from git_naturecode.store.segments import SEGMENT_BYTES

MAX_ENTRIES = 200_000
MAX_BLOB = 1 << 20
MAX_ARTICLE = 3 << 20  # a view of two texts of 1 MiB that nobody could merge
MAX_SEGMENT = 4 << 20  # 64 KiB and the entry that crossed it, whose text may be 1 MiB escaped
MAX_FILE = 10 << 20
MAX_TOTAL = 500 << 20
MAX_TREE = 4 << 20
MAX_COMMIT = 1 << 20
MAX_LINE = 256 * 1024  # of a trust log
MAX_YAML = 8 << 20  # in one sync: it is read at 1.6 MB/s
MAX_PROBLEMS = 50
_ATTRIBUTES = re.compile(r"#.*|\S+( (merge=union|-text|-diff|linguist-generated|eol=lf))+|")
_FOLDER = re.compile(
    r"log|log/[a-z]{2,16}"
    r"|log/[a-z]{2,16}/[0-9a-hjkmnp-tv-z](/[0-9a-hjkmnp-tv-z]){0,2}"
    r"|log/trust/[0-9a-hjkmnp-tv-z]{2}"
    r"|log/([a-z]{2,16})/(.)/(.)/(.)/\2-[0-9]{8}-\3\4\5[0-9a-hjkmnp-tv-z]{5}"
    r"|files|files/[0-9a-f]{2}|kb|kb/(articles|snippets|practices|faqs)|team|projects|prompts"
)


@dataclass(frozen=True)
class Bounds:
    """How much may come in at once: files and folders that differ from ours, and their bytes."""

    entries: int = MAX_ENTRIES
    total: int = MAX_TOTAL


@dataclass
class Gate:
    """The bounded reader of trees from elsewhere: counts what it lets through, notes the rest."""

    objects: Objects
    now_ms: int
    bounds: Bounds = Bounds()
    newest: str = ""
    problems: list[str] = field(default_factory=list)
    refused: int = 0
    judged: Callable[[str], sound.Judged | None] = lambda _: None
    _entries: int = 0
    _bytes: int = 0
    _yaml: int = 0

    def note(self, path: str, what: str) -> None:
        """Note something about `path` that its readers should know."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(f"{path}: {what}")

    def refuse(self, path: str, why: str) -> None:
        """Note that `path` stays out."""
        self.refused += 1
        self.note(f"kept out: {path}", why)

    def commit(self, oid: str) -> CommitInfo:
        """The commit `oid` from elsewhere; raises Unsafe when it is none that can be opened."""
        info = self.history(oid)
        try:
            self.objects.header(info.tree)
        except Missing as error:
            raise Unsafe(f"the remote's data branch cannot be read: {error}") from None
        return info

    def history(self, oid: str) -> CommitInfo:
        """`commit`, for one whose tree nobody will open (and that a partial clone may lack)."""
        try:
            kind, size = self.objects.header(oid)
            if kind != "commit":
                raise Unsafe(f"the remote's data branch points to a {kind}, not to a commit")
            if size > MAX_COMMIT:
                raise Unsafe(f"a commit of the remote's data branch has {size} bytes")
            return parse_commit(self.objects.read(oid)[1])
        except (Missing, ValueError, IndexError) as error:
            raise Unsafe(f"the remote's data branch cannot be read: {error}") from None

    def lines(self, tree: str, path: str) -> tuple[list[TreeEntry], bool]:
        """The lines of an untrusted tree, and whether they are as git writes them.

        Raises Unsafe beyond the limits.
        """
        try:
            kind, size = self.objects.header(tree)
            if kind != "tree" or size > MAX_TREE:
                raise Unsafe(f"a folder of the remote is not one, or has {size} bytes")
            found = parse_tree(self.objects.read(tree)[1], self.objects.hexsz)
        except (ValueError, Missing) as error:
            raise Unsafe(f"a folder of the remote cannot be read: {error}") from None
        self._entries += len(found) + 1
        if self._entries > self.bounds.entries:
            raise Unsafe(
                f"the remote's data branch brings more than {self.bounds.entries} new files",
                "nothing was taken in; if they are right: git config naturecode.maxNewFiles NUMBER",
            )
        names = [entry.name + b"/" * entry.is_tree for entry in found]
        orderly = all(a < b for a, b in pairwise(names))
        orderly = orderly and len({entry.name for entry in found}) == len(found)
        if not orderly:
            self.refuse(path or "the top folder", "its lines are not as git writes them")
        return list({entry.name: entry for entry in reversed(found)}.values()), orderly

    def fits(self, path: str, oid: str) -> bool:
        """True when the blob `oid` is there and not too large for `path`."""
        try:
            kind, size = self.objects.header(oid)
        except Missing:
            return False
        return kind == "blob" and size <= most_bytes(path)

    def admits(self, path: str, entry: TreeEntry) -> bool:
        """True when `entry` may stand at `path` by its name, mode and size."""
        why = self._objection(path, entry)
        if why:
            self.refuse(path, why)
        return not why

    def passes(self, path: str, oid: str) -> bool:
        """True when the blob `oid` is known to be a segment that may stand at `path` as it is.

        `content` would give it back unchanged; False says nothing about it.
        """
        place = paths.parse_segment_path(path)
        found = self.judged(oid) if place else None
        if found is None or (found.entity, found.device, found.number) != place:
            return False
        self._witness(path, found.stamps)
        return True

    def content(self, path: str, data: bytes) -> bytes | None:
        """The file `data` as it may stand at `path`: normalised; None (and noted) when it may not.

        A log in a format newer than ours is none of our business, and goes through as it is.
        """
        try:
            return self._checked(path, data)
        except (ValueError, RecursionError) as error:
            self.refuse(path, str(error) or type(error).__name__)
        except Unsupported as error:
            if (format.version(data) or 0) > 1:
                return data
            self.refuse(path, error.message)
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
        limit = most_bytes(path)
        if kind != "blob" or size > limit:
            return f"{size} bytes, more than {limit}"
        self._bytes += size
        if self._bytes > self.bounds.total:
            raise Unsafe(
                f"the remote's data branch brings more than {self.bounds.total} new bytes",
                "nothing was taken in; if they are right: git config naturecode.maxNewBytes NUMBER",
            )
        return ""

    def _checked(self, path: str, data: bytes) -> bytes:
        if path.startswith("files/"):
            if hashlib.sha256(data).hexdigest() != path.rsplit("/", 1)[1]:
                raise ValueError("its content does not have this name")
            return data
        if path.endswith(".jsonl"):
            return self._lines_of_json(path, data)
        place = paths.parse_segment_path(path)
        if place is not None:
            return self._segment(path, place, data)
        data.decode()
        if path == ".gitattributes" and not all(
            map(_ATTRIBUTES.fullmatch, data.decode().split("\n"))
        ):
            raise ValueError("asks git for more than to keep bytes")
        self._scan_yaml(data if path.endswith(".yml") else yaml_scan.front_matter(data))
        return data

    def _scan_yaml(self, data: bytes) -> None:
        self._yaml += len(data)
        if self._yaml > MAX_YAML:
            raise ValueError("too much YAML at once")
        if data and (why := yaml_scan.objection(data)):
            raise ValueError(why)

    def _lines_of_json(self, path: str, data: bytes) -> bytes:
        good = [line for line in data.split(b"\n")[:-1] if _is_object(line)]
        clean = join.join_lines(b"".join(line + b"\n" for line in good), b"")
        if clean != data:
            self.note(path, "some lines are no records, or not in order")
        return clean

    def _segment(self, path: str, place: tuple[str, str, int], data: bytes) -> bytes:
        quick = sound.sound(data)
        if quick is not None:
            _check_place(quick, place)
            self._witness(path, [header["at"] for header in quick.headers])
            return data
        segment = format.parse(data)
        _check_place(segment, place)
        for problem in segment.problems[:MAX_PROBLEMS]:
            self.note(path, problem)
        self._witness(path, [entry.at for entry in segment.entries])
        return format.render(segment)

    def _witness(self, path: str, stamps: list[str]) -> None:
        """Let the clock follow `stamps`, of the entries at `path`, but for those far ahead."""
        latest = max(stamps, default="")
        if latest >= self._horizon:
            if latest > self._horizon:
                self.note(path, f"its date {latest[:10]} does not move the clock here, since it is "
                          "more than a day ahead; one of the two clocks is wrong")  # fmt: skip
            latest = max((at for at in stamps if at < self._horizon), default="")
        self.newest = max(self.newest, latest)

    @cached_property
    def _horizon(self) -> str:
        return horizon(self.now_ms)


def _check_place(found: scan.Scanned | format.Segment, place: tuple[str, str, int]) -> None:
    if (found.entity, found.device, found.number) != place:
        raise ValueError("its first lines name another place")


def horizon(now_ms: int) -> str:
    """The time from which on a stamp moves no clock."""
    return clock.iso(now_ms + clock.DAY_MS)


def most_bytes(path: str) -> int:
    """How large the file at `path` of the data branch may be."""
    if path.startswith("files/"):
        return MAX_FILE
    if path.startswith("kb/"):
        return MAX_ARTICLE
    return MAX_SEGMENT if path.startswith("log/") else MAX_BLOB


def _is_object(line: bytes) -> bool:
    if len(line) > MAX_LINE:
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def fits(entry: Entry) -> bool:
    """True when every clone takes in a log with `entry` in it, wherever in a segment it stands."""
    return len(format.block(entry).encode()) <= MAX_SEGMENT - SEGMENT_BYTES


def is_folder(path: str) -> bool:
    """True when a folder of the data branch may be called `path`."""
    return bool(_FOLDER.fullmatch(path))
