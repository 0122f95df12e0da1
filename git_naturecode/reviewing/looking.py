"""A review together with what git knows: where the change stands, which verdicts still hold."""

from typing import NamedTuple

from git_naturecode.domain.review import keeping
from git_naturecode.domain.review.keeping import Kept, Row
from git_naturecode.domain.review.model import (
    APPROVE,
    APPROVED,
    IN_PROGRESS,
    REJECT,
    Given,
    Review,
)
from git_naturecode.git import commits
from git_naturecode.reviewing import revising
from git_naturecode.reviewing.revising import Moved
from git_naturecode.store.store import Store


class Looked(NamedTuple):
    """A review as it stands in this clone.

    `moved` is the state of the change that nobody has written down yet, `files` are those of the
    present state (None: its table is not here), `kept` says of each verdict, by its id, what is
    left of it. `here` is False where the commits are not in this clone.
    """

    review: Review
    head: str
    base: str
    moved: Moved | None
    files: dict[str, Row] | None
    kept: dict[str, Kept]
    here: bool

    @property
    def standing(self) -> list[Given]:
        """The verdicts that count now: an approval of the change as it was counts no more, while
        an objection stands until it is taken back."""
        return [
            one for one in self.review.counted if one.value == REJECT or self.kept[one.id].whole
        ]

    @property
    def status(self) -> str:
        """The status, with what a push since has made of the approvals."""
        said = self.review.status
        if said != APPROVED:
            return said
        values = {one.by.casefold(): one.value for one in self.standing}
        missing = [
            one for one in self.review.reviewers
            if one.required and values.get(one.who.casefold()) != APPROVE
        ]  # fmt: skip
        return APPROVED if APPROVE in values.values() and not missing else IN_PROGRESS


def look(store: Store, review: Review) -> Looked:
    """What this clone knows of `review`."""
    moved, last = revising.moved(store, review), review.revision
    head = base = ""
    table: str | None = None
    if moved is not None:
        head, base, table = moved.state.head, moved.state.base, moved.table.text
    elif last is not None:
        head, base, table = last.head, last.base, revising.table_of(store, last)
    here = moved is not None or bool(head and commits.resolve(store.repo, head))
    kept = {one.id: _kept(store, review, one, table, head) for one in review.verdicts}
    return Looked(review, head, base, moved, _rows(table), kept, here)


def _rows(table: str | None) -> dict[str, Row] | None:
    try:
        return None if table is None else keeping.rows(table)
    except ValueError:
        return None


def _kept(store: Store, review: Review, given: Given, table: str | None, head: str) -> Kept:
    if table is None:
        return Kept(keeping.CURRENT if given.head == head else keeping.STALE)
    about = next((one for one in review.revisions if one.id == given.revision), None)
    then = revising.table_of(store, about) if about else None
    return keeping.standing(given, then, table, head)
