"""Words of the trade that mean the same, in English and Chinese, so that either finds the other."""

import os
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from git_naturecode.store import index_file
from git_naturecode.store.asked import phrase
from git_naturecode.store.words import STOP, dense_runs

_FILE = os.path.join(os.path.dirname(__file__), "glossary.txt")
_WORD = re.compile(r"[a-z0-9]+")
_LONGEST = 3  # English words that make one term
_SHORTEST_RUN = 2  # one character means too much


class _Table(NamedTuple):
    """For each term (stems with blanks between, or Chinese) its groups; the longest Chinese one."""

    groups: dict[str, list[tuple[str, ...]]]
    stems: dict[str, str]
    longest: int


def alike(text: str) -> list[str]:
    """What means the same as words in `text`, each in the words of FTS5."""
    table = _table()
    found: dict[str, None] = {}
    for term in (*_english(table, text), *_chinese(table, text)):
        for group in table.groups[term]:
            found.update((one, None) for one in group if _key(table, one) != term)
    return [phrase(one) for one in found]


def _english(table: _Table, text: str) -> Iterator[str]:
    words = _WORD.findall(text.lower())
    unknown = [word for word in dict.fromkeys(words) if word not in table.stems]
    stems = {**table.stems, **(index_file.stems(unknown) if unknown else {})}
    place = 0
    while place < len(words):
        size = _LONGEST
        while size and " ".join(stems[w] for w in words[place : place + size]) not in table.groups:
            size -= 1
        if size and not (size == 1 and words[place] in STOP):
            yield " ".join(stems[word] for word in words[place : place + size])
        place += size or 1


def _chinese(table: _Table, text: str) -> Iterator[str]:
    for start, end in dense_runs(text):
        place = start
        while place < end:
            size = min(table.longest, end - place)
            while size >= _SHORTEST_RUN and text[place : place + size] not in table.groups:
                size -= 1
            if size >= _SHORTEST_RUN:
                yield text[place : place + size]
                place += size
            else:
                place += 1


def _key(table: _Table, term: str) -> str:
    return " ".join(table.stems[w] for w in _WORD.findall(term)) if term.isascii() else term


@cache
def _table() -> _Table:
    with open(_FILE, encoding="utf-8") as file:
        lines = [line.strip() for line in file if not line.startswith("#")]
    groups = [tuple(term.strip() for term in line.split(",")) for line in lines]
    words = dict.fromkeys(w for group in groups for term in group for w in _WORD.findall(term))
    table = _Table({}, index_file.stems(list(words)), max(map(len, _dense(groups))))
    for group in groups:
        kept = tuple(one for one in group if one.isascii() or len(one) >= _SHORTEST_RUN)
        for term in kept:
            table.groups.setdefault(_key(table, term), []).append(kept)
    return table


def _dense(groups: list[tuple[str, ...]]) -> list[str]:
    return [term for group in groups for term in group if not term.isascii()]
