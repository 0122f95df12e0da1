"""The change as one text to write comments into: which text was written below which line."""

from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.errors import Usage

MARK = ">"
ADVICE = (
    "# Write below the lines that you have something to say about. What begins",
    "# with > is the change: leave it as it is, or take lines of it out. Above the",
    "# first > you write on the whole change, below the name of a file on the file,",
    "# below what somebody said (>|) an answer. What stands between ```suggestion",
    "# and ``` is to take the place of the line. Nothing written: nothing is sent.",
)


class Spot(NamedTuple):
    """What a line of the form is about: a line of a file (0: the file), or a thread."""

    path: str = ""
    side: str = "new"
    line: int = 0
    thread: str = ""


class FormLine(NamedTuple):
    """A line of the form as it was handed out, without its mark, and what it is about."""

    text: str
    spot: Spot


class Remark(NamedTuple):
    """Something that was written, and what it is about (no path, no thread: the whole change)."""

    spot: Spot
    text: str


def form(lines: Sequence[FormLine]) -> str:
    """The text to hand out."""
    return "\n".join([*ADVICE, "", *(f"{MARK}{one.text}" for one in lines)]) + "\n"


def remarks(written: str, lines: Sequence[FormLine]) -> list[Remark]:
    """What somebody has written into the form that holds `lines`, in its order.

    Raises Usage for a line with the mark in front that the form does not have (from there on).
    """
    found: list[Remark] = []
    spot, at, block = Spot(), 0, list[str]()
    places: dict[str, list[int]] = {}
    for number, one in enumerate(lines):
        places.setdefault(one.text.rstrip(), []).append(number)
    for number, text in enumerate(written.split("\n"), 1):
        if not text.startswith(MARK):
            if text not in ADVICE:
                block.append(text)
            continue
        _close(found, spot, block)
        known = places.get(text[len(MARK) :].rstrip(), [])
        there = next((one for one in known if one >= at), None)
        if there is None:
            raise Usage(
                f"line {number} begins with {MARK} and is no line of the change: {text[:60]!r}",
                f"what you write begins with no {MARK}; quote with a blank in front of it",
            )
        spot, at = lines[there].spot, there + 1
    _close(found, spot, block)
    return found


def _close(found: list[Remark], spot: Spot, block: list[str]) -> None:
    text = "\n".join(block).strip("\n").rstrip()
    block.clear()
    if text.strip():
        found.append(Remark(spot, text))
