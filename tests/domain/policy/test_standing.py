"""Members, devices, roles: what lines add up to."""

import pytest

from git_naturecode.domain.policy import Authority, Line, Reason, Standing, evaluate, ops

from .world import CHECKS, Device, World, add, key_of, proof, record

SECRET = "cd" * 32


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


def test_a_team_begins_in_the_first_line_of_its_founder() -> None:
    world = World()
    ada = world.device("ada")
    genesis = ops.genesis("team-one", "One", record("ada", "admin"), {}, "00")
    world.team = ada.say(ada.op("ada"), genesis).digest
    standing = world.standing()
    assert (standing.mode, standing.founder) == ("enforced", "member-ada")
    assert refusal(world, ada, add("con")) == ""


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


def refusal(world: World, device: Device, *said: object) -> str:
    """Why what `device` says now is refused; "" when it is not."""
    line = device.say(*said)
    standing = world.standing()
    found = standing.refused.get(line.digest)
    return found.text if found else ""


def invite(device: Device, name: str, code: str = SECRET, role: str = "member") -> None:
    device.say(ops.member(ops.record(f"member-{name}", name, f"{name}@x.example", role), code))


def join(world: World, device: Device, name: str, code: str = SECRET, **more: str) -> Line:
    """`device`, certified by the key of `more["key"]` or of `name`, uses a code."""
    keys = [key_of(more.get("key", name))]
    data = ops.join_proof(world.team, f"member-{name}", keys, device.id)
    return device.say(
        ops.join(f"member-{name}", name, more.get("email", ""), keys, proof(code, data))
    )


@pytest.mark.parametrize(
    ("who", "said", "why"),
    [
        ("con", add("new", "viewer"), "a contributor may not add members"),
        ("max", add("new", "maintainer"), "a maintainer may not add a maintainer"),
        ("max", add("new", "viewer", allow=["team:edit"]), "a maintainer may not add a viewer"),
        ("max", add("new", "viewer", deny=["kb:view"]), "a maintainer may not add a viewer"),
        ("ann", add("new", "none"), "nobody is added with no role"),
        ("max", add("con", "viewer"), "a member is changed by an admin"),
        ("bob", add("ann", "viewer"), "ann was here before bob"),
        ("ann", add("ada", "viewer"), "only the founder changes the founder"),
        ("con", add("con", "admin"), "a contributor may not add members"),
        ("max", add("max", "admin"), "a maintainer may not add a admin"),
        ("ann", ops.member(record("ann", "admin", allow=["team:edit"])), ""),
        ("con", ops.remove("member-vic"), "a contributor may not remove members"),
        ("max", ops.remove("member-vic"), "a maintainer may not remove members"),
        ("bob", ops.remove("member-ann"), "ann was here before bob"),
        ("ann", ops.remove("member-ada"), "only the founder changes the founder"),
        ("ann", ops.remove("member-xyz"), "there is no member member-xyz"),
        ("con", ops.remove("member-con"), ""),
        ("ada", ops.remove("member-ada"), ""),
        ("max", ops.role("member-vic", "contributor"), "a maintainer may not change roles"),
        ("bob", ops.role("member-ann", "viewer"), "ann was here before bob"),
        ("ann", ops.role("member-ada", "viewer"), "only the founder changes the founder"),
        ("max", ops.role("member-max", "admin"), "nobody gives himself more rights"),
        ("con", ops.role("member-con", "contributor", ["team:edit"]), "nobody gives himself more"),
        ("con", ops.role("member-con", "viewer"), ""),
        ("ann", ops.role("member-con", "admin"), ""),
        ("ann", ops.role("member-con", "viewer", over=["ab" * 32 + ":0"]), "it replaces what its"),
        ("max", ops.policy("open"), "the mode is changed by an admin"),
        ("ann", ops.policy("open"), ""),
        ("con", ops.team("team-two", "Two"), "a contributor may not change teams"),
        ("max", ops.team("team-two", "Two"), "a maintainer may not change teams"),
        ("ann", ops.team("team-two", "Two"), ""),
        ("man", ops.team("team-two", "Two"), ""),
        ("man", ops.team_delete("team-one"), "a contributor may not delete teams"),
        ("ann", ops.team_delete("team-one"), ""),
        ("ann", ops.team_delete("team-xyz"), "there is no team team-xyz"),
        ("max", ops.set("team-one", "autoJoin", True), "a maintainer may not change teams"),
        ("ann", ops.set("team-one", "autoJoin", True), ""),
        ("ann", ops.set("team-xyz", "autoJoin", True), "there is no team team-xyz"),
        ("ann", ops.set("team-one", "a", 1, ["ab" * 32 + ":0"]), "it replaces what its author"),
        ("con", ops.team_member("team-one", "member-vic", True), "a contributor may not change t"),
        ("con", ops.team_member("team-one", "member-con", False), ""),
        ("con", ops.team_member("team-one", "member-con", True), "a contributor may not change t"),
        ("con", ops.team_member("team-one", "member-vic", False), "a contributor may not change"),
        ("ann", ops.team_member("team-one", "member-con", True), ""),
        ("ann", ops.team_member("team-one", "member-xyz", True), "there is no member member-xyz"),
        ("ann", ops.team_member("team-xyz", "member-con", True), "there is no team team-xyz"),
        ("ann", ops.team_member("team-one", "member-ada", False), "only the founder changes"),
        ("ann", ops.team_member("team-one", "member-ada", True), ""),
        ("ann", ops.genesis("team-x", "X", record("ann"), {}, "00"), "there is a team already"),
        ("con", ops.keys([key_of("ann")]), "this key is the one of ann"),
        ("con", ops.keys([key_of("new")], "member-ann"), "everybody changes his own keys"),
        ("con", ops.keys([key_of("con")], "member-con"), ""),
        ("ann", ops.member(record("new", keys=[key_of("bob")])), "this key is the one of bob"),
        ("ann", ops.member({**record("new"), "email": "BOB@x.example"}), "BOB@x.example is the"),
        ("con", {"op": "novel"}, "a contributor may not say 'novel'"),
        ("max", {"op": "novel"}, ""),
        ("con", {"op": "backup"}, ""),
        ("con", {"op": "role", "member": "member-con", "role": "king"}, "role there is no such r"),
        ("con", {"op": "adopt", "names": []}, "a contributor may not adopt entries"),
    ],
)  # fmt: skip
def test_who_may_say_what(who: str, said: dict[str, object], why: str) -> None:
    world, devices = team("ann:admin", "bob:admin", "max:maintainer", "con", "vic:viewer", "man")
    ada = devices["ada"]
    ada.say(ops.role("member-man", "contributor", ["manageTeam"]))
    for device in devices.values():
        device.see(ada)
    before = world.standing()
    now = before.objection(devices[who].id, said)
    found = refusal(world, devices[who], said)
    if not why:
        assert found == ""
    assert found.startswith(why)
    assert (now.text if now else "") == found
    if why:
        after = world.standing()
        assert after.members == before.members
        assert after.teams == before.teams
        assert after.mode == before.mode


def test_devices_are_revoked_by_their_member_or_a_senior_admin() -> None:
    world, devices = team("ann:admin", "bob:admin", "max:maintainer", "con", "dan")
    second = world.device("con2", "con")
    for device in devices.values():
        device.see(second)
    cases = {"max": "a device is revoked by its member or an admin", "dan": "a device is revoked",
             "con": "", "bob": ""}  # fmt: skip
    for who, why in cases.items():
        assert refusal(world, devices[who], ops.revoke(second.id)).startswith(why), who
    assert refusal(world, devices["bob"], ops.revoke(devices["ann"].id)) == (
        "ann was here before bob"
    )
    assert not world.standing().devices[devices["ann"].id].revoked


def test_who_has_not_looked_revokes_nobody_senior() -> None:
    world, devices = team("ann:admin", "bob:admin")
    clone = world.device("ann2", "ann")
    devices["bob"].say()
    hidden = devices["bob"].say(ops.revoke(clone.id), deps=[])
    later = clone.see(devices["ann"]).say()
    standing = world.standing()
    assert hidden.digest not in standing.refused
    assert isinstance(standing.authority(later.digest), Authority)
    assert not standing.devices[clone.id].revoked
    devices["ada"].say(ops.revoke(clone.id))
    assert world.standing().devices[clone.id].revoked


def test_a_revocation_from_an_earlier_line_on_takes_what_was_seen() -> None:
    world, devices = team("con")
    second = world.device("con2", "con").see(devices["con"])
    first, stolen = second.say(), second.say()
    devices["con"].see(second).say(ops.revoke(second.id, (first.seq, first.digest)))
    standing = world.standing()
    assert isinstance(standing.authority(first.digest), Authority)
    assert code(standing.authority(stolen.digest)) == "revoked"
    wrong = world.device("con3", "con").see(devices["con"])
    one = wrong.say()
    devices["con"].see(wrong).say(ops.revoke(wrong.id, (one.seq, "ab" * 32)))
    assert code(world.standing().authority(one.digest)) == "revoked"


def test_who_has_revoked_a_device_may_yet_take_back_more_of_it() -> None:
    world, devices = team("con")
    phone = world.device("con2", "con").see(devices["con"])
    stolen = phone.say()
    devices["con"].see(phone).say(ops.revoke(phone.id))
    found = world.standing().authority(stolen.digest)
    assert isinstance(found, Authority)
    assert found.note == ""  # the revocation took nothing from it
    devices["con"].say(ops.revoke(phone.id, (0, "")))  # it was stolen before
    assert code(world.standing().authority(stolen.digest)) == "revoked"


def test_what_a_revoked_device_did_falls_with_it() -> None:
    world, devices = team("ann:admin", "bob:admin")
    laptop = world.device("ann2", "ann").see(devices["ann"])
    laptop.say()
    devices["ann"].see(laptop).say(ops.revoke(laptop.id))
    laptop.say(add("mal", "admin"))
    laptop.say(ops.remove("member-bob"))
    standing = world.standing()
    assert "member-mal" not in standing.members
    assert role(standing, "bob") == "admin"


def test_a_promotion_takes_nothing_that_another_gives_at_once() -> None:
    world, devices = team("ann:admin", "vic:viewer")
    devices["ann"].say(ops.role("member-vic", "contributor"))
    devices["ada"].say(ops.role("member-vic", "maintainer"))
    line = devices["vic"].see(devices["ada"]).say()
    standing = world.standing()
    found = standing.authority(line.digest)
    assert isinstance(found, Authority)
    assert (found.role, found.note) == ("maintainer", "")
    assert role(standing, "vic") == "contributor"  # of what was said at once the lower holds


def test_what_is_no_operation_is_called_one_all_the_same() -> None:
    world, devices = team("con")
    line = devices["con"].say({"op": 7})
    assert world.standing().refused[line.digest].text.startswith("an operation ")


def test_a_demoted_admin_keeps_what_was_seen_and_loses_the_rest() -> None:
    world, devices = team("ann:admin", "bob:admin", "con")
    devices["bob"].say(ops.role("member-con", "maintainer"))
    devices["ann"].see(devices["bob"]).say(ops.role("member-bob", "contributor"))
    devices["bob"].say(ops.role("member-con", "admin"))
    line = devices["bob"].say()
    standing = world.standing()
    assert role(standing, "con") == "maintainer"
    found = standing.authority(line.digest)
    assert isinstance(found, Authority)
    assert (found.role, found.note) == ("contributor", "withdrawn after demotion of bob")


def test_who_was_demoted_and_came_back_is_demoted_again() -> None:
    world, devices = team("ann:admin", "con")
    ada, con = devices["ada"], devices["con"]
    ada.say(ops.role("member-con", "viewer"))
    ada.say(ops.role("member-con", "contributor"))
    con.see(ada).say()
    devices["ann"].see(con).say(ops.role("member-con", "viewer"))
    found = [con.say(), con.say()]
    standing = world.standing()
    for line in found:
        who = standing.authority(line.digest)
        assert isinstance(who, Authority)
        assert (who.role, who.note) == ("viewer", "withdrawn after demotion of con")


def test_what_took_rights_is_named_and_not_what_took_nothing() -> None:
    world, devices = team("ann:admin", "con")
    phone = world.device("con2", "con").see(devices["con"])
    line = phone.say()
    devices["con"].see(phone).say(ops.revoke(phone.id))  # it has seen the line
    devices["ann"].say(ops.role("member-con", "viewer"))
    found = world.standing().authority(line.digest)
    assert isinstance(found, Authority)
    assert (found.role, found.note) == ("viewer", "withdrawn after demotion of con")


def test_a_denied_permission_is_taken_from_what_was_not_seen() -> None:
    world, devices = team("con")
    devices["ada"].say(ops.role("member-con", "contributor", deny=["session:edit"]))
    devices["con"].say()
    found = world.standing().authority(devices["con"].lines[-1].digest)
    assert isinstance(found, Authority)
    assert "session:edit" not in found.permissions


def test_who_comes_back_has_what_he_is_given_then() -> None:
    world, devices = team("con")
    devices["ada"].say(ops.remove("member-con"))
    devices["con"].see(devices["ada"])
    gone = devices["con"].say()
    assert code(world.standing().authority(gone.digest)) == "removed"
    assert code(world.standing().now(devices["con"].id)) == "removed"
    devices["ada"].say(ops.member(ops.record("member-con", "", "", "viewer")))
    back = devices["con"].see(devices["ada"]).say()
    found = world.standing().authority(back.digest)
    assert isinstance(found, Authority)
    assert found.role == "viewer"
    assert world.standing().members["member-con"].state == "active"


def test_two_roles_in_one_line_are_two_words_of_which_the_last_holds() -> None:
    world, devices = team("con")
    devices["ada"].say(ops.role("member-con", "admin"), ops.role("member-con", "viewer"))
    assert role(world.standing(), "con") == "viewer"


def test_concurrent_permissions_are_those_that_both_give() -> None:
    world, devices = team("ann:admin", "con")
    devices["ada"].say(ops.role("member-con", "maintainer", deny=["team:invite"]))
    devices["ann"].say(ops.role("member-con", "admin", deny=["session:invite"]))
    member = world.standing().members["member-con"]
    assert member.role == "maintainer"
    assert not {"team:invite", "session:invite"} & member.permissions
    assert len(member.role_ops) == 2
    devices["ann"].see(devices["ada"]).say(ops.role("member-con", "admin", over=member.role_ops))
    assert role(world.standing(), "con") == "admin"


def test_a_code_is_for_one() -> None:
    world, devices = team("max:maintainer", "con")
    invite(devices["max"], "new")
    new = world.device("new", "new").see(devices["max"])
    assert world.standing().members["member-new"].invite == SECRET
    wrong = join(world, new, "new", "ee" * 32)
    assert world.standing().refused[wrong.digest].text == (
        "its code is not the one of the invitation"
    )
    join(world, new, "new")
    assert world.standing().members["member-new"].invite == ""
    late = world.device("late", "late").see(new)
    used = join(world, late, "new", key="late")
    found = world.standing().refused[used.digest]
    assert (found.code, found.text) == ("used", "the invitation was used already")
    assert world.standing().devices[late.id].member == ""


def test_a_code_used_twice_at_once_lets_in_nobody() -> None:
    world, devices = team("con")
    invite(devices["ada"], "new")
    new, thief = (world.device(n, n).see(devices["ada"]) for n in ("new", "thief"))
    one, two = join(world, new, "new"), join(world, thief, "new", key="thief")
    standing = world.standing()
    assert standing.refused[one.digest].code == standing.refused[two.digest].code == "used"
    assert (standing.members["member-new"].state, standing.members["member-new"].invite) == (
        "invited", ""
    )  # fmt: skip
    devices["ada"].say(ops.revoke(thief.id, (0, "")))
    standing = world.standing()
    assert standing.devices[new.id].member == "member-new"
    assert standing.devices[thief.id].member == ""


def test_two_clones_of_one_person_may_use_a_code_at_once() -> None:
    world, devices = team("con")
    invite(devices["ada"], "new")
    clones = [world.device(name, "new").see(devices["ada"]) for name in ("new", "new2")]
    for clone in clones:
        join(world, clone, "new")
    found = world.standing().devices
    assert [found[clone.id].member for clone in clones] == ["member-new"] * 2


def test_a_joiner_brings_only_keys_that_are_his() -> None:
    world, devices = team("ann:admin")
    invite(devices["ann"], "new")
    thief = world.device("thief", "thief").see(devices["ann"])
    data = ops.join_proof(world.team, "member-new", [key_of("later")], thief.id)
    thief.say(ops.join("member-new", "", "", [key_of("later")], proof(SECRET, data)))
    assert world.standing().members["member-new"].keys == ()
    devices["ada"].see(thief).say(add("later"))
    later = world.device("later", "later").see(devices["ada"])
    line = later.say()
    found = world.standing().authority(line.digest)
    assert isinstance(found, Authority)
    assert found.member_id == "member-later"
    invite(devices["ann"], "two", "ab" * 32)
    other = world.device("other", "other").see(devices["ann"])
    taken = join(world, other, "two", "ab" * 32, email="ann@x.example")
    assert world.standing().refused[taken.digest].text == "ann@x.example is the address of ann"
    invite(devices["ann"], "six", "ac" * 32)
    bound = join(world, devices["ann"], "six", "ac" * 32)
    assert world.standing().refused[bound.digest].text == "its device is one of ann"


def test_a_removed_invitation_lets_nobody_in() -> None:
    world, devices = team("ann:admin")
    invite(devices["ann"], "new")
    devices["ada"].see(devices["ann"]).say(ops.remove("member-new"))
    new = world.device("new", "new").see(devices["ada"])
    joined = join(world, new, "new")
    assert world.standing().refused[joined.digest].text == "nobody is invited as member-new"
    concurrent = world.device("new3", "new").see(devices["ann"])
    join(world, concurrent, "new")
    assert not isinstance(world.standing().now(concurrent.id), Authority)


def test_an_invitation_falls_with_who_gave_it() -> None:
    world, devices = team("ann:admin", "bob:admin")
    devices["ann"].say(ops.remove("member-bob"))
    invite(devices["bob"], "new")
    new = world.device("new", "new").see(devices["bob"])
    join(world, new, "new")
    assert "member-new" not in world.standing().members
    assert world.standing().devices[new.id].member == ""


def test_who_invited_may_give_a_new_code_and_nobody_else_below_admin() -> None:
    world, devices = team("max:maintainer", "mia:maintainer")
    invite(devices["max"], "new")
    devices["mia"].see(devices["max"])
    again = ops.member(ops.record("member-new", "new", "new@x.example", "viewer"), "ab" * 32)
    assert refusal(world, devices["mia"], again) == "a member is changed by an admin"
    assert refusal(world, devices["max"], again) == ""
    assert world.standing().members["member-new"].invite == "ab" * 32
    new = world.device("new", "new").see(devices["max"])
    join(world, new, "new", "ab" * 32)
    devices["max"].see(new)
    assert refusal(world, devices["max"], again) == "a member is changed by an admin"


def test_devices_are_added_by_their_member_or_a_senior_admin() -> None:
    world, devices = team("ann:admin", "bob:admin", "con", "dan")
    new = Device(world, "new")
    assert refusal(world, devices["con"], ops.add_device(new.id, devices["con"].key)) == (
        "its key is not the key of this device"
    )
    other = ops.add_device(new.id, new.key, member="member-dan")
    assert refusal(world, devices["con"], other) == "a device is added by its member or an admin"
    senior = ops.add_device(new.id, new.key, member="member-ann")
    assert refusal(world, devices["bob"], senior) == "ann was here before bob"
    nobody = ops.add_device(new.id, new.key, member="member-xyz")
    assert refusal(world, devices["bob"], nobody) == "there is no member member-xyz"
    phone = Device(world, "phone")
    given = ops.add_device(phone.id, phone.key, member="member-dan")
    assert refusal(world, devices["bob"], given) == ""
    assert world.standing().devices[phone.id].member == "member-dan"
    own = ops.add_device(new.id, new.key, "ab" * 32, "phone", "2026-11-01T00:59:00Z")
    assert refusal(world, devices["con"], own) == ""
    devices["dan"].see(devices["con"])
    assert refusal(world, devices["dan"], own) == f"device {new.id} is one of con"
    info = world.standing().devices[new.id]
    assert (info.member, info.label, info.seal) == ("member-con", "phone", "ab" * 32)
    new.see(devices["con"])
    line = new.say(minute=58)
    late = new.say(minute=60)
    standing = world.standing()
    assert isinstance(standing.authority(line.digest), Authority)
    assert code(standing.authority(late.digest)) == "expired"


def test_nobody_takes_a_device_by_not_having_looked() -> None:
    world, devices = team("ann:admin", "bob:admin")
    new = Device(world, "new")
    devices["ann"].say(ops.add_device(new.id, new.key))
    devices["bob"].say()
    devices["bob"].say(ops.add_device(new.id, new.key), deps=[])
    assert world.standing().devices[new.id].member == "member-ann"


def test_a_certificate_counts_for_its_device_and_time() -> None:
    world, devices = team("con")
    late = Device(world, "late")
    said = late.op("con", "2026-11-01T01:00:00Z")
    late.see(devices["con"]).say(said)
    in_time, over = late.say(minute=59), late.say(minute=61)
    back = late.say(minute=30)  # it has seen a later time
    found = world.standing()
    assert isinstance(found.authority(in_time.digest), Authority)
    assert code(found.authority(over.digest)) == code(found.authority(back.digest)) == "expired"
    forger = Device(world, "forger").see(devices["con"])
    cert = {**said["cert"], "expires": ""}
    line = forger.say({**said, "cert": cert})
    assert code(world.standing().authority(line.digest)) == "unknown-device"


def test_a_new_key_lets_in_new_devices_and_the_old_one_no_more() -> None:
    world, devices = team("con")
    devices["con"].say(ops.keys([key_of("fresh")]), devices["con"].op("fresh"))
    old, new = (world.device(n, n).see(devices["con"]) for n in ("con9", "fresh"))
    cert = old.op("con")
    lines = [old.say(cert), new.say(), devices["con"].say()]
    found = [world.standing().authority(line.digest) for line in lines]
    assert code(found[0]) == "unknown-device"
    assert all(isinstance(one, Authority) for one in found[1:])


def test_a_device_that_says_two_things_is_frozen_from_there() -> None:
    world, devices = team("con", "dan")
    first = devices["con"].say()
    twin = devices["con"].make(devices["con"].lines, [{"op": "novel"}])
    second = devices["con"].say()
    devices["dan"].see(devices["con"])
    after = devices["dan"].say()
    world.lines[twin.digest] = twin
    standing = world.standing()
    assert isinstance(standing.authority(first.digest), Authority)
    for line in (twin, second):
        assert code(standing.authority(line.digest)) == "equivocation"
        assert standing.refused[line.digest].code == "equivocation"
    assert isinstance(standing.authority(after.digest), Authority)
    assert standing.equivocations[0].digests == tuple(sorted((twin.digest, second.digest)))
    assert standing.heads[devices["con"].id] == (first.seq, first.digest)
    assert code(standing.now(devices["con"].id)) == "equivocation"


def test_a_line_waits_for_what_it_builds_on() -> None:
    world, devices = team("con", "dan")
    base = devices["con"].say()
    after = devices["dan"].see(devices["con"]).say()
    lines = [line for line in world.lines.values() if line is not base]
    standing = evaluate(lines, "", CHECKS)
    assert code(standing.authority(after.digest)) == "waiting"
    assert isinstance(standing.extended([base]).authority(after.digest), Authority)


def test_a_line_of_another_team_is_refused() -> None:
    world, devices = team("con")
    line = devices["con"].say(team="ab" * 32)
    assert code(world.standing().authority(line.digest)) == "other-team"
    back = devices["con"].say(team="")
    assert code(world.standing().authority(back.digest)) == "before-team"


def test_a_second_genesis_is_shown_and_the_pinned_one_stays() -> None:
    world, _ = team("con")
    other = world.device("eve", "eve")
    second = other.say(ops.genesis("team-x", "X", record("eve"), {}, "00"), team="")
    standing = world.standing()
    assert (standing.mode, standing.team) == ("open", "")
    assert set(standing.geneses) == {world.team, second.digest}
    pinned = standing.pin(world.team)
    assert (pinned.mode, pinned.team, pinned.founder) == ("enforced", world.team, "member-ada")


def test_concurrent_modes_give_the_stricter() -> None:
    world, devices = team("ann:admin")
    devices["ada"].say(ops.policy("open"))
    devices["ann"].say(ops.policy("enforced"))
    assert world.standing().mode == "enforced"
    devices["ann"].see(devices["ada"]).say(ops.policy("open"))
    assert world.standing().mode == "open"


def test_two_members_of_one_id_are_told_apart() -> None:
    world, devices = team("ann:admin", "max:maintainer")
    devices["ann"].say(add("new", "admin"))
    thief = ops.record("member-new", "thief", "thief@x.example", "viewer", [key_of("thief")])
    devices["max"].say(ops.member(thief))
    standing = world.standing()
    found = {m.email: m for m in standing.members.values() if m.id.startswith("member-new~")}
    assert found["new@x.example"].role == "admin"
    assert found["thief@x.example"].role == "viewer"
    devices["ada"].see(devices["ann"], devices["max"])
    assert refusal(world, devices["ada"], ops.role("member-new", "viewer")) == (
        "member-new means more than one member"
    )
    exact = ops.role(found["new@x.example"].id, "viewer")
    assert refusal(world, devices["ada"], exact) == ""
    assert world.standing().members[found["new@x.example"].id].role == "viewer"


def test_a_name_does_not_depend_on_who_came_first() -> None:
    world, devices = team("ann:admin", "max:maintainer")
    devices["ann"].say(add("new"))
    new = world.device("new", "new").see(devices["ann"])
    early = new.say(ops.keys([key_of("new")]))  # it governs, and is judged before the other comes
    devices["max"].say(add("new", "viewer", keys=[]))
    lines = list(world.lines.values())
    for order in (lines, lines[::-1]):
        found = evaluate(order, "", CHECKS).authority(early.digest)
        assert isinstance(found, Authority)
        assert found.member_id.startswith("member-new~")


def test_requests_stand_until_they_are_answered() -> None:
    world, devices = team("con")
    odd = world.device("odd", "odd")
    odd.say(ops.request("odd", "odd@x.example", [key_of("odd")]))
    asking = world.standing().requests
    assert [(one.device, one.email) for one in asking] == [(odd.id, "odd@x.example")]
    devices["ada"].say(add("odd"))
    assert world.standing().requests == ()
    assert world.standing().devices[odd.id].member == "member-odd"


def test_teams_and_their_settings() -> None:
    world, devices = team("ann:admin", "con")
    devices["ada"].say(ops.set("team-one", "autoJoin", True), ops.team("team-two", "Two"),
                       ops.team_member("team-two", "member-con", True))  # fmt: skip
    devices["ann"].see(devices["ada"])
    teams = world.standing().teams
    assert (teams["team-one"].settings, teams["team-one"].members) == (
        {"autoJoin": True}, frozenset({"member-ada"})
    )  # fmt: skip
    assert teams["team-two"].members == frozenset({"member-con"})
    assert world.standing().members["member-con"].teams == frozenset({"team-two"})
    over = teams["team-one"].setting_ops["autoJoin"]
    devices["ann"].say(ops.set("team-one", "autoJoin", False, over), ops.team_delete("team-two"))
    teams = world.standing().teams
    assert teams["team-one"].settings == {"autoJoin": False}
    assert teams["team-two"].deleted
    assert world.standing().members["member-con"].teams == frozenset()


def test_a_line_names_what_no_other_has_named() -> None:
    world, devices = team("con", "dan")
    stranger = world.device("odd", "")
    one, two = devices["con"].say(), devices["dan"].say()
    assert world.standing().tips(devices["ada"].id) == tuple(sorted((one.digest, two.digest)))
    assert world.standing().tips(devices["con"].id) == (two.digest,)
    last = devices["dan"].see(devices["con"]).say()
    assert world.standing().tips(devices["ada"].id) == (last.digest,)
    assert stranger.lines[-1].digest not in world.standing().tips("x")


def test_nothing_is_changed_by_lines_that_do_not_count() -> None:
    world, devices = team("ann:admin", "con")
    devices["ann"].say(ops.role("member-con", "admin"), team="ab" * 32)
    devices["ada"].say()
    twin = devices["ada"].make(devices["ada"].lines[:-1], [ops.role("member-con", "admin")])
    world.lines[twin.digest] = twin
    later = devices["ada"].say(ops.role("member-con", "admin"))
    standing = world.standing()
    assert role(standing, "con") == "contributor"
    assert {standing.refused[line.digest].code for line in (twin, later)} == {"equivocation"}


def test_to_change_roles_takes_the_role_and_the_permission() -> None:
    world, devices = team("ann:admin", "bob:admin", "con", "dan")
    devices["ada"].say(ops.role("member-con", "contributor", ["team:edit"]),
                       ops.role("member-ann", "admin", deny=["team:edit"]),
                       ops.role("member-bob", "admin", deny=["team:invite"]))  # fmt: skip
    for device in devices.values():
        device.see(devices["ada"])
    for who in ("con", "ann"):
        assert refusal(world, devices[who], ops.role("member-dan", "viewer")), who
        assert refusal(world, devices[who], ops.policy("open")), who
    assert refusal(world, devices["bob"], add("new")) == ""


def test_nobody_gives_himself_back_what_he_was_denied() -> None:
    world, devices = team("ann:admin")
    devices["ada"].say(ops.role("member-ann", "admin", deny=["kb:delete"]))
    devices["ann"].see(devices["ada"])
    for said in (add("ann", "admin"), ops.role("member-ann", "admin")):
        assert refusal(world, devices["ann"], said) == "nobody gives himself more rights"


def test_an_invitation_that_an_admin_has_changed_is_his() -> None:
    world, devices = team("max:maintainer")
    for name, change in (("new", ops.role("member-new", "maintainer")),
                         ("two", ops.remove("member-two"))):  # fmt: skip
        invite(devices["max"], name, role="contributor")
        devices["ada"].see(devices["max"]).say(change)
        devices["max"].see(devices["ada"])
        again = ops.member(ops.record(f"member-{name}", name, "", "viewer"), "ab" * 32)
        assert refusal(world, devices["max"], again) == "a member is changed by an admin", name


def test_what_was_not_seen_is_not_replaced() -> None:
    world, devices = team("ann:admin", "con")
    hidden = devices["ada"].say(ops.role("member-con", "viewer"))
    over = [f"{hidden.digest}:0"]
    why = refusal(world, devices["ann"], ops.role("member-con", "admin", over=over))
    assert why == "it replaces what its author had not seen"
    assert role(world.standing(), "con") == "viewer"


def test_who_demotes_himself_takes_it_from_his_other_devices_first() -> None:
    world, devices = team("ann:admin", "con")
    clone = world.device("ann2", "ann").see(devices["ann"])
    clone.say()
    devices["ann"].see(clone)
    clone.say(ops.remove("member-con"))
    devices["ann"].say(ops.role("member-ann", "viewer"))
    line = devices["con"].say()
    standing = world.standing()
    assert role(standing, "ann") == "viewer"
    assert role(standing, "con") == "contributor"
    assert isinstance(standing.authority(line.digest), Authority)


def test_a_forged_use_of_a_code_blocks_nobody() -> None:
    world, devices = team("con")
    invite(devices["ada"], "new")
    new, odd = (world.device(n, n).see(devices["ada"]) for n in ("new", "odd"))
    join(world, new, "new")
    join(world, odd, "new", "ee" * 32, key="odd")  # without the code
    assert world.standing().devices[new.id].member == "member-new"
    twice = world.device("twice", "twice").see(devices["ada"])
    used = join(world, twice, "new", key="twice")
    assert world.standing().devices[new.id].member == ""
    twin = twice.make(twice.lines[:-1], [{"op": "novel"}])
    world.lines[twin.digest] = twin  # who says two things has not used it
    standing = world.standing()
    assert standing.refused[used.digest].code == "equivocation"
    assert standing.devices[new.id].member == "member-new"


def test_two_uses_without_a_key_are_two_people() -> None:
    world, devices = team("con")
    invite(devices["ada"], "new")
    both = [world.device(n, "").see(devices["ada"]) for n in ("one", "two")]
    for device in both:
        data = ops.join_proof(world.team, "member-new", [], device.id)
        device.say(ops.join("member-new", "", "", [], proof(SECRET, data)))
    assert [world.standing().devices[d.id].member for d in both] == ["", ""]


def test_a_join_from_a_device_revoked_from_its_first_line_on_never_was() -> None:
    world, devices = team("con")
    invite(devices["ada"], "new")
    thief = world.device("thief", "thief").see(devices["ada"])
    join(world, thief, "new", key="thief")
    assert world.standing().members["member-new"].keys == (key_of("thief"),)
    devices["ada"].see(thief).say(ops.revoke(thief.id, (0, "")))
    member = world.standing().members["member-new"]
    assert (member.keys, member.state, member.invite) == ((), "invited", SECRET)
    new = world.device("new", "new").see(devices["ada"])
    join(world, new, "new")
    assert world.standing().members["member-new"].keys == (key_of("new"),)


def test_who_is_a_member_already_may_use_a_code_of_his_own() -> None:
    world, devices = team("con")
    clone = world.device("con2", "con")
    devices["ada"].say(ops.member(ops.record("member-con", "", "", "contributor"), SECRET))
    clone.see(devices["ada"])
    line = join(world, clone, "con")
    standing = world.standing()
    assert line.digest not in standing.refused
    assert standing.members["member-con"].invite == ""
