"""The mark by which a transcript that was given back to an agent tells what of it is a copy."""

import re
from dataclasses import dataclass
from typing import Any

from git_naturecode import ids

Json = Any
MARK = "naturecode"
_MESSAGE = re.compile(r"[0-9a-z-]{0,64}")


@dataclass(frozen=True)
class Copied:
    """What a line of a transcript is a copy of: a message ("": a remark of ours) of a session.

    `lines` counts, in formats whose lines have no place for a mark, those that follow and are
    copies.
    """

    session: str
    message: str = ""
    lines: int = 0


def mark(copied: Copied) -> dict[str, Json]:
    """The value of the key MARK."""
    told: dict[str, Json] = {"session": copied.session, "message": copied.message}
    return told | ({"lines": copied.lines} if copied.lines else {})


def marked(record: Json) -> Copied | None:
    """What the mark in `record`, an object of a transcript, says; None where there is none.

    A mark that we would not have written counts as none.
    """
    found = record.get(MARK) if isinstance(record, dict) else None
    if not isinstance(found, dict):
        return None
    session, message, lines = found.get("session"), found.get("message"), found.get("lines", 0)
    good = (
        isinstance(session, str)
        and ids.ENTITY.fullmatch(session)
        and isinstance(message, str)
        and _MESSAGE.fullmatch(message)
        and isinstance(lines, int)
    )
    return Copied(str(session), str(message), lines) if good else None
