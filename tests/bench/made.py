"""Made-up sessions: the same ones in every run, as many as wanted."""

import itertools
import random
from collections.abc import Iterable, Iterator

from git_naturecode import ids
from git_naturecode.domain import session as sessions
from git_naturecode.store.bulk import bulk
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import TEAM, Store

_SYLLABLES = (
    ("ba", "ke", "li", "mo", "nu", "pe", "ra", "si", "to", "vu"),
    ("dan", "fel", "gor", "hix", "jam", "kel", "lor", "mis", "nor", "pun"),
    ("", "ba", "ci", "do", "e", "fu", "ga", "hi", "jo", "ka", "le", "mu", "no", "pa", "qui", "ro"),
)
_WORDS = ["".join(parts) for parts in itertools.product(*_SYLLABLES)]
RARE, MID = "zebrafinch", "wallclock"
_RARE_EVERY, _MID_EVERY = 1_667, 18


def vocabulary(count: int) -> list[str]:
    """`count` different words: those of one round of syllables, then of two."""
    longer = ("".join(pair) for pair in itertools.product(_WORDS, _WORDS[:40]))
    return list(itertools.islice(dict.fromkeys(itertools.chain(_WORDS, longer)), count))


def entity(number: int) -> str:
    """The id of made-up session `number`."""
    return f"{sessions.KIND}-20261122-{ids.digest32(('bench', str(number)), 8)}"


def text(number: int) -> str:
    """A message of about 300 bytes; a few words are frequent, most are not."""
    rng = random.Random(number)
    words = [_WORDS[int(len(_WORDS) ** rng.random()) - 1] for _ in range(45)]
    if number % _RARE_EVERY == 0:
        words[7] = RARE
    if number % _MID_EVERY == 0:
        words[9] = MID
    return " ".join(words)


def said(number: int) -> Draft:
    """Message `number`, as if redaction had seen it already."""
    return Draft("message", {"role": "user"}, text(number), clean=True)


def fill(store: Store, numbers: Iterable[int], entries: int) -> None:
    """Write sessions `numbers` with so many messages each, in one commit."""
    with bulk(store, TEAM) as writer:
        for number in numbers:
            writer.write(entity(number), [_opening(number), *_messages(number, entries)])


def add(store: Store, numbers: Iterable[int], offset: int) -> None:
    """One message more to each of the sessions `numbers`, in one commit."""
    with bulk(store, TEAM) as writer:
        for number in numbers:
            writer.write(entity(number), [said(number + offset)])


def _opening(number: int) -> Draft:
    fields = {"title": text(number)[:40], "visibility": "team", "name": "Ada"}
    return Draft("open", fields, clean=True)


def _messages(number: int, entries: int) -> Iterator[Draft]:
    return (said(number + 100_003 * i) for i in range(entries))
