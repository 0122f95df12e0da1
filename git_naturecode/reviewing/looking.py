"""Looking at a review in this clone: where the change stands, which verdicts still hold."""

from git_naturecode.domain.review import keeping
from git_naturecode.domain.review.keeping import Kept, Row
from git_naturecode.domain.review.looked import Looked
from git_naturecode.domain.review.model import Given, Review
from git_naturecode.git import commits
from git_naturecode.reviewing import revising
from git_naturecode.store.store import Store


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
    return Looked(review, head, base, moved is not None, _rows(table), kept, here)


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
