"""Looking at a review in this clone: where the change stands, which verdicts still hold."""

from git_naturecode.domain.findings.lifecycle import FIXED
from git_naturecode.domain.review import keeping
from git_naturecode.domain.review.following import Place
from git_naturecode.domain.review.keeping import Kept, Row
from git_naturecode.domain.review.looked import Looked
from git_naturecode.domain.review.model import Review
from git_naturecode.git import commits
from git_naturecode.git.objects import Missing
from git_naturecode.git.run import GitFailed
from git_naturecode.reviewing import counting, explaining, revising
from git_naturecode.reviewing.revising import Moved
from git_naturecode.store.store import Store


def look(store: Store, review: Review) -> Looked:
    """Where the change of `review` and its threads stand in this clone; of several merges the one
    that counts comes first."""
    return _look(store, review, revising.moved(store, review))


def judged(store: Store, review: Review) -> Looked:
    """`look`, and what the verdicts are worth: `review` is never said to be approved, nor a
    verdict to be kept, where no merge would be let in by it."""
    try:
        found = explaining.explained(store, review)
    except (GitFailed, Missing):  # nothing can be written here, or git is too old
        looked = look(store, review)
        return looked._replace(kept=_kept(store, looked))
    looked = _look(store, review, found.moved)
    if found.table:
        looked = looked._replace(files=_rows(found.table))
    kept = found.facts.kept or _kept(store, looked)
    return looked._replace(kept=kept, can_merge=found.can_merge)


def _look(store: Store, review: Review, moved: Moved | None) -> Looked:
    counting.settle(store, review)
    now = revising.unwritten(review, moved) if moved else review.revision
    head, base = (now.head, now.base) if now else ("", "")
    ends = [one for one in (head, base) if one]
    here = moved is not None or bool(
        head and commits.are_here(store.repo, store.team.objects, ends)
    )
    files = _rows(revising.table_of(store, now) if now else None)
    places = _places(store, review, head, base) if here else {}
    return Looked(review, head, base, moved is not None, files, here, now, places)


def _places(store: Store, review: Review, head: str, base: str) -> dict[str, Place]:
    """Where the lines of each thread and finding are now; nothing where that cannot be told."""
    anchors = {one.id: one.first.anchor for one in review.threads if one.first.anchor}
    anchors |= {
        one.finding.fingerprint: one.finding.anchor
        for one in review.findings
        if one.life != FIXED and one.finding.anchor.path
    }
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


def _kept(store: Store, looked: Looked) -> dict[str, Kept]:
    """What is left of each verdict of a review that is over, goes nowhere or is not here whole."""
    review, now = looked.review, looked.revision
    if not review.verdicts or now is None:
        return {}
    table = explaining.true_table(store, looked.base, looked.head) if looked.here else None
    if table is None:
        table = revising.table_of(store, now)
    if table is not None:
        return explaining.kept(store, review, table, looked.base, looked.head)
    same = {one.id for one in review.verdicts if (one.head, one.digest) == (now.head, now.digest)}
    return {
        one.id: Kept(keeping.CURRENT if one.id in same else keeping.STALE)
        for one in review.verdicts
    }  # fmt: skip
