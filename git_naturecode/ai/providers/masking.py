"""Keeps the key out of what comes back: a host knows it, and may repeat it."""

from git_naturecode.ai.providers.asking import Ending, Stream

MASK = "[the key]"
_LEAST = 6  # characters; a shorter key would be found in plain words
_HARMLESS = 3  # characters of its beginning, for which no text is held back


def masked(stream: Stream, key: str) -> Stream:
    """The pieces of `stream` with MASK for each `key`, also where it comes in several pieces.

    A piece that may be its beginning waits for the next one; what never goes on is not said.
    """
    if len(key) < _LEAST:
        return (yield from stream)
    before = held = ""
    try:
        while True:
            try:
                text = held + next(stream)
            except StopIteration as end:
                ending: Ending = end.value
                break
            text = _without(before, text, key)
            keep = min(len(text), _beginning(before + text, key))
            held = text[len(text) - keep :]
            told = text[: len(text) - keep]
            before = (before + told)[-_HARMLESS:]
            yield told
    finally:
        stream.close()
    yield held
    return ending


def _without(before: str, text: str, key: str) -> str:
    """`text` without the key, also where that began in `before`, which was said already."""
    whole = before + text
    at = whole.find(key)
    if 0 <= at < len(before):
        text = MASK + whole[at + len(key) :]
    return text.replace(key, MASK)


def _beginning(text: str, key: str) -> int:
    """How many characters at the end of `text` may begin a `key`; 0 for a harmless few."""
    for length in range(min(len(key) - 1, len(text)), _HARMLESS, -1):
        if key.startswith(text[-length:]):
            return length
    return 0
