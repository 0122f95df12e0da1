"""The scores of a table of texts: BM25 term by term, frequent terms only where they count.

What FTS5 gives for several terms is the sum of what it gives for each. So a term that stands in
thousands of texts, and cannot lift one among the best by itself, is weighed only in those that
have others, too (Turtle and Flood 1995, "max score"). The best that come out are the same.
"""

import json
import math
import sqlite3
from collections.abc import Collection, Mapping, Sequence

SATURATED = 2.2
"""What BM25 gives at most for a term, in units of how rare it is."""
_MANY = 1_000  # texts that have a term; below it nothing is won
_LEAST = 1e-6  # what FTS5 takes for how rare a term is that stands in more than half of the texts


class Counts:
    """How many texts have a term, each looked up once for a search."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._of_term: dict[tuple[str, str], int] = {}
        self._of_all: dict[str, int] = {}

    def of(self, table: str, term: str) -> int:
        """The number of texts in `table` that have `term`."""
        if (table, term) not in self._of_term:
            query = f'select count(*) from "{table}" where "{table}" match ?'
            self._of_term[table, term] = self.db.execute(query, (term,)).fetchone()[0]
        return self._of_term[table, term]

    def there(self, table: str, terms: Sequence[str]) -> list[str]:
        """Those of `terms` that stand anywhere in `table`."""
        return [term for term in terms if self.of(table, term)]

    def rare(self, table: str, term: str) -> float:
        """How rare `term` is in `table`, as FTS5 weighs a single word."""
        if table not in self._of_all:
            query = f'select count(*) from "{table}_docsize"'
            self._of_all[table] = self.db.execute(query).fetchone()[0]
        total, count = self._of_all[table], self.of(table, term)
        return max(_LEAST, math.log((total - count + 0.5) / (count + 0.5)))


def scores(
    counts: Counts, table: str, weights: Mapping[str, float], best: int,
    *, among: Collection[int] | None = None, beside: Collection[int] = (),
    kept: Collection[int] = (), above: float = 0.0,
) -> tuple[dict[int, float], bool]:  # fmt: skip
    """Row -> score of the best texts in `table` that have terms of `weights` (term -> what it
    counts), and whether there are more.

    Exact for the `best` of them (all, where that is negative). Only those `among` count, if they
    are given. `beside` are rows whose scores are wanted in any case: so many others are found
    that whoever scores less than `above` here is not among the best. `kept` of them are told
    besides the best.
    """
    there = counts.there(table, list(weights))
    frequent = sorted(
        (one for one in there if best >= 0 and is_frequent(counts, table, one)),
        key=lambda term: counts.of(table, term),
    )
    found: dict[int, float] = {}
    for term in there:
        if term not in frequent:
            _add(counts.db, table, term, weights[term], found, among)
    most = [weights[one] * SATURATED * counts.rare(table, one) for one in frequent]
    for number, term in enumerate(frequent):
        left = math.fsum(most[number:])
        least = max(above, _last_of(best, found.values()))
        if left <= least:
            wanted = {row for row, score in found.items() if score + left >= least}.union(beside)
            for one in frequent[number:]:
                _add(counts.db, table, one, weights[one], found, _both(wanted, among))
            return _best(best, found, kept), True
        _add(counts.db, table, term, weights[term], found, among)
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


def _best(best: int, found: dict[int, float], kept: Collection[int]) -> dict[int, float]:
    if not 0 <= best < len(found):
        return found
    least = sorted(found.values())[-best] if best else math.inf
    above = {row: score for row, score in found.items() if score > least}
    same = sorted(row for row, score in found.items() if score == least)
    also = {row: found[row] for row in kept if row in found}
    return also | above | dict.fromkeys(same[: best - len(above)], least)


def _both(rows: Collection[int], among: Collection[int] | None) -> Collection[int]:
    return rows if among is None else set(rows).intersection(among)


def _add(
    db: sqlite3.Connection, table: str, term: str, weight: float, found: dict[int, float],
    among: Collection[int] | None,
) -> None:  # fmt: skip
    query = f'select rowid, -bm25("{table}") from "{table}" where "{table}" match ?'
    values = [term]
    if among is not None:
        query += " and +rowid in (select value from json_each(?))"
        values.append(json.dumps(list(among)))
    for row, score in db.execute(query, values):
        found[row] = found.get(row, 0.0) + weight * score
