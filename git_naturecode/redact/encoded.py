"""Base64 texts: decoded, and replaced as a whole where there is a secret inside."""

import binascii
import re
from collections.abc import Callable, Iterable, Iterator

from .forms import LOOSE_HINT
from .spans import Span

BASE64 = "base64"
_RUN = re.compile(r"[A-Za-z0-9+/]{40,}|[A-Za-z0-9_-]{40,}")
_WRAP = re.compile(r"={0,2}((?:\\r)?\\n|\r?\n)([ \t]*)")
_NEXT = re.compile(r"[A-Za-z0-9+/_-]+")
_PADDING = re.compile(r"=|%3D|\\u003d", re.I)
_NO_TEXT = bytes([*range(1, 8), *range(14, 27), *range(28, 32)])
_HEAD = 32
_LONG = 100
_FILE = 160
_DIGIT = re.compile("[0-9]")
_URL_SAFE = str.maketrans("-_", "+/")

Inside = Callable[[str], bool]


def find_encoded(text: str, runs: Iterable[tuple[int, int]], inside: Inside) -> Iterator[Span]:
    """Those `runs` of base64 in whose decoded text `inside` finds a secret.

    A run that is wrapped over lines is decoded as a whole; where that gives nothing, by the line.
    """
    done = 0
    for start, stop in runs:
        if stop <= done:
            continue
        for match in _RUN.finditer(text, max(start, done), stop):
            if _is_name(match[0]):
                continue
            lines = _lines(text, match)
            done = max(done, lines[-1].end())
            if _holds("".join(line[0] for line in lines), inside):
                yield _span(text, match.start(), done)
            elif len(lines) > 1:
                yield from (_span(text, *line.span()) for line in lines if _holds(line[0], inside))


def _is_name(run: str) -> bool:
    """Whether a run is a path, a name or an object id rather than the base64 of a text.

    That has letters of both cases; and 63, written / or _, stands in it only for question marks
    at some places, so that it has digits as well where it has that.
    """
    return run.islower() or run.isupper() or (("/" in run or "_" in run) and not _DIGIT.search(run))


def _lines(text: str, first: "re.Match[str]") -> "list[re.Match[str]]":
    """The run `first` and the lines after it that have one width; the last one may be shorter.

    The first may be longer, by what stands before the base64 itself.
    """
    lines, width = [first], len(first[0])
    while wrap := _WRAP.match(text, lines[-1].end()):
        line = _NEXT.match(text, wrap.end(), wrap.end() + width + 1)
        if line is None or len(line[0]) > width:
            break
        lines.append(line)
        if len(lines) == 2:
            width = len(line[0])
        elif len(line[0]) < width:
            break
    return lines


def _span(text: str, start: int, end: int) -> Span:
    return Span(start, _padding_end(text, end), BASE64)


def _padding_end(text: str, end: int) -> int:
    for _ in range(2):
        padding = _PADDING.match(text, end)
        end = padding.end() if padding else end
    return end


def _holds(run: str, inside: Inside) -> bool:
    run = run.translate(_URL_SAFE)
    # Characters before the base64 itself (the n of an escaped line end) shift it.
    return any(_decoded_holds(run[skip:], inside) for skip in range(4))


def _decoded_holds(run: str, inside: Inside) -> bool:
    # The beginning may be a path or the like that only happens to be in the alphabet.
    middle = len(run) // 8 * 4
    if not _is_text(_decoded(run[:_HEAD])) and not (
        len(run) >= _LONG and _is_text(_decoded(run[middle : middle + _HEAD]))
    ):
        # A name that happens to be in the alphabet, or a file: only tokens can be told in it.
        return len(run) >= _FILE and _in_file(run, inside)
    data = _decoded(run)
    if len(data) > 3 and data[1] == 0 and data[3] == 0:
        data = data.replace(b"\0", b"")
    return inside(data.replace(b"\0", b"\n").decode("utf-8", "replace"))


def _in_file(run: str, inside: Inside) -> bool:
    data = _decoded(run)
    return bool(LOOSE_HINT.search(data)) and inside(data.decode("latin-1"))


def _decoded(run: str) -> bytes:
    whole, rest = len(run) // 4 * 4, len(run) % 4
    return binascii.a2b_base64(run[:whole] + (run[whole:] + "=" * (4 - rest) if rest > 1 else ""))


def _is_text(head: bytes) -> bool:
    """Whether bytes begin like a text: no control characters, and UTF-8 as far as they go."""
    if head.translate(None, _NO_TEXT) != head:
        return False
    if head.isascii():
        return True
    try:
        head[:-3].decode()
    except UnicodeDecodeError as error:
        return error.end == len(head) - 3 and error.reason == "unexpected end of data"
    return True
