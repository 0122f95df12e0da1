"""Searching the index: any of the words, ranked by BM25, all of the words first.

Titles, names and texts are ranked apart and their scores added: one table of several columns would
divide each by the length of the whole row (docs/design/search.md has the comparison). Each kind of
entity has tables of its own, so that few long articles are not weighed among many short messages.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from git_naturecode.store import index_file, index_hits, index_scores
from git_naturecode.store.asked import Asked, asked
from git_naturecode.store.described import NAMED, TITLE, WHOLE, Hit
from git_naturecode.store.index_hits import Sought
from git_naturecode.store.index_places import Among as Among
from git_naturecode.store.index_places import Places, said
from git_naturecode.store.index_scores import Counts
from git_naturecode.store.words import plain

_AT_LEAST = 120  # matches of each field that are looked at
_FEW_WORDS = 3
_ONE_TEXT = 0.5  # of what a title counts where it stands before the text, too (Cranfield)
_MOST_WEIGHED = 16  # terms by which kinds are made comparable
_ALIKE = 0.7  # of what a word counts that was typed counts one that means the same
_OTHERS = 0.6  # of the message before it counts each further one of a session that matches
_LIKE = 1  # hits whose titles and names say what else is meant
_MOST_LIKE, _FREQUENT = 8, 100  # so many of their words, each in so many texts at most
_FEW_TEXTS = 5_000  # up to so many, the texts of the best hits say what else is meant
_LEAST_LIKE = 0.4  # of what is as like them as can be; what is less tells nothing
_SOME_TEXTS = 20  # among so few all shares are chance
_LIKENESS = 0.5  # of the best score, for what is as like those hits as can be


ANYTHING = Among()


class _Found(NamedTuple):
    """A text that matches; the better one is the greater one, the first of equal ones."""

    score: float
    changed: str
    before: int  # the negative of its row
    kind: str
    entity: int
    entry: str
    said: float = 0.0  # of the score, what the text itself has, without the title above it
    related: bool = False

    @property
    def row(self) -> int:
        return -self.before

    def scored(self, score: float) -> "_Found":
        return _Found(score, *self[1:])


class _Words(NamedTuple):
    """What to rank by: terms that were typed, and others that count `_ALIKE` as much.

    `all_first`: what has all of the terms stands above the others. `counted`: what those of the
    terms count that do not count 1.
    """

    terms: Sequence[str]
    alike: Sequence[str] = ()
    all_first: bool = True
    counted: Mapping[str, float] = MappingProxyType({})

    @property
    def weights(self) -> dict[str, float]:
        """What each counts."""
        return {
            **dict.fromkeys(self.alike, _ALIKE),
            **dict.fromkeys(self.terms, 1.0),
            **self.counted,
        }


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
    with index_file.one_state(db):
        wanted, counts = asked(query), Counts(db)
        there = set(index_file.kinds(db))
        searched = [kind for kind in dict.fromkeys(kinds) if kind in there and wanted.terms]
        among_of = {kind: narrowed(kind, wanted, among) for kind in searched}
        places_of = {kind: Places(db, among) for kind, among in among_of.items()}
        words = _Words(wanted.terms, _alike(wanted) if wide and searched else ())
        if wide:  # a question is not answered best by what happens to have all of its words
            words = words._replace(all_first=len(wanted.terms) <= _FEW_WORDS)
        found: list[_Found] = []
        like: Sequence[str] = ()
        if by_date:
            for all_words in (True, False):
                for kind in searched if all_words or not found else ():
                    found += _latest(
                        counts, kind, wanted, limit, among_of[kind], all_words=all_words
                    )
        else:
            several = comparable or len(searched) > 1
            found = _best(counts, places_of, words, limit, grouped=grouped, several=several)
            if wide and grouped and wanted.loose:
                more = _like(counts, found, words, searched)
                others = _best(counts, places_of, more, limit, grouped=True, several=several)
                least = _LEAST_LIKE if counts.texts_of(searched) > _SOME_TEXTS else 0.0
                found = _with_more(found, others, least)
                like = more.terms
        found.sort(key=_by_date if by_date else None, reverse=True)
        sought = Sought(wanted.phrases, words.terms, words.alike, like)
        return index_hits.hits(counts, found[:limit], sought, grouped=grouped or by_date)


def _alike(wanted: Asked) -> list[str]:
    from git_naturecode.store import glossary

    return [term for term in glossary.alike(wanted.loose) if term not in wanted.terms]


def _like(counts: Counts, found: Sequence[_Found], words: _Words, kinds: Sequence[str]) -> _Words:
    """What the best of `found` say, besides the `words` asked for; of many texts what they are
    called, which is cheaper to look up."""
    if counts.texts_of(kinds) > _FEW_TEXTS:
        return _named_like(counts, found, words, kinds)
    from git_naturecode.store import index_likes

    hits = [
        index_likes.Liked(one.kind, one.row, one.entity, one.score / found[0].score)
        for one in found[: index_likes.HITS]
    ]
    known = {*words.terms, *words.alike}
    told = {
        term: weight
        for term, weight in index_likes.telling(counts, hits, kinds).items()
        if term not in known
    }
    return _Words(list(told), all_first=False, counted=told)


def _named_like(
    counts: Counts, found: Sequence[_Found], words: _Words, kinds: Sequence[str]
) -> _Words:
    """What the best of `found` are called and filed under, besides the `words` asked for.

    Words that stand in many texts of `kinds` tell nothing, and would be the dearest to weigh; in
    any field, since what all are filed under is no word of a text.
    """
    terms: dict[str, None] = {}
    for one in found[:_LIKE]:
        for table in index_file.texts_of(one.kind)[:-1]:
            query = (
                f'select text from "{table}"'
                " where rowid in (select number from said where entity = ?)"
            )
            for (text,) in counts.db.execute(query, (one.entity,)):
                terms.update(dict.fromkeys(asked(plain(text)).terms))
    known = {*words.terms, *words.alike}
    tables = [table for kind in kinds for table in index_file.texts_of(kind)]
    telling = [
        term
        for term in list(terms)[:_MOST_WEIGHED]
        if term not in known and counts.are_rare(tables, term, _FREQUENT)
    ]
    return _Words(telling[:_MOST_LIKE], all_first=False)


def _with_more(found: Sequence[_Found], more: Sequence[_Found], least: float) -> list[_Found]:
    """`found`, raised by how like the best of them each is; what is only like them is `related`.

    `least`: how like it has to be, where 1 is as like as can be.
    """
    best = max((one.score for one in found), default=0.0)
    most = max((one.score for one in more), default=1.0)
    like = {one.entity: one.score * _LIKENESS * best / most for one in more}
    told = {one.entity for one in found}
    return [
        *(one.scored(one.score + like[one.entity]) if one.entity in like else one for one in found),
        *(
            one._replace(score=like[one.entity], related=True)
            for one in more
            if one.score >= least * most and one.entity not in told
        ),
    ]


def _by_date(one: _Found) -> tuple[str, float, int]:
    return one.changed, one.score, one.before


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
    counts: Counts, places_of: Mapping[str, Places], words: _Words, limit: int,
    *, grouped: bool, several: bool,
) -> list[_Found]:  # fmt: skip
    """The best matches of each kind, at least `limit` where there are so many, the best first."""
    found: list[_Found] = []
    for kind, where in places_of.items() if words.terms else ():
        best = _best_of(counts, kind, words, limit, where, grouped=grouped)
        if best and several:
            most = _most(counts, kind, words.terms)
            best = [one.scored(one.score / most) for one in best]
        found += best
    return sorted(found, reverse=True)


def _best_of(
    counts: Counts, kind: str, words: _Words, limit: int, where: Places, *, grouped: bool
) -> list[_Found]:
    looked_at = max(_AT_LEAST, 4 * limit)
    while True:
        found, cut = _ranked(counts, kind, where, words, looked_at)
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
        first[one.entity] = best.scored(best.score + weight * one.said) if best else one
    return sorted(first.values(), reverse=True)


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
    within = said(counts.db, numbers)
    where = Places(counts.db, among)
    return _of_each(_ranked(counts, kind, where, _Words(wanted.terms), -1, within)[0])


def _ranked(
    counts: Counts, kind: str, where: Places, words: _Words, looked_at: int,
    within: set[int] | None = None,
) -> tuple[list[_Found], bool]:  # fmt: skip
    """What matches, the best first, and whether there is more than was looked at."""
    *above, body = index_file.texts_of(kind)
    looked = [_scores(counts, name, where, words, looked_at, within) for name in above]
    placed = [
        where.of(list(scores), entry)
        for (scores, _), entry in zip(looked, (TITLE, NAMED), strict=True)
    ]
    named: dict[int, float] = {}
    for (scores, _), there in zip(looked, placed, strict=True):
        for number, (entity, *_) in there.items():
            named[entity] = named.get(entity, 0.0) + scores[number]
    titled = {place.entity for place in placed[0].values()}
    bodies, cut = _scores(counts, body, where, words, looked_at, within, named, titled)
    found = []
    for row, (entity, entry, changed) in where.of(list(bodies)).items():
        score = bodies[row] + named.get(entity, 0.0) * (_ONE_TEXT if entry == WHOLE else 1.0)
        found.append(_Found(score, changed, -row, kind, entity, entry, bodies[row]))
    told = {one.entity for one in found}
    found += [
        _Found(named[entity], changed, -row, kind, entity, entry)
        for there in placed
        for row, (entity, entry, changed) in there.items()
        if entity not in told
    ]
    found.sort(reverse=True)
    return found, cut or any(more for _, more in looked)


def _scores(
    counts: Counts, table: str, where: Places, words: _Words, looked_at: int,
    within: set[int] | None, named: Mapping[int, float] | None = None,
    titled: Collection[int] = (),
) -> tuple[dict[int, float], bool]:  # fmt: skip
    """Row -> score of the best `looked_at`, and whether there are more; what has all terms stands
    above what has some.

    `named` are the scores of entities by their titles and names, which are added to those here;
    `titled` are those that have a term in the title.
    """
    every: set[int] = set()
    if len(words.terms) > 1 and words.all_first:
        every = index_scores.all_of(counts, table, words.terms)
    if 0 <= looked_at <= len(every):  # what has only some would stand below all of these
        within = every if within is None else within & every
    # Without its text a title would count all, not half; and it stands before that, too.
    texts = where.texts(list(named)) if named else {}
    kept = set(texts.values())
    sure = {row for entity, row in texts.items() if entity in titled}
    beside, above = every | kept, 0.0
    if named and any(index_scores.is_frequent(counts, table, one) for one in words.terms):
        beside |= said(counts.db, named.keys() - texts.keys())
        best = sorted(named.values(), reverse=True)[:looked_at]
        above = _ONE_TEXT * best[-1] if len(best) == looked_at else 0.0
    scores, cut = index_scores.scores(
        counts, table, words.weights, looked_at,
        among=within, beside=beside, kept=kept, sure=sure, above=above,
    )  # fmt: skip
    if every:
        most = max(scores.values(), default=0.0)
        scores |= {row: scores[row] + most for row in scores.keys() & every}
    return scores, cut


def _most(counts: Counts, kind: str, terms: Sequence[str]) -> float:
    """What BM25 would give at most in the texts of `kind`, so that kinds can be compared."""
    table = index_file.texts_of(kind)[-1]
    rare = sum(counts.rare(table, term) for term in terms[:_MOST_WEIGHED])
    return rare * index_scores.SATURATED
