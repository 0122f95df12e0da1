"""Paths as git writes them into lines: in quotes, with escapes, where they hold odd characters."""

import re

_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.S)
_PLAIN = re.compile(rb"[\x20\x21\x23-\x5b\x5d-\x7e]*")
_LETTERS = dict(zip(b"ntrabfv", b"\n\t\r\a\b\f\v", strict=True))
_ESCAPES = {byte: b"\\%c" % letter for letter, byte in _LETTERS.items()} | {
    byte: b"\\%c" % byte for byte in b'"\\'
}


def unquoted(name: bytes) -> str:
    """The path that git wrote as `name` (gitglossary: core.quotePath)."""
    if len(name) > 1 and name.startswith(b'"') and name.endswith(b'"'):
        name = _ESCAPE.sub(_plain, name[1:-1])
    return name.decode("utf-8", "surrogateescape")


def quoted(path: str) -> str:
    """`path` as git writes it with core.quotePath on: ASCII, and one line."""
    raw = path.encode("utf-8", "surrogateescape")
    if _PLAIN.fullmatch(raw):
        return raw.decode("ascii")
    return '"' + b"".join(map(_escaped, raw)).decode("ascii") + '"'


def _plain(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) & 255 if len(code) == 3 else _LETTERS.get(code[0], code[0])])


def _escaped(byte: int) -> bytes:
    known = _ESCAPES.get(byte)
    return known or (b"%c" % byte if 0x20 <= byte < 0x7F else b"\\%03o" % byte)
