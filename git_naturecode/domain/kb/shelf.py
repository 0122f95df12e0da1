"""Articles by every name that a link may call them: ids, slugs, former slugs."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.domain.kb import slugs
from git_naturecode.store.entry import Json

FOUND, RENAMED, DELETED, UNKNOWN = "found", "renamed", "deleted", "unknown"
Row = Mapping[str, Json]


class Named(NamedTuple):
    """What a name leads to: how it does, and the row of the article (None: to none)."""

    state: str
    row: Row | None = None


class Shelf:
    """All articles of a clone; `rows` are those of the index, deleted ones too."""

    def __init__(self, rows: Iterable[Row]) -> None:
        found = sorted(rows, key=lambda row: str(row["id"]))
        live = [row for row in found if not row["deleted"]]
        gone = [row for row in found if row["deleted"]]
        self.rows = {str(row["id"]): row for row in found}
        self.names = slugs.shown((str(row["id"]), str(row["slug"])) for row in live)
        """By which name each living article is shown, by id."""
        self._tails = {ids.tail(name): name for name in self.rows}
        self._called = {name: entity for entity, name in self.names.items()}
        self._former = _former(live)
        self._gone = _former(gone) | {str(row["slug"]): str(row["id"]) for row in reversed(gone)}

    def find(self, name: str) -> Named:
        """The article that a link means by `name`: an id, a slug, a slug that it had."""
        if ids.ENTITY.fullmatch(name):
            row = self.rows.get(self._tails.get(ids.tail(name), ""))
            return Named(DELETED if row["deleted"] else FOUND, row) if row else Named(UNKNOWN)
        for wanted in dict.fromkeys((name, name.casefold())):
            for state, known in (
                (FOUND, self._called), (RENAMED, self._former), (DELETED, self._gone),
            ):  # fmt: skip
                if wanted in known:
                    return Named(state, self.rows[known[wanted]])
        return Named(UNKNOWN)

    def name(self, row: Row) -> str:
        """By which name the article of `row` is shown."""
        return self.names.get(str(row["id"]), str(row["slug"]))


def _former(rows: Iterable[Row]) -> dict[str, str]:
    return {
        str(slug): str(row["id"]) for row in reversed(list(rows)) for slug in row["formerSlugs"]
    }
