"""Whose devices get keys: of whoever has an address by better right than others who have it."""

from types import SimpleNamespace
from typing import cast

from domain.policy.test_standing import SECRET, invite, join, team
from domain.policy.world import Device, World, add, key_of, proof, record
from git_naturecode.domain.policy import Standing, ops
from git_naturecode.sealed.members import Members
from git_naturecode.store.store import Store

BEN = "ben@x.example"


def members(standing: Standing) -> Members:
    """What encryption would know if the trust log said this."""
    clone = SimpleNamespace(now_ms=lambda: 0, team=SimpleNamespace(head=lambda: "head"))
    found = Members(cast(Store, clone))
    found._known = ("head", standing)
    return found


def claimed(world: World, ada: Device, seats: list[str], names: list[str]) -> list[Device]:
    """Devices of people who were asked, and join at once, each as `BEN`; none has seen another."""
    clones = []
    for name in names:
        clone = Device(world, name).see(ada)
        clone.say(clone.op(name))
        clones.append(clone)
    for clone, seat, name in zip(clones, seats, names, strict=True):
        keys = [key_of(name)]
        data = ops.join_proof(world.team, f"member-{seat}", keys, clone.id)
        clone.say(ops.join(f"member-{seat}", name, BEN, keys, proof(SECRET, data)))
    return clones


def test_nobody_gets_keys_by_taking_the_address_of_another() -> None:
    """Eve was asked first; she has not used her code, and hides that she has seen Ben come."""
    world, devices = team()
    ada = devices["ada"]
    invite(ada, "eve")
    eve = Device(world, "eve").see(ada)
    ben = world.device("ben", "ben")
    ada.say(add("ben"))
    ben.see(ada).say()
    eve.say(eve.op("eve"))
    join(world, eve, "eve", email=BEN)
    standing = world.standing()
    assert standing.devices[eve.id].member == "member-eve"
    assert BEN in standing.members["member-eve"].emails
    assert standing.holder(BEN.upper()) == "member-ben"
    found = members(standing)
    assert [one.id for one in found.devices(BEN)] == [ben.id]
    assert found.addresses(ben.id) == {BEN}
    assert found.addresses(eve.id) == {"eve@x.example"}
    assert [one.id for one in found.devices("eve@x.example")] == [eve.id]


def test_whoever_takes_the_address_of_who_was_asked_gets_no_keys_for_him() -> None:
    world, devices = team()
    ada = devices["ada"]
    invite(ada, "eve")
    eve = Device(world, "eve").see(ada)
    invite(ada, "ben", "ab" * 32)
    eve.say(eve.op("eve"))
    join(world, eve, "eve", email=BEN)
    assert world.standing().holder(BEN) == "member-ben"
    assert members(world.standing()).devices(BEN) == []


def test_of_two_who_call_themselves_alike_at_once_neither_gets_keys() -> None:
    world, devices = team()
    ada = devices["ada"]
    for name in ("one", "two"):
        invite(ada, name)
    clones = claimed(world, ada, ["one", "two"], ["one", "two"])
    standing = world.standing()
    assert [standing.devices[one.id].member for one in clones] == ["member-one", "member-two"]
    assert standing.holder(BEN) == ""
    found = members(standing)
    assert found.devices(BEN) == []
    assert found.addresses(clones[0].id) == {"one@x.example"}
    ada.see(*clones).say(ops.remove("member-two"))
    assert world.standing().holder(BEN) == "member-one"
    assert [one.id for one in members(world.standing()).devices(BEN)] == [clones[0].id]


def test_what_a_removed_member_has_said_stays_his() -> None:
    world, devices = team("ben")
    devices["ada"].say(ops.remove("member-ben"))
    found = members(world.standing())
    assert found.devices(BEN) == []
    assert found.addresses(devices["ben"].id) == {BEN}
    devices["ada"].say(ops.member({**record("new"), "email": BEN}))
    found = members(world.standing())
    assert found.addresses(devices["ben"].id) == frozenset()


def test_who_belongs_to_a_team_and_who_did() -> None:
    world, devices = team("ben", "cy", "dan")
    ada = devices["ada"]
    inside = [ops.team_member("team-two", f"member-{name}", True) for name in ("ben", "cy", "dan")]
    ada.say(ops.team("team-two", "Two"), *inside)
    ada.say(ops.team_member("team-two", "member-cy", False), ops.remove("member-dan"))
    found = members(world.standing())
    assert found.audience("team-two") == [BEN]
    assert sorted(found.once("team-two")) == [BEN, "cy@x.example"]
    assert found.audience("team-xyz") == found.once("team-xyz") == []
    before = found.fingerprint()
    ada.say(ops.team_delete("team-two"))
    found = members(world.standing())
    assert found.audience("team-two") == []
    assert sorted(found.once("team-two")) == [BEN, "cy@x.example"]
    assert found.fingerprint() != before
