"""Reading many segments quickly: what `format.parse` gives, where nothing is out of order.

A whole reading compares hashes, reports faults and tells edits by hand; a list needs none of
that. What is not plainly in order is left to `format.parse`, so both always agree.
"""

import re
from typing import NamedTuple

from git_naturecode.store import entry as entries
from git_naturecode.store import format
from git_naturecode.store.entry import Entry, Json

_BETWEEN = "\n\n" + format.START
_CLOSE = " -->\n"
_HASH = " sha256:"
_TAIL = len(_HASH) + entries.SHORT_HASH + len(format.CLOSE)
_MOST = entries.LINE_LIMIT // 4
_ENDS = re.compile(
    rf"(?:{format.END}{entries.ID_LETTERS}{_HASH}[0-9a-f]{{{entries.SHORT_HASH}}}{format.CLOSE}\n)+"
)
_STAMPS = re.compile(rf"(?:{entries.AT.pattern}\n)+")


class Scanned(NamedTuple):
    """A segment in order: header, its line, and block of each entry, side by side.

    A block is the text from the first line of the entry to its last, without `<!-- nc:entry `.
    """

    entity: str
    device: str
    number: int
    headers: list[dict[str, Json]]
    lines: list[str]
    blocks: list[str]


def scan(data: bytes) -> Scanned | None:
    """The entries of a segment file, or None when `format.parse` has to look at it."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    head = format.PREAMBLE.match(text)
    if not head or not text.endswith("\n\n") or "\n<<<<<<< " in text:
        return None
    start = head.end()
    if not text.startswith(format.START, start):
        return None
    blocks = text[start + len(format.START) : -2].split(_BETWEEN)
    if text.count(format.MARKER) != 2 * len(blocks):
        return None
    lines = [block[: block.find(_CLOSE)] for block in blocks]
    headers = _headers(lines, blocks)
    return Scanned(head[1], head[2], int(head[3]), headers, lines, blocks) if headers else None


def entry(header: dict[str, Json], block: str, *, bodies: bool) -> Entry:
    """The entry of a block; without `bodies` each text is empty, and the hash not the true one."""
    text = body(header, block) if bodies else "" if _has_body(header, block) else None
    made = Entry(block[: block.find(_CLOSE)], text)
    made.__dict__["header"] = header
    return made


def body(header: dict[str, Json], block: str) -> str | None:
    """The text of a block, or None where the entry has none."""
    start, end = block.find("\n") + 1, _end(header, block)
    return format.read_body(block[start:end], header.get("enc")) if end > start else None


def inside(header: dict[str, Json], line: str, block: str) -> tuple[int, int]:
    """From where to where in a block stands what is between its first line and its last."""
    return len(line) + len(_CLOSE), _end(header, block)


def stated(block: str) -> str:
    """The short hash in the last line of a block."""
    return block[len(_HASH) - _TAIL : -len(format.CLOSE)]


def _has_body(header: dict[str, Json], block: str) -> bool:
    return _end(header, block) > block.find("\n") + 1


def _end(header: dict[str, Json], block: str) -> int:
    """Where the last line of a block begins."""
    return len(block) - len(format.END) - len(header["id"]) - _TAIL


def _headers(lines: list[str], blocks: list[str]) -> list[dict[str, Json]] | None:
    """The header of each block; None when anything about one of them is out of order."""
    if max(map(len, lines)) > _MOST or "\n" in "".join(lines):
        return None
    ends = [block[block.rfind("\n") + 1 :] for block in blocks]
    if not _ENDS.fullmatch("\n".join(ends) + "\n"):
        return None
    names = [end[len(format.END) : -_TAIL] for end in ends]
    headers = _decoded(lines)
    if headers is None or "--" in "\n".join(names):
        return None
    try:
        if [header["id"] for header in headers] != names:
            return None
        stamps = "".join([header["at"] + "\n" for header in headers])
    except (KeyError, TypeError):
        return None
    if stamps.count("\n") != len(blocks) or not _STAMPS.fullmatch(stamps):
        return None
    for header, block in zip(headers, blocks, strict=True):
        kind = header.get("kind")
        if not isinstance(kind, str) or not kind:
            return None
        if "hash" in header and entries.header_fault(
            header, "" if _has_body(header, block) else None
        ):
            return None
    return headers


def _decoded(lines: list[str]) -> list[dict[str, Json]] | None:
    """The JSON object in each line; None when one holds anything else.

    Lines with one brace at each end are read together, which is twice as fast: then as many
    objects as lines can only be these, since none can reach over the end of its line.
    """
    are_flat = [line.count("{") == 1 == line.count("}") for line in lines]
    flat = [line for line, is_flat in zip(lines, are_flat, strict=True) if is_flat]
    if not all(line[0] == "{" and line[-1] == "}" for line in flat):
        return None
    joined = ",".join(flat)
    if joined.count("[") > entries.DEPTH_LIMIT:
        are_flat, joined = [False] * len(lines), ""
    try:
        together = iter(entries.decode(f"[{joined}]"))
        headers = [
            next(together) if is_flat else _alone(line)
            for line, is_flat in zip(lines, are_flat, strict=True)
        ]
    except (ValueError, RecursionError, StopIteration):
        return None
    if next(together, None) is not None or {*map(type, headers)} != {dict}:
        return None
    return headers


def _alone(line: str) -> Json:
    """The JSON value that is the whole of `line`; ValueError when there is none."""
    if line.count("{") + line.count("[") > entries.DEPTH_LIMIT:
        raise ValueError("perhaps too deep")
    value, end = entries.raw_decode(line)
    if end != len(line):
        raise ValueError("more than one value")
    return value
