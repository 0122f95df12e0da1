"""Before a search: bringing in the texts that the index lacks, while somebody can wait."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from git_naturecode import background
from git_naturecode.cli.context import Context
from git_naturecode.store.index import Index
from git_naturecode.store.store import Store

if TYPE_CHECKING:
    from git_naturecode.store.meaning import Embedder

PATIENCE = 1.0  # seconds, where the rest is brought in by the background
_FOR_MEANING = 5.0  # seconds: who asks for it knows that it is slow


def fill(
    context: Context, store: Store, index: Index, kinds: Sequence[str] = ()
) -> tuple[int, int]:
    """Bring texts in; of how many things they are in then, and how many there are.

    Only `kinds` count if any are named; articles are brought in first, since they are few and
    somebody wrote them to be found.

    All of them where nobody else will do it, with progress; else for a second.
    """
    what = "sessions" if not kinds else "articles, sessions and reviews"
    filled, total = index.filled(kinds)
    if filled == total:
        return filled, total
    elsewhere = index.is_kept and background.allowed(store)
    end = time.monotonic() + PATIENCE
    parts: list[tuple[str, ...]] = [(one,) for one in kinds] or [()]
    try:
        for first in parts:
            while index.fill(kinds=first) and not (elsewhere and time.monotonic() > end):
                filled, total = index.filled(kinds)
                context.progress(f"reading what was said: {filled:,} of {total:,} {what}")
    finally:  # also of who has no patience
        context.progress_done()
    filled, total = index.filled(kinds)
    if filled < total:
        context.tell(
            f"searched {filled:,} of {total:,} {what}; the others are being read in the "
            "background, search again soon"
        )
    return filled, total


def learn(
    context: Context, store: Store, index: Index, kinds: Sequence[str], embedder: "Embedder"
) -> None:
    """Read what the texts of `kinds` mean, each once; as `fill` does, but for some seconds.

    What the background was asked for before is left to it.
    """
    from git_naturecode.kb import learning

    elsewhere = index.is_kept and background.allowed(store)
    end = time.monotonic() + (0.0 if learning.is_asked(store) else _FOR_MEANING)
    done = left = 0
    try:
        while made := index.learn(kinds, embedder):
            left = left - made if done else index.to_learn(kinds)
            done += made
            if left > 0 and elsewhere and time.monotonic() > end:
                break
            context.progress(f"reading what texts mean: {done:,} of {done + max(left, 0):,}")
    finally:
        context.progress_done()
    if made:
        learning.ask(store)
        these = "text means" if left == 1 else "texts mean"
        context.tell(
            f"what {left:,} {these} is still being read in the background, search again soon"
        )
