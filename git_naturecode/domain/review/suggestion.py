"""Suggestions: the lines that a comment would rather see, and putting many of them into a file."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*(.*?)[ \t]*")
_FENCES = re.compile(r"^ {0,3}(`{3,})", re.M)
WORD = "suggestion"
_WORD = re.compile(WORD + r"(?::-(\d{1,3})\+(\d{1,3}))?")


class Suggestion(NamedTuple):
    """The lines `lines` (without their ends) in place of those that the comment is about.

    With `above` and `below` so many more lines around these (GitLab's `suggestion:-1+2`).
    """

    lines: tuple[str, ...]
    above: int = 0
    below: int = 0


class Piece(NamedTuple):
    """A part of a comment: text, or what it `suggests` in place of the lines."""

    text: str
    suggests: Suggestion | None = None


class Change(NamedTuple):
    """Lines `first` to `last` of a file, from 1, and what comes in their place; `name` is what the
    suggestion is called when there is something to say about it."""

    first: int
    last: int
    lines: tuple[str, ...]
    name: str = ""


class Overlapping(Exception):
    """Two suggestions are about the same lines; their names."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one, other)
        self.one, self.other = one, other


def with_suggestion(text: str, lines: str) -> str:
    """The body of a comment that says `text` and suggests `lines` ("": to take the lines out).

    The fence is longer than any in the lines. GitHub and GitLab read this form.
    """
    longest = max((len(one) for one in _FENCES.findall(lines)), default=2)
    fence = "`" * max(3, longest + 1)
    inside = lines if not lines or lines.endswith("\n") else lines + "\n"
    before = text.rstrip("\n") + "\n\n" if text.strip() else ""
    return f"{before}{fence}{WORD}\n{inside}{fence}"


def read(text: str) -> list[Suggestion]:
    """The suggestions in the Markdown of a comment: fenced blocks of kind `suggestion`, in their
    order (CommonMark's fences; GitHub's and GitLab's word)."""
    return [one.suggests for one in pieces(text) if one.suggests]


def pieces(text: str) -> list[Piece]:
    """The Markdown of a comment as texts and suggestions, in their order; no text is empty."""
    found: list[Piece] = []
    said: list[str] = []
    fence = ""
    wanted: re.Match[str] | None = None
    inside: list[str] = []
    for line in text.split("\n"):
        told = _FENCE.fullmatch(line.rstrip("\r"))
        if not fence:
            if told and not (told[1][0] == "`" and "`" in told[2]):
                fence = told[1]
                wanted = _WORD.fullmatch(told[2].split(" ", 1)[0])
                inside = []
                if wanted:
                    _close(found, said)
            if not (fence and wanted):
                said.append(line)
        elif told and not told[2] and told[1][0] == fence[0] and len(told[1]) >= len(fence):
            if wanted:
                found.append(_suggestion(wanted, inside))
            else:
                said.append(line)
            fence = ""
        else:
            (inside if wanted else said).append(line)
    if fence and wanted:  # a fence that nobody closes ends with the text
        found.append(_suggestion(wanted, inside))
    _close(found, said)
    return found


def _suggestion(told: re.Match[str], inside: Sequence[str]) -> Piece:
    above, below = (int(one or 0) for one in told.groups())
    return Piece("", Suggestion(tuple(inside), above, below))


def _close(found: list[Piece], said: list[str]) -> None:
    text = "\n".join(said).strip("\n")
    said.clear()
    if text.strip():
        found.append(Piece(text))


def split(data: bytes) -> list[bytes]:
    """The lines of a file, each with its end: a line feed, with a carriage return or without."""
    return re.findall(rb"[^\n]*\n|[^\n]+\Z", data)


def plain(line: bytes) -> str:
    """A line without its end, as text that keeps every byte."""
    return line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "surrogateescape")


def applied(data: bytes, changes: Iterable[Change]) -> bytes:
    """The file `data` with all of `changes`, whose lines are those of `data`.

    New lines end as the first one ends that they replace, and as most of the file where that has no
    end; a file without a line break at its end stays so. Raises Overlapping for two about the same
    lines, ValueError for lines that are not there.
    """
    lines = split(data)
    ordered = sorted(changes, key=lambda one: (one.first, one.last))
    for one, other in pairwise(ordered):
        if other.first <= one.last:
            raise Overlapping(one.name, other.name)
    out: list[bytes] = []
    done = 0
    for one in ordered:
        if not 1 <= one.first <= one.last <= len(lines):
            raise ValueError(f"there are no lines {one.first} to {one.last}")
        out += lines[done : one.first - 1]
        out += _replacing(lines, one)
        done = one.last
    return b"".join([*out, *lines[done:]])


def _replacing(lines: Sequence[bytes], change: Change) -> list[bytes]:
    end = _end(lines, change.first - 1)
    made = [one.removesuffix("\r").encode("utf-8", "surrogateescape") + end for one in change.lines]
    if made and not lines[change.last - 1].endswith(b"\n"):
        made[-1] = made[-1].removesuffix(end)
    return made


def _end(lines: Sequence[bytes], at: int) -> bytes:
    """How line `at` ends; where it does not end, how most of them do."""
    if lines[at].endswith(b"\n"):
        return b"\r\n" if lines[at].endswith(b"\r\n") else b"\n"
    returns = sum(line.endswith(b"\r\n") for line in lines)
    return b"\r\n" if returns * 2 > len(lines) - 1 else b"\n"
