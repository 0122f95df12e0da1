"""Reading what texts mean ahead of searches: what one of them had no time for.

A search asks for it by a file in the clone's state directory; the background does it, piece by
piece, and removes the file when no text is left.
"""

import os
import time
from contextlib import suppress

from git_naturecode.errors import Unsupported
from git_naturecode.store.store import Store

_ASKED = "learn"
_PIECE = 20.0  # seconds, after which other work of the background has its turn


def ask(store: Store) -> None:
    """Have the background read what the texts mean that no search has read so far."""
    with suppress(OSError), open(_file(store), "w"):
        pass


def is_asked(store: Store) -> bool:
    """True while the background has such texts to read."""
    return os.path.exists(_file(store))


def work(store: Store) -> None:
    """Read for a while; the request goes with the last text, or where nothing can be kept."""
    from git_naturecode.domain.kinds import open_index
    from git_naturecode.kb import embedding, finding

    end = time.monotonic() + _PIECE
    index = open_index(store)
    try:
        embedder = embedding.load()
        while index.is_kept and index.learn(finding.EVERY, embedder):
            if time.monotonic() > end:
                return
    except Unsupported:
        pass  # the next search says so
    finally:
        index.close()
    with suppress(FileNotFoundError):
        os.unlink(_file(store))


def _file(store: Store) -> str:
    return os.path.join(store.state_dir, _ASKED)
