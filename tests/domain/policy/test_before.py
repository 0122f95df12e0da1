"""Where there is no team, where it is not here yet, and what was said before there was one."""

from typing import Any

import pytest

from git_naturecode.domain.policy import Authority, Line, Reason, evaluate, ops
from git_naturecode.domain.policy.standing import EARLIER, IN
from git_naturecode.domain.policy.standing import INHERITED as BEFORE

from .test_judging import Desk, mail
from .test_standing import SECRET, code, invite, join, role, team
from .world import CHECKS, Device, World, add, key_of, record

ABSENT = "ab" * 32
LOOSE = [{"op": "novel"}, {"op": "adopt", "entity": "session-1", "names": []}]


def founded(device: Device, *said: Any, **more: Any) -> Line:
    """A team that `device` begins, with ada for founder, in a line that says `said` before."""
    founder = record("ada", "admin")
    genesis = ops.genesis("team-one", "One", founder, more.pop("heads", {}), "00", **more)
    line = device.say(*said, genesis, team="")
    device.world.team = line.digest
    return line


def test_without_a_team_there_is_nobody_and_nothing_to_obey() -> None:
    world = World()
    ada = world.device("ada", "")
    line = ada.say(*LOOSE)
    standing = world.standing()
    assert (standing.teams, standing.founder, standing.inherited) == ({}, "", ())
    assert (standing.mode, standing.team, standing.requests) == ("open", "", ())
    assert not standing.refused
    assert not standing.is_unsettled
    assert code(standing.now(ada.id)) == "before-team"
    assert standing.authority(line.digest) == Authority("", "", frozenset())
    assert standing.objection(ada.id, ops.remove("member-xyz")) is None


def test_what_is_no_operation_is_told_without_a_team_too() -> None:
    world = World()
    ada = world.device("ada", "")
    line = ada.say(ops.request("ada", "ada@x.example", []), {"op": "request", "keys": 7})
    found = world.standing().refused[line.digest]
    assert (found.code, found.op) == ("malformed", 1)
    said = world.standing().objection(ada.id, {"op": "request", "keys": 7})
    assert said is not None
    assert (said.code, said.text) == ("malformed", "request: keys is no list, or too long")


def test_who_asks_to_be_let_in_needs_nobodys_leave() -> None:
    world, _ = team("con")
    odd = world.device("odd", "")
    asking = ops.request("odd", "odd@x.example", [])
    assert world.standing().objection(odd.id, asking) is None
    assert world.standing().objection(odd.id, {**asking, "keys": 7}) is not None
    other = world.standing().objection(odd.id, ops.keys([]))
    assert other is not None
    assert other.code == "unknown-device"


def test_while_the_pinned_team_is_not_here_nobody_may_do_anything() -> None:
    world, devices = team("con")
    line = devices["ada"].say(team="")
    standing = world.standing(pinned=ABSENT)
    assert (standing.mode, standing.team, standing.members) == ("enforced", ABSENT, {})
    assert (standing.teams, standing.founder) == ({}, "")
    assert set(standing.devices) == {device.id for device in devices.values()}
    assert code(standing.authority(line.digest)) == "waiting"
    assert code(standing.now(devices["ada"].id)) == "waiting"
    for one in world.lines.values():
        assert isinstance(standing.authority(one.digest), Reason)


def test_a_device_tells_of_itself_where_there_is_no_team() -> None:
    world = World()
    ada, con = world.device("ada", ""), Device(world, "con")
    con.say()
    said = con.op("con", "2026-11-01T01:00:00Z")
    con.say(ops.device("ab" * 32, "old"), said, {"op": "request", "name": "", "keys": []})
    found = world.standing().devices
    assert (found[con.id].seal, found[con.id].label) == (said["seal"], "laptop")
    assert (found[con.id].key, found[con.id].expires) == (con.key, "2026-11-01T01:00:00Z")
    assert (found[ada.id].label, found[ada.id].expires) == ("laptop", "")
    con.say(ops.device("cd" * 32, "new"))
    assert (world.standing().devices[con.id].label, con.id in found) == ("new", True)


def test_a_device_that_says_nothing_of_itself_is_known_by_its_key() -> None:
    world = World()
    odd, late = Device(world, "odd"), Device(world, "late")
    odd.say()
    late.say(late.op("late"), deps=["ff" * 32])  # what it had seen is not here
    found = world.standing().devices
    assert found[odd.id] == ("", odd.key, "", "", False, "")
    assert found[late.id] == ("", "", "", "", False, "")


def test_what_a_device_tells_when_it_says_two_things_is_not_heard() -> None:
    world = World()
    con = Device(world, "con")
    con.say(ops.device("ab" * 32, "first"), ops.request("con", "con@x.example", []))
    twin = con.make(con.lines, [])
    con.say(ops.device("cd" * 32, "second"), ops.request("eve", "eve@x.example", []))
    assert world.standing().devices[con.id].label == "second"
    assert [one.name for one in world.standing().requests] == ["eve"]
    world.lines[twin.digest] = twin
    assert world.standing().devices[con.id].label == "first"
    assert [one.name for one in world.standing().requests] == ["con"]


def test_of_several_requests_of_a_device_the_last_is_shown() -> None:
    world, _ = team("con")
    odd = world.device("odd", "")
    for name in ("one", "two"):
        odd.say(ops.request(name, f"{name}@x.example", []))
    assert [one.name for one in world.standing().requests] == ["two"]


def test_a_request_from_a_revoked_device_is_not_shown() -> None:
    world, devices = team("con")
    odd = world.device("odd", "")
    odd.say(ops.request("odd", "odd@x.example", []))
    assert len(world.standing().requests) == 1
    devices["ada"].see(odd).say(ops.revoke(odd.id))
    assert world.standing().requests == ()


def test_what_governs_without_a_team_begins_none() -> None:
    world = World()
    con = Device(world, "con")
    con.say(add("eve", "admin"), ops.team("team-two", "Two"))
    standing = world.standing()
    assert (standing.geneses, standing.team, standing.members) == ((), "", {})


def test_a_line_of_another_team_begins_none() -> None:
    world = World()
    con = Device(world, "con")
    founder = record("con", "admin")
    con.say(ops.genesis("team-two", "Two", founder, {}, "00"), team=ABSENT)
    assert world.standing().geneses == ()


def test_a_team_is_built_on_what_was_there() -> None:
    """Whatever else stands in the line that begins it."""
    world = World()
    ada, con, dan = world.device("ada"), Device(world, "con"), Device(world, "dan")
    lines = [con.say(team=""), con.say(team=""), con.say(team=""), dan.say(team="")]
    other = dan.say(team="")
    heads = {con.id: lines[1].digest, dan.id: lines[2].digest}
    founded(ada, ada.op("ada"), heads=heads, inherited=["cd" * 32])
    standing = world.standing()
    assert standing.inherited == ("cd" * 32,)
    assert [standing.basis(line.digest)[0] for line in lines] == [BEFORE, BEFORE, EARLIER, EARLIER]
    assert standing.basis(other.digest)[0] == EARLIER  # its head is the line of another device


def test_what_is_wrong_beside_the_beginning_of_a_team_is_told() -> None:
    world = World()
    line = founded(world.device("ada", "ada"), {"op": "role"})
    found = world.standing().refused[line.digest]
    assert (world.standing().founder, found.code, found.op) == ("member-ada", "malformed", 0)


def test_who_joins_later_has_said_earlier_what_he_might_say_then() -> None:
    world, devices = team("con")
    ada = devices["ada"]
    invite(ada, "new", role="viewer")
    new = Device(world, "new")
    early = new.say(new.op("new"), *LOOSE, {"op": "role"}, team="")
    assert code(world.standing().basis(early.digest)[1]) == "before-team"
    before = world.standing()
    join(world, new.see(ada), "new")
    grown = before.extended(new.lines)
    for standing in (world.standing(), grown):
        state, found = standing.basis(early.digest)
        assert (state, role(standing, "new")) == (EARLIER, "viewer")
        assert isinstance(found, Authority)
        assert (found.member_id, found.role) == ("member-new", "viewer")
        assert early.digest not in standing.refused  # at that time it was nobody's business


def test_what_was_said_before_counts_once_a_plain_line_names_the_team() -> None:
    """No line that governs is needed: who was added by key signs something."""
    world = World()
    con = Device(world, "con")
    early = [con.say(con.op("con"), team=""), con.say(team="")]
    ada = world.device("ada", "ada")
    world.found(ada)
    ada.say(add("con"))
    before = world.standing()
    first = con.see(ada).say()
    for standing in (before.extended([first]), world.standing()):
        for line in early:
            state, found = standing.basis(line.digest)
            assert (state, isinstance(found, Authority)) == (EARLIER, True)
        assert not standing.refused
        assert set(standing.tips(ada.id)) == {first.digest}


def test_who_has_joined_goes_back_to_no_team_in_vain() -> None:
    """Else he would speak with the rights of then: here those of before he was demoted."""
    world, devices = team("con")
    devices["con"].say()
    devices["ada"].say(ops.role("member-con", "viewer"))
    devices["con"].see(devices["ada"]).say()
    line = devices["con"].say(team="")
    standing = world.standing()
    found = standing.authority(line.digest)
    assert isinstance(found, Reason)
    assert found.text == "it names no team, though its device joined one"
    assert standing.basis(line.digest) == (EARLIER, found)
    assert standing.refused[line.digest] == found


def test_whoever_says_two_things_where_he_joins_has_not_joined() -> None:
    world, devices = team("con")
    new = Device(world, "con2").see(devices["con"])
    early = new.say(new.op("con"), team="")
    new.say()
    assert isinstance(world.standing().basis(early.digest)[1], Authority)
    twin = new.make(new.lines[:-1], [{"op": "sign"}])
    world.lines[twin.digest] = twin
    found = world.standing().basis(early.digest)[1]
    assert isinstance(found, Reason)
    assert found.code == "before-team"


@pytest.mark.parametrize("wrong", [{"seq": 9}, {"root": "ab" * 32}, {"prev": "", "root": ""}])
def test_a_line_that_breaks_its_chain_is_nobodys(wrong: dict[str, Any]) -> None:
    """Though its device is a member's, and it names the team; nor is what goes on from there."""
    world, devices = team("ann:admin", "con")
    ann = devices["ann"]
    said = [ops.role("member-con", "admin")]
    line = ann.make(ann.lines, said)._replace(**wrong)
    after = ann.make([*ann.lines, line], said)._replace(seq=line.seq + 1, root=line.root)
    world.lines |= {line.digest: line, after.digest: after}
    standing = world.standing()
    for one in (line, after):
        state, found = standing.basis(one.digest)
        assert (state, code(found)) == (IN, "broken")
        assert standing.refused[one.digest] == found
    assert role(standing, "con") == "contributor"


def test_a_line_that_is_not_known_was_seen_by_nobody() -> None:
    world, devices = team("con")
    line = devices["con"].say()
    standing = world.standing()
    assert standing.seen(line.digest, world.team)
    assert standing.seen(line.digest, line.digest)
    assert not standing.seen(world.team, line.digest)
    assert not standing.seen(ABSENT, line.digest)
    assert not standing.seen(line.digest, ABSENT)
    assert code(standing.authority(ABSENT)) == "waiting"


def test_an_address_is_of_who_has_come_and_not_of_who_was_only_asked() -> None:
    world, devices = team("con")
    invite(devices["ada"], "new")
    assert world.standing().holders("NEW@x.example ") == frozenset()
    new = world.device("new", "new").see(devices["ada"])
    join(world, new, "new")
    assert world.standing().holders("NEW@x.example ") == {"member-new"}
    devices["ada"].see(new).say(ops.remove("member-new"))
    assert world.standing().holders("new@x.example") == {"member-new"}  # it stays his


@pytest.mark.parametrize("order", [1, -1])
def test_both_of_two_things_said_at_once_are_told_though_one_waits(order: int) -> None:
    world, devices = team("con", "dan")
    con = devices["con"]
    first = con.say()
    twin = con.make(con.lines, [{"op": "novel"}])._replace(deps=("ff" * 32,))
    second = con.say()
    third = con.say(deps=["ee" * 32])
    lines = [*world.lines.values(), twin]
    standing = evaluate(lines[::order], "", CHECKS)
    for line in (twin, second, third):
        assert standing.refused[line.digest].code == "equivocation"
        assert code(standing.authority(line.digest)) == "equivocation"
    assert first.digest not in standing.refused
    assert standing.is_unsettled
    assert not evaluate(lines[:-2], "", CHECKS).is_unsettled


def test_what_somebody_did_falls_when_it_turns_out_that_he_said_two_things() -> None:
    world, devices = team("ann:admin", "con")
    ann = devices["ann"]
    twin = ann.make(ann.lines, [{"op": "sign"}])  # governs nothing
    ann.say(ops.role("member-con", "maintainer"))
    before = world.standing()
    assert role(before, "con") == "maintainer"
    assert role(before.extended([twin]), "con") == "contributor"


def test_who_was_removed_is_told_that_and_not_what_is_wrong_with_his_code() -> None:
    world, devices = team("con")
    invite(devices["ada"], "new")
    devices["ada"].say(ops.remove("member-con"))
    line = join(world, devices["con"].see(devices["ada"]), "new", "ee" * 32)
    assert world.standing().refused[line.digest].code == "removed"


def test_who_would_join_in_the_name_of_another_is_told_why_not() -> None:
    world, devices = team("con")
    thief = world.device("thief", "thief").see(devices["ada"])
    line = join(world, thief, "con", SECRET)
    found = world.standing().refused[line.digest]
    assert (found.text, found.op) == ("its code is not the one of the invitation", -1)


def test_lines_that_are_known_change_nothing() -> None:
    world, devices = team("con")
    devices["con"].say(deps=["ff" * 32])
    standing = world.standing()
    again = standing.extended([*world.lines.values()])
    assert again.members == standing.members
    assert again.refused == standing.refused
    assert standing.pin("").team == standing.pin(world.team).team == world.team


def test_two_clones_of_one_man_name_a_device_at_once() -> None:
    """Who has seen only the second of them is his all the same."""
    world, devices = team("con")
    con, phone = devices["con"], Device(world, "phone")
    clone = world.device("con2", "con").see(con)
    clone.say()
    con.say(ops.add_device(phone.id, phone.key))
    clone.say(ops.add_device(phone.id, phone.key))
    line = phone.see(clone).say()
    found = world.standing().authority(line.digest)
    assert isinstance(found, Authority)
    assert found.member_id == "member-con"


def test_who_has_every_permission_of_a_role_does_not_give_himself_the_role() -> None:
    world, devices = team("con")
    devices["ada"].say(ops.role("member-con", "contributor", ["session:invite", "team:invite",
                                                              "project:edit"]))  # fmt: skip
    con = devices["con"].see(devices["ada"])
    line = con.say(ops.role("member-con", "maintainer"))
    assert world.standing().refused[line.digest].text == "nobody gives himself more rights"
    assert role(world.standing(), "con") == "contributor"
    assert key_of("con") in world.standing().members["member-con"].keys


def test_what_a_member_has_signed_before_the_team_is_his() -> None:
    """His device is known since; what somebody else has signed in his name is nobody's."""
    world = World()
    ada, ben, eve = (world.device(name, name) for name in ("ada", "ben", "eve"))
    desk, fork = Desk(world), Desk(world, "session-20261102-bbbbbbbb")
    said = desk.say(ben, "message", mail("ben"), name="said")
    posed = desk.say(eve, "message", mail("ben"), name="posed")
    ada.see(ben, eve)
    world.found(ada)
    ada.say(add("ben"), add("eve"))
    for device in (ben, eve):
        device.see(ada).say()
    edits = {
        (who, target.id): desk.say(device, "edit", mail(who), target=target.id)
        for who, device in (("ben", ben), ("eve", eve)) for target in (said, posed)
    }  # fmt: skip
    found = desk.verdicts()
    assert {found[one.id].state for one in (said, posed)} == {"inherited"}
    assert [one for one, edit in edits.items() if found[edit.id].counts] == [("ben", "said")]
    for entry in (said, posed):
        fork.put(entry)
        fork.others[entry.key] = [(desk.entity, line) for line in desk.covers[entry.key]]
    fork.sign(ada, said, posed)
    assert [fork.state(one) for one in (said, posed)] == ["copied", "quarantined"]
