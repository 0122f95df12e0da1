"""Linking: which commits belong to which sessions, through everything that happens to a commit."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_naturecode.domain.links import Link
    from git_naturecode.linking.queue import Drained
    from git_naturecode.store.store import Store


def drain(store: "Store") -> "Drained":
    """Write the links for what was committed and rewritten since the last drain, and their notes.

    Idempotent: a drain that was killed is done again, and finds what it has written. Lines that
    name a session which is not here go on waiting until an import brings it. Raises
    NaturecodeError when nothing can be written; nothing is lost then.
    """
    from git_naturecode.linking import queue
    from git_naturecode.store import followed

    if not queue.is_there(store.state_dir) and not followed.is_behind(store.repo, store.config):
        return queue.NOTHING_DONE
    from git_naturecode.linking import draining

    return draining.drain(store)


def find(store: "Store", commit: str) -> "list[Link]":
    """The links of the commit with the full id `commit`, see `domain.links.Link.state`."""
    from git_naturecode.linking import finding

    return finding.find(store, commit)


def link(store: "Store", fresh: "Sequence[Link]") -> int:
    """Write those of `fresh` that are not known yet, completed, and their notes; how many.

    Raises NaturecodeError when they cannot be written.
    """
    from git_naturecode.linking import writing

    return writing.link(store, fresh)


def unlink(store: "Store", session: str, commits: "Iterable[str]") -> int:
    """Take the links of `session` to `commits` back; how many entries that took."""
    from git_naturecode.linking import writing

    return writing.unlink(store, session, commits)


def keep_notes(store: "Store") -> int:
    """Make the notes right where links or notes have changed; how many notes that were."""
    from git_naturecode.store import noted

    if not noted.is_behind(store):
        return 0
    from git_naturecode.linking import notes

    return notes.refresh(store)
