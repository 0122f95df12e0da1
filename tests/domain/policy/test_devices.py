"""Whose a device is, by which certificate, and what is known of it."""

import pytest

from git_naturecode.domain.policy import Authority, ops

from .test_standing import SECRET, code, invite, join, team
from .world import Device, World, add, key_of, proof


def joined(world: World, ada: Device, expires: str = "") -> Device:
    """A device of somebody new, with a certificate by his key, that joins by a code."""
    invite(ada, "new")
    new = Device(world, "new").see(ada)
    new.say(new.op("new", expires))
    join(world, new, "new")
    return new


def test_who_founds_the_team_needs_no_certificate() -> None:
    world = World()
    ada = world.device("ada", "")
    ada.say()
    world.found(ada)
    line = ada.say(add("con"))
    standing = world.standing()
    assert line.digest not in standing.refused
    assert standing.devices[ada.id].member == "member-ada"
    assert "member-con" in standing.members


def test_a_certificate_that_is_renewed_counts_on() -> None:
    world, devices = team("con")
    phone = Device(world, "con2").see(devices["con"])
    phone.say(phone.op("con", "2026-11-01T01:00:00Z"))
    phone.say(phone.op("con", "2026-11-01T05:00:00Z"), minute=50)
    lines = [phone.say(minute=minute) for minute in (61, 299, 301)]
    found = [world.standing().authority(line.digest) for line in lines]
    assert [code(one) for one in found] == ["", "", "expired"]


def test_a_device_whose_certificate_has_ended_changes_nothing_in_the_team() -> None:
    world, devices = team("ann:admin", "con")
    phone = Device(world, "ann2").see(devices["ann"])
    phone.say(phone.op("ann", "2026-11-01T01:00:00Z"))
    late = phone.say(ops.role("member-con", "admin"), minute=61)
    devices["ada"].say(ops.role("member-ann", "admin", deny=["kb:view"]))  # takes from it besides
    standing = world.standing()
    assert standing.members["member-con"].role == "contributor"
    assert code(standing.authority(late.digest)) == "expired"
    assert standing.refused[late.digest].code == "expired"


def test_a_certificate_ends_what_a_code_began() -> None:
    world, devices = team("con")
    new = joined(world, devices["ada"], "2026-11-01T01:00:00Z")
    in_time, over = new.say(minute=59), new.say(minute=61)
    standing = world.standing()
    assert isinstance(standing.authority(in_time.digest), Authority)
    assert code(standing.authority(over.digest)) == "expired"


def test_a_device_that_has_joined_goes_over_to_nobody() -> None:
    world, devices = team("con")
    new = joined(world, devices["ada"])
    line = new.see(devices["ada"]).say(new.op("con"))  # con certifies what is another's
    found = world.standing().authority(line.digest)
    assert isinstance(found, Authority)
    assert found.member_id == "member-new"


def test_what_a_device_said_before_it_joined_stays_a_strangers() -> None:
    world, devices = team("con")
    invite(devices["ada"], "new")
    new = Device(world, "new").see(devices["ada"])
    early = new.say()
    join(world, new, "new")
    later = new.say()
    standing = world.standing()
    assert code(standing.authority(early.digest)) == "unknown-device"
    assert isinstance(standing.authority(later.digest), Authority)


def test_who_has_not_seen_a_device_join_revokes_it_as_a_strangers() -> None:
    world, devices = team()
    ada = devices["ada"]
    invite(ada, "new")
    ada.say(add("ann", "admin"))  # junior to whom the seat is for
    new, ann = Device(world, "new").see(ada), world.device("ann", "ann").see(ada)
    new.say()
    ann.see(new)
    join(world, new, "new")
    revoked = ann.say(ops.revoke(new.id))
    standing = world.standing()
    assert revoked.digest not in standing.refused
    assert standing.devices[new.id].member == "member-new"
    assert isinstance(standing.authority(new.lines[-1].digest), Authority)


def test_an_admin_says_better_than_a_maintainer_whose_a_device_is() -> None:
    world, devices = team("max:maintainer", "con")
    phone = Device(world, "phone")
    devices["max"].say(add("eve", "viewer", devices=[phone.id]))
    first = phone.see(devices["max"]).say()
    devices["ada"].say(add("dan", devices=[phone.id]))
    second = phone.see(devices["ada"]).say()
    found = [world.standing().authority(line.digest) for line in (first, second)]
    assert [isinstance(one, Authority) and one.member_id for one in found] == [
        "member-eve", "member-dan"
    ]  # fmt: skip


def test_a_joiner_brings_no_key_without_a_certificate() -> None:
    world, devices = team("con")
    invite(devices["ada"], "new")
    thief = world.device("thief", "").see(devices["ada"])
    join(world, thief, "new", key="dan")
    standing = world.standing()
    assert standing.devices[thief.id].member == "member-new"
    assert standing.members["member-new"].keys == ()


def test_a_joiner_brings_no_key_by_a_forged_certificate() -> None:
    world, devices = team("con")
    invite(devices["ada"], "new")
    thief = Device(world, "thief").see(devices["ada"])
    said = thief.op("dan")
    thief.say({**said, "cert": {**said["cert"], "sig": "forged"}})
    join(world, thief, "new", key="dan")
    standing = world.standing()
    assert standing.devices[thief.id].member == "member-new"
    assert standing.members["member-new"].keys == ()


def test_what_a_device_does_not_tell_is_as_it_was_named() -> None:
    world, devices = team("con")
    con, phone = devices["con"], Device(world, "phone")
    con.say(ops.add_device(phone.id, phone.key, "ab" * 32, "phone"))
    found = world.standing().devices[phone.id]
    assert (found.key, found.seal, found.label) == (phone.key, "ab" * 32, "phone")
    phone.see(con).say(ops.device("", ""))
    found = world.standing().devices[phone.id]
    assert (found.key, found.seal, found.label) == (phone.key, "ab" * 32, "phone")
    phone.say(ops.device("cd" * 32, "fon"), ops.keys([key_of("con")]))
    found = world.standing().devices[phone.id]
    assert (found.key, found.seal, found.label) == (phone.key, "cd" * 32, "fon")
    twin = phone.make(phone.lines, [ops.device("ee" * 32, "stolen")])
    world.lines[twin.digest] = twin
    phone.say(ops.device("ff" * 32, "mine"))
    found = world.standing().devices[phone.id]
    assert (found.seal, found.label) == ("cd" * 32, "fon")
    own = world.standing().devices[con.id]
    assert (own.key, own.label, own.member) == (con.key, "laptop", "member-con")
    silent = Device(world, "silent").see(con)
    silent.say()
    found = world.standing().devices[silent.id]
    assert (found.key, found.seal, found.label, found.member) == (silent.key, "", "", "")
    devices["ada"].say(add("eve", devices=[Device(world, "quiet").id]))
    found = world.standing().devices[Device(world, "quiet").id]
    assert (found.key, found.seal, found.label, found.member) == ("", "", "", "member-eve")


@pytest.mark.parametrize("names", [("", "Con"), ("Con", "")])
def test_of_two_who_call_somebody_something_at_once_neither_is_lost(names: list[str]) -> None:
    world, devices = team("ann:admin", "con")
    devices["ann"].say(ops.team("team-two", "Two"))  # what she says then comes after ada's
    for who, name in zip(("ada", "ann"), names, strict=True):
        mail = "" if name else "home@y.example"
        devices[who].say(ops.member(ops.record("member-con", name, mail, "contributor", [])))
    member = world.standing().members["member-con"]
    assert (member.name, member.email) == ("Con", "home@y.example")


def test_who_has_no_name_is_a_member_all_the_same() -> None:
    world, devices = team("con")
    devices["ada"].say(ops.member(ops.record("member-new", "", "", "viewer"), SECRET))
    member = world.standing().members["member-new"]
    assert (member.name, member.email, member.state) == ("", "", "invited")


def test_a_certificate_in_one_of_two_lines_under_one_number_is_none() -> None:
    world, devices = team("con")
    phone = Device(world, "con2").see(devices["con"])
    phone.say()
    twin = phone.make(phone.lines, [])
    phone.say(phone.op("con"))
    assert world.standing().devices[phone.id].member == "member-con"
    world.lines[twin.digest] = twin
    assert world.standing().devices[phone.id].member == ""


def test_who_joins_without_a_name_keeps_the_one_that_he_was_given() -> None:
    world, devices = team("con")
    invite(devices["ada"], "new")
    new = world.device("new", "new").see(devices["ada"])
    join(world, new, "new", email="home@y.example")
    member = world.standing().members["member-new"]
    assert (member.name, member.email) == ("new", "home@y.example")
    assert member.emails == {"home@y.example", "new@x.example"}


def test_a_code_for_whom_another_admin_removes_at_once_is_none() -> None:
    world, devices = team("ann:admin", "con")
    devices["ada"].say(ops.remove("member-con"))
    devices["ann"].say(ops.member(ops.record("member-con", "", "", "contributor"), SECRET))
    member = world.standing().members["member-con"]
    assert (member.state, member.invite) == ("removed", "")
    thief = world.device("thief", "thief").see(devices["ada"], devices["ann"])
    data = ops.join_proof(world.team, "member-con", [], thief.id)
    line = thief.say(ops.join("member-con", "", "", [], proof(SECRET, data)))
    assert world.standing().refused[line.digest].text == "nobody is invited as member-con"


def test_whom_a_stolen_device_removes_is_not_cut() -> None:
    """What somebody takes from himself comes first, also a device of his."""
    world, devices = team("ann:admin", "con")
    stolen = Device(world, "ann2").see(devices["ann"])
    stolen.say(stolen.op("ann"))
    devices["ann"].see(stolen).say(ops.revoke(stolen.id))
    stolen.say(ops.remove("member-con"))
    line = devices["con"].say()
    assert isinstance(world.standing().authority(line.digest), Authority)
