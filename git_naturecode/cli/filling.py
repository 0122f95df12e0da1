"""Before a search: bringing in the texts that the index lacks, while somebody can wait."""

import time
from collections.abc import Sequence

from git_naturecode import background
from git_naturecode.cli.context import Context
from git_naturecode.store.index import Index
from git_naturecode.store.store import Store

PATIENCE = 1.0  # seconds, where the rest is brought in by the background


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
    for first in parts:
        while index.fill(kinds=first) and not (elsewhere and time.monotonic() > end):
            filled, total = index.filled(kinds)
            context.progress(f"reading what was said: {filled:,} of {total:,} {what}")
    context.progress_done()
    filled, total = index.filled(kinds)
    if filled < total:
        context.tell(
            f"searched {filled:,} of {total:,} {what}; the others are being read in the "
            "background, search again soon"
        )
    return filled, total
