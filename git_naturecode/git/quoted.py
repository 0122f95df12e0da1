"""Paths as git writes them into lines: in quotes, with escapes, where they hold odd characters."""

import re

_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.S)
_LETTERS = dict(zip(b"ntrabfv", b"\n\t\r\a\b\f\v", strict=True))


def unquoted(name: bytes) -> str:
    """The path that git wrote as `name` (gitglossary: core.quotePath)."""
    if len(name) > 1 and name.startswith(b'"') and name.endswith(b'"'):
        name = _ESCAPE.sub(_plain, name[1:-1])
    return name.decode("utf-8", "surrogateescape")


def _plain(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) & 255 if len(code) == 3 else _LETTERS.get(code[0], code[0])])
