"""Keeps the key out of what comes back: a host knows it, and may repeat it."""

from git_naturecode.ai.providers.asking import Ending, Stream

MASK = "[the key]"
_LEAST = 6  # characters; a shorter one would be found in plain words


def masked(stream: Stream, key: str) -> Stream:
    """The pieces of `stream` with MASK for each `key`, also where it comes in several pieces."""
    if len(key) < _LEAST:
        return (yield from stream)
    held = ""
    try:
        while True:
            try:
                text = held + next(stream)
            except StopIteration as end:
                ending: Ending = end.value
                break
            whole = text.replace(key, MASK)
            keep = _beginning(whole, key)
            held = whole[len(whole) - keep :]
            yield whole[: len(whole) - keep]
    finally:
        stream.close()
    yield held
    return ending


def _beginning(text: str, key: str) -> int:
    """How many characters at the end of `text` may begin a `key`."""
    for length in range(min(len(key) - 1, len(text)), 0, -1):
        if key.startswith(text[-length:]):
            return length
    return 0
