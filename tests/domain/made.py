"""Entries of one session, made by hand for tests of the fold."""

from git_naturecode.store import format
from git_naturecode.store.entry import Entry, Json
from git_naturecode.store.store import TEAM, Placed

ENTITY = "session-20261120-k3v9q2m7"
ADA, BEN, CY = "ada@example.com", "ben@example.com", "cy@example.com"


def entry(number: int, kind: str, body: str | None = None, **fields: Json) -> Entry:
    """An entry of second `number`; its id is `e` and the number."""
    header: dict[str, Json] = {
        "id": f"e{number:02}-device",
        "at": f"2026-11-20T10:{number // 60:02}:{number % 60:02}.000Z/0000",
        "kind": kind,
        "by": ADA,
        "salt": f"s{number}",
    }
    return format.make({**header, **fields}, body)


def placed(
    *entries: Entry, side: str = TEAM, entity: str = ENTITY, device: str = "d" * 16
) -> list[Placed]:
    """`entries` as they stand in a log of `device`."""
    return [Placed(one, entity, device, side) for one in entries]
