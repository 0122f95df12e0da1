"""An entity that a member began, and what comes of all that each of some members says of it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .test_judging import Desk, mail
from .test_standing import team
from .world import Device

Table = tuple[Desk, dict[str, Device]]


class Said(NamedTuple):
    """What one member said, and the verdict about it."""

    who: str
    kind: str
    state: str
    why: str
    counts: bool


def begun(entity: str) -> Table:
    """`entity`, which con began, and a member of each role; all have seen it."""
    world, devices = team("ann:admin", "max:maintainer", "con", "dan", "vic:viewer", "bot:bot")
    desk = Desk(world, entity)
    desk.say(devices["con"], "open", mail("con"), name="open")
    for device in devices.values():
        device.see(devices["con"])
    return desk, devices


def said(table: Table, who: str, kinds: str, fields: Mapping[str, Any]) -> Iterator[Said]:
    """Each of `who` (names, with blanks between) says each of `kinds`, all with these `fields`."""
    desk, devices = table
    for name in who.split():
        for kind in kinds.split():
            entry = desk.say(devices[name], kind, mail(name), **fields)
            verdict = desk.verdicts()[entry.id]
            yield Said(name, kind, verdict.state, verdict.reason, verdict.counts)
