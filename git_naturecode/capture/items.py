"""The items of a JSON array in a file larger than memory: where each begins and ends."""

import re
from collections.abc import Iterator

from .fields import Record
from .lines import parse

_CHUNK = 1 << 20
_MOST = 256 << 20  # bytes of one item, above which it is not read
_TOKEN = re.compile(rb'[{}\[\]]|"[^"\\]*+(?:\\.[^"\\]*+)*+("?)', re.S)
_REST = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+("?)', re.S)
_OPENING = b"{["


def places(path: str) -> Iterator[tuple[int, int]]:
    """Offset and length (bytes) of each object or array in the array that is the file.

    One that is torn off at the end of the file is left out.
    """
    depth, begun = 0, 0
    for at, token in _brackets(path):
        if token in _OPENING:
            depth += 1
            if depth == 2:
                begun = at
        else:
            depth -= 1
            if depth == 1:
                yield begun, at + 1 - begun
            if depth <= 0:
                return


def at(path: str, offset: int, length: int) -> Record | None:
    """The object at a place that `places` told; None when it is none or too large."""
    if length > _MOST:
        return None
    with open(path, "rb") as file:
        file.seek(offset)
        return parse(file.read(length))


def _brackets(path: str) -> Iterator[tuple[int, bytes]]:
    """The brackets outside of strings, with their offsets."""
    inside, before = False, 0
    with open(path, "rb") as file:
        rest = b""
        while chunk := file.read(_CHUNK):
            data, at, rest = rest + chunk, 0, b""
            if inside and (end := _REST.match(data)):
                at, inside = end.end(), not end[1]
            while not inside and (token := _TOKEN.search(data, at)):
                at = token.end()
                if token[0][:1] != b'"':
                    yield before + token.start(), token[0]
                elif not token[1]:
                    inside = True
            # A backslash that the chunk ends with belongs to what comes next.
            keep = at if inside else len(data)
            rest = data[keep:]
            before += keep
