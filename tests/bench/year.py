"""A year of a team, made up: sessions of twenty people, with the sizes that real ones have."""

import random
from collections.abc import Iterator
from functools import cache

from git_naturecode import ids
from git_naturecode.domain import session as sessions
from git_naturecode.store.bulk import bulk
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import TEAM, Store

from . import made

PEOPLE = 20
_TOOLS = ("Bash", "Read", "Edit", "Grep", "Write")
_SHARED_SESSIONS = 0.15  # so many have a second person's answers
_TOOL_CALLS = 0.55  # of all entries
_MEDIAN_ENTRIES, _SPREAD_ENTRIES = 11, 1.1  # log-normal, about 20 on average
_MEDIAN_BYTES, _SPREAD_BYTES = 180, 1.25  # of a message: 400 bytes on average, some 10 KB
_LONGEST = 60_000


def entity(number: int) -> str:
    """The id of session `number` of the year."""
    day = number * 365 // 10_000 % 365
    return (
        f"{sessions.KIND}-2026{day // 31 + 1:02}{day % 28 + 1:02}"
        f"-{ids.digest32(('year', str(number)), 8)}"
    )


def fill(store: Store, count: int) -> int:
    """Write `count` sessions of the year, each person's by a device of his own; the entries."""
    own, total = store.device, 0
    for person in range(PEOPLE):
        store.__dict__["device"] = ids.digest32(("device", str(person)), 16)
        store.__dict__["person"] = f"person{person:02}@example.com"
        with bulk(store, TEAM) as writer:
            for number in range(count):
                if drafts := list(_said_by(person, number)):
                    writer.write(entity(number), drafts)
            total += writer.entries
    store.__dict__["device"] = own
    del store.__dict__["person"]
    return total


def _said_by(person: int, number: int) -> Iterator[Draft]:
    """What `person` says in session `number`: everything, half of it, or nothing."""
    rng = random.Random(number)
    owner = rng.randrange(PEOPLE)
    other = rng.randrange(PEOPLE) if rng.random() < _SHARED_SESSIONS else owner
    length = min(2_000, max(2, int(rng.lognormvariate(0, _SPREAD_ENTRIES) * _MEDIAN_ENTRIES)))
    if person == owner:
        yield _opening(number, person, rng)
    for step in range(length):
        size = int(rng.lognormvariate(0, _SPREAD_BYTES) * _MEDIAN_BYTES)
        role = "tool" if rng.random() < _TOOL_CALLS else ("user", "assistant")[step % 2]
        if person == (other if role == "user" and step % 4 == 0 else owner):
            yield _said(number * 2_003 + step, role, min(size, _LONGEST))


def _opening(number: int, person: int, rng: random.Random) -> Draft:
    fields = {
        "title": _text(number, 60), "visibility": "team", "name": f"Person {person}",
        "origin": {"tool": "claude-code", "session": f"year-{number}"},
    }  # fmt: skip
    return Draft("open", fields, clean=True)


def _said(number: int, role: str, size: int) -> Draft:
    if role != "tool":
        return Draft("message", {"role": role}, _text(number, size), clean=True)
    fields = {
        "role": "tool", "tool": _TOOLS[number % 5], "target": f"src/{_text(number, 24)}.py",
        "ok": number % 9 > 0, "size": size * 7,
    }  # fmt: skip
    return Draft("message", fields, _text(number, 60), clean=True)


def _text(number: int, size: int) -> str:
    """About `size` bytes of words, some frequent and most not."""
    rng = random.Random(number)
    words = _words()
    text = " ".join(words[int(len(words) ** rng.random()) - 1] for _ in range(max(1, size // 7)))
    return f"{made.RARE} {text}" if number % 33_331 == 0 else text


@cache
def _words() -> list[str]:
    """Words, and among them identifiers as they stand in conversations about programs."""
    words = made.vocabulary(20_000)
    for i in range(0, len(words) - 1, 25):
        words[i] = f"{words[i]}_{words[i + 1]}" if i % 2 else words[i] + words[i + 1].title()
    return words
