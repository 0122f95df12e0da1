"""Finding what was written down: one question to articles, sessions and reviews."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode.domain.kinds import KB, KEEPS_ENCRYPTED, REVIEW, SESSION
from git_naturecode.domain.people import key
from git_naturecode.store.described import Hit
from git_naturecode.store.entry import Json
from git_naturecode.store.index import Index
from git_naturecode.store.store import Store

if TYPE_CHECKING:
    from git_naturecode.store.meaning import Embedder

RELEVANCE, DATE = "relevance", "date"


class Searched(NamedTuple):
    """A kind of entity that can be found: how `--in` calls it, what opens one, its title."""

    kind: str
    called: str
    opens: str
    title: str


SEARCHED = (
    Searched(KB, "kb", "kb show", "title"),
    Searched(SESSION, "sessions", "session show", "name"),
    Searched(REVIEW, "reviews", "review show", "title"),
)
"""What is searched, in this order where nothing else decides; another kind is one more line."""
EVERY = tuple(one.kind for one in SEARCHED)
_PEOPLE = "author|owner|participant"
_OF = {one.kind: one for one in SEARCHED}


class Query(NamedTuple):
    """What is looked for: words as somebody typed them, and what narrows them.

    Of several `types` and `tags` one will do; `types` are those of articles. `author` is an
    address: who began the article or the review, or takes part in the session. `since` and
    `until` (not reached) are times of the last change in ISO 8601. `wide`: words that mean the same
    count, and what is like the best hits is found after them, too.
    """

    text: str
    kinds: Sequence[str] = EVERY
    types: Sequence[str] = ()
    tags: Sequence[str] = ()
    author: str = ""
    since: str = ""
    until: str = ""
    sort: str = RELEVANCE
    limit: int = 20
    wide: bool = True

    @property
    def filters(self) -> "dict[str, Query]":
        """Each option that narrows it, as it is typed, with the query that has it not."""
        without = {
            **{f"--type {one}": self._replace(types=()) for one in self.types[:1]},
            **{f"--tag {one}": self._replace(tags=()) for one in self.tags[:1]},
            f"--author {self.author}": self._replace(author=""),
            "--since": self._replace(since=""), "--until": self._replace(until=""),
        }  # fmt: skip
        return {name: query for name, query in without.items() if query != self}


class Found(NamedTuple):
    """A thing that was found: its row, the best passage and how many more places match.

    `entry` is the message or comment of the passage, or which text of the entity it is. Matches
    in `snippet` stand between `\\x02` and `\\x03`. A `related` one has none of the words, one
    `by_meaning` is found by nothing else; one with `same` has only these, which mean the same.
    """

    kind: str
    id: str
    title: str
    entry: str
    snippet: str
    score: float
    more: int
    related: bool
    by_meaning: bool
    same: tuple[str, ...]
    row: dict[str, Json]

    @property
    def opens(self) -> str:
        """The verb that shows it: `kb show`."""
        return _OF[self.kind].opens


def find(
    store: Store, index: Index, query: Query, embedder: "Embedder | None" = None
) -> list[Found]:
    """The best matches of `query` in what the index has read, each entity once.

    Who asks for an article by its name, or one that it had, gets it first. With an `embedder`
    what means the same is found, too, except where the order is that of time; `Index.learn` goes
    before that.
    """
    where = asked_of_facets(query)
    if embedder and query.sort != DATE:
        from git_naturecode.kb import by_meaning

        deep = query._replace(limit=max(query.limit, by_meaning.DEPTH))
        wanted = by_meaning.fused(
            index, embedder, query.kinds, query.text, _by_words(store, index, deep, where), where,
            query.since, query.until,
        )  # fmt: skip
    else:
        wanted = _by_words(store, index, query, where)
    named = _named(index, query, where)
    ids = {hit.row["id"] for hit in named}
    rest = [hit for hit in wanted if hit.row["id"] not in ids]
    return [_found(hit) for hit in [*_with_snippets(named, wanted), *rest][: query.limit]]


def why_none(store: Store, index: Index, query: Query, embedder: "Embedder | None" = None) -> str:
    """Which of the filters of a `query` that finds nothing is the reason; "" where none is.

    With an `embedder` what would be found by meaning counts, too.
    """
    unknown = [f"no tag {one!r}" for one in query.tags if not _has(index, query, "tag", [one])]
    if query.author and not _has(index, query, _PEOPLE, [key(query.author)]):
        unknown.append(f"nobody {query.author!r}")
    if unknown:
        return f"there is {' and '.join(unknown)} in what is searched"
    filters = query.filters
    found = [name for name, other in filters.items() if _finds(store, index, other, embedder)]
    if found:
        return f"without {' or without '.join(found)} there are matches"
    plain = query._replace(types=(), tags=(), author="", since="", until="")
    if len(filters) > 1 and _finds(store, index, plain, embedder):
        return f"there are matches without {', '.join(filters)}, but not without one of them"
    return ""


def _has(index: Index, query: Query, facet: str, values: list[str]) -> bool:
    return any(index.page(kind, {facet: values}, limit=1).rows for kind in query.kinds)


def _finds(store: Store, index: Index, query: Query, embedder: "Embedder | None") -> bool:
    return bool(find(store, index, query._replace(limit=1), embedder))


def _by_words(store: Store, index: Index, query: Query, where: dict[str, list[str]]) -> list[Hit]:
    wanted = index.search(
        query.kinds, query.text, query.limit, where, query.since,
        until=query.until, by_date=query.sort == DATE, grouped=True, wide=query.wide,
        comparable=True,
    )  # fmt: skip
    if SESSION in query.kinds and not query.types and keeps_encrypted(store):
        wanted = _with_encrypted(store, index, query, where, wanted)
    return wanted


def _with_encrypted(
    store: Store, index: Index, query: Query, where: dict[str, list[str]], found: list[Hit]
) -> list[Hit]:
    from git_naturecode.sealed import kept

    by_date = query.sort == DATE
    more = kept.search(
        store, index, query.text, query.limit, where, query.since, query.until,
        by_date=by_date, grouped=True, wide=query.wide,
    )  # fmt: skip
    if by_date:
        return sorted([*found, *more], key=lambda hit: str(hit.row["updatedAt"]), reverse=True)
    return sorted([*found, *more], key=lambda hit: -hit.score)


def keeps_encrypted(store: Store) -> bool:
    """True where the user of this clone wants what he may read to be searchable."""
    return store.config.flag(KEEPS_ENCRYPTED, False)


def not_searched(store: Store, index: Index, query: Query) -> int:
    """How many encrypted sessions were left out, since nobody allowed to keep their words."""
    if SESSION not in query.kinds or query.types or keeps_encrypted(store):
        return 0
    return index.count(SESSION, {"encrypted": ["yes"]})


def asked_of_facets(query: Query) -> dict[str, list[str]]:
    """What the query asks besides words, as facets of the index."""
    found = {
        "type": list(query.types), "tag": list(query.tags),
        _PEOPLE: [key(query.author)] if query.author else [],
    }  # fmt: skip
    return {name: values for name, values in found.items() if values}


def _named(index: Index, query: Query, where: dict[str, list[str]]) -> list[Hit]:
    """The articles whose slug, present or former, was typed."""
    name = query.text.strip().lower()
    if KB not in query.kinds or " " in name or "-" not in name or query.until:
        return []
    asked = {**where, "slug|former": [name], "state": ["live"]}
    rows = index.page(KB, asked, query.since, query.limit).rows
    return [Hit(row, "slug", "", 0.0, KB) for row in rows]


def _with_snippets(named: Sequence[Hit], found: Sequence[Hit]) -> list[Hit]:
    """The hits `named`, with what the search has to say about them."""
    told = {hit.row["id"]: hit for hit in found}
    best = max((hit.score for hit in found), default=0.0)
    return [told.get(hit.row["id"], hit)._replace(score=best) for hit in named]


def _found(hit: Hit) -> Found:
    title = hit.row.get(_OF[hit.kind].title)
    return Found(
        hit.kind, str(hit.row["id"]), title if isinstance(title, str) else "", hit.entry,
        hit.snippet, hit.score, hit.more, hit.related, hit.by_meaning, hit.same, hit.row,
    )  # fmt: skip
