"""People with devices and a team, for tests of encrypted sessions."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.made import ENTITY
from git_naturecode.crypto import hpke, keys
from git_naturecode.domain import epochs
from git_naturecode.domain.epochs import Epoch, Plan, Reader
from git_naturecode.domain.rosters import Device
from git_naturecode.store import format
from git_naturecode.store.entry import Entry

TEAM_DIGEST = "ab" * 32


class Person:
    """Somebody with one device."""

    def __init__(self, name: str) -> None:
        self.who = f"{name}@example.com"
        self.key = Ed25519PrivateKey.generate()
        self.public = self.key.public_key().public_bytes_raw()
        self.device = keys.device_of(self.public)
        self.secret = os.urandom(32)
        self.reader = Reader(self.who, hpke.public_of(self.secret).hex())

    def text(
        self, roster: Sequence["Person"], key: bytes, number: int = 1, prev: Sequence[str] = (),
        session: str = ENTITY, team: str = TEAM_DIGEST, waiting: Sequence[str] = (),
        history: Mapping[str, tuple[bytes, Sequence[str]]] | None = None,
    ) -> str:  # fmt: skip
        """The record of an epoch by this person."""
        readers = {one.device: one.reader for one in roster}
        plan = Plan(session, team, number, readers, waiting, prev)
        return epochs.make(plan, key, self.device, self.public, self.key.sign, history)

    def epoch(self, roster: Sequence["Person"], key: bytes, **more: object) -> Epoch:
        """The same, read."""
        return epochs.read(self.text(roster, key, **more))  # type: ignore[arg-type]

    def says(self, text: str, kind: str = "message", **fields: object) -> Entry:
        """An entry that this person writes in the clear."""
        header = {
            "id": f"20261120T100000123-0000-{self.device}", "at": "2026-11-20T10:00:00.123Z/0000",
            "by": self.who, "kind": kind, "salt": "c2FsdA", **fields,
        }  # fmt: skip
        return format.make(header, text)

    def puts(self, record: str) -> Entry:
        """The entry with the text of an epoch."""
        return self.says(record, "epoch", id=f"20261120T100000000-0000-{self.device}")


@dataclass
class Team:
    """What the team says: who is in it, and who may invite anywhere."""

    people: Sequence[Person]
    inviting: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    team: str = TEAM_DIGEST
    teams: Mapping[str, Sequence[Person]] = field(default_factory=dict)
    former: Mapping[str, Sequence[Person]] = field(default_factory=dict)

    def addresses(self, device: str) -> frozenset[str]:
        """The address of whoever has `device`."""
        return frozenset(one.who for one in self.people if one.device == device)

    def may_invite(self, device: str) -> bool:
        """True for those whom the test lets invite."""
        return bool(self.addresses(device) & self.inviting)

    def devices(self, who: str) -> list[Device]:
        """The devices of `who` that were not taken away."""
        return [
            Device(one.device, one.reader.seal)
            for one in self.people
            if one.who == who and one.device not in self.gone
        ]

    def audience(self, team: str) -> list[str]:
        """Who belongs to a team."""
        return [one.who for one in self.teams.get(team, ())]

    def once(self, team: str) -> list[str]:
        """Who belongs to a team, or did so."""
        return [*self.audience(team), *(one.who for one in self.former.get(team, ()))]
