"""Whose an address is when somebody takes that of another, and hides that he has seen him come."""

from git_naturecode.domain.policy import ops

from .test_judging import Desk, mail
from .test_standing import invite, join, team
from .world import Device, World, add, key_of, record


def test_nobody_owns_a_session_from_before_the_team_by_taking_the_address_of_its_owner() -> None:
    world = World()
    ada, ben = (world.device(name, name) for name in ("ada", "ben"))
    desk = Desk(world)
    opened = desk.say(ben, "open", mail("ben"))
    ada.see(ben)
    world.found(ada)
    invite(ada, "eve")
    eve = Device(world, "eve").see(ada)
    ada.say(add("ben"))
    eve.say(eve.op("eve"))
    join(world, eve, "eve", email=mail("ben"))
    ben.see(ada).say()
    hers = [desk.say(eve, "delete", mail(name)) for name in ("eve", "ben")]
    his = desk.say(ben, "delete", mail("ben"))
    found = desk.verdicts()
    assert found[opened.id].state == "inherited"
    assert [found[one.id].counts for one in (*hers, his)] == [False, False, True]
    assert world.standing().holder(mail("ben")) == "member-ben"


def test_of_two_who_take_an_address_at_once_neither_owns_what_it_began() -> None:
    world = World()
    ada, old = (world.device(name, name) for name in ("ada", "old"))
    desk = Desk(world)
    desk.say(old, "open", mail("ben"))
    ada.see(old)
    world.found(ada)
    for name in ("one", "two"):
        invite(ada, name)
    both = [world.device(name, name).see(ada) for name in ("one", "two")]
    for name, device in zip(("one", "two"), both, strict=True):
        join(world, device, name, email=mail("ben"))
    assert world.standing().holder(mail("ben")) == ""
    said = [desk.say(device, "delete", mail("ben")) for device in both]
    assert [desk.verdicts()[one.id].counts for one in said] == [False, False]
    ada.see(*both).say(ops.remove("member-two"))
    assert desk.verdicts()[said[0].id].counts  # there is only one left who has it


def test_who_was_removed_owned_what_he_began_before_the_team() -> None:
    world = World()
    ada, ben = (world.device(name, name) for name in ("ada", "ben"))
    desk = Desk(world)
    desk.say(ben, "open", mail("ben"))
    ada.see(ben)
    world.found(ada)
    ada.say(add("ben"))
    gone = desk.say(ben.see(ada), "delete", mail("ben"))
    ada.see(ben).say(ops.remove("member-ben"))
    assert world.standing().holder(mail("ben")) == "member-ben"
    assert desk.verdicts()[gone.id].counts  # it was seen


def test_without_a_team_an_address_is_nobodys() -> None:
    world = World()
    world.device("ben", "ben")
    assert world.standing().holder(mail("ben")) == ""


def test_a_device_stays_whose_it_was_when_its_key_is_replaced() -> None:
    """And so goes over to nobody by a code."""
    world, devices = team("con")
    ada, con = devices["ada"], devices["con"]
    con.say()
    invite(ada, "new")
    ada.say(ops.member(record("con", keys=[key_of("fresh")])))
    line = join(world, con.see(ada), "new", key="con")
    standing = world.standing()
    assert standing.refused[line.digest].text == "its device is one of con"
    assert standing.devices[con.id].member == "member-con"


def test_whom_two_admins_ask_at_once_has_the_seat_that_he_takes() -> None:
    """The other one, which nobody has taken, keeps his address from nobody."""
    world, devices = team("max:admin")
    ada, other = devices["ada"], devices["max"]
    invite(ada, "ben")
    other.say(ops.member({**record("two", keys=[]), "email": mail("ben")}, "ab" * 32))
    assert world.standing().holder(mail("ben")) == ""
    ben = world.device("ben", "ben").see(ada)
    join(world, ben, "ben")
    assert world.standing().holder(mail("ben")) == "member-ben"
    late = world.device("late", "late").see(other)
    join(world, late, "two", "ab" * 32, key="late")
    assert world.standing().holder(mail("ben")) == ""


def test_who_is_asked_by_a_maintainer_takes_no_address_from_whom_another_has_asked() -> None:
    world, devices = team("max:maintainer", "moe:maintainer")
    invite(devices["max"], "ben")
    devices["moe"].say(ops.member({**record("two", keys=[]), "email": mail("ben")}, "ab" * 32))
    eve = world.device("eve", "eve").see(devices["moe"])
    join(world, eve, "two", "ab" * 32, key="eve")
    assert world.standing().holder(mail("ben")) == ""
