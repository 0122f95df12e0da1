"""What is known of files that were imported before: their articles, and what was taken last."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from git_naturecode import ids
from git_naturecode.domain import fold
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.model import KIND, REVISION, Article, Revision
from git_naturecode.domain.kb.reaiming import Page
from git_naturecode.domain.said import text_of
from git_naturecode.store import index_rows
from git_naturecode.store.entry import Entry, Json
from git_naturecode.store.index import Index
from git_naturecode.store.store import Placed

TOOL = "kb-import"
# From no "](" does it look past the next one, so that its time grows with the text alone.
_LEADS = re.compile(r"\]\((?:[^()\n]|\([^()\n]*\))*\)|^ {0,3}\[[^\]\n]+\]: .*$", re.M)


def bare(text: str) -> str:
    """`text` without where its links lead: what stays of it when its file is moved."""
    return _LEADS.sub("", text)


def source_of(row: Mapping[str, Json]) -> str:
    """What the file of an imported article was called at first; "" for other articles."""
    tool, _, source = str(row["origin"]).partition(" ")
    return source if tool == TOOL else ""


@dataclass
class Known:
    """The article of a file, with all its entries; `source` is what that was called at first."""

    placed: list[Placed]
    source: str

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

    @cached_property
    def _moves(self) -> list[tuple[str, str]]:
        said = [(e.at, e.header.get("from")) for e in self.entries if e.kind == REVISION]
        paths = [(at, one.get("path")) for at, one in said
                 if isinstance(one, dict) and "commit" not in one]  # fmt: skip
        return [(at, path) for at, path in paths if isinstance(path, str)]

    @property
    def followed(self) -> frozenset[str]:
        """What the file has been called since, as imports found out."""
        return frozenset(path for _, path in self._moves)

    @property
    def path(self) -> str:
        """What the file is called now, as far as imports found out."""
        return self._moves[-1][1] if self._moves else self.source

    @property
    def since(self) -> str:
        """When it was found to be called that; "" where it has always been."""
        return self._moves[-1][0] if self._moves else ""

    @cached_property
    def hidden(self) -> list[Revision]:
        """The revisions whose text is not to be seen any more."""
        if not any(one.kind == "redact" or one.is_stub or one.is_sealed for one in self.entries):
            return []  # which is seen without building the article
        found = self.article.revisions
        return [one for one in found if one.kind == REVISION and one.text is None]

    @cached_property
    def hidden_texts(self) -> frozenset[str]:
        """What those said, but for where links lead; nothing of what was purged."""
        names = {one.id for one in self.hidden}
        said = [one.body for one in self.entries if one.id in names and not one.is_sealed]
        return frozenset(bare(one) for one in said if one)

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
    return {source: Known(placed, source) for source, placed in found.items() if placed}


class Articles:
    """The imported articles, read when they are needed: which one a file belongs to now."""

    def __init__(self, index: Index, rows: Iterable[Mapping[str, Json]]) -> None:
        self._index = index
        self._sources = {source for row in rows if (source := source_of(row))}
        self._asked: set[str] = set()
        self.found: dict[str, Known] = {}

    def read(self, sources: Iterable[str]) -> None:
        """Read those of `sources`, names that files had at first."""
        wanted = set(sources) - self._asked
        self._asked |= wanted
        self.found |= known(self._index, wanted)

    def path(self, source: str) -> str:
        """What a file is called now, as far as its article was read."""
        return self.found[source].path if source in self.found else source

    def owned(self, names: Iterable[str]) -> dict[str, Known]:
        """The article of each of `names`, what files are called now; without those of new files.

        A file that was moved has taken its article along: none is left for what comes after it.
        """
        wanted = set(names)
        self.read(wanted)
        if any(self.path(one) != one or one not in self.found for one in wanted):
            self.read(self._sources)
        every = sorted(self.found.values(), key=lambda one: (one.since, one.source))
        return {one.path: one for one in every if one.path in wanted}

    def free(self, name: str) -> str:
        """The source of a new article for the file `name`: another where it was that of an older
        file."""
        made, number = name, 1
        while made in self.found:
            number += 1
            made = f"{name}#{number}"
            self.read([made])
        return made


def page_of(row: Mapping[str, Json]) -> Page:
    """The same as `Known.page`, of a row of the index."""
    former = row["formerSlugs"]
    return Page(str(row["type"]), str(former[0]) if former else str(row["slug"]))
