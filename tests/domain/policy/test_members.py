"""What is known of a member: what he is called, which keys, devices and codes are his."""

import pytest

from git_naturecode.domain.policy import Authority, Standing, evaluate, ops

from .test_standing import SECRET, code, invite, join, refusal, team
from .world import CHECKS, Device, World, add, key_of, proof, record

OTHER = "ab" * 32


def holder(standing: Standing, device: Device) -> str:
    return standing.devices[device.id].member


def bare(name: str, invite: str = "") -> object:
    """Somebody of whom nothing is known but his id."""
    return ops.member(ops.record(f"member-{name}", "", "", "contributor"), invite)


# What somebody is called.


def test_who_is_added_again_without_a_name_keeps_his() -> None:
    world, devices = team("con")
    devices["ada"].say(ops.remove("member-con"))
    devices["ada"].say(bare("con"))
    member = world.standing().members["member-con"]
    assert (member.name, member.email, member.role) == ("con", "con@x.example", "contributor")


def test_who_has_no_address_stands_in_nobodys_way() -> None:
    """Two without one are not of one address; nor is who joins without one in the way of others."""
    world, devices = team("ann:admin", "con")
    assert refusal(world, devices["ada"], bare("two", SECRET)) == ""
    assert refusal(world, devices["ada"], bare("six", OTHER)) == ""
    two = world.device("two", "two").see(devices["ada"])
    join(world, two, "two")
    phone = Device(world, "phone")
    for device in devices.values():
        device.see(two)
    fresh = devices["con"].op("fresh")
    assert refusal(world, devices["con"], ops.keys([key_of("fresh")]), fresh) == ""
    assert refusal(world, devices["con"], ops.add_device(phone.id, phone.key)) == ""
    six = join(world, world.device("six", "six").see(two), "six", OTHER)
    standing = world.standing()
    assert six.digest not in standing.refused
    assert standing.members["member-six"].emails == frozenset()
    assert standing.holders("") == frozenset()


def test_who_is_called_nothing_is_called_by_his_address_or_id() -> None:
    world, devices = team("bob:admin")
    for name, email, called in (("two", "two@y.z", "two@y.z"), ("six", "", "member-six")):
        keys = [key_of(name)]
        devices["ada"].say(ops.member(ops.record(f"member-{name}", "", email, "viewer", keys)))
        bob = devices["bob"].see(devices["ada"])
        assert refusal(world, bob, ops.keys(keys)) == f"this key is the one of {called}"


# Codes.


def test_who_was_added_without_a_code_is_not_joined_as_by_none() -> None:
    world, devices = team("con")
    devices["ada"].say(bare("new"))
    odd = world.device("odd", "odd").see(devices["ada"])
    line = join(world, odd, "new", "", key="odd")
    assert world.standing().refused[line.digest].text == "its code is not the one of the invitation"


def test_who_has_seen_that_there_is_another_code_does_not_come_in_by_the_first() -> None:
    world, devices = team("con")
    invite(devices["ada"], "new")
    invite(devices["ada"], "new", OTHER)
    odd = world.device("odd", "odd").see(devices["ada"])
    line = join(world, odd, "new", key="odd")
    assert world.standing().refused[line.digest].text == "its code is not the one of the invitation"


def test_a_code_that_is_given_again_holds() -> None:
    world, devices = team("con")
    for _ in range(2):
        invite(devices["ada"], "new")
    new = world.device("new", "new").see(devices["ada"])
    assert join(world, new, "new").digest not in world.standing().refused


# Keys.


def test_nobody_has_a_key_by_naming_it() -> None:
    """Public keys are public: con says that those of dan, and of who is invited, are his."""
    world, devices = team("con", "bob")
    invite(devices["ada"], "new")
    con, bob = (devices[name].see(devices["ada"]) for name in ("con", "bob"))
    keys = [key_of("con"), key_of("dan"), key_of("new"), key_of("bob2")]
    assert refusal(world, con, ops.keys(keys)) == (
        "a key is his whose device shows a certificate by it"
    )
    ada = devices["ada"].see(con)
    assert refusal(world, ada, add("dan")) == ""
    dan, new = (world.device(name, name).see(ada) for name in ("dan", "new"))
    dan.say()
    join(world, new, "new")
    assert refusal(world, bob.see(con), ops.keys([key_of("bob2")]), bob.op("bob2")) == ""
    standing = world.standing()
    assert [holder(standing, one) for one in (con, dan, new, bob)] == [
        "member-con", "member-dan", "member-new", "member-bob"
    ]  # fmt: skip
    assert standing.members["member-con"].keys == (key_of("con"),)


def test_who_keeps_a_key_need_not_show_it_again() -> None:
    world, devices = team("con")
    con, said = devices["con"], ops.keys([key_of("con"), key_of("two")])
    assert world.standing().objection(con.id, said) is None  # what else he says is not known yet
    assert refusal(world, con, said, con.op("two")) == ""
    assert refusal(world, con, ops.keys([key_of("con")])) == ""
    assert world.standing().members["member-con"].keys == (key_of("con"),)


def test_a_key_of_two_stays_the_seniors_whatever_the_other_says_of_it() -> None:
    """Two admins gave one key to two members at once: naming it again shows nothing."""
    world, devices = team("ann:admin")
    one, other = key_of("dan"), key_of("eve")
    devices["ada"].say(add("dan"))
    devices["ann"].say(ops.member(record("eve", keys=[one, other])))
    eve = world.device("eve", "eve").see(devices["ann"])
    assert refusal(world, eve, ops.keys([one, other])) == ""
    dan = world.device("dan", "dan").see(devices["ada"], eve)
    dan.say()
    assert [holder(world.standing(), device) for device in (dan, eve)] == [
        "member-dan", "member-eve"
    ]  # fmt: skip


def test_who_changes_his_key_in_his_first_line_as_a_member_stays_one() -> None:
    world, devices = team("con")
    con = devices["con"]
    changed = con.say(ops.keys([key_of("fresh")]), con.op("fresh"))
    standing = world.standing()
    assert changed.digest not in standing.refused
    assert standing.members["member-con"].keys == (key_of("fresh"),)
    assert isinstance(standing.now(con.id), Authority)
    later = con.say()
    assert isinstance(world.standing().authority(later.digest), Authority)


def test_a_key_that_has_certified_a_device_stays_its_owners() -> None:
    """An admin adds somebody with the key that con has changed to, of which he did not know."""
    world, devices = team("con")
    fresh = [key_of("fresh")]
    devices["con"].say(ops.keys(fresh), devices["con"].op("fresh"))
    devices["ada"].say(ops.member(record("dan", keys=fresh)))
    later = world.device("con2", "fresh").see(devices["ada"], devices["con"])
    later.say()
    assert holder(world.standing(), later) == "member-con"


# Devices.


def test_what_an_admin_says_of_a_device_goes_before_what_a_senior_maintainer_says() -> None:
    world, devices = team("max:maintainer", "ann:admin", "con")
    one, two = Device(world, "one"), Device(world, "two")
    devices["max"].say(add("eve", "viewer", devices=[one.id]), ops.add_device(two.id, two.key))
    devices["ann"].say(add("dan", devices=[one.id]),
                       ops.add_device(two.id, two.key, member="member-con"))  # fmt: skip
    standing = world.standing()
    assert [holder(standing, one), holder(standing, two)] == ["member-dan", "member-con"]


def joined(world: World, ada: Device) -> Device:
    invite(ada, "new")
    new = world.device("new", "new").see(ada)
    join(world, new, "new")
    return new


def test_a_device_that_has_joined_is_given_to_nobody_else() -> None:
    world, devices = team("ann:admin", "con")
    new = joined(world, devices["ada"])
    again = ops.add_device(new.id, new.key)
    assert refusal(world, new, again) == ""
    unseen = refusal(world, devices["con"], again)
    assert unseen == ""  # he cannot know; nor does it help him
    assert refusal(world, devices["con"].see(new), again) == f"device {new.id} is one of new"
    assert holder(world.standing(), new) == "member-new"


@pytest.mark.parametrize("said", [{"keys": ()}, {"keys": ("ssh-ed25519 Fresh",)}])
def test_what_a_device_said_before_it_was_let_in_stays_so_whatever_comes_later(
    said: dict[str, tuple[str, ...]],
) -> None:
    """Also where lines come piece by piece, and all devices are looked at anew."""
    world, devices = team("con")
    invite(devices["ada"], "new")
    late, bound = Device(world, "new").see(devices["ada"]), Device(world, "con2")
    early = [late.say(), bound.see(devices["ada"]).say()]
    data = ops.join_proof(world.team, "member-new", said["keys"], late.id)
    late.say(late.op("new"), ops.join("member-new", "", "", said["keys"], proof(SECRET, data)))
    bound.say(bound.op("con"))
    standing = evaluate(world.lines.values(), "", CHECKS)
    for device in (late, bound):
        standing = standing.extended([device.say()])
    for line, device in zip(early, (late, bound), strict=True):
        assert code(standing.authority(line.digest)) == "unknown-device"
        assert isinstance(standing.authority(device.lines[-1].digest), Authority)


def test_what_is_not_said_of_a_device_is_not_written() -> None:
    """The form of what is written is frozen: a member's own device names no member."""
    assert "member" not in ops.add_device("0123456789abcdef", OTHER)
    assert ops.add_device("0123456789abcdef", OTHER, member="member-con")["member"] == "member-con"


def test_a_team_begins_with_its_settings() -> None:
    world = World()
    world.found(world.device("ada", "ada"), settings={"autoJoin": True})
    assert world.standing().teams["team-one"].settings == {"autoJoin": True}
