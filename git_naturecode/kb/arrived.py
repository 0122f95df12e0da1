"""What is known of files that were imported before: their articles, and what was taken last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from git_naturecode import ids
from git_naturecode.domain import fold
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.model import KIND, REVISION, Article
from git_naturecode.domain.kb.reaiming import Page
from git_naturecode.domain.said import text_of
from git_naturecode.store import index_rows
from git_naturecode.store.entry import Entry, Json
from git_naturecode.store.index import Index
from git_naturecode.store.store import Placed

TOOL = "kb-import"


@dataclass
class Known:
    """The article of a file, with all its entries."""

    placed: list[Placed]

    @cached_property
    def article(self) -> Article:
        """The article as it stands."""
        return build(self.placed)

    @property
    def entity(self) -> str:
        """The id that it is written under."""
        return min(one.entity for one in self.placed)

    @cached_property
    def entries(self) -> list[Entry]:
        """Its entries in their order."""
        return [one.entry for one in fold.count(self.placed)]

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of all of them."""
        return frozenset(one.entry.id for one in self.placed)

    @property
    def deleted(self) -> bool:
        """True when it was deleted here."""
        return self.article.deleted is not None

    @property
    def page(self) -> Page | None:
        """How links name it: by the slug that it had first; None where nothing begins it."""
        if not self.article.opened:
            return None
        former = self.article.former_slugs
        return Page(self.article.type, former[0] if former else self.article.slug)

    @cached_property
    def title(self) -> str:
        """The title that the file had last."""
        said = [
            text_of(one, "title" if one.kind == "open" else "value") for one in self.entries
            if fold.is_imported(one)
            and (one.kind == "open" or (one.kind == "set" and one.header.get("field") == "title"))
        ]  # fmt: skip
        return said[-1] if said else ""

    @cached_property
    def tips(self) -> dict[str, tuple[str, ...]]:
        """The revisions that were imported and that no other import came after, with parents.

        A revision that was made here is passed over: an import goes on from the one before.
        """
        imported = {
            one.id: one.parents for one in self.article.revisions
            if one.kind == REVISION and len(one.id) == fold.IMPORTED_ID and "-" not in one.id
        }  # fmt: skip
        inner = {parent for parents in imported.values() for parent in parents}
        return {name: parents for name, parents in imported.items() if name not in inner}

    @property
    def tip_texts(self) -> list[str]:
        """What the file said last."""
        tips = self.tips
        return [one.text for one in self.article.revisions if one.id in tips and one.text]

    @property
    def followed(self) -> frozenset[str]:
        """What the file has been called since, as imports found out."""
        said = (one.header.get("from") for one in self.entries if one.kind == REVISION)
        paths = (one.get("path") for one in said if isinstance(one, dict) and "commit" not in one)
        return frozenset(one for one in paths if isinstance(one, str))

    @property
    def hidden(self) -> frozenset[str]:
        """The ids of the revisions whose text is not to be seen any more."""
        found = self.article.revisions
        return frozenset(one.id for one in found if one.kind == REVISION and one.text is None)

    @property
    def is_edited(self) -> bool:
        """True when somebody has gone on from it here."""
        return set(self.article.heads) != set(self.tips)


def known(index: Index, sources: Iterable[str]) -> dict[str, Known]:
    """What is known of each of `sources`; those that were never imported are left out."""
    wanted = {ids.imported_tail(TOOL, one): one for one in sources}
    found: dict[str, list[Placed]] = {}
    for (_, tail), blobs in index_rows.read(index, [(KIND, tail) for tail in wanted]):
        found[wanted[tail]] = index_rows.placed(blobs)
    return {source: Known(placed) for source, placed in found.items() if placed}


def page_of(row: Mapping[str, Json]) -> Page:
    """The same as `Known.page`, of a row of the index."""
    former = row["formerSlugs"]
    return Page(str(row["type"]), str(former[0]) if former else str(row["slug"]))
