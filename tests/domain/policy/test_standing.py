"""Members, devices, roles: what lines add up to."""

from git_naturecode.domain.policy import Authority, Reason, Standing, ops

from .world import Device, World, add, key_of


def team(*names: str) -> tuple[World, dict[str, Device]]:
    """A team of ada (founder) and members `name:role`, who all have seen each other."""
    world = World()
    devices = {
        name: world.device(name, name) for name in ("ada", *(n.split(":")[0] for n in names))
    }
    ada = devices["ada"]
    ada.see(*devices.values())
    world.found(ada)
    for spec in names:
        name, _, role = spec.partition(":")
        ada.say(add(name, role or "contributor"))
    for device in devices.values():
        device.see(ada)
    return world, devices


def role(standing: Standing, name: str) -> str:
    return standing.members[f"member-{name}"].role


def code(found: Authority | Reason) -> str:
    return found.code if isinstance(found, Reason) else ""


def test_without_a_team_everything_is_open() -> None:
    world = World()
    line = world.device("ada", "ada").say()
    standing = world.standing()
    assert (standing.mode, standing.team, standing.members) == ("open", "", {})
    assert isinstance(standing.authority(line.digest), Authority)
    assert not standing.refused


def test_a_founder_may_do_everything_and_adds_others() -> None:
    world, devices = team("bob:admin", "con")
    line = devices["con"].say()
    standing = world.standing()
    assert standing.mode == "enforced"
    assert [m.id for m in standing.members.values()] == ["member-ada", "member-bob", "member-con"]
    found = standing.authority(line.digest)
    assert isinstance(found, Authority)
    assert (found.member_id, found.role) == ("member-con", "contributor")
    assert "session:edit" in found.permissions
    assert "session:invite" not in found.permissions
    assert standing.members["member-bob"].state == "active"


def test_nobody_promotes_himself_or_others() -> None:
    world, devices = team("bob:maintainer", "con")
    mine = devices["con"].say(ops.role("member-con", "admin"))
    other = devices["bob"].say(ops.role("member-con", "maintainer"))
    standing = world.standing()
    assert role(standing, "con") == "contributor"
    assert standing.refused[mine.digest].code == "not-allowed"
    assert standing.refused[other.digest].code == "not-allowed"


def test_two_admins_remove_each_other_and_the_senior_stays() -> None:
    world, devices = team("ann:admin", "bob:admin")
    devices["ann"].say(ops.remove("member-bob"))
    devices["bob"].say(ops.remove("member-ann"))
    standing = world.standing()
    assert role(standing, "ann") == "admin"
    assert role(standing, "bob") == "none"


def test_a_removed_admin_smuggles_nobody_in() -> None:
    world, devices = team("ann:admin", "bob:admin")
    devices["ann"].say(ops.remove("member-bob"))
    mallory = world.device("mallory", "mallory")
    devices["bob"].say(add("mallory", "admin"))
    mallory.see(devices["bob"]).say(ops.remove("member-ann"))
    standing = world.standing()
    assert "member-mallory" not in standing.members
    assert role(standing, "ann") == "admin"


def test_what_a_removed_member_said_unseen_is_withdrawn() -> None:
    world, devices = team("ann:admin", "con")
    before = devices["con"].say()
    devices["ann"].see(devices["con"])
    devices["ann"].say(ops.remove("member-con"))
    after = devices["con"].say(minute=0)  # says it was long ago
    standing = world.standing()
    assert isinstance(standing.authority(before.digest), Authority)
    assert code(standing.authority(after.digest)) == "withdrawn"


def test_a_revoked_device_is_cut_where_it_was_seen() -> None:
    world, devices = team("con")
    second = world.device("con2", "con").see(devices["con"])
    seen = second.say()
    devices["con"].see(second).say(ops.revoke(second.id))
    unseen = second.say()
    standing = world.standing()
    assert isinstance(standing.authority(seen.digest), Authority)
    assert code(standing.authority(unseen.digest)) == "revoked"
    assert standing.devices[second.id].revoked
    assert standing.devices[devices["con"].id].member == "member-con"


def test_concurrent_roles_give_the_lower() -> None:
    world, devices = team("ann:admin", "bob:admin", "con")
    devices["ann"].say(ops.role("member-con", "maintainer"))
    devices["bob"].say(ops.role("member-con", "viewer"))
    assert role(world.standing(), "con") == "viewer"


def test_a_code_lets_in_once() -> None:
    from .world import proof

    world, devices = team("ann:admin")
    secret = "ab" * 32
    devices["ada"].say(
        ops.member(ops.record("member-new", "new", "new@x.example", "member"), secret)
    )
    assert world.standing().members["member-new"].state == "invited"
    new = world.device("new", "new").see(devices["ada"])
    data = ops.join_proof(world.team, "member-new", [key_of("new")], new.id)
    joined = new.say(ops.join("member-new", "new", "new@x.example", [key_of("new")],
                              proof(secret, data)))  # fmt: skip
    standing = world.standing()
    assert standing.members["member-new"].state == "active"
    assert standing.members["member-new"].keys == (key_of("new"),)
    assert isinstance(standing.authority(joined.digest), Authority)
    thief = world.device("thief", "thief").see(new)
    data = ops.join_proof(world.team, "member-new", [key_of("thief")], thief.id)
    stolen = thief.say(ops.join("member-new", "", "", [key_of("thief")], proof(secret, data)))
    standing = world.standing()
    assert standing.refused[stolen.digest].text == "the invitation was used already" or (
        code(standing.authority(stolen.digest)) == "unknown-device"
    )
    assert standing.members["member-new"].keys == (key_of("new"),)
