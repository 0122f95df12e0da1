"""What the program has acknowledged, and what it may be held to therefore."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from .record import Key


@dataclass
class Said:
    """One acknowledged text. `side` is team (everywhere in the end) or either.

    `either`: in the team's branch, or in the private repository of each of `homes`.
    `redacted` and `purged` are no, yes, or maybe (a command that was killed).
    """

    token: str
    kind: str
    session: str
    id: str
    clone: int
    text: str
    side: str
    homes: set[int]
    target: str = ""
    redacted: str = "no"
    purged: str = "no"
    edited: bool = False


@dataclass
class Session:
    """A session that was begun; `shared` is no, yes or maybe."""

    id: str
    clone: int
    shared: str
    messages: list[Said] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    homes: set[int] = field(default_factory=set)
    deleted: str = "no"
    forks: list[str] = field(default_factory=list)
    always_shared: bool = False

    def __post_init__(self) -> None:
        self.always_shared = self.shared == "yes"


class Ledger:
    """All of it; every method may be called from several threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.sessions: dict[str, Session] = {}
        self.said: dict[str, Said] = {}
        self.articles: dict[str, set[int]] = {}  # and the clones that have met them
        self.observed: set[Key] = set()
        self.purged: set[str] = set()
        self.forgiven: set[str] = set()
        self.forgiven_keys: set[Key] = set()

    def begin(self, session: Session) -> None:
        """A session was begun, or came to be known."""
        with self._lock:
            self.sessions.setdefault(session.id, session)

    def choose(self, clone: int, pick: int) -> Session | None:
        """A session that `clone` may know; mostly one that it has met."""
        with self._lock:
            every = [s for s in self.sessions.values() if s.shared != "no" or clone in s.homes]
            met = [s for s in every if clone in s.seen]
            chosen = met if met and pick % 5 else every
            # Rather the young ones, so that several people meet in one session.
            if pick % 3:
                chosen = chosen[-12:]
            return chosen[(pick // 15) % len(chosen)] if chosen else None

    def private_of(self, clone: int, pick: int) -> Session | None:
        """A session that is private in `clone`."""
        with self._lock:
            own = [s for s in self.sessions.values() if s.shared == "no" and clone in s.homes]
            return own[pick % len(own)] if own else None

    def message(self, session: Session, clone: int, pick: int) -> Said | None:
        """A message or comment of `session`, mostly one that `clone` has written."""
        with self._lock:
            found = [one for one in session.messages if one.kind in ("message", "comment")]
            mine = [one for one in found if one.clone == clone]
            chosen = mine if mine and pick % 4 else found
            return chosen[(pick // 4) % len(chosen)] if chosen else None

    def acknowledge(self, said: Said) -> None:
        """The program has said that it keeps this."""
        with self._lock:
            self.said[said.token] = said
            if said.id in self.purged:
                said.purged = "yes"
            session = self.sessions.get(said.session)
            if session is not None:
                session.messages.append(said)
                session.seen.add(said.clone)

    def reaches_all(self, session: Session, clone: int) -> bool:
        """True when what `clone` does to the session reaches all who have it: no private copies."""
        with self._lock:
            return session.always_shared or session.homes == {clone}

    def seen(self, session: Session, clone: int) -> None:
        """`clone` has met the session."""
        with self._lock:
            session.seen.add(clone)

    def hide(self, target: Said, certain: bool) -> None:
        """A message was redacted, and all its edits with it."""
        with self._lock:
            for one in self.said.values():
                if one is target or (target.id and one.target == target.id):
                    one.redacted = "yes" if certain or one.redacted == "yes" else "maybe"

    def hidden_target(self, target: Said) -> str:
        """How far a message is redacted now."""
        with self._lock:
            return target.redacted

    def may_purge(self, target: Said) -> None:
        """A purge of a message, and of all its edits, has begun."""
        with self._lock:
            for one in self.said.values():
                edits = target.id and one.target == target.id
                if (one is target or edits) and one.purged == "no":
                    one.purged = "maybe"

    def purge(self, names: Iterable[str]) -> None:
        """The entries with these ids are purged; some may be acknowledged only after this."""
        with self._lock:
            self.purged |= set(names)
            for one in self.said.values():
                if one.id in self.purged:
                    one.purged = "yes"

    def begin_share(self, session: Session) -> list[Said]:
        """A private session is about to be shared; what surely goes along.

        What is said while it is shared may stay private, as what is said after it would not.
        """
        with self._lock:
            session.shared = "yes" if session.shared == "yes" else "maybe"
            return list(session.messages)

    def share(self, session: Session, clone: int, along: Iterable[Said]) -> None:
        """A private session was shared from `clone`, with what was `along`."""
        with self._lock:
            session.shared = "yes"
            for said in along:
                if clone in said.homes:
                    said.side = "team"

    def copied(self, source: int, target: int) -> None:
        """The clone `target` was replaced by a copy of `source` (or by a fresh one: -1)."""
        with self._lock:
            for homes in (
                *(s.homes for s in self.sessions.values()),
                *(s.homes for s in self.said.values()),
                *(s.seen for s in self.sessions.values()),
            ):
                homes.discard(target)
                if source in homes:
                    homes.add(target)

    def forgive(self, tokens: set[str], keys: set[Key]) -> None:
        """A person threw these away himself; they may still turn up somewhere."""
        with self._lock:
            self.forgiven |= tokens
            self.forgiven_keys |= keys

    def observe(self, keys: set[Key]) -> None:
        """These entries were on a data branch: they stay."""
        with self._lock:
            self.observed |= keys
