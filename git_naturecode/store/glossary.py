"""Words of the trade that mean the same, in English and Chinese, so that either finds the other.

A line of `glossary.txt` is a group, all of which mean the same (`a, b, c`), or says what else to
look for where somebody types one of the left (`a, b > c, d`), but not the other way round.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from git_naturecode.store import index_file
from git_naturecode.store.asked import phrase
from git_naturecode.store.words import STOP, dense_runs

_FILE = os.path.join(os.path.dirname(__file__), "glossary.txt")
_WORD = re.compile(r"[a-z0-9]+")
_TERM = re.compile(r"[^,>\n]+")
_LONGEST, _LONGEST_RUN = 3, 8  # English words, Chinese characters that make one term
_SHORTEST_RUN = 2  # one character means too much
_SHORTEST_STEM = 2


class _Line(NamedTuple):
    """Whoever types one of `typed` looks for `meant`, too."""

    typed: Sequence[str]
    meant: Sequence[str]


def alike(text: str) -> list[str]:
    """What else to look for besides the words of `text`, each in the words of FTS5."""
    return [phrase(term) for term in dict.fromkeys((*_english(text.lower()), *_chinese(text)))]


def knows(word: str) -> bool:
    """True where `word`, of ASCII letters and digits, stands somewhere in the glossary."""
    return re.search(rf"\b{word.lower()}\b", _text()) is not None


def _english(text: str) -> Iterator[str]:
    words = _WORD.findall(text)
    stems = index_file.stems(list(dict.fromkeys(words)))
    begins = _begins(stems[word] for word in words if word not in STOP)
    lines = _lines_at(place for begin in begins for place in _words_like(begin))
    terms = {one for line in lines for one in (*line.typed, *line.meant) if one.isascii()}
    near = {word for term in terms for word in _WORD.findall(term) if word.startswith(begins)}
    stems |= index_file.stems(list(near.difference(stems)))
    known: dict[str, list[_Line]] = {}
    for line in lines:
        for one in line.typed:
            known.setdefault(_key(stems, one), []).append(line)
    place = 0
    while place < len(words):
        size = _LONGEST
        while size and " ".join(stems[w] for w in words[place : place + size]) not in known:
            size -= 1
        if size and not (size == 1 and words[place] in STOP):
            term = " ".join(stems[word] for word in words[place : place + size])
            for line in known[term]:
                yield from (one for one in line.meant if _key(stems, one) != term)
        place += size or 1


def _chinese(text: str) -> Iterator[str]:
    for start, end in dense_runs(text):
        place = start
        while place < end:
            size = min(_LONGEST_RUN, end - place)
            while size >= _SHORTEST_RUN and text[place : place + size] not in _dense():
                size -= 1
            term = text[place : place + size]
            if size >= _SHORTEST_RUN:
                for line in _lines_at(_dense()[term]):
                    yield from (one for one in line.meant if term in line.typed and one != term)
            place += size if size >= _SHORTEST_RUN else 1


def _key(stems: Mapping[str, str], term: str) -> str:
    """`term` in stems, as far as they are known: others are of no word that was typed."""
    return " ".join(stems.get(w, w) for w in _WORD.findall(term)) if term.isascii() else term


def _begins(stems: Iterable[str]) -> tuple[str, ...]:
    """What words begin with that may have one of `stems`: no step of Porter's changes more than
    the last letter of what it leaves."""
    return tuple({stem[: max(_SHORTEST_STEM, len(stem) - 1)] for stem in stems})


def _words_like(begin: str) -> Iterator[int]:
    """Where in the glossary words stand that begin with `begin`."""
    text = _text()
    for start in ("\n", " "):
        place = text.find(start + begin)
        while place >= 0:
            yield place + 1
            place = text.find(start + begin, place + 1)


def _lines_at(places: Iterable[int]) -> list[_Line]:
    """The lines of the glossary around `places`."""
    text = _text()
    starts = dict.fromkeys(text.rfind("\n", 0, place) + 1 for place in places)
    return [_line(text[start : text.find("\n", start)]) for start in starts]


def _line(text: str) -> _Line:
    left, _, right = text.partition(">")
    typed, meant = (
        [
            one
            for term in side.split(",")
            if (one := term.strip()).isascii() or len(one) >= _SHORTEST_RUN
        ]
        for side in (left, right or left)
    )
    return _Line(typed, meant)


@cache
def _text() -> str:
    with open(_FILE, encoding="utf-8") as file:
        return "\n" + "".join(line for line in file if not line.startswith("#"))


@cache
def _dense() -> dict[str, list[int]]:
    """Where in the glossary each term stands that is written without spaces."""
    found: dict[str, list[int]] = {}
    for term in _TERM.finditer(_text()):
        if not (one := term[0].strip()).isascii():
            found.setdefault(one, []).append(term.start())
    return found
