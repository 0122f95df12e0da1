"""Opening the knowledge base and one article of it, to read or to change it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode import ids, kb
from git_naturecode.cli.context import Context
from git_naturecode.cli.kb_taken import take_in
from git_naturecode.cli.reading import entity_id, opened, opened_at
from git_naturecode.domain.kinds import KB
from git_naturecode.errors import Negative
from git_naturecode.render.show import line
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.index import Index
from git_naturecode.store.store import TEAM, Placed, Store

if TYPE_CHECKING:
    from git_naturecode.domain.kb.model import Article


class Opened(NamedTuple):
    """An article and the store to write in."""

    store: Store
    article: "Article"
    placed: Sequence[Placed]

    @property
    def entries(self) -> list[Entry]:
        """All entries about it."""
        return [one.entry for one in self.placed]

    @property
    def short(self) -> str:
        """The part of its id that is enough to name it."""
        return ids.tail(self.article.id)

    def require_permitted(self, *drafts: Draft) -> None:
        """Raise NotPermitted unless the team lets this person say `drafts` about it."""
        from git_naturecode.teaming import Gate

        Gate(self.store).require_article(drafts, self.article)

    def write(self, *drafts: Draft) -> list[Entry]:
        """Say `drafts` about it; raises NotPermitted where the team does not let this person."""
        self.require_permitted(*drafts)
        made = self.store.write(TEAM, self.article.id, drafts)
        self.store.settle()
        if self.article.links:  # what notes say of it may have changed
            kb.keep_notes(self.store)
        return made

    def again(self) -> "Opened":
        """The article as it stands after what was written."""
        return folded(self.store, self.article.id)


@contextmanager
def reading_kb(context: Context, *, writing: bool = False) -> Iterator[tuple[Store, Index]]:
    """The store and its index, for a command that needs all of the knowledge base."""
    with opened(context, writing=writing, first=partial(take_in, context)) as (store, index):
        yield store, index


@contextmanager
def read_article(context: Context, wanted: str) -> Iterator[tuple[Store, Index, "Article"]]:
    """The article that `wanted` means, folded, to read it; raises Negative when there is none."""
    with reading_kb(context) as (store, index):
        yield store, index, folded(store, entity_id(index, wanted, KB)).article


@contextmanager
def opened_article(context: Context, wanted: str, *, deleted: bool = False) -> Iterator[Opened]:
    """The article that `wanted` means, folded, to say something of it.

    Raises Negative when there is none and, unless it may be `deleted`, when it was.
    """
    with opened_at(context, wanted, KB, partial(take_in, context)) as (store, entity, _):
        here = folded(store, entity)
        if here.article.deleted and not deleted:
            raise gone(here.article)
        yield here


def folded(store: Store, entity: str) -> Opened:
    """The article with the id `entity`, as its entries have it."""
    from git_naturecode.domain.kb.build import build

    placed = store.read(ids.tail(entity), KB)
    article = build(placed)
    if not article.opened:
        raise Negative(
            f"what began {entity} is not here, or does not count",
            "`git naturecode quarantine list` tells what was held back",
        )
    return Opened(store, article, placed)


def gone(article: "Article") -> Negative:
    """What is said about an article that was deleted."""
    by = f" by {line(article.deleted.by)}" if article.deleted else ""
    return Negative(
        f"{article.id} was deleted{by}",
        f"git naturecode kb restore {ids.tail(article.id)} brings it back",
    )
