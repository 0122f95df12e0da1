"""Entries as the spool keeps them until they are in a log, and several texts of them at once."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from git_naturecode import ids
from git_naturecode.store import format

if TYPE_CHECKING:
    from git_naturecode.store.entry import Draft, Entry
    from git_naturecode.store.store import Store


def waiting(
    store: "Store", entity: str, entries: "Sequence[Entry]", device: str
) -> tuple[str, bytes]:
    """By which name, and as which text, `entries` about `entity` wait in the spool."""
    text = format.preamble(entity, device, 1) + "".join(map(format.block, entries))
    at = entries[0].at.replace(":", "").replace("/", "-")
    return f"{at}-{ids.base32(store.random(5), 8)}", text.encode()


def write_each(store: "Store", side: str, told: "Mapping[str, Sequence[Draft]]") -> None:
    """Say drafts about several entities, as `Store.write` does: about all of them, or about none
    where one cannot be written."""
    made = {entity: store.entries_for(side, entity, drafts) for entity, drafts in told.items()}
    store.side(side).spool.put_all(
        dict(waiting(store, one, entries, store.device) for one, entries in made.items())
    )
