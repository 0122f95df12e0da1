"""What a sync brought about in the knowledge base: texts to decide between, names that clash."""

from contextlib import closing, suppress
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode import ids
from git_naturecode.cli import kb_named
from git_naturecode.cli.context import Context
from git_naturecode.cli.reading import catch_up
from git_naturecode.domain.kinds import KB, open_index
from git_naturecode.errors import NaturecodeError, NeedsPerson
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_naturecode.store.entry import Json
    from git_naturecode.store.index import Index
    from git_naturecode.store.store import Store

LISTED = "git naturecode kb list --marked"
"""What names all articles in which somebody has to decide."""
_FEW = 10
_MOST = 200  # marked articles whose single places are looked at
_Places = frozenset[tuple[tuple[str, str, str], ...]]


class Seen(NamedTuple):
    """How the knowledge base stood: the marked articles, the latest changed first, the places of
    as many of them as were looked at, by id, the name of each article that is not shown by its own
    slug, by id, and what was kept out of our branch on the way."""

    marked: tuple[str, ...]
    places: dict[str, _Places]
    clashing: dict[str, str]
    problems: list[str]


class Parted(NamedTuple):
    """An article in which somebody has to decide since this sync."""

    id: str
    slug: str
    what: str
    places: int

    def failure(self) -> NeedsPerson:
        """How that is told."""
        tail = ids.tail(self.id)
        return NeedsPerson(
            f"{line(self.slug)}: {self.what}",
            f"git naturecode ai resolve {tail} shows them and takes one; "
            f"git naturecode kb edit {tail} is by hand",
        )

    def json(self) -> "Json":
        """The same for programs."""
        return {"id": self.id, "slug": self.slug, "places": self.places}


def look(store: "Store") -> Seen:
    """How the knowledge base stands on our branch; nothing is taken in that was only fetched."""
    from git_naturecode.sync import admit

    problems: list[str] = []
    with closing(open_index(store)) as index:
        with suppress(NaturecodeError, OSError):  # which the sync itself meets again, and tells
            problems = admit(store)
            index.refresh()  # it may be behind, or new: then old marks would be taken for news
        marked = _marked(index)
        return Seen(marked, _places(store, marked[:_MOST]), kb_named.clashing(index), problems)


def _marked(index: "Index") -> tuple[str, ...]:
    return tuple(str(row["id"]) for row in index.page(KB, {"marked": ("yes",)}).rows)


def _places(store: "Store", names: "Iterable[str]") -> dict[str, _Places]:
    from git_naturecode.cli.kb_opened import folded

    found = {}
    for name in names:
        with suppress(NaturecodeError):
            found[name] = frozenset(one.texts for one in folded(store, name).article.places)
    return found


def brought(context: Context, store: "Store", before: Seen) -> list[Parted]:
    """In which articles somebody has to decide and had not `before`, for each what.

    Says of articles that have got another name how they are called now.
    """
    from git_naturecode.cli.kb_opened import folded
    from git_naturecode.render.kb import undecided

    catch_up(context, store)
    with closing(open_index(store)) as index:
        marked = _marked(index)
        told = [
            _renamed(index, one, name)
            for one, name in sorted(kb_named.clashing(index).items())
            if before.clashing.get(one) != name
        ]
    for one in told[:_FEW]:
        context.tell(one)
    if len(told) > _FEW:
        context.tell(f"{len(told) - _FEW} more articles have got another name: "
                     "git naturecode kb list shows it")  # fmt: skip
    known = set(before.marked) - before.places.keys()  # of these nothing can be told
    found = []
    for name, places in _places(store, (one for one in marked if one not in known)).items():
        if places - before.places.get(name, frozenset()):
            article = folded(store, name).article
            found.append(Parted(name, article.slug, undecided(article), len(article.places)))
    return sorted(found)


def _renamed(index: "Index", entity: str, name: str) -> str:
    row = index.row(KB, ids.tail(entity))
    slug = str(row["slug"])
    other = index.row(KB, ids.tail(kb_named.taken(index, slug)))
    return (
        f"two articles are called {line(slug)}: that of {line(str(other.get('authorId', '')))} "
        f"keeps the name, that of {line(str(row['authorId']))} is {line(name)} now; "
        f"git naturecode kb rename {line(name)} NAME gives it another"
    )
