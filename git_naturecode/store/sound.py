"""Telling quickly that a segment is, byte for byte, what this program would write.

Nearly every segment that comes from elsewhere is. For one that is, `format.parse` reports nothing
and `format.render` gives it back as it was; of what is not plainly so, nothing is said here.
"""

from hashlib import sha256
from typing import NamedTuple

from git_naturecode.store import entry as entries
from git_naturecode.store import format, scan
from git_naturecode.store.entry import SHORT_HASH, Json
from git_naturecode.store.heading import heading

_FENCE, _NEWLINES = "```", "\n\n"
_LEAST = len("```\n\n```")


class Judged(NamedTuple):
    """What is known of a sound segment without reading it again.

    `size` in bytes, whose log it says it is, and of its stamps the latest one, after the latest
    one before some border if that is another.
    """

    size: int
    entity: str
    device: str
    number: int
    stamps: list[str]


def judged(data: bytes, border: str) -> Judged | None:
    """The segment `data` in short, with the stamps on both sides of `border`; None when unsure."""
    found = sound(data)
    if found is None:
        return None
    every = [header["at"] for header in found.headers]
    latest = max(every)
    stamps = [latest] if latest < border else [*_latest_before(border, every), latest]
    return Judged(len(data), found.entity, found.device, found.number, stamps)


def _latest_before(border: str, stamps: list[str]) -> list[str]:
    return sorted(at for at in stamps if at < border)[-1:]


def sound(data: bytes) -> scan.Scanned | None:
    """What stands in the segment `data` if it is as `format.render` writes it; None when unsure.

    Then `format.render(format.parse(data)) == data`, and parsing it reports no problem.
    """
    found = scan.scan(data)
    if found is None:
        return None
    try:
        # Headers one by one would give the same: what is replaced never reaches over a brace.
        together = entries.header_line(found.headers)
    except (ValueError, RecursionError):
        return None
    if together != f"[{','.join(found.lines)}]":
        return None
    return found if all(map(_is_sound, found.headers, found.lines, found.blocks)) else None


def _is_sound(header: dict[str, Json], line: str, block: str) -> bool:
    """True when `block` says what `format.block` makes of its entry, its hash included."""
    if "hash" in header:  # a stub, or something like one
        return False
    start, end = scan.inside(header, line, block)
    if start == end:
        return _hash(line) == scan.stated(block)
    head = heading(header) + _NEWLINES
    first, last = start + len(head), end - len(_NEWLINES)
    if first > last or not block.startswith(head, start) or not block.startswith(_NEWLINES, last):
        return False
    text, enc = block[first:last], header.get("enc")
    if "<!-- " not in text:
        if enc is None:
            return _hash(f"{line}\n{text}") == scan.stated(block)
        if enc == "fence" and _is_plainly_fenced(text):
            return _hash(f"{line}\n{text[4:-4]}") == scan.stated(block)
    body = format.read_body(block[start:end], enc)
    same = format.written(body, enc) == text
    return same and entries.content_hash(line, body)[:SHORT_HASH] == scan.stated(block)


def _is_plainly_fenced(text: str) -> bool:
    """True when a fence of three ticks stands around what holds no such fence."""
    return (
        len(text) >= _LEAST and text.startswith(f"{_FENCE}\n") and text.endswith(f"\n{_FENCE}")
        and _FENCE not in text[4:-4]
    )  # fmt: skip


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:SHORT_HASH]
