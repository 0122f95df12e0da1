"""Searching the index: any of the words, ranked by BM25, all of the words first.

Titles, names and texts are ranked apart and their scores added: one table of several columns would
divide each by the length of the whole row (docs/design/search.md has the comparison). Each kind of
entity has tables of its own, so that few long articles are not weighed among many short messages.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from git_naturecode.store import index_file, index_scores
from git_naturecode.store.asked import Asked, asked
from git_naturecode.store.described import NAMED, TITLE, WHOLE, Hit
from git_naturecode.store.index_scores import Counts
from git_naturecode.store.words import CLOSE, OPEN, excerpt, places, plain

_AT_LEAST = 120  # matches of each field that are looked at
_FEW_WORDS = 3
_ONE_TEXT = 0.5  # of what a title counts where it stands before the text, too (Cranfield)
_MOST_WEIGHED = 16  # terms by which kinds are made comparable
_ALIKE = 0.7  # of what a word counts that was typed counts one that means the same
_OTHERS = 0.6  # of the message before it counts each further one of a session that matches
_LIKE = 1  # hits whose titles and names say what else is meant
_MOST_LIKE, _FREQUENT = 8, 100  # so many of their words, each in so many texts at most
_LIKENESS = 0.3  # of the best score, for what is as like those hits as can be


class Among(NamedTuple):
    """A condition on the table of entities, and its values."""

    condition: str = "1"
    values: tuple[str, ...] = ()


ANYTHING = Among()


class _Found(NamedTuple):
    kind: str
    number: int
    entity: int
    entry: str
    changed: str
    score: float
    said: float = 0.0  # of it, what the text itself has, without the title above it
    related: bool = False


class _Words(NamedTuple):
    """What to rank by: terms that were typed, and others that count `_ALIKE` as much.

    `all_first`: what has all of the terms stands above the others.
    """

    terms: Sequence[str]
    alike: Sequence[str] = ()
    all_first: bool = True

    @property
    def weights(self) -> dict[str, float]:
        """What each counts."""
        return {**dict.fromkeys(self.alike, _ALIKE), **dict.fromkeys(self.terms, 1.0)}


def search(
    db: sqlite3.Connection, kinds: Sequence[str], query: str, limit: int, among: Among = ANYTHING,
    *, by_date: bool = False, grouped: bool = False, wide: bool = False, comparable: bool = False,
) -> list[Hit]:  # fmt: skip
    """The best `limit` matches for `query` in the entities of `kinds`, `among` which to look.

    `grouped`: only the best match of each entity. `by_date`: what changed last comes first, of
    what has all of the words; if nothing has, of what has any. `wide`, with `grouped`: words that
    mean the same count, too, and what is like the best hits is found after them. `comparable`: the
    scores can be compared with those of another search (always so where there are several kinds).
    """
    wanted, counts = asked(query), Counts(db)
    there = set(index_file.kinds(db))
    searched = [kind for kind in dict.fromkeys(kinds) if kind in there and wanted.terms]
    among_of = {kind: narrowed(kind, wanted, among) for kind in searched}
    words = _Words(wanted.terms, _alike(wanted) if wide and searched else ())
    if wide:  # a question is not answered best by what happens to have all of its words
        words = words._replace(all_first=len(wanted.terms) <= _FEW_WORDS)
    found: list[_Found] = []
    like: Sequence[str] = ()
    if by_date:
        for all_words in (True, False):
            for kind in searched if all_words or not found else ():
                found += _latest(counts, kind, wanted, limit, among_of[kind], all_words=all_words)
    else:
        several = comparable or len(searched) > 1
        found = _best(counts, among_of, words, limit, grouped=grouped, several=several)
        if wide and grouped and wanted.loose:
            more = _like(db, found, words, searched)
            found = _with_more(
                found, _best(counts, among_of, more, limit, grouped=True, several=several)
            )
            like = more.terms
    found.sort(key=_by_date if by_date else _by_score, reverse=True)
    asked_for = (*wanted.phrases, *words.terms, *words.alike)
    return [
        _hit(counts, one, like if one.related else asked_for, grouped=grouped or by_date)
        for one in found[:limit]
    ]


def _alike(wanted: Asked) -> list[str]:
    from git_naturecode.store import glossary

    return [term for term in glossary.alike(wanted.loose) if term not in wanted.terms]


def _like(
    db: sqlite3.Connection, found: Sequence[_Found], words: _Words, kinds: Sequence[str]
) -> _Words:
    """What the best of `found` are called and filed under, besides the `words` asked for.

    Words that stand in many texts of `kinds` tell nothing, and would be the dearest to weigh.
    """
    terms: dict[str, None] = {}
    for one in found[:_LIKE]:
        for table in index_file.texts_of(one.kind)[:-1]:
            query = (
                f'select text from "{table}"'
                " where rowid in (select number from said where entity = ?)"
            )
            for (text,) in db.execute(query, (one.entity,)):
                terms.update(dict.fromkeys(asked(plain(text)).terms))
    known = {*words.terms, *words.alike}
    telling = [
        term
        for term in list(terms)[:_MOST_WEIGHED]
        if term not in known and all(_is_rare(db, kind, term) for kind in kinds)
    ]
    return _Words(telling[:_MOST_LIKE], all_first=False)


def _is_rare(db: sqlite3.Connection, kind: str, term: str) -> bool:
    """True where no field has `term` often: what all are filed under is no word of a text."""
    most = _FREQUENT
    return all(
        db.execute(
            f'select count(*) from (select 1 from "{table}" where "{table}" match ? limit ?)',
            (term, most + 1),
        ).fetchone()[0]
        <= most
        for table in index_file.texts_of(kind)
    )


def _with_more(found: Sequence[_Found], more: Sequence[_Found]) -> list[_Found]:
    """`found`, raised by how like the best of them each is; what is only like them is `related`."""
    best = max((one.score for one in found), default=0.0)
    most = max((one.score for one in more), default=1.0)
    like = {one.entity: one.score * _LIKENESS * best / most for one in more}
    told = {one.entity for one in found}
    return [
        *(one._replace(score=one.score + like.get(one.entity, 0.0)) for one in found),
        *(
            one._replace(score=like[one.entity], related=True)
            for one in more
            if one.entity not in told
        ),
    ]


def _by_score(one: _Found) -> tuple[float, str, int]:
    return one.score, one.changed, -one.number


def _by_date(one: _Found) -> tuple[str, float, int]:
    return one.changed, one.score, -one.number


def narrowed(kind: str, wanted: Asked, among: Among) -> Among:
    """`among`, and what has all phrases and nothing of what was excluded, anywhere in it."""
    conditions, values = [among.condition, "kind = ?"], [*among.values, kind]
    for phrase in wanted.phrases:
        conditions.append(f"number in ({_having(kind)})")
        values += [phrase] * len(index_file.FIELDS)
    for phrase in wanted.without:
        conditions.append(f"number not in ({_having(kind)})")
        values += [phrase] * len(index_file.FIELDS)
    return Among(" and ".join(conditions), tuple(values))


def _having(kind: str) -> str:
    """Entities of `kind` that match, in any field; the match is to be given for each."""
    return " union ".join(
        f'select entity from said where number in (select rowid from "{t}" where "{t}" match ?)'
        for t in index_file.texts_of(kind)
    )


def _best(
    counts: Counts, among_of: Mapping[str, Among], words: _Words, limit: int,
    *, grouped: bool, several: bool,
) -> list[_Found]:  # fmt: skip
    """The best matches of each kind, at least `limit` where there are so many, the best first."""
    found: list[_Found] = []
    for kind, among in among_of.items() if words.terms else ():
        best = _best_of(counts, kind, words, limit, among, grouped=grouped)
        most = _most(counts, kind, words.terms) if best and several else 1.0
        found += [one._replace(score=one.score / most) for one in best]
    return sorted(found, key=_by_score, reverse=True)


def _best_of(
    counts: Counts, kind: str, words: _Words, limit: int, among: Among, *, grouped: bool
) -> list[_Found]:
    looked_at = max(_AT_LEAST, 4 * limit)
    while True:
        found, cut = _ranked(counts, kind, among, words, looked_at)
        if grouped:
            found = _of_each(found)
        if len(found) >= limit or not cut:
            return found
        looked_at *= 8  # many of those were in other entities


def _of_each(found: Iterable[_Found]) -> list[_Found]:
    """The best of each entity, the best first; what else was said there counts less and less."""
    first: dict[int, _Found] = {}
    weights: dict[int, float] = {}
    for one in found:
        weight = weights[one.entity] = weights.get(one.entity, 1 / _OTHERS) * _OTHERS
        best = first.get(one.entity)
        first[one.entity] = best._replace(score=best.score + weight * one.said) if best else one
    return sorted(first.values(), key=_by_score, reverse=True)


def _latest(
    counts: Counts, kind: str, wanted: Asked, limit: int, among: Among, *, all_words: bool
) -> list[_Found]:
    """The best match of each of the `limit` entities that changed last and have all of the words,
    anywhere in them, or any."""
    terms = wanted.terms if all_words else [" OR ".join(wanted.terms)]
    every = " intersect ".join(f"select * from ({_having(kind)})" for _ in terms)
    values = [term for term in terms for _ in index_file.FIELDS]
    query = (
        f"select number from entity where number in ({every}) and {among.condition}"
        " order by changed desc, tail desc limit ?"
    )
    numbers = [row[0] for row in counts.db.execute(query, (*values, *among.values, limit))]
    within = _said(counts.db, numbers)
    return _of_each(_ranked(counts, kind, among, _Words(wanted.terms), -1, within)[0])


def _said(db: sqlite3.Connection, entities: Iterable[int], entry: str = "") -> set[int]:
    """The rows of the texts of `entities`; only those labelled `entry`, if it is given."""
    query = (
        "select number from said where entity in (select value from json_each(?))"
        " and (? = '' or entry = ?)"
    )
    return {row for (row,) in db.execute(query, (json.dumps(list(entities)), entry, entry))}


def _ranked(
    counts: Counts, kind: str, among: Among, words: _Words, looked_at: int,
    within: set[int] | None = None,
) -> tuple[list[_Found], bool]:  # fmt: skip
    """What matches, the best first, and whether there is more than was looked at."""
    *above, body = index_file.texts_of(kind)
    looked = [_scores(counts, name, words, looked_at, within) for name in above]
    where = _places(counts.db, among, [number for scores, _ in looked for number in scores])
    named: dict[int, float] = {}
    for scores, _ in looked:
        for number, score in scores.items():
            if number in where:
                entity = where[number][0]
                named[entity] = named.get(entity, 0.0) + score
    bodies, cut = _scores(counts, body, words, looked_at, within, named)
    where.update(_places(counts.db, among, list(bodies)))
    found = [
        _Found(kind, number, *where[number], _with_names(score, where[number], named), score)
        for number, score in bodies.items()
        if number in where
    ]
    said = {one.entity for one in found}
    found += [
        _Found(kind, number, *where[number], named[where[number][0]])
        for scores, _ in looked
        for number in scores
        if number in where and where[number][0] not in said
    ]
    found.sort(key=_by_score, reverse=True)
    return found, cut or any(more for _, more in looked)


def _with_names(score: float, place: tuple[int, str, str], named: Mapping[int, float]) -> float:
    """The `score` of a text with that of the title and names that stand above it."""
    entity, entry, _ = place
    return score + named.get(entity, 0.0) * (_ONE_TEXT if entry == WHOLE else 1.0)


def _scores(
    counts: Counts, table: str, words: _Words, looked_at: int, within: set[int] | None,
    named: Mapping[int, float] | None = None,
) -> tuple[dict[int, float], bool]:  # fmt: skip
    """Row -> score of the best `looked_at`, and whether there are more; what has all terms stands
    above what has some.

    `named` are the scores of entities by their titles and names, which are added to those here.
    """
    every: set[int] = set()
    if len(words.terms) > 1 and words.all_first:
        every = index_scores.all_of(counts, table, words.terms)
    if 0 <= looked_at <= len(every):  # what has only some would stand below all of these
        within = every if within is None else within & every
    # Without its text a title would count all, not half.
    kept = _said(counts.db, named, WHOLE) if named else set()
    beside, above = every | kept, 0.0
    if named and any(index_scores.is_frequent(counts, table, one) for one in words.terms):
        beside = every | _said(counts.db, named)
        best = sorted(named.values(), reverse=True)[:looked_at]
        above = _ONE_TEXT * best[-1] if len(best) == looked_at else 0.0
    scores, cut = index_scores.scores(
        counts, table, words.weights, looked_at, among=within, beside=beside, kept=kept, above=above
    )
    most = max(scores.values(), default=0.0)
    return {row: score + (most if row in every else 0.0) for row, score in scores.items()}, cut


def _most(counts: Counts, kind: str, terms: Sequence[str]) -> float:
    """What BM25 would give at most in the texts of `kind`, so that kinds can be compared."""
    table = index_file.texts_of(kind)[-1]
    rare = sum(counts.rare(table, term) for term in terms[:_MOST_WEIGHED])
    return rare * index_scores.SATURATED


def _places(
    db: sqlite3.Connection, among: Among, numbers: Sequence[int]
) -> dict[int, tuple[int, str, str]]:
    """Row -> entity, entry and time of the last change, of those in `among`."""
    # Cross joins keep this order: the few matches first, not all entities.
    query = (
        "select s.text, s.entity, s.entry, changed from json_each(?) j"
        " cross join (select number as text, entity, entry from said) s on s.text = j.value"
        f" cross join entity on number = s.entity where {among.condition}"
    )
    rows = db.execute(query, (json.dumps(numbers), *among.values))
    return {number: (entity, entry, changed) for number, entity, entry, changed in rows}


def _hit(counts: Counts, found: _Found, terms: Sequence[str], *, grouped: bool) -> Hit:
    db = counts.db
    title, named, body = index_file.texts_of(found.kind)
    table = {TITLE: title, NAMED: named}.get(found.entry, body)
    any_of = " OR ".join(counts.there(table, terms))
    query = (
        f'select highlight("{table}", 0, ?, ?) from "{table}" where rowid = ? and "{table}" match ?'
    )
    marked = db.execute(query, (OPEN, CLOSE, found.number, any_of)).fetchone()[0]
    row = db.execute("select row from entity where number = ?", (found.entity,)).fetchone()[0]
    more = 0
    if grouped and found.entry == WHOLE:
        more = places(marked) - 1
    elif grouped and table == body:
        more = _others(db, found, body, any_of)
    return Hit(
        json.loads(row), found.entry, excerpt(marked), found.score, found.kind, max(0, more),
        found.related,
    )  # fmt: skip


def _others(db: sqlite3.Connection, found: _Found, table: str, any_of: str) -> int:
    """How many other texts of the entity match."""
    query = (
        f'select count(*) from "{table}" where "{table}" match ?'
        " and +rowid in (select number from said where entity = ? and number <> ?)"
    )
    return int(db.execute(query, (any_of, found.entity, found.number)).fetchone()[0])
