"""Found secrets as spans of a text: how overlapping ones join, and how a replaced one reads."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

LABEL = re.compile(r"\[REDACTED:([a-z0-9-]+):([0-9]{1,9})\]")
MARK = "[REDACTED:"
_ROUNDS = 8


class Span(NamedTuple):
    """A secret found at `text[start:end]` by `rule`."""

    start: int
    end: int
    rule: str


class Piece(NamedTuple):
    """A part of a text: plain (no rule), or a secret found by `rule`."""

    text: str
    rule: str = ""


Find = Callable[[str], list[Span]]


def merge(spans: Iterable[Span]) -> list[Span]:
    """Spans in order of position; those that overlap become one, named by the first found.

    The order of `spans` is the order of trust: the rules that are surest of the kind come first.
    """
    ranked = sorted((span.start, span.end, rank, span.rule) for rank, span in enumerate(spans))
    joined: list[tuple[int, int, int, str]] = []
    for start, end, rank, rule in ranked:
        if joined and start < joined[-1][1]:
            first, last, best, name = joined[-1]
            better = (rank, rule) if rank < best else (best, name)
            joined[-1] = (first, max(last, end), *better)
        else:
            joined.append((start, end, rank, rule))
    return [Span(start, end, rule) for start, end, _, rule in joined]


def cut_up(text: str, find: Find) -> list[Piece]:
    """`text` in pieces such that `find` finds nothing more in any plain one.

    A label that stands in `text` already is a piece of its own kind: it is never looked into, so
    that redacting twice is the same as redacting once.
    """
    return _settle(text, find, _ROUNDS)


def _settle(text: str, find: Find, rounds: int) -> list[Piece]:
    pieces: list[Piece] = []
    for plain, label in _around_labels(text):
        pieces += _plain(plain, find, rounds)
        if label:
            pieces.append(Piece(label))
    return pieces


def _around_labels(text: str) -> list[tuple[str, str]]:
    if MARK not in text:
        return [(text, "")]
    parts, last = [], 0
    for match in LABEL.finditer(text):
        parts.append((text[last : match.start()], match[0]))
        last = match.end()
    return [*parts, (text[last:], "")]


def _plain(text: str, find: Find, rounds: int) -> list[Piece]:
    spans = find(text) if text else []
    if not spans:
        return [Piece(text)] if text else []
    if not rounds:
        return [Piece(text, "unsettled")]
    pieces, last = [], 0
    for span in spans:
        pieces += _plain(text[last : span.start], find, rounds - 1)
        pieces.append(Piece(text[span.start : span.end], span.rule))
        last = span.end
    return pieces + _plain(text[last:], find, rounds - 1)


class Numbers:
    """Gives each distinct secret of a rule its number, counting on from labels seen before."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._known: dict[tuple[str, str], int] = {}

    def seen(self, text: str) -> None:
        """Take note of the labels that stand in `text` already."""
        if MARK in text:
            for rule, number in LABEL.findall(text):
                self._last[rule] = max(self._last.get(rule, 0), int(number))

    def write(self, pieces: Iterable[Piece]) -> tuple[str, tuple[str, ...]]:
        """The text of `pieces` with each secret replaced, and the labels of those."""
        out, labels = [], []
        for piece in pieces:
            if piece.rule:
                labels.append(f"{piece.rule}:{self._number(piece)}")
                out.append(f"[REDACTED:{labels[-1]}]")
            else:
                out.append(piece.text)
        return "".join(out), tuple(labels)

    def _number(self, piece: Piece) -> int:
        key = (piece.rule, piece.text)
        if key not in self._known:
            self._known[key] = self._last[piece.rule] = self._last.get(piece.rule, 0) + 1
        return self._known[key]
