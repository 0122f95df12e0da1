"""Which epochs of a session count, who shall be able to read it, and under which to write.

What protects a session is that nobody seals under an epoch that is for anybody else than those
who take part (`current`): whoever makes another one only makes one that nobody uses.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from git_naturecode.crypto.hpke import NotOpened
from git_naturecode.domain import epochs
from git_naturecode.domain.epochs import KIND, Epoch, Reader
from git_naturecode.domain.people import key
from git_naturecode.domain.said import text_of
from git_naturecode.store.entry import writer
from git_naturecode.store.judged import UNSIGNED
from git_naturecode.store.store import Placed

MOST_MESSAGES = 1_000
"""Entries that are sealed under one epoch."""
_HIS = frozenset({UNSIGNED, "adopted"})
"""What else than a plainly verified entry is his whose name it gives."""
_DOUBTFUL = frozenset({"copied", "unverified"})
"""What opens no session that somebody else has opened with his own name."""


class Device(NamedTuple):
    """A device of a member that may be given a key: its id, and its X25519 key in hex."""

    id: str
    seal: str


class Standing(Protocol):
    """What the team says, as far as encryption needs to know it."""

    @property
    def team(self) -> str:
        """The digest of the team's genesis; "" where there is no team."""

    def addresses(self, device: str) -> frozenset[str]:
        """The addresses (`people.key`) of the member whose device this is or was; maybe none."""

    def may_invite(self, device: str) -> bool:
        """True when the member whose device this is has session:invite."""

    def devices(self, who: str) -> Sequence[Device]:
        """The devices that may be given keys of the present member with the address `who`."""


class Wanted(NamedTuple):
    """Who shall be able to read: devices, and people of whom no device is known yet."""

    roster: Mapping[str, Reader]
    waiting: tuple[str, ...]


def authors(one: Placed, standing: Standing) -> frozenset[str]:
    """The addresses of the member who says `one`, who stands behind it with his own name.

    None where somebody else has signed it. Which device has written an entry everybody may put
    into it, also that of who is owner; and a word of his, said elsewhere, can be copied.
    """
    if one.mark is not None and one.mark.state not in _HIS:
        return frozenset()
    addresses = standing.addresses(writer(one.entry, one.device))
    return addresses if key(text_of(one.entry, "by")) in addresses else frozenset()


def owners(placed: Iterable[Placed]) -> set[str]:
    """The addresses (`people.key`) of all who say that they opened the session.

    Who has seen it open and opens it again does not count where the team is enforced. But he may
    hide what he had seen, and put any stamp on it: where there are several nobody can tell.
    """
    opened = [one for one in placed if one.entry.kind == "open"]
    good = [one for one in opened if one.mark is None or one.mark.state not in _DOUBTFUL]
    return {key(text_of(one.entry, "by")) for one in good or opened}


def found(placed: Iterable[Placed]) -> list[Epoch]:
    """The records among `placed` that are signed and whole, each once."""
    every: dict[str, Epoch] = {}
    for one in placed:
        if one.entry.kind == KIND:
            try:
                epoch = epochs.of_entry(one.entry, writer(one.entry, one.device))
            except NotOpened:
                continue
            every[epoch.digest] = epoch
    return list(every.values())


def accepted(
    every: Iterable[Epoch], session: Collection[str], owners: Iterable[str], standing: Standing
) -> dict[str, Epoch]:
    """Those of `every` record that count in `session` (the names that it has), by digest.

    One without another before it has to be by an owner, or by somebody who may invite to any
    session; all others by somebody whom an epoch before it is for.
    """
    mine = {key(who) for who in owners}
    left = [one for one in every if one.session in session and one.team == standing.team]
    good: dict[str, Epoch] = {}
    while True:
        fresh = [one for one in left if _may_begin(one, mine, good, standing)]
        if not fresh:
            return good
        good |= {one.digest: one for one in fresh}
        left = [one for one in left if one.digest not in good]


def _may_begin(
    epoch: Epoch, owners: set[str], good: Mapping[str, Epoch], standing: Standing
) -> bool:
    addresses = standing.addresses(epoch.device)  # none of a stranger
    if addresses & owners or standing.may_invite(epoch.device):
        return True
    before = [good[name] for name in epoch.prev if name in good]
    return any(key(one.who) in addresses for earlier in before for one in earlier.roster.values())


def wanted(people: Iterable[str], standing: Standing) -> Wanted:
    """The devices of `people` (addresses), and who of them has none."""
    roster: dict[str, Reader] = {}
    waiting = []
    for who in sorted({key(one): one for one in people}.values()):
        known = standing.devices(key(who))
        roster |= {one.id: Reader(key(who), one.seal) for one in known}
        if not known:
            waiting.append(key(who))
    return Wanted(roster, tuple(sorted(set(waiting))))


def current(good: Mapping[str, Epoch], now: Wanted, sealed: Mapping[str, int]) -> Epoch | None:
    """The epoch to write under: for exactly the devices that are wanted now; None: make one.

    `sealed` are the numbers of entries by epoch. Of several, made at once, all take the lowest.
    """
    heads = latest(good)
    fits = [
        one
        for one in heads
        if dict(one.roster) == dict(now.roster)
        and one.device in now.roster
        and sealed.get(one.digest, 0) < MOST_MESSAGES
    ]
    return min(fits, key=lambda one: one.digest, default=None)


def is_left_out(
    good: Mapping[str, Epoch], readable: Collection[str], who: Collection[str],
    present: Collection[str],
) -> bool:  # fmt: skip
    """True when the session goes on without whoever has the addresses `who` and a key of before.

    Only devices say so that are `present` as far as he knows: who was sent away sends nobody.

    He cannot read that he was sent away. Whoever may begin an epoch at any time, as a maintainer
    may, must not: all others would begin one without him at each of their syncs, and he again.
    """
    heads = [one for one in latest(good) if one.device in present]
    named = {one.who for head in heads for one in head.roster.values()}
    named.update(one for head in heads for one in head.waiting)
    return bool(readable) and bool(heads) and named.isdisjoint(who)


def latest(good: Mapping[str, Epoch]) -> list[Epoch]:
    """The epochs after which none was begun yet, the one with the highest number first."""
    before = {name for one in good.values() for name in one.prev}
    heads = [one for name, one in good.items() if name not in before]
    return sorted(heads, key=lambda one: (-one.number, one.digest))
