"""Encrypting a session that is shared already, and what is said of what that does and does not."""

from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.domain import drafts
from git_naturecode.domain import session as sessions
from git_naturecode.domain.readers import Readers, readers
from git_naturecode.errors import NotPermitted
from git_naturecode.sealed.members import Members
from git_naturecode.store.entry import Entry
from git_naturecode.store.store import TEAM, Placed, Store

LEAKS = (
    "what others still see: that the session is there, its id, how many entries it has, when each "
    "was written, by whom and by which device, how large it is by steps, and who can read it"
)
KEEPS = "whoever could read it keeps what he has read; a stolen device opens all that it was given"
WORDS = frozenset({"open", "message", "comment", "edit", "set", "add", "file", "link", "invite"})


class Begun(NamedTuple):
    """A session that was encrypted: for whom, and how many of its texts stay readable for all."""

    readers: Readers
    plain: int


def has_team(store: Store) -> bool:
    """True where a team says whose devices are whose."""
    return bool(Members(store).team)


def require_team(store: Store) -> None:
    """Raise NotPermitted where nobody says whose devices are whose."""
    if not has_team(store):
        raise NotPermitted(
            "encryption needs a team: only its members' devices are known to be theirs",
            "`git naturecode team create NAME` makes one, with you alone if you like",
        )


def encrypt(store: Store, session: sessions.Session, placed: Sequence[Placed]) -> Begun:
    """Encrypt what is written about the shared `session` from now on.

    `placed` are all entries about it; those that are shared stay as they are. Raises NotPermitted.
    """
    assert store.vault is not None
    entries = [one.entry for one in placed]
    said = []
    if session.visibility == "public":
        said.append(drafts.setting(entries, "visibility", "team"))
    made = store.vault.begin(session.id, store.entries_of(said))
    store.keep(TEAM, session.id, made)
    store.settle()
    return Begun(readers(made, session.id), len(plain(placed)))


def plain(placed: Sequence[Placed]) -> list[Entry]:
    """The entries among `placed` that are shared in the clear and hold somebody's words."""
    found = {
        one.entry.key: one.entry
        for one in placed
        if one.side == TEAM and one.entry.kind in WORDS and not one.entry.is_stub
    }
    return [one for one in found.values() if one.as_written is one and not one.is_sealed]
