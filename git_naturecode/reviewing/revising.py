"""Writing down the states of a change: each is a revision, with the files that it changes."""

import hashlib
from typing import NamedTuple

from git_naturecode.domain.people import key
from git_naturecode.domain.review import keeping, makers
from git_naturecode.domain.review.model import Review, Revision
from git_naturecode.errors import Negative
from git_naturecode.git import commits, patches
from git_naturecode.git.run import GitFailed
from git_naturecode.reviewing import pinned, targets
from git_naturecode.reviewing.targets import State
from git_naturecode.store import attachments
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import TEAM, Store


class Moved(NamedTuple):
    """A revision that is not written down yet: its state, the draft of its entry, its table."""

    state: State
    draft: Draft
    table: patches.Table


def moved(store: Store, review: Review) -> Moved | None:
    """The state in which the target of `review` is here, where that is not its last revision.

    None for a review that is over, too, and where the target is not in this clone.
    """
    if review.merges or review.is_closed:
        return None
    state = targets.now(store.repo, store.config, review)
    last = review.revision
    if state is None or (last and (state.head, state.base) == (last.head, last.base)):
        return None
    if last and _is_behind(store, review, state.head, last.head):
        return None
    return _made(store, state, last)


def _is_behind(store: Store, review: Review, head: str, last: str) -> bool:
    """True when `head` is what the change was before `last`, which was not fetched yet; whoever
    began the review may have taken it back to that."""
    if head == last or key(review.owner) == key(store.person):
        return False
    if not commits.resolve(store.repo, last):
        return any(one.head == head for one in review.revisions)
    return commits.merge_base(store.repo, head, last) == head


def corrected(store: Store, review: Review, about: Revision) -> Moved | None:
    """The revision that `about` should be, where its table is not what its commits change.

    Who approves signs for a table, and anybody may have written it. Raises Negative where the
    commits are not in this clone.
    """
    state = State(about.head, about.base, about.tip)
    try:
        made = _made(store, state, review.revision)
    except GitFailed:
        raise Negative(
            f"revision {about.number} ({about.head[:12]}) is not in this clone, so nobody can look "
            "at it here", "git fetch the branch that it is about",
        ) from None  # fmt: skip
    return None if made.table.digest == about.digest else made


def first(store: Store, state: State) -> Moved:
    """The first revision of a change, in `state`."""
    return _made(store, state, None)


def _made(store: Store, state: State, last: Revision | None) -> Moved:
    table = patches.table(store.repo, state.base, state.head)
    data = table.text.encode("utf-8", "surrogateescape")
    sha = hashlib.sha256(data).hexdigest() if len(data) > makers.MOST_IN_ENTRY else ""
    parents = [last.id] if last else []
    draft = makers.revision(
        state.head, state.base, state.tip, table.count, parents, table.text, sha
    )
    return Moved(state, draft, table)


def unwritten(review: Review, one: Moved) -> Revision:
    """The revision that `one` would be; without an id, since there is no entry."""
    return Revision(
        "", len(review.revisions) + 1, one.state.head, one.state.base, one.state.tip, "", "",
        one.table.count, one.table.digest, one.table.text,
    )  # fmt: skip


def prepare(store: Store, review: str, one: Moved) -> None:
    """What is to be done before the entry is written: its commits are kept here, and so is a table
    that is too long for it."""
    pinned.pin(store, review, one.state.head)
    if "table" in one.draft.fields:
        data = one.table.text.encode("utf-8", "surrogateescape")
        attachments.put(store, TEAM, {str(one.draft.fields["table"]): data})


def paths(store: Store, review: Review, now: Moved | None) -> frozenset[str]:
    """The paths that the change touches, as it stands here."""
    last = review.revision
    text = now.table.text if now else table_of(store, last) if last else ""
    return rows(text or "")


def rows(table: str) -> frozenset[str]:
    """The paths in a file table; none where it is none."""
    try:
        return frozenset(keeping.rows(table))
    except ValueError:
        return frozenset()


def table_of(store: Store, revision: Revision) -> str | None:
    """The file table of a revision; None where it is not in this clone."""
    if revision.table is not None:
        return revision.table
    found = attachments.read(store, [revision.table_sha]).get(revision.table_sha)
    if found is None or hashlib.sha256(found).hexdigest() != revision.table_sha:
        return None
    return found.decode("utf-8", "surrogateescape")
