"""Finding the articles that lines of a file, or the commits behind them, are linked to."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from git_naturecode import ids
from git_naturecode.domain.kb.behind import COMMIT, FILE, LINES, About
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.model import Article
from git_naturecode.domain.kinds import KB
from git_naturecode.domain.review.anchor import lines_of
from git_naturecode.domain.review.carried import Carried
from git_naturecode.git import commits, tree
from git_naturecode.kb import lines
from git_naturecode.store.index import Index
from git_naturecode.store.store import Store

_MOST_COMMITS = 500  # asked for at once
_ORDER = (LINES, FILE, COMMIT)


class Articles:
    """The articles of one clone, asked about lines of the file `path` as it is in the commit `rev`
    ("": in the work tree, where it holds `now`)."""

    def __init__(
        self, store: Store, index: Index, path: str, rev: str, now: Sequence[str] | None = None
    ) -> None:
        self.store, self.index, self.path, self.rev, self.now = store, index, path, rev, now
        self._folded: dict[str, Article | None] = {}

    def of(self, wanted: Mapping[int, str]) -> dict[int, list[About]]:
        """The articles behind each line: number -> commit; those about the line itself first."""
        by_commit = self._about_commits(set(wanted.values()) - {""})
        found = {}
        for number, commit in wanted.items():
            told: dict[str, About] = {}
            for one in (*self._about_line(number), *by_commit.get(commit, ())):
                told.setdefault(one.article.id, one)
            found[number] = sorted(
                told.values(), key=lambda one: (_ORDER.index(one.how), one.article.slug)
            )
        return found

    def _about_commits(self, wanted: set[str]) -> dict[str, list[About]]:
        found: dict[str, list[About]] = {}
        oids = sorted(wanted)
        for start in range(0, len(oids), _MOST_COMMITS):
            some = oids[start : start + _MOST_COMMITS]
            for article in self._with("link", some):
                for to in dict.fromkeys(one.to for one in article.links if not one.path):
                    found.setdefault(to, []).append(About(article, COMMIT))
        return found

    def _about_line(self, number: int) -> Iterable[About]:
        for article, first, end in self._ranges:
            if not first:
                yield About(article, FILE)
            elif first <= number <= end:
                yield About(article, LINES)

    @cached_property
    def _ranges(self) -> list[tuple[Article, int, int]]:
        """Which lines of the file which article is about, as the file is asked for."""
        head = self.rev or commits.resolve(self.store.repo, "HEAD")
        if not head or not self.index.values(KB, "path"):
            return []
        found = []
        for article in self._with("path", self.index.values(KB, "path")):
            placed = lines.places(self.store, (one for one in article.links if one.path), head)
            for place in placed.values():
                if place.path == self.path:  # what is gone has none
                    found.append((article, *self._now(place.line, place.end)))
        return found

    def _now(self, first: int, end: int) -> tuple[int, int]:
        """Lines of the committed file as they are numbered where it was asked for."""
        carried = self._followed
        if not first or carried is None:
            return first, end
        there = [at + 1 for n in range(first - 1, end) if (at := carried.at(n)) is not None]
        return (min(there), max(there)) if there else (-1, -1)

    @cached_property
    def _followed(self) -> Carried | None:
        """What the work tree has made of the file in HEAD; None where it is the same."""
        if self.rev or self.now is None:
            return None
        objects = self.store.team.objects
        head = commits.resolve(self.store.repo, "HEAD")
        data = tree.read_path(objects, tree.tree_of(objects, head), self.path) if head else None
        before = lines_of(data) if data is not None else None
        if before is None or list(self.now) == before:
            return None
        return Carried(before, self.now)

    def _with(self, facet: str, values: Sequence[str]) -> list[Article]:
        rows = self.index.page(KB, {facet: values, "state": ["live"]}).rows
        found = (self._article(ids.tail(str(row["id"]))) for row in rows)
        return [one for one in found if one is not None]

    def _article(self, tail: str) -> Article | None:
        if tail not in self._folded:
            article = build(self.store.read(tail, KB))
            self._folded[tail] = article if article.opened and not article.deleted else None
        return self._folded[tail]
