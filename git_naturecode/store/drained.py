"""The journal as a witness of what this clone wrote, where the note of it may be lost.

`unsigned` notes what is drained without waiting for the disk, which would slow down whoever says
something. So a power cut may lose the end of the note and keep branch and journal: nobody would
ever sign what stands there. The journal has each text for a day, and on the disk before anybody
was told that it is kept; what is new in it is compared with the note when this clone signs, and
before a part of it is dropped.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from git_naturecode.errors import Unsupported
from git_naturecode.store import format, unsigned
from git_naturecode.store.spool import Spool
from git_naturecode.store.unsigned import Written

_FILE = "drained"


class _Hour(NamedTuple):
    """An hour of the journal when it was looked at: its time, how many texts, the last one."""

    time: int
    many: int
    newest: str


def is_news(state_dir: str, spool: Spool) -> bool:
    """True when texts were drained that nobody has compared with the note."""
    hours = spool.hours()
    if not hours:
        return False
    known = _read(state_dir)
    return any(hour not in known or known[hour].time != time for hour, time in hours.items())


def note(state_dir: str, spool: Spool, hours: Sequence[str]) -> None:
    """Note what was drained in `hours`, is new there and in no note; the note is then safe.

    For one who holds the lock of the clone. Raises OSError.
    """
    times, known = spool.hours(), _read(state_dir)
    changed = [one for one in hours if one not in known or known[one].time != times.get(one)]
    found = [one for hour in changed for one in _written(spool, hour, known.get(hour))]
    if found:
        noted = set(unsigned.read(state_dir))
        unsigned.note(state_dir, [one for one in found if one not in noted], safe=True)


def looked(state_dir: str, spool: Spool) -> None:
    """Remember that all that was drained is signed or noted; for one who holds the lock.

    Not made safe: where it is lost, all of the journal is compared once more.
    """
    lines = []
    for hour, time in spool.hours().items():
        names = spool.names_of(hour)
        lines.append(f"{hour} {time} {len(names)} {max(names, default='-')}\n")
    path = os.path.join(state_dir, _FILE)
    with suppress(OSError):
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write("".join(lines))
        os.replace(path + ".new", path)


def _written(spool: Spool, hour: str, known: _Hour | None) -> Iterator[Written]:
    """What stands in `hour`, but for what was there when it was looked at."""
    names = spool.names_of(hour)
    if known is not None and sum(name <= known.newest for name in names) == known.many:
        names = [name for name in names if name > known.newest]
    for name in names:
        with suppress(FileNotFoundError, Unsupported):
            segment = format.parse(spool.read_drained(hour, name))
            yield from (
                Written(segment.device, segment.entity, *one.key) for one in segment.entries
            )


def _read(state_dir: str) -> dict[str, _Hour]:
    found = {}
    try:
        with open(os.path.join(state_dir, _FILE), encoding="utf-8", errors="replace") as file:
            for line in file:
                hour, time, count, newest = line.rstrip("\n").split(" ")
                found[hour] = _Hour(int(time), int(count), newest)
    except (FileNotFoundError, ValueError):
        return {}
    return found
