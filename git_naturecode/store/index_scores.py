"""The scores of a table of texts: BM25 term by term, frequent terms only where they count.

What FTS5 gives for several terms is the sum of what it gives for each. So a term that stands in
thousands of texts, and cannot lift one among the best by itself, is weighed only in those that
have others, too (Turtle and Flood 1995, "max score"). The best that come out are the same, but for
the order of those whose scores differ by less than a millionth.
"""

import json
import math
import re
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence

from git_naturecode.store import index_file
from git_naturecode.store.index_lengths import Lengths

SATURATED = 2.2
"""What BM25 gives at most for a term, in units of how rare it is."""
_MANY = 1_000  # texts that have a term; below it nothing is won
_FEW = 60  # texts that have a term; up to so many FTS5 itself is as fast
_SCATTERED = 8  # times as many texts have a term as are looked at: FTS5 is faster
_LEAST = 1e-6  # what FTS5 takes for how rare a term is that stands in more than half of the texts
_NOTHING = 1e-6  # of a score, which tells nothing from anything
_PLAIN = re.compile(r'\(?"([^"\s]+)"\)?')


class Counts:
    """How many texts have a term, each looked up once for a search."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._of_term: dict[tuple[str, str], int] = {}
        self._of_all: dict[str, int] = {}
        self._any_of: dict[tuple[str, tuple[str, ...]], str] = {}
        self._stems: dict[str, str | None] = {}
        self._lengths: dict[str, Lengths] = {}

    def of(self, table: str, term: str) -> int:
        """The number of texts in `table` that have `term`."""
        if (table, term) not in self._of_term:
            query = f'select count(*) from "{table}" where "{table}" match ?'
            self._of_term[table, term] = self.db.execute(query, (term,)).fetchone()[0]
        return self._of_term[table, term]

    def are_rare(self, tables: Sequence[str], term: str, most: int) -> bool:
        """True where at most so many texts in each of `tables` have `term`; cheaper than `of`."""
        some = ", ".join(
            f'(select count(*) from (select 1 from "{one}" where "{one}" match ?1 limit ?2))'
            for one in tables
        )
        found = self.db.execute(f"select {some}", (term, most + 1)).fetchone()
        for table, number in zip(tables, found, strict=True):
            if number <= most:
                self._of_term[table, term] = number
        return bool(max(found) <= most)

    def there(self, table: str, terms: Sequence[str]) -> list[str]:
        """Those of `terms` that stand anywhere in `table`."""
        return [term for term in terms if self.of(table, term)]

    def any_of(self, table: str, terms: Sequence[str]) -> str:
        """What matches the texts in `table` that have any of `terms`."""
        key = (table, tuple(terms))
        if key not in self._any_of:
            self._any_of[key] = " OR ".join(self.there(table, terms))
        return self._any_of[key]

    def texts(self, table: str) -> int:
        """The number of texts in `table`."""
        if table not in self._of_all:
            query = f'select count(*) from "{table}_docsize"'
            self._of_all[table] = self.db.execute(query).fetchone()[0]
        return self._of_all[table]

    def texts_of(self, kinds: Sequence[str]) -> int:
        """The number of texts of `kinds`, without titles and names."""
        return sum(self.texts(index_file.texts_of(kind)[-1]) for kind in kinds)

    def rare(self, table: str, term: str) -> float:
        """How rare `term` is in `table`, as FTS5 weighs a single word."""
        total, count = self.texts(table), self.of(table, term)
        return max(_LEAST, math.log((total - count + 0.5) / (count + 0.5)))

    def lengths(self, table: str) -> Lengths:
        """How long the texts in `table` are."""
        if table not in self._lengths:
            self._lengths[table] = Lengths(self.db, table)
        return self._lengths[table]

    def stem(self, term: str) -> str | None:
        """How `term` stands in the vocabulary; None where it is more than one word."""
        if term not in self._stems:
            self.learn([term])
        return self._stems[term]

    def learn(self, terms: Iterable[str]) -> None:
        """Find out about all of `terms` at once."""
        new = [term for term in terms if term not in self._stems]
        plain = {term: found[1] for term in new if (found := _PLAIN.fullmatch(term))}
        self._stems.update(dict.fromkeys(new))
        if plain:
            tokens = index_file.tokens_of(set(plain.values()))
            self._stems.update(
                (term, tokens[word][0]) for term, word in plain.items() if len(tokens[word]) == 1
            )


def scores(
    counts: Counts, table: str, weights: Mapping[str, float], best: int,
    *, among: Collection[int] | None = None, beside: Collection[int] = (),
    kept: Collection[int] = (), sure: Collection[int] = (), above: float = 0.0,
) -> tuple[dict[int, float], bool]:  # fmt: skip
    """Row -> score of the best texts in `table` that have terms of `weights` (term -> what it
    counts), and whether there are more.

    Exact for the `best` of them (all, where that is negative). Only those `among` count, if they
    are given. `beside` are rows whose scores are wanted in any case: so many others are found
    that whoever scores less than `above` here is not among the best. `kept` of them are told
    besides the best; `sure` are some that are known to have a term.
    """
    there = counts.there(table, list(weights))
    frequent = sorted(
        (one for one in there if best >= 0 and is_frequent(counts, table, one)),
        key=lambda term: counts.of(table, term),
    )
    counts.learn(one for one in there if counts.of(table, one) > _FEW)
    found: dict[int, float] = {}
    for term in there:
        if term not in frequent:
            _add(counts, table, term, weights[term], found, among)
    most = [weights[one] * SATURATED * counts.rare(table, one) for one in frequent]
    for number, term in enumerate(frequent):
        left = math.fsum(most[number:])
        last = _last_of(best, found.values())
        if left <= last * _NOTHING:
            found |= dict.fromkeys(_both(set(sure).difference(found), among), 0.0)
            missing = _both(set(beside).difference(found), among)
            for one in frequent[number:] if missing else ():
                found |= dict.fromkeys(_having(counts.db, table, one, missing), 0.0)
            return _best(best, found, kept, last), True
        least = max(above, last)
        if left <= least:
            wanted = {row for row, score in found.items() if score + left >= least}.union(beside)
            for one in frequent[number:]:
                _add(counts, table, one, weights[one], found, _both(wanted, among))
            return _best(best, found, kept), True
        if among is None and term == frequent[-1]:  # what has no other word is among its own best
            _add(counts, table, term, weights[term], found, None, best, found.keys() | beside)
            return _best(best, found, kept), counts.of(table, term) > best
        _add(counts, table, term, weights[term], found, among)
    return _best(best, found, kept), 0 <= best < len(found)


def all_of(counts: Counts, table: str, terms: Sequence[str]) -> set[int]:
    """The rows of `table` that have all of `terms`."""
    if not all(counts.of(table, term) for term in terms):
        return set()
    query = f'select rowid from "{table}" where "{table}" match ?'
    return {row for (row,) in counts.db.execute(query, (" AND ".join(terms),))}


def is_frequent(counts: Counts, table: str, term: str) -> bool:
    """True where `term` is one phrase, which stands in many texts."""
    return term[0] == '"' and term[-1] == '"' and counts.of(table, term) > _MANY


def _last_of(best: int, values: Collection[float]) -> float:
    """The least of the `best` of `values`; 0 where there are fewer."""
    return sorted(values)[-best] if 0 < best <= len(values) else 0.0


def _best(
    best: int, found: dict[int, float], kept: Collection[int], last: float = 0.0
) -> dict[int, float]:
    """The `best` of `found`, and those `kept`; `last` is the least of them, if it is known."""
    if not 0 <= best < len(found):
        return found
    least = last or (_last_of(best, found.values()) if best else math.inf)
    above = {row: score for row, score in found.items() if score > least}
    same = sorted(row for row, score in found.items() if score == least)
    also = {row: found[row] for row in kept if row in found}
    return also | above | dict.fromkeys(same[: best - len(above)], least)


def _both(rows: Collection[int], among: Collection[int] | None) -> Collection[int]:
    return rows if among is None else set(rows).intersection(among)


def _add(
    counts: Counts, table: str, term: str, weight: float, found: dict[int, float],
    among: Collection[int] | None, best: int = -1, wanted: Collection[int] = (),
) -> None:  # fmt: skip
    """Add what `term` counts to `found`; if `best` is given, at least where it counts most, and
    in the rows `wanted`."""
    number = counts.of(table, term)
    is_scattered = among is not None and len(among) * _SCATTERED < number
    stem = None if number <= _FEW or is_scattered else counts.stem(term)
    if stem is None:
        scored = _weighed(counts.db, table, term, weight, among)
    else:
        scored = counts.lengths(table).weighed(
            stem, weight * counts.rare(table, term), best, wanted
        )
        if among is not None:
            scored = {row: scored[row] for row in scored.keys() & among}
    for row in found.keys() & scored.keys():
        scored[row] += found[row]
    found.update(scored)


def _weighed(
    db: sqlite3.Connection, table: str, term: str, weight: float, among: Collection[int] | None
) -> dict[int, float]:
    """What FTS5 gives each text that has `term`, times `weight`."""
    query = f'select rowid, -bm25("{table}") from "{table}" where "{table}" match ?'
    return {row: weight * score for row, score in _those(db, query, term, among)}


def _having(db: sqlite3.Connection, table: str, term: str, among: Collection[int]) -> Iterable[int]:
    """Those `among` that have `term`."""
    query = f'select rowid from "{table}" where "{table}" match ?'
    return [row for (row,) in _those(db, query, term, among)]


def _those(
    db: sqlite3.Connection, query: str, term: str, among: Collection[int] | None
) -> sqlite3.Cursor:
    if among is None:
        return db.execute(query, (term,))
    query += " and +rowid in (select value from json_each(?))"
    return db.execute(query, (term, json.dumps(list(among))))
