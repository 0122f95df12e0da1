"""How often articles are looked at: counted in this clone, said to the others once a day.

One file for each day (UTC), `<state>/viewed/2026-11-26`, with the last part of an article's id on
a line for each time; lines are appended whole, so that nothing is lost however many count. Beside
a day that was written into the log stands how many bytes of it were; what nobody adds to any more
goes after a week.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

from git_naturecode import clock
from git_naturecode.store.store import TEAM, Store

_FOLDER = "viewed"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TAIL = re.compile(rb"[0-9a-hjkmnp-tv-z]{8}")
_WRITTEN = ".written"
_KEPT_DAYS = 7


def count(store: Store, tail: str) -> None:
    """Count that somebody looks at the article with the last part `tail`; never fails."""
    folder = _folder(store)
    line = tail.encode() + b"\n"
    with suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(folder, _today(store))
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)


def counted(store: Store, tail: str) -> dict[str, int]:
    """How often this clone looked at an article on each day of which it still knows."""
    found = {day: _counts(data).get(tail, 0) for day, data in _days(store)}
    return {day: number for day, number in found.items() if number}


def wait(store: Store) -> bool:
    """True when views of a day that is over are not in the log yet; costs a look at a folder."""
    today = _today(store)
    return any(day < today and not _is_written(store, day) for day in _listed(store))


def write(store: Store) -> int:
    """Say in the log what was counted and is not there yet; how many articles that were.

    Of today only what nobody here has said today: so a day of an article costs two entries at
    most. What the team does not let this person say is left out.
    """
    today, written = _today(store), 0
    for day, data in list(_days(store)):
        if not _is_written(store, day, len(data)):
            for tail, number in sorted(_counts(data).items()):
                written += _say(store, tail, day, number, again=day < today)
        if day < today:
            _mark(store, day, len(data))
    _forget(store, today)
    return written


def _say(store: Store, tail: str, day: str, number: int, *, again: bool) -> bool:
    from git_naturecode.domain.kb import makers
    from git_naturecode.domain.kb.build import build
    from git_naturecode.domain.kb.model import KIND
    from git_naturecode.errors import NotPermitted
    from git_naturecode.teaming import Gate

    placed = store.read(tail, KIND)
    article = build(placed)
    known = article.viewed.get((store.device, day))
    if not article.opened or number <= (known or 0) or (known is not None and not again):
        return False
    draft = makers.view(placed, store.device, day, number)
    try:
        Gate(store).require_article([draft], article)
    except NotPermitted:
        return False
    store.write(TEAM, article.id, [draft])
    return True


def _today(store: Store) -> str:
    return clock.iso(store.now_ms())[:10]


def _folder(store: Store) -> str:
    return os.path.join(store.state_dir, _FOLDER)


def _listed(store: Store) -> list[str]:
    try:
        names = os.listdir(_folder(store))
    except OSError:
        return []
    return sorted(name for name in names if _DAY.fullmatch(name))


def _days(store: Store) -> Iterator[tuple[str, bytes]]:
    for day in _listed(store):
        with suppress(OSError), open(os.path.join(_folder(store), day), "rb") as file:
            yield day, file.read()


def _counts(data: bytes) -> Counter[str]:
    return Counter(line.decode() for line in data.split(b"\n") if _TAIL.fullmatch(line))


def _is_written(store: Store, day: str, size: int | None = None) -> bool:
    """True when all of a day, or its first `size` bytes, is in the log."""
    path = os.path.join(_folder(store), day)
    try:
        with open(path + _WRITTEN, encoding="ascii") as file:
            done = int(file.read())
        return done >= (os.path.getsize(path) if size is None else size)
    except (OSError, ValueError):
        return False


def _mark(store: Store, day: str, size: int) -> None:
    path = os.path.join(_folder(store), day + _WRITTEN)
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(str(size))
    os.replace(path + ".new", path)


def _forget(store: Store, today: str) -> None:
    """Take away what is older than a week and in the log."""
    oldest = (date.fromisoformat(today) - timedelta(days=_KEPT_DAYS)).isoformat()
    for day in _listed(store):
        if day < oldest and _is_written(store, day):
            for name in (day, day + _WRITTEN):
                with suppress(OSError):
                    os.unlink(os.path.join(_folder(store), name))
