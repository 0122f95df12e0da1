"""Looking at a review in this clone: where the change stands, which verdicts still hold."""

from git_naturecode.domain.review import keeping
from git_naturecode.domain.review.following import Place
from git_naturecode.domain.review.keeping import Kept, Row
from git_naturecode.domain.review.looked import Looked
from git_naturecode.domain.review.model import Given, Review
from git_naturecode.git import commits
from git_naturecode.git.objects import Missing
from git_naturecode.git.run import GitFailed
from git_naturecode.reviewing import counting, revising
from git_naturecode.store.store import Store


def look(store: Store, review: Review) -> Looked:
    """What this clone knows of `review`; of several merges the one that counts comes first."""
    counting.settle(store, review)
    moved = revising.moved(store, review)
    now = revising.unwritten(review, moved) if moved else review.revision
    head, base = (now.head, now.base) if now else ("", "")
    table = revising.table_of(store, now) if now else None
    ends = [one for one in (head, base) if one]
    here = moved is not None or bool(
        head and commits.are_here(store.repo, store.team.objects, ends)
    )
    kept = {one.id: _kept(store, review, one, table, head) for one in review.verdicts}
    places = _places(store, review, head, base) if here else {}
    return Looked(review, head, base, moved is not None, _rows(table), kept, here, now, places)


def _places(store: Store, review: Review, head: str, base: str) -> dict[str, Place]:
    """Where the lines of each thread are now; nothing where that cannot be told."""
    anchors = {one.id: one.first.anchor for one in review.threads if one.first.anchor}
    if not anchors:
        return {}
    from git_naturecode.reviewing.placing import place

    try:
        return place(store.repo, store.team.objects, anchors, head, base)
    except (Missing, GitFailed):  # the base may be missing in a shallow clone
        return {}


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
