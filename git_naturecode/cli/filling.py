"""Before a search: bringing in the texts that the index lacks, while somebody can wait."""

import time

from git_naturecode import background
from git_naturecode.cli.context import Context
from git_naturecode.store.index import Index
from git_naturecode.store.store import Store

PATIENCE = 1.0  # seconds, where the rest is brought in by the background


def fill(context: Context, store: Store, index: Index) -> tuple[int, int]:
    """Bring texts in; of how many sessions they are in then, and how many there are.

    All of them where nobody else will do it, with progress; else for a second.
    """
    filled, total = index.filled()
    if filled == total:
        return filled, total
    elsewhere = index.is_kept and background.allowed(store)
    end = time.monotonic() + PATIENCE
    while index.fill() and not (elsewhere and time.monotonic() > end):
        filled, total = index.filled()
        context.progress(f"reading what was said: {filled:,} of {total:,} sessions")
    context.progress_done()
    filled, total = index.filled()
    if filled < total:
        context.tell(
            f"searched {filled:,} of {total:,} sessions; the others are being read in the "
            "background, search again soon"
        )
    return filled, total
