"""Reading many segments quickly: what `format.parse` gives, where nothing is out of order.

A whole reading compares hashes, reports faults and tells edits by hand; a list needs none of
that. What is not plainly in order is left to `format.parse`, so both always agree.
"""

from typing import NamedTuple

from git_naturecode.store import entry as entries
from git_naturecode.store import format
from git_naturecode.store.entry import Entry, Json

_BETWEEN = "\n\n" + format.START
_CLOSE = " -->\n"
_HASH = " sha256:"
_TAIL = len(_HASH) + entries.SHORT_HASH + len(format.CLOSE)
_MOST = entries.LINE_LIMIT // 4
_HEX = "0123456789abcdef"


class Scanned(NamedTuple):
    """A segment in order: header and block of each entry, side by side.

    A block is the text from the first line of the entry to its last, without `<!-- nc:entry `.
    """

    entity: str
    device: str
    headers: list[dict[str, Json]]
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
    headers = []
    for block in blocks:
        header = _header(block)
        if header is None:
            return None
        headers.append(header)
    return Scanned(head[1], head[2], headers, blocks)


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


def _has_body(header: dict[str, Json], block: str) -> bool:
    return _end(header, block) > block.find("\n") + 1


def _end(header: dict[str, Json], block: str) -> int:
    """Where the last line of a block begins."""
    return len(block) - len(format.END) - len(header["id"]) - _TAIL


def _header(block: str) -> dict[str, Json] | None:
    eol = block.find(_CLOSE)
    line = block[:eol]
    if eol < 0 or len(line) > _MOST or "\n" in line:
        return None
    if line.count("{") + line.count("[") > entries.DEPTH_LIMIT:
        return None
    try:
        header, end = entries.raw_decode(line)
    except (ValueError, RecursionError):
        return None
    if end != eol or type(header) is not dict:
        return None
    name = header.get("id")
    hash_at = len(block) - _TAIL
    last = f"\n{format.END}{name}{_HASH}"
    end = hash_at + len(_HASH)
    if block[end - len(last) : end] != last or block[-len(format.CLOSE) :] != format.CLOSE:
        return None
    if block[end : -len(format.CLOSE)].strip(_HEX):
        return None
    has_body = end - len(last) > eol + len(_CLOSE) - 1
    return None if entries.header_fault(header, "" if has_body else None) else header
