"""Which epochs count, who shall read, and under which of them to write."""

import os

from domain.crew import Person, Team
from domain.made import ENTITY
from git_naturecode.domain import rosters
from git_naturecode.domain.epochs import Epoch
from git_naturecode.store.store import TEAM, Placed

ADA, BEN, CY, EVE = (Person(name) for name in ("ada", "ben", "cy", "eve"))
STANDING = Team([ADA, BEN, CY])
KEY = os.urandom(32)


def _good(*every: Epoch, standing: Team = STANDING) -> set[str]:
    return set(rosters.accepted(every, {ENTITY}, [ADA.who], standing))


def _wanted(*people: Person) -> rosters.Wanted:
    return rosters.wanted([one.who for one in people], STANDING)


def test_the_first_epoch_is_the_owners_or_one_by_who_may_invite() -> None:
    assert _good(ADA.epoch([ADA], KEY))
    assert not _good(BEN.epoch([BEN], KEY))
    assert _good(BEN.epoch([BEN], KEY), standing=Team([ADA, BEN], inviting={BEN.who}))
    assert not _good(EVE.epoch([EVE, ADA], KEY))


def test_a_later_one_is_by_somebody_whom_one_before_is_for() -> None:
    first = ADA.epoch([ADA, BEN], KEY)
    second = BEN.epoch([ADA, BEN, CY], KEY, number=2, prev=[first.digest])
    third = CY.epoch([ADA, CY], KEY, number=3, prev=[second.digest])
    assert _good(third, second, first) == {first.digest, second.digest, third.digest}
    assert _good(third, first) == {first.digest}
    stranger = CY.epoch([CY, ADA], KEY, number=2, prev=[first.digest])
    assert _good(first, stranger) == {first.digest}
    assert _good(first, EVE.epoch([ADA, EVE], KEY, prev=[first.digest])) == {first.digest}


def test_one_of_another_session_or_team_does_not_count() -> None:
    assert not _good(ADA.epoch([ADA], KEY, session="session-20261120-aaaaaaaa"))
    assert not _good(ADA.epoch([ADA], KEY, team="cd" * 32))


def test_who_has_no_device_waits() -> None:
    now = rosters.wanted([ADA.who.upper(), "dan@example.com"], STANDING)
    assert set(now.roster) == {ADA.device}
    assert now.waiting == ("dan@example.com",)
    assert rosters.wanted([ADA.who], Team([ADA], gone={ADA.device})).waiting == (ADA.who,)


def _current(now: rosters.Wanted, *every: Epoch, sealed: int = 0) -> Epoch | None:
    good = rosters.accepted(every, {ENTITY}, [ADA.who], STANDING)
    return rosters.current(good, now, dict.fromkeys(good, sealed))


def test_one_writes_under_the_epoch_for_exactly_those_who_take_part() -> None:
    first = ADA.epoch([ADA, BEN], KEY)
    assert _current(_wanted(ADA, BEN), first) == first
    assert _current(_wanted(ADA), first) is None  # Ben was removed
    assert _current(_wanted(ADA, BEN, CY), first) is None  # Cy came


def test_an_epoch_with_somebody_whom_nobody_invited_is_never_written_under() -> None:
    first = ADA.epoch([ADA, BEN], KEY)
    second = BEN.epoch([ADA, BEN, EVE], KEY, number=2, prev=[first.digest])
    assert _current(_wanted(ADA, BEN), first, second) is None
    third = ADA.epoch([ADA, BEN], KEY, number=3, prev=[second.digest])
    assert _current(_wanted(ADA, BEN), first, second, third) == third


def test_an_epoch_that_is_for_another_key_of_a_device_is_never_written_under() -> None:
    false = Person("ben")
    false.device = BEN.device
    assert _current(_wanted(ADA, BEN), ADA.epoch([ADA, false], KEY)) is None


def test_an_epoch_by_somebody_who_left_is_never_written_under() -> None:
    """He knows its key, even where he is not in its roster."""
    first = ADA.epoch([ADA, BEN], KEY)
    after = BEN.epoch([ADA], KEY, number=2, prev=[first.digest])
    assert _current(_wanted(ADA), first, after) is None


def test_an_old_epoch_is_not_taken_up_again() -> None:
    first = ADA.epoch([ADA, BEN], KEY)
    second = ADA.epoch([ADA], KEY, number=2, prev=[first.digest])
    assert _current(_wanted(ADA), first, second) == second
    assert _current(_wanted(ADA, BEN), first, second) is None


def test_of_two_made_at_once_all_take_the_same_and_never_the_one_with_the_removed() -> None:
    first = ADA.epoch([ADA, BEN, CY], KEY)
    with_cy = BEN.epoch([ADA, BEN, CY], KEY, number=2, prev=[first.digest])
    twins = [
        one.epoch([ADA, BEN], os.urandom(32), number=2, prev=[first.digest]) for one in (ADA, BEN)
    ]
    chosen = _current(_wanted(ADA, BEN), first, with_cy, *twins)
    assert chosen == _current(_wanted(ADA, BEN), *reversed(twins), with_cy, first)
    assert chosen is not None
    assert chosen.digest == min(one.digest for one in twins)


def test_a_thousand_entries_are_enough_for_one_epoch() -> None:
    first = ADA.epoch([ADA], KEY)
    assert _current(_wanted(ADA), first, sealed=rosters.MOST_MESSAGES - 1) == first
    assert _current(_wanted(ADA), first, sealed=rosters.MOST_MESSAGES) is None


def test_who_was_sent_away_is_told_by_those_who_are_there_alone() -> None:
    first = ADA.epoch([ADA, BEN, CY], KEY)
    second = ADA.epoch([ADA, CY], KEY, number=2, prev=[first.digest])
    mine = BEN.epoch([BEN], KEY, number=3, prev=[first.digest, second.digest])
    good = rosters.accepted([first, second, mine], {ENTITY}, [ADA.who], STANDING)
    present = {ADA.device, CY.device}

    def is_left_out(one: Person, *known: Epoch) -> bool:
        known_good = {epoch.digest: epoch for epoch in known}
        return rosters.is_left_out(known_good, {first.digest}, {one.who}, present)

    assert len(good) == 3
    assert is_left_out(BEN, first, second)
    assert not is_left_out(BEN, first)
    assert not is_left_out(CY, first, second)
    assert not is_left_out(CY, first, second, mine), "who was sent away sends nobody"
    known = {first.digest: first, second.digest: second}
    assert not rosters.is_left_out(known, (), {BEN.who}, present), "he never was in"
    waits = ADA.epoch([ADA], KEY, number=2, prev=[first.digest], waiting=[BEN.who])
    assert not is_left_out(BEN, first, waits)


def test_records_that_are_not_whole_are_passed_over() -> None:
    """And one in a message: who may write messages begins no epoch by it."""
    text = ADA.text([ADA], KEY)
    entries = [ADA.puts(text), ADA.puts(text.replace('"epoch":1', '"epoch":2')), ADA.says("x")]
    entries.append(ADA.says(ADA.text([ADA, BEN], KEY)))
    placed = [Placed(one, ENTITY, ADA.device, TEAM) for one in entries]
    assert [one.number for one in rosters.found(placed)] == [1]
    assert rosters.found([Placed(entries[0], ENTITY, EVE.device, TEAM)])  # a copy names its device
    bare = entries[0].header | {"id": "e1-x", "device": EVE.device}
    from git_naturecode.store import format

    assert not rosters.found([Placed(format.make(bare, text), ENTITY, ADA.device, TEAM)])
