"""Slips of the pen in a search: words that nothing (or little) matches, and what may be meant.

What may be meant is a word of the index itself, so that it will find something.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from git_naturecode.store import glossary, index_file
from git_naturecode.store.words import STOP

_SHORTEST = 4  # shorter words have too many neighbours
_LONG = 8  # from so many characters on, two slips
_FEW = 2  # so many matches may be the same slip made by somebody else
_MUCH_MORE = 10  # times as many matches has what is proposed then
_MOST_WORDS = 8  # of a query that are looked at
_SAMPLES = 3  # texts of each table in which it is looked up how a word is written
_CLOSEST = 6  # terms that are looked up so
_ENDING = 6  # characters that stemming may have taken off
_WORD = re.compile(r"[a-z]+")


class Slip(NamedTuple):
    """A word as it was typed, how many texts hold it, and the word that may be meant."""

    word: str
    matches: int
    meant: str


def slips(db: sqlite3.Connection, kinds: Sequence[str], typed: Iterable[str]) -> list[Slip]:
    """The words among `typed` that little matches in the texts of `kinds`, and what is near."""
    there = set(index_file.kinds(db))
    tables = [name for kind in kinds if kind in there for name in index_file.texts_of(kind)]
    words = [word for word in dict.fromkeys(typed) if _is_word(word)][:_MOST_WORDS]
    found = []
    for word in words if tables else ():
        matches = sum(_count(db, table, word) for table in tables)
        if matches > _FEW or glossary.knows(word):
            continue
        if meant := _meant(db, tables, word, matches):
            found.append(Slip(word, matches, meant))
    return found


def _is_word(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isascii() and word.isalpha() and word.lower() not in STOP


def _count(db: sqlite3.Connection, table: str, word: str) -> int:
    query = f'select count(*) from (select 1 from "{table}" where "{table}" match ? limit ?)'
    return int(db.execute(query, (f'"{word}"', _FEW + 1)).fetchone()[0])


def _meant(db: sqlite3.Connection, tables: Sequence[str], word: str, matches: int) -> str:
    """The nearest word of the texts, of several the most frequent; "" where none is near."""
    stem = index_file.stems([word])[word]
    most = 2 if len(word) >= _LONG else 1
    for terms in (_alike, _beheaded):
        counts: Counter[str] = Counter()
        for table in tables:
            counts.update(dict(terms(db, table, stem, most)))
        near = [
            (distance, -count, term)
            for term, count in counts.items()
            if count > matches * _MUCH_MORE
            and term != stem
            and (distance := _distance(stem, term, most)) <= most
        ]
        written = [_written(db, tables, term, word, most) for *_, term in sorted(near)[:_CLOSEST]]
        forms = [(apart(word.lower(), form, most), n, form) for n, form in enumerate(written)]
        for distance, _, form in sorted(forms):
            if 0 < distance <= most and form:
                return form
    return ""


def _distance(stem: str, term: str, most: int) -> int:
    """How far `term` is from `stem`, or from its beginning: a slip in an ending hides the stem."""
    whole = apart(stem, term, most)
    if term.endswith("i"):  # stemming writes so what a word ends in "y" for
        whole = min(whole, apart(stem, f"{term[:-1]}y", most))
    if whole <= most or len(term) < _SHORTEST + 1:
        return whole
    return apart(stem[: len(term)], term, most)


def _alike(db: sqlite3.Connection, table: str, stem: str, most: int) -> Iterator[tuple[str, int]]:
    """Terms of the index that could be `stem` misspelled, and how many texts hold each.

    Only those with the same first letter, or with its second: the first two may be exchanged, or
    the first be too many.
    """
    terms = index_file.vocabulary(db, table, "row")
    query = (
        f"select term, doc from {terms} where term >= ? and term < ?"
        " and length(term) between ? and ?"
    )
    for first in dict.fromkeys(stem[:2]):
        until = chr(ord(first) + 1)
        sizes = (max(3, len(stem) - most - _ENDING), len(stem) + most)
        yield from db.execute(query, (first, until, *sizes))


def _beheaded(
    db: sqlite3.Connection, table: str, stem: str, most: int
) -> Iterator[tuple[str, int]]:
    """Terms that could be `stem` without its first letter, or with another one."""
    terms = (
        f"select term, doc from {index_file.vocabulary(db, table, 'row')} where length(term) = ?"
    )
    yield from db.execute(f"{terms} and term like ?", (len(stem) + 1, f"_{stem[:2]}%"))
    yield from db.execute(f"{terms} and term like ?", (len(stem), f"_{stem[1:3]}%"))


def _written(db: sqlite3.Connection, tables: Sequence[str], term: str, word: str, most: int) -> str:
    """How the word behind `term` is written in some texts: the form that is nearest to `word`."""
    forms: Counter[str] = Counter()
    for table in tables:
        places = index_file.vocabulary(db, table, "instance")
        these = f"select distinct doc from {places} where term = ? limit ?"
        query = f'select text from "{table}" where rowid in ({these})'
        for (text,) in db.execute(query, (term, _SAMPLES)):
            forms.update(_WORD.findall(text.lower()))
    near = {form: apart(word.lower(), form, most) for form in forms}
    stems = index_file.stems([form for form, distance in near.items() if distance <= most])
    meant = [form for form, stem in stems.items() if stem == term]
    return min(meant, key=lambda form: (near[form], -forms[form]), default="")


def apart(one: str, other: str, most: int) -> int:
    """How many characters are wrong, missing, too many or exchanged with the next; above `most`
    some number above it.

    Optimal string alignment, row by row.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, character in enumerate(one, 1):
        new = [i]
        for j, its in enumerate(other, 1):
            cost = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (character != its))
            if before and j > 1 and character == other[j - 2] and its == one[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            new.append(cost)
        if min(new) > most and min(row) > most:
            return most + 1
        before, row = row, new
    return row[-1]
