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
    from git_naturecode.store.entry import Json
    from git_naturecode.store.index import Index
    from git_naturecode.store.store import Store

_FEW = 10
_MOST = 200  # marked articles of which it is told apart whether they are new


class Seen(NamedTuple):
    """How the knowledge base stood: the marked places of each article by id, and the name of each
    article that is not shown by its own slug, by id."""

    places: dict[str, frozenset[tuple[tuple[str, str, str], ...]]]
    clashing: dict[str, str]


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
    """How the knowledge base stands, as far as the index knows it."""
    with closing(open_index(store)) as index:
        return _look(store, index)


def _look(store: "Store", index: "Index") -> Seen:
    from git_naturecode.cli.kb_opened import folded

    places = {}
    for row in index.page(KB, {"marked": ("yes",)}, limit=_MOST).rows:
        with suppress(NaturecodeError):
            article = folded(store, str(row["id"])).article
            places[article.id] = frozenset(one.texts for one in article.places)
    return Seen(places, kb_named.clashing(index))


def brought(context: Context, store: "Store", before: Seen) -> list[Parted]:
    """In which articles somebody has to decide and had not `before`, for each what.

    Says of articles that have got another name how they are called now.
    """
    from git_naturecode.cli.kb_opened import folded
    from git_naturecode.render.kb import undecided

    catch_up(context, store)
    with closing(open_index(store)) as index:
        after = _look(store, index)
        told = [
            _renamed(index, one, name)
            for one, name in sorted(after.clashing.items())
            if before.clashing.get(one) != name
        ]
    for one in told[:_FEW]:
        context.tell(one)
    if len(told) > _FEW:
        context.tell(f"{len(told) - _FEW} more articles have got another name: "
                     "git naturecode kb list shows it")  # fmt: skip
    found = []
    for name, places in after.places.items():
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
