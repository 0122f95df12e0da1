"""Opening a session in order to change it: what it is, where it lives, who may do what."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from shlex import quote
from typing import TYPE_CHECKING

from git_naturecode import ids
from git_naturecode.cli.context import Context
from git_naturecode.cli.reading import KIND, opened_at
from git_naturecode.domain import handles, people
from git_naturecode.domain import session as sessions
from git_naturecode.domain.drafts import redaction
from git_naturecode.domain.said import Comment, Message
from git_naturecode.errors import Negative, NotPermitted
from git_naturecode.render.show import line
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.store import PRIVATE, TEAM, Placed, Store

if TYPE_CHECKING:
    from git_naturecode.teaming import Gate


@dataclass(frozen=True)
class Opened:
    """A session and the store to write in."""

    store: Store
    session: sessions.Session
    placed: Sequence[Placed]

    @property
    def entries(self) -> list[Entry]:
        """All entries about it."""
        return [one.entry for one in self.placed]

    @property
    def side(self) -> str:
        """Where it is written: with the team once any of it is shared."""
        return TEAM if self.session.shared else PRIVATE

    @property
    def short(self) -> str:
        """The part of its id that is enough to name it."""
        return ids.tail(self.session.id)

    @cached_property
    def gate(self) -> "Gate":
        """What the team lets this person do."""
        from git_naturecode.teaming import Gate

        return Gate(self.store)

    @property
    def is_judged(self) -> bool:
        """True when the rules of a team hold here, and not only those of the session."""
        return self.side == TEAM and self.gate.standing is not None

    def require_permitted(self, *drafts: Draft) -> None:
        """Raise NotPermitted unless the team lets this person say `drafts` about it."""
        if self.is_judged:
            self.gate.require(drafts, self.session)

    def allows(self, draft: Draft) -> bool:
        """True unless the team does not let this person say `draft` about it."""
        return not self.is_judged or not self.gate.objection(draft, self.session)

    def write(self, *drafts: Draft) -> list[Entry]:
        """Say `drafts` about it; raises NotPermitted where the team does not let this person."""
        self.require_permitted(*drafts)
        made = self.store.write(self.side, self.session.id, drafts)
        self.store.settle()
        return made

    def require(self, right: str, doing: str) -> None:
        """Raise NotPermitted unless this person may do `right` here (or manages the session).

        Where a team's rules hold, they say it: see `require_permitted`, which `write` asks.
        """
        if self.is_judged:
            return
        me, those = self.store.person, self.session.people
        if not those.can(me, right) and not those.can(me, "manage"):
            raise refused(me, those.owner, self.short, right, doing)

    def require_own(self, said: Message | Comment, doing: str) -> None:
        """Raise NotPermitted unless this person said it or may manage the session."""
        self.require("write" if self._is_own(said) else "manage", doing)

    def may_redact(self, said: Message | Comment) -> bool:
        """True when this person said it or may manage the session; or as the team's rules say."""
        if self.is_judged:
            return self.allows(redaction(said.id, ""))
        return self._is_own(said) or self.session.people.can(self.store.person, "manage")

    def _is_own(self, said: Message | Comment) -> bool:
        return people.key(said.by) == people.key(self.store.person)

    def said(self, wanted: str) -> Message | Comment:
        """The message or comment that `wanted` means, which may still be changed."""
        found = handles.said(self.session, wanted)
        if found.hidden:
            raise Negative(f"{wanted} was redacted", "a redaction cannot be undone")
        return found


def refused(person: str, owner: str, session: str, right: str, doing: str) -> NotPermitted:
    """What is said to somebody who may not do something, and whom he can ask."""
    wanted = "read,write" if right == "write" else f"read,write,{right}"
    return NotPermitted(
        f"{line(person)} may not {doing} this session",
        f"its owner {line(owner)} can permit it: "
        f"git naturecode session permit {session} {quote(line(person))} --can {wanted}",
    )


@contextmanager
def changing(context: Context, wanted: str) -> Iterator[Opened]:
    """The session that `wanted` means, folded, to be changed.

    Raises Negative when there is none, or when it was deleted.
    """
    with opened_at(context, wanted) as (store, entity, _):
        placed = store.read(ids.tail(entity), KIND)
        session = sessions.build(placed)
        if session.deleted:
            raise deleted(session.id, session.deleted.by)
        yield Opened(store, session, placed)


def deleted(entity: str, by: str = "") -> Negative:
    """What is said about a session that is no more."""
    return Negative(
        f"{entity} was deleted" + (f" by {line(by)}" if by else ""),
        "`git naturecode session list --deleted` shows the deleted ones",
    )
