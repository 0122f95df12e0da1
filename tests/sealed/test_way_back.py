"""Who was sent away from an encrypted session tries to come back, by a program of his own."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from box import Box, Clone
from crews import synced
from git_naturecode.crypto import sealing
from git_naturecode.domain import drafts, epochs
from git_naturecode.domain import sealed as entries
from git_naturecode.domain.epochs import Epoch, Reader
from git_naturecode.sealed.vault import Keys
from git_naturecode.store import format
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.store import TEAM
from sealed.people import BEN, CY, SECRET, begun


def sealed_by_hand(clone: Clone, session: str, *said: Draft) -> None:
    """Say it under the newest epoch whose key `clone` has, whatever came after it."""
    with clone.store() as store:
        book = Keys(store).book(session)
        epoch = max((book.good[one] for one in book.readable), key=lambda one: one.number)
        key = book.key(epoch)
        assert key is not None
        made = [
            entries.seal(one, store.device, epoch, key, os.urandom(sealing.NONCE_BYTES))
            for one in store.entries_of(said)
        ]
        store.keep(TEAM, session, made)
        store.settle(5.0)


@pytest.fixture
def gone(ada: Clone, ben: Clone, zebra: str) -> Clone:
    """Ben, after Ada has sent him away."""
    ada.nc("session", "remove", zebra, BEN)
    ada.nc("session", "say", zebra, "without ben")
    synced(ada, ben)
    return ben


def is_out(ada: Clone, ben: Clone, session: str) -> bool:
    """True when Ben cannot read what Ada says after she has heard of what he did."""
    for clone in (ben, ada, ben):
        run_sync(clone)
    ada.nc("session", "say", session, "still without ben")
    for clone in (ada, ben):
        run_sync(clone)
    assert ada.texts(session)[-1] == "still without ben"
    return ben.texts(session)[-1] == ""


def run_sync(clone: Clone) -> None:
    """What he did may be told (3)."""
    assert clone.tried("sync").code in (0, 3)


def by_hand(clone: Clone, session: str, *said: Draft) -> None:
    """Write it as it is, in the clear and unasked."""
    with clone.store() as store:
        store.keep(TEAM, session, store.entries_of(said))
        store.settle(5.0)


def epoch_of_his_own(clone: Clone, session: str, *prev: int) -> Epoch:
    """An epoch for the writer alone, after those with the numbers `prev`; written by hand."""
    with clone.store() as store:
        keys = Keys(store)
        book = keys.book(session)
        before = [one.digest for one in book.good.values() if one.number in prev]
        (mine,) = keys.members.devices(store.person)[:1]
        plan = epochs.Plan(
            session, keys.members.team, 99, {mine.id: Reader(store.person, mine.seal)}, (), before
        )
        text = epochs.make(plan, os.urandom(32), store.device, keys.ring.public, keys.ring.sign, {})
        store.keep(TEAM, session, store.entries_of([epochs.draft(text)]))
        store.settle(5.0)
    return epochs.read(text)


@pytest.mark.parametrize("how", [sealed_by_hand, by_hand])
def test_nobody_lets_himself_in_again(
    ada: Clone, gone: Clone, zebra: str, how: Callable[..., None]
) -> None:
    team = ada.nc("team", "show", "--json").json["id"]
    how(
        gone, zebra, drafts.attendance("join", "Ben"),
        drafts.invitation(BEN, ["read", "write", "invite", "manage"], history=True),
        drafts.invitation("eve@example.com", ["read"]),
        drafts.setting([], "team", {"id": team, "name": "Crew"}),
    )  # fmt: skip
    assert is_out(ada, gone, zebra)


def test_no_epoch_that_he_makes_lets_him_in(ada: Clone, gone: Clone, zebra: str) -> None:
    for prev in ((1,), (1, 2, 3), (3,)):
        epoch_of_his_own(gone, zebra, *prev)
    by_hand(gone, zebra, Draft("set", {"field": "x", "value": "y", "over": []}))
    assert is_out(ada, gone, zebra)


def test_who_was_never_in_names_himself_in_vain(ada: Clone, ben: Clone, cy: Clone) -> None:
    """A number above all others, and something that nobody can open beside it."""
    session = begun(ada, BEN)
    synced(ada, ben, cy)
    made = epoch_of_his_own(cy, session)
    with cy.store() as store:
        (plain,) = store.entries_of([drafts.attendance("join", "Cy")])
        shut = entries.seal(plain, store.device, made, os.urandom(32), os.urandom(12))
        store.keep(TEAM, session, [shut])
        store.settle(5.0)
    by_hand(cy, session, drafts.attendance("join", "Cy"))
    assert is_out(ada, cy, session)
    assert ben.nc("sync").code == 0
    assert ben.texts(session)[0] == SECRET


def test_who_came_later_takes_nobody_back_in(
    box: Box, hub: Path, ada: Clone, ben: Clone, cy: Clone
) -> None:
    """He cannot read that Ben was sent away; the epochs say who is there."""
    session = ada.start("Rhinoceros")
    ada.nc("session", "invite", session, BEN)
    ada.nc("session", "encrypt", session)
    synced(ada, ben)
    ada.nc("session", "remove", session, BEN)
    ada.nc("session", "say", session, "without ben")
    ada.nc("session", "invite", session, CY)
    ada.nc("session", "say", session, "welcome, cy")
    synced(ada, cy, ben)
    epoch_of_his_own(ben, session, 1, 2, 3)
    for clone in (ben, cy):
        run_sync(clone)
    cy.nc("session", "say", session, "thanks")
    for clone in (cy, ben, ada):
        run_sync(clone)
    assert ada.texts(session)[-1] == "thanks"
    assert ben.texts(session)[-1] == ""


def test_a_team_that_it_was_for_once_does_not_call_itself_back(
    ada: Clone, ben: Clone, cy: Clone
) -> None:
    """Cy belongs to the crew that could read it, and not to the team that it is for now."""
    session = ada.start("Lion", "private")
    ada.nc("session", "say", session, "for the crew")
    ada.nc("session", "share", session, "--team", "Crew", "--encrypt")
    ada.nc("team", "create", "Core")
    ada.nc("team", "add", BEN, "--team", "Core")
    synced(ada, ben, cy)
    assert cy.texts(session) == ["for the crew"]
    crew = ada.nc("team", "show", "--team", "Crew", "--json").json["id"]
    ada.nc("session", "share", session, "--team", "Core")
    ada.nc("session", "say", session, "for the core")
    synced(ada, ben, cy)
    assert ben.texts(session)[-1] == "for the core"
    assert cy.texts(session)[-1] == ""
    for how in (by_hand, sealed_by_hand):
        how(cy, session, drafts.setting([], "team", crew))
    assert is_out(ada, cy, session)
    synced(ben)
    assert ben.texts(session)[-1] == "still without ben"


def posing(clone: Clone, device: str, said: Draft) -> Entry:
    """What `clone` says as if the device of somebody else had written it."""
    with clone.store() as store:
        (entry,) = store.entries_of([said])
    return format.make({**entry.header, "device": device}, entry.body)


def test_nobody_lets_himself_in_by_the_device_of_another(
    ada: Clone, gone: Clone, cy: Clone, zebra: str
) -> None:
    """Which device has written it everybody may say; who has signed it is another thing."""
    synced(cy)
    with ada.store() as store:
        hers = store.device
    team = ada.nc("team", "show", "--json").json["id"]
    entry = posing(cy, hers, drafts.setting([], "team", team))
    with cy.store() as store:
        store.keep(TEAM, zebra, [entry])
        store.settle(5.0)
    assert is_out(ada, cy, zebra)
    joined = posing(gone, hers, drafts.attendance("join", "Ben"))
    with gone.store() as store:
        book = Keys(store).book(zebra)
        epoch = max((book.good[one] for one in book.readable), key=lambda one: one.number)
        key = book.key(epoch)
        assert key is not None
        store.keep(TEAM, zebra, [entries.seal(joined, hers, epoch, key, os.urandom(12))])
        store.settle(5.0)
    assert is_out(ada, gone, zebra)


def test_nobody_makes_himself_the_owner_where_the_team_is_open(
    ada: Clone, ben: Clone, cy: Clone, zebra: str
) -> None:
    """There nothing is kept out of sight, also not that somebody says he began it long ago."""
    ada.nc("team", "set", "mode", "open")
    synced(ada, ben, cy)
    with cy.store() as store:
        (entry,) = store.entries_of([drafts.opening("Mine", "team", "")])
        old = {**entry.header, "at": "2019-11-26T00:00:00.000Z/0000"}
        store.keep(TEAM, zebra, [format.make(old, None)])
        store.settle(5.0)
    assert is_out(ada, cy, zebra)
    synced(ben)
    assert ben.texts(zebra)[-1] == "still without ben"
