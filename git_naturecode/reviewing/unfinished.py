"""What a stopped `review apply` leaves: suggestions in the branch of which nobody was told.

It is noted before the branch moves, so that the next one can end it.
`naturecode/applying-<last part of the id>` holds the commit, then the ids of the threads.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.domain.review.model import Review
from git_naturecode.store.store import Store

_MOST = 1 << 20


class Unfinished(NamedTuple):
    """A commit that takes suggestions in, and the ids of their threads."""

    commit: str
    threads: tuple[str, ...]


def note(store: Store, review: Review, commit: str, threads: Sequence[str]) -> None:
    """Note that `commit` is about to be put on the branch of `review`; raises OSError."""
    path = _path(store, review)
    new = f"{path}.{ids.base32(store.random(5), 8)}"
    try:
        with open(new, "w", encoding="ascii", errors="replace") as file:
            file.writelines(f"{one}\n" for one in (commit, *threads))
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except OSError:
        with suppress(OSError):
            os.unlink(new)
        raise


def read(store: Store, review: Review) -> Unfinished | None:
    """What was noted last of `review`, and not ended; None for nothing."""
    try:
        with open(_path(store, review), encoding="ascii", errors="replace") as file:
            commit, *threads = file.read(_MOST).split() or [""]
    except OSError:
        return None
    return Unfinished(commit, tuple(threads)) if threads else None


def forget(store: Store, review: Review) -> None:
    """It is told, or was never done."""
    with suppress(OSError):
        os.unlink(_path(store, review))


def _path(store: Store, review: Review) -> str:
    return os.path.join(store.state_dir, f"applying-{ids.tail(review.id)}")
