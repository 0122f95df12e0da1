"""Where a comment stands: lines of one side of one commit, with enough text to find them again."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.domain.review.symbols import enclosing
from git_naturecode.store.entry import Json

OLD, NEW = "old", "new"
MOST_LINES, MOST_CHARACTERS, AROUND = 20, 400, 3
_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MOST_PATH, _MOST_LINE = 4096, 2**31
_BINARY = 8000  # bytes of the beginning in which git, too, looks for a NUL


class Anchor(NamedTuple):
    """Lines `line` to `end` (from 1; both 0: the whole file) of `path` on one side of a change.

    `commit` is the commit of that side, `blob` the file there ("" where there is none). `text` are
    those lines, the first MOST_LINES of them, each cut to MOST_CHARACTERS, without their ends;
    `before` and `after` the lines around them, `symbol` the line that begins the definition they
    stand in. `outside` says that the change does not show the lines.
    """

    path: str
    side: str = NEW
    line: int = 0
    end: int = 0
    commit: str = ""
    blob: str = ""
    text: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    symbol: str = ""
    outside: bool = False

    def json(self) -> dict[str, Json]:
        """As it stands in the header of an entry; what is empty is left out."""
        found: dict[str, Json] = {
            "path": self.path, "side": self.side, "line": self.line, "end": self.end,
            "commit": self.commit, "blob": self.blob, "text": list(self.text),
            "before": list(self.before), "after": list(self.after), "symbol": self.symbol,
            "outside": self.outside,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value}


def lines_of(data: bytes) -> list[str] | None:
    """The lines of a file without their ends (LF or CR LF); None where git takes it for binary.

    Bytes that are no UTF-8 are kept as lone surrogates.
    """
    if b"\0" in data[:_BINARY]:
        return None
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def at(lines: Sequence[str], anchor: Anchor, line: int, end: int = 0, symbol: str = "") -> Anchor:
    """`anchor` put on lines `line` to `end` of a file that holds `lines` (without their ends).

    `symbol` is the line that begins the definition around them, found here where it is not told.
    """
    end = max(line, end)
    symbol = symbol or enclosing(lines, line - 1)

    def some(first: int, last: int) -> tuple[str, ...]:
        return tuple(one[:MOST_CHARACTERS] for one in lines[max(first, 0) : max(last, 0)])

    return anchor._replace(
        line=line, end=end, symbol=symbol[:MOST_CHARACTERS],
        text=some(line - 1, min(end, line - 1 + MOST_LINES)),
        before=some(line - 1 - AROUND, line - 1), after=some(end, end + AROUND),
    )  # fmt: skip


def read(value: Json) -> Anchor | None:
    """The anchor that a header holds; None where it holds none, or one that nobody can use."""
    if not isinstance(value, dict):
        return None
    path = _text(value, "path", _MOST_PATH)
    line, end = _number(value, "line"), _number(value, "end")
    if not path or "\0" in path or value.get("side", NEW) not in (OLD, NEW):
        return None
    return Anchor(
        path, _text(value, "side", 3) or NEW, line, max(line, end) if line else 0,
        _oid(value, "commit"), _oid(value, "blob"), _lines(value, "text", MOST_LINES),
        _lines(value, "before", AROUND), _lines(value, "after", AROUND),
        _text(value, "symbol", MOST_CHARACTERS), value.get("outside") is True,
    )  # fmt: skip


def _text(value: dict[str, Json], key: str, most: int) -> str:
    found = value.get(key)
    return found[:most] if isinstance(found, str) else ""


def _oid(value: dict[str, Json], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) and _OID.fullmatch(found) else ""


def _number(value: dict[str, Json], key: str) -> int:
    found = value.get(key)
    if not isinstance(found, int) or isinstance(found, bool):
        return 0
    return found if 0 < found < _MOST_LINE else 0


def _lines(value: dict[str, Json], key: str, most: int) -> tuple[str, ...]:
    found = value.get(key)
    if not isinstance(found, list):
        return ()
    return tuple(one[:MOST_CHARACTERS] for one in found[:most] if isinstance(one, str))
