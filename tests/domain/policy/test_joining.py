"""A seat and its one-time codes: who keeps it when a code leaks, before it was used or after."""

from collections.abc import Callable, Sequence

import pytest

from git_naturecode.domain.policy import Authority, Line, evaluate, ops

from .test_standing import SECRET, invite, join, team
from .world import CHECKS, Device, World, add, key_of, proof

USED = "the invitation was used already"
TWICE = "the invitation was used twice at once: invite anew"
OVER = "the invitation was taken back, or another one given instead"
OTHER = "ab" * 32


class Seat:
    """Ada has asked `new` with a code, which he and a thief use, who have not seen each other.

    `watcher` and `friend` are members who see the one, and the other.
    """

    def __init__(self, *members: str, role: str = "member") -> None:
        self._begin(*team(*members), role, [])

    @staticmethod
    def of(
        world: World, devices: dict[str, Device], role: str = "member", allow: Sequence[str] = ()
    ) -> "Seat":
        """A seat in a team that there is."""
        seat = Seat.__new__(Seat)
        seat._begin(world, devices, role, allow)
        return seat

    def _begin(
        self, world: World, devices: dict[str, Device], role: str, allow: Sequence[str]
    ) -> None:
        self.world, self.devices = world, devices
        self.by = devices["ada"]
        record = ops.record("member-new", "new", "new@x.example", role, allow=[*allow])
        self.by.say(ops.member(record, SECRET))
        for device in self.devices.values():
            device.see(self.by)
        self.new, self.thief = (self.device(name) for name in ("new", "thief"))
        self.mine = join(self.world, self.new, "new")
        self.theirs = join(self.world, self.thief, "new", key="thief")

    def device(self, name: str, key: str = "") -> Device:
        return self.world.device(name, key or name).see(self.by)

    def sees(self, who: str, whom: Device) -> Line:
        return self.devices[who].see(whom).say()

    def why(self, line: Line) -> str:
        """Why a join is refused; the same in whatever order and parts the lines come."""
        lines = list(self.world.lines.values())
        whole = evaluate(lines, self.world.team, CHECKS)
        for order in (lines, lines[::-1]):
            grown = evaluate([], self.world.team, CHECKS)
            for one in order:
                grown = grown.extended([one])
            assert grown.refused == whole.refused
            assert grown.members == whole.members
        found = whole.refused.get(line.digest)
        return found.text if found else ""

    @property
    def both(self) -> tuple[str, str]:
        return self.why(self.mine), self.why(self.theirs)


IN, OUT = ("", USED), (USED, "")
NEITHER = (TWICE, TWICE)


@pytest.mark.parametrize(
    ("members", "watchers", "friends", "expected"),
    [
        (["max:maintainer"], ["max"], [], IN),
        (["ann:admin"], ["ann"], [], IN),
        ([], ["ada"], [], IN),
        (["ann:admin"], [], ["ann"], OUT),  # it is not known who was first: whom they have seen is
        (["con"], ["con"], [], NEITHER),  # nobody who may invite
        (["con"], [], ["con"], NEITHER),
        (["max:maintainer", "ann:admin"], ["ann"], ["max"], IN),  # an admin before others
        (["max:maintainer", "mia:maintainer"], ["max"], ["mia"], IN),  # then the senior
        (["max:maintainer", "mia:maintainer"], ["mia"], ["max"], OUT),
        (["ann:admin"], ["ada"], ["ann"], IN),
        (["ann:admin", "bob:admin"], ["bob", "ann"], ["bob"], IN),
        (["max:maintainer"], ["max"], ["con"], IN),
    ],
)
def test_whom_somebody_entitled_has_seen_has_the_seat(
    members: list[str], watchers: list[str], friends: list[str], expected: tuple[str, str]
) -> None:
    seat = Seat(*members, *(["con"] if "con" not in members else []))
    second = {name: seat.device(f"{name}2", name) for name in friends}
    for name in watchers:
        seat.sees(name, seat.new)
    for device in second.values():
        device.see(seat.thief).say()
    assert seat.both == expected
    members_now = seat.world.standing().members["member-new"]
    assert members_now.invite == ""
    assert members_now.state == ("invited" if expected == NEITHER else "active")
    joined = {IN: seat.new, OUT: seat.thief}.get(expected)
    assert joined is None or seat.world.standing().devices[joined.id].member == "member-new"


def test_what_one_member_has_seen_on_two_clones_is_no_word() -> None:
    seat = Seat("ann:admin")
    other = seat.device("ann2", "ann")
    seat.sees("ann", seat.new)
    assert seat.both == IN
    other.see(seat.thief).say()
    assert seat.both == NEITHER
    seat.sees("ada", seat.new)
    assert seat.both == IN


def test_who_has_seen_both_says_nothing_and_what_was_said_before_stays() -> None:
    seat = Seat("max:maintainer")
    seat.devices["ada"].see(seat.new, seat.thief).say()
    assert seat.both == NEITHER
    seat.sees("max", seat.new)
    assert seat.both == IN
    seat.devices["max"].see(seat.thief).say()
    assert seat.both == IN


def test_nobody_says_more_about_a_seat_than_he_could_give() -> None:
    seat = Seat("max:maintainer", role="maintainer")
    seat.sees("max", seat.thief)
    assert seat.both == NEITHER
    seat.sees("ada", seat.new)
    assert seat.both == IN


@pytest.mark.parametrize(
    ("who", "role", "allow", "deny"),
    [
        ("max", "maintainer", ["manageTeam"], []),  # he edits teams, and is no admin all the same
        ("ann", "admin", [], ["team:edit"]),  # she is one, and may add nobody as an admin
    ],
)
def test_a_word_about_an_admins_seat_is_an_admins(
    who: str, role: str, allow: list[str], deny: list[str]
) -> None:
    world, devices = team("ann:admin", "max:maintainer")
    devices["ada"].say(ops.role(f"member-{who}", role, allow, deny))
    seat = Seat.of(world, devices, role="admin")
    seat.sees(who, seat.thief)
    assert seat.both == NEITHER


def test_a_word_about_a_seat_with_more_than_its_role_is_an_admins() -> None:
    world, devices = team("max:maintainer")
    seat = Seat.of(world, devices, allow=["team:edit"])
    seat.sees("max", seat.thief)
    assert seat.both == NEITHER
    seat.sees("ada", seat.new)
    assert seat.both == IN


def test_a_seat_that_was_raised_unseen_is_none_of_a_maintainers() -> None:
    """He says that he has not seen it, so as to give an accomplice what an admin gave."""
    seat = Seat("max:maintainer")
    seat.devices["ada"].say(ops.role("member-new", "admin"))
    seat.sees("max", seat.thief)
    assert seat.both == NEITHER


def test_a_seat_that_is_raised_later_stays_who_had_it() -> None:
    seat = Seat("max:maintainer")
    seat.sees("max", seat.new)
    seat.devices["ada"].see(seat.new, seat.thief).say(ops.role("member-new", "maintainer"))
    assert seat.both == IN


def test_who_came_after_the_seat_says_nothing_about_it() -> None:
    seat = Seat()
    seat.devices["ada"].say(add("eve", "admin"))
    eve = seat.device("eve")
    eve.see(seat.thief).say()
    assert seat.both == NEITHER


def test_who_joined_says_nothing_about_himself() -> None:
    seat = Seat(role="admin")
    second = seat.device("thief2", "thief").see(seat.thief)
    second.say()
    seat.thief.say(add("pal", "admin"))
    seat.device("pal").see(seat.thief).say()
    assert seat.both == NEITHER


@pytest.mark.parametrize(
    "cut", [lambda _: ops.remove("member-max"), lambda device: ops.revoke(device.id)]
)
def test_a_removed_member_says_nothing(cut: Callable[[Device], object]) -> None:
    seat = Seat("ann:admin", "max:maintainer")
    seat.devices["ada"].say(cut(seat.devices["max"]))
    seat.sees("max", seat.thief)  # as if he had not heard of it
    assert seat.both == NEITHER
    seat.sees("ann", seat.new)
    assert seat.both == IN


def test_a_thief_who_loses_the_seat_has_removed_nobody() -> None:
    """The seat is decided before what he cut is taken from anybody, or it would stay cut."""
    seat = Seat(role="admin")
    con = seat.device("con")
    seat.by.see(con).say(add("con"))
    seat.thief.see(con.see(seat.by)).say(ops.remove("member-con"))
    line = con.say()
    seat.sees("ada", seat.new)
    assert seat.both == IN
    standing = seat.world.standing()
    assert isinstance(standing.authority(line.digest), Authority)
    assert standing.members["member-con"].state == "active"


def test_who_took_the_seat_calls_no_code_back_by_leaving() -> None:
    seat = Seat()
    seat.thief.say(ops.remove("member-new"))
    assert seat.both == NEITHER
    seat.sees("ada", seat.new)
    assert seat.both == IN


def test_a_line_that_names_no_team_or_is_said_twice_is_no_word() -> None:
    seat = Seat("ann:admin")
    early = seat.device("ann2", "ann")
    early.see(seat.thief).say(team="")
    assert seat.both == NEITHER
    twin = seat.devices["ann"].make(seat.devices["ann"].lines, [{"op": "novel"}])
    seat.world.lines[twin.digest] = twin
    seat.sees("ann", seat.thief)
    assert seat.both == NEITHER


def test_a_code_that_was_used_twice_lets_in_no_third() -> None:
    seat = Seat()
    third = seat.device("third").see(seat.new, seat.thief)
    assert seat.why(join(seat.world, third, "new", key="third")) == USED
    assert seat.both == NEITHER


def test_the_same_seat_by_its_other_name() -> None:
    """`id~mark` names who was added by a line, also where nobody else has that id."""
    seat = Seat()
    mark = next(d for d, line in seat.world.lines.items() if "invite" in str(line.ops[:1]))[:8]
    name = f"member-new~{mark}"
    late, keys = seat.device("late"), [key_of("late")]
    data = ops.join_proof(seat.world.team, name, keys, late.id)
    line = late.say(ops.join(name, "", "", keys, proof(SECRET, data)))
    seat.sees("ada", seat.new)
    assert seat.why(line) == USED
    assert seat.both == IN


def test_a_key_that_anybody_can_copy_makes_no_clone() -> None:
    """The thief names the keys of who joined, and has no certificate by them."""
    seat = Seat()
    seat.sees("ada", seat.new)
    late, keys = seat.device("late"), [key_of("new")]
    data = ops.join_proof(seat.world.team, "member-new", keys, late.id)
    assert seat.why(late.say(ops.join("member-new", "", "", keys, proof(SECRET, data)))) == USED


def test_a_clone_of_who_joined_comes_in_with_him() -> None:
    seat = Seat()
    clone = seat.device("new2", "new")
    seat.sees("ada", seat.new)
    assert seat.why(join(seat.world, clone, "new")) == ""
    assert seat.both == IN
    again = seat.device("new3", "new").see(seat.new)
    assert seat.why(join(seat.world, again, "new")) == USED


# Codes that were taken back.


def reinvite(device: Device, code: str = OTHER) -> Line:
    return device.say(
        ops.member(ops.record("member-new", "new", "new@x.example", "contributor"), code)
    )


class Again:
    """Max has asked `new`; who holds the first code has seen no more than that."""

    def __init__(self) -> None:
        self.world, self.devices = team("ann:admin", "max:maintainer", "con")
        invite(self.devices["max"], "new")
        for device in self.devices.values():
            device.see(self.devices["max"])
        self.old = self.world.device("old", "old").see(self.devices["max"])

    def why(self, line: Line) -> str:
        return Seat.why(self, line)  # type: ignore[arg-type]


def test_a_code_that_was_replaced_lets_nobody_in() -> None:
    seat = Again()
    reinvite(seat.devices["max"])
    line = join(seat.world, seat.old, "new", key="old")
    assert seat.why(line) == OVER
    assert seat.world.standing().members["member-new"].invite == OTHER
    new = seat.world.device("new", "new").see(seat.devices["max"], seat.old)
    assert seat.why(join(seat.world, new, "new", OTHER)) == ""
    assert seat.why(line) == OVER
    assert seat.world.standing().members["member-new"].invite == ""


@pytest.mark.parametrize(
    ("watcher", "expected"), [("ann", ""), ("max", ""), ("con", OVER), ("", OVER)]
)
def test_who_was_seen_to_have_joined_keeps_his_seat(watcher: str, expected: str) -> None:
    """Whatever who invited him says later of not having seen it, to throw him out again."""
    seat = Again()
    other = seat.world.device("max2", "max").see(seat.devices["max"])
    line = join(seat.world, seat.old, "new", key="old")
    if watcher:
        seat.devices[watcher].see(seat.old).say()
    reinvite(other)
    assert seat.why(line) == expected


def test_an_admin_takes_back_what_a_maintainer_has_seen() -> None:
    seat = Again()
    line = join(seat.world, seat.old, "new", key="old")
    seat.devices["max"].see(seat.old).say()
    reinvite(seat.devices["ada"])
    assert seat.why(line) == OVER
    seat.devices["ada"].see(seat.old).say()  # who had taken it back before
    assert seat.why(line) == OVER
    seat.devices["ann"].see(seat.old).say()
    assert seat.why(line) == OVER
    seat.world.device("ada2", "ada").see(seat.devices["ann"]).say()
    assert seat.why(line) == ""


def test_another_code_by_who_has_seen_both_changes_nothing() -> None:
    seat = Seat("max:maintainer")
    seat.sees("max", seat.new)
    reinvite(seat.devices["ada"].see(seat.new, seat.thief))
    assert seat.both == IN
    seat = Seat("max:maintainer")
    reinvite(seat.devices["ada"].see(seat.new, seat.thief))
    assert seat.both == NEITHER
    assert seat.world.standing().members["member-new"].invite == OTHER
    new = seat.device("newer", "new")
    assert seat.why(join(seat.world, new, "new", OTHER)) == ""


def test_the_same_code_again_takes_nothing_back() -> None:
    seat = Again()
    reinvite(seat.devices["max"], SECRET)
    assert seat.why(join(seat.world, seat.old, "new", key="old")) == ""


def test_who_leaves_himself_takes_back_no_code() -> None:
    seat = Again()
    seat.devices["ada"].say(ops.member(ops.record("member-con", "", "", "contributor"), OTHER))
    clone = seat.world.device("con2", "con").see(seat.devices["ada"])
    seat.devices["con"].see(seat.devices["ada"]).say(ops.remove("member-con"))
    line = join(seat.world, clone, "con", OTHER)
    assert seat.why(line) == "withdrawn after removal of con"


def test_where_a_code_was_used_once_nothing_is_left_open() -> None:
    seat = Again()
    join(seat.world, seat.old, "new", key="old")
    assert not seat.world.standing().is_unsettled
    seat.devices["ann"].see(seat.old).say()
    assert not seat.world.standing().is_unsettled
    join(seat.world, seat.world.device("x", "x").see(seat.devices["max"]), "new", key="x")
    assert seat.world.standing().is_unsettled


def test_only_who_may_takes_a_code_back() -> None:
    seat = Again()
    reinvite(seat.devices["con"])
    assert seat.why(join(seat.world, seat.old, "new", key="old")) == ""


def test_a_code_from_before_a_removal_is_none_afterwards() -> None:
    seat = Again()
    seat.devices["ann"].say(ops.remove("member-new"))
    seat.devices["ann"].say(add("new"))
    assert seat.world.standing().members["member-new"].invite == ""
    late = seat.world.device("late", "late").see(seat.devices["ann"])
    lines = [join(seat.world, one, "new", key="old") for one in (late, seat.old)]
    assert seat.why(lines[0]) == "its code is not the one of the invitation"
    assert seat.why(lines[1]) == OVER


def test_two_codes_are_one_invitation() -> None:
    """Given by who had seen the same: whoever comes by one ends the other, which nobody needs."""
    seat = Again()
    reinvite(seat.devices["ann"])
    reinvite(seat.devices["ada"], "ac" * 32)
    one = seat.world.device("one", "one").see(seat.devices["ann"])
    first = join(seat.world, one, "new", OTHER, key="one")
    seat.world.device("ada2", "ada").see(one).say()
    assert seat.why(first) == ""
    assert seat.world.standing().members["member-new"].invite == ""
    two = seat.world.device("two", "two").see(seat.devices["ada"])
    assert seat.why(join(seat.world, two, "new", "ac" * 32, key="two")) == USED


def test_another_code_for_who_was_seen_to_have_joined() -> None:
    seat = Again()
    first = join(seat.world, seat.old, "new", key="old")
    seat.devices["ann"].see(seat.old)
    reinvite(seat.devices["ann"])
    assert seat.world.standing().members["member-new"].invite == OTHER
    second = seat.world.device("new", "new").see(seat.devices["ann"])
    line = join(seat.world, second, "new", OTHER)
    assert (seat.why(first), seat.why(line)) == ("", "")
    assert isinstance(seat.world.standing().now(second.id), Authority)


def test_a_line_takes_a_seat_once() -> None:
    seat = Again()
    said = [seat.old.op("old")]
    for keys in ([], [key_of("old")]):
        data = ops.join_proof(seat.world.team, "member-new", keys, seat.old.id)
        said.append(ops.join("member-new", "", "", keys, proof(SECRET, data)))
    line = seat.old.say(*said)
    assert seat.why(line) == USED
    assert seat.world.standing().members["member-new"].keys == ()
    assert seat.world.standing().devices[seat.old.id].member == "member-new"


@pytest.mark.parametrize(
    ("said", "called"),
    [
        (("", ""), ("new", "new@x.example")),
        (("Nin", ""), ("Nin", "")),
        (("", "n@y.z"), ("", "n@y.z")),
    ],
)
def test_who_joins_says_what_he_is_called_or_is_called_as_he_was(
    said: tuple[str, str], called: tuple[str, str]
) -> None:
    seat, keys = Again(), [key_of("old")]
    data = ops.join_proof(seat.world.team, "member-new", keys, seat.old.id)
    seat.old.say(ops.join("member-new", *said, keys, proof(SECRET, data)))
    member = seat.world.standing().members["member-new"]
    assert (member.name, member.email) == called


def test_a_clone_without_a_key_brings_no_old_key_back() -> None:
    seat = Again()
    seat.devices["ada"].say(ops.member(ops.record("member-con", "", "", "contributor"), OTHER))
    clone = seat.world.device("bare", "").see(seat.devices["ada"])
    con = seat.devices["con"].see(seat.devices["ada"])
    con.say(ops.keys([key_of("fresh")]), con.op("fresh"))
    data = ops.join_proof(seat.world.team, "member-con", [], clone.id)
    line = clone.say(ops.join("member-con", "", "", [], proof(OTHER, data)))
    assert seat.why(line) == ""
    assert seat.world.standing().members["member-con"].keys == ("ssh-ed25519 Fresh",)


def test_a_revocation_by_no_admin_reaches_nobody_else() -> None:
    """Con says that a device is his, which is dan's, and revokes it; he was there before dan."""
    world, devices = team("con", "dan")
    other = world.device("other", "dan").see(devices["dan"])
    line = other.say()
    devices["con"].say(ops.add_device(other.id, other.key))
    devices["con"].say(ops.revoke(other.id, (0, "")))
    found = world.standing().authority(line.digest)
    assert isinstance(found, Authority)
    assert found.member_id == "member-dan"


def test_what_was_said_up_to_the_last_good_line_counts() -> None:
    world, devices = team("con")
    lines = [devices["con"].say() for _ in range(4)]
    devices["ada"].say(ops.revoke(devices["con"].id, (lines[2].seq, lines[2].digest)))
    standing = world.standing()
    good = [isinstance(standing.authority(line.digest), Authority) for line in lines]
    assert good == [True, True, True, False]


def test_whose_a_device_is_before_it_joins() -> None:
    """Of nobody with its first line; of who let it in, though he has other keys by now."""
    seat = Again()
    bare = Device(seat.world, "bare").see(seat.devices["max"])
    assert seat.why(join(seat.world, bare, "new", key="bare")) == ""
    seat = Again()
    con = seat.devices["con"]
    phone = seat.world.device("con2", "con").see(con)
    phone.say()
    con.say(ops.keys([key_of("fresh")]), con.op("fresh"))
    line = join(seat.world, phone.see(con), "new", key="con")
    assert seat.why(line) == "its device is one of con"


def test_a_join_that_does_not_say_as_whom_spoils_nothing() -> None:
    """Two were added under one id at once: who has seen both has to say which he is."""
    seat = Again()
    invite(seat.devices["ada"], "two", OTHER)
    early = seat.world.device("early", "early").see(seat.devices["ada"])
    invite(seat.devices["ann"], "two", "ac" * 32)
    late = seat.world.device("late", "late").see(seat.devices["ada"], seat.devices["ann"])
    line = join(seat.world, early, "two", OTHER, key="early")
    vague = join(seat.world, late, "two", OTHER, key="late")
    assert seat.why(vague) == "nobody is invited as member-two"
    assert seat.why(line) == ""
