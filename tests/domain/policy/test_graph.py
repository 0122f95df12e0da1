"""Lines as a graph: what continues a chain, what had been seen, what the next line names."""

import pytest

from git_naturecode.domain.policy import Authority, evaluate, ops
from git_naturecode.domain.policy.graph import Graph, Reach
from git_naturecode.store.entry import Json

from .test_standing import code, role, team
from .world import CHECKS, Device, World


def sneak(world: World, device: Device, *said: Json, **wrong: object) -> str:
    """A line of `device` with fields that are `wrong`; its digest."""
    line = device.make(device.lines, said)._replace(**wrong)  # type: ignore[arg-type]
    line = line._replace(digest=line.digest[::-1])
    world.lines[line.digest] = line
    return line.digest


@pytest.mark.parametrize("field", ["seq", "root", "prev"])
def test_what_does_not_continue_its_chain_says_nothing(field: str) -> None:
    world, devices = team("ann:admin", "con")
    devices["ann"].say()
    wrong = {"seq": 9, "root": "ab" * 32, "prev": devices["con"].lines[0].digest}[field]
    digest = sneak(world, devices["ann"], ops.role("member-con", "admin"), **{field: wrong})
    standing = world.standing()
    assert code(standing.authority(digest)) == standing.refused[digest].code == "broken"
    assert role(standing, "con") == "contributor"


def test_what_follows_a_line_that_breaks_its_chain_says_nothing_either() -> None:
    world, devices = team("ann:admin", "con")
    ann = devices["ann"]
    ann.say()
    gap = world.lines[sneak(world, ann, seq=9)]
    after = ann.make([*ann.lines[:1], *[gap] * 8], [ops.role("member-con", "admin")])
    after = after._replace(seq=10, prev=gap.digest)
    world.lines[after.digest] = after
    standing = world.standing()
    assert code(standing.authority(after.digest)) == "broken"
    assert role(standing, "con") == "contributor"


def test_a_chain_begins_with_its_first_line() -> None:
    world, _ = team("con")
    odd = Device(world, "odd")
    later = sneak(world, odd, seq=2)
    rooted = sneak(world, Device(world, "odd2"), root="ab" * 32)
    standing = world.standing()
    assert [code(standing.authority(digest)) for digest in (later, rooted)] == ["broken"] * 2


def test_who_signs_in_many_sessions_governs_in_the_same_line() -> None:
    world, devices = team("ann:admin", "con")
    many = [ops.sign(f"session-{number}", []) for number in range(400)]
    line = devices["ann"].say(*many, {"op": "backup"}, ops.role("member-con", "viewer"))
    standing = world.standing()
    assert line.digest not in standing.refused
    assert role(standing, "con") == "viewer"


def test_of_too_many_operations_in_one_line_the_first_count() -> None:
    world, devices = team("ann:admin", "con")
    many = [ops.team(f"team-{number}", "x") for number in range(256)]
    line = devices["ann"].say(*many, ops.role("member-con", "viewer"), *many)
    standing = world.standing()
    assert (standing.refused[line.digest].op, len(standing.teams)) == (256, 257)
    assert "one too many" in standing.refused[line.digest].text
    assert role(standing, "con") == "contributor"


def test_operations_that_are_none_spoil_no_others() -> None:
    world, devices = team("ann:admin", "con")
    odd: list[Json] = [[], "x", 7, None, {"op": ["sign"]}, {"op": {}}]
    devices["ann"].say(*odd, ops.role("member-con", "viewer"))
    assert role(world.standing(), "con") == "viewer"


def test_lines_that_come_twice_are_there_once() -> None:
    world, devices = team("ann:admin", "con")
    waits = devices["con"].make([*devices["con"].lines, devices["con"].say()], [])
    lines = [line for line in world.lines.values() if line is not devices["con"].lines[-1]]
    lines = [waits, *lines, waits, *lines]
    standing = evaluate(lines, "", CHECKS)
    assert standing.equivocations == ()
    assert standing.heads == evaluate(lines[: len(lines) // 2], "", CHECKS).heads
    assert [m.order for m in standing.members.values()] == [0, 1, 2]
    assert set(standing.refused) == {waits.digest}
    graph = Graph()
    assert len(graph.add(lines)) == len(lines) // 2 - 1
    assert graph.add(lines) == []


def test_who_said_two_things_first_of_all_has_no_line_that_counts() -> None:
    world, devices = team("con")
    odd = Device(world, "odd")
    odd.say()
    sneak_twin = odd.make([], [{"op": "novel"}])
    world.lines[sneak_twin.digest] = sneak_twin
    standing = world.standing()
    assert odd.id not in standing.heads
    assert standing.heads[devices["con"].id][0] == len(devices["con"].lines)


def test_what_a_line_had_seen_does_not_depend_on_what_was_asked_before() -> None:
    world, devices = team("con", "dan")
    early = devices["con"].say()
    devices["dan"].say()
    late = devices["con"].see(devices["dan"]).say()
    graph = Graph()
    graph.add(world.lines.values())
    places = [graph.places[line.digest] for line in (late, early)]
    reach = Reach(graph)
    found = [reach.highest(place) for place in places]
    assert found == [Reach(graph).highest(place) for place in places]
    assert [one[devices["dan"].id] for one in found] == [2, 1]


def test_a_line_has_seen_itself_and_what_it_names() -> None:
    world, devices = team("ann:admin", "con")
    governs, plain = devices["ann"].say(ops.role("member-con", "viewer")), devices["ann"].say()
    later = devices["con"].see(devices["ann"]).say()
    standing = world.standing()
    for line in (governs, plain):
        assert standing.seen(line.digest, line.digest)
        assert standing.seen(later.digest, line.digest)
        assert not standing.seen(line.digest, later.digest)


def test_a_stranger_hides_nothing_by_naming_it() -> None:
    """Else the next lines of all would not say that they have seen the removal."""
    world, devices = team("ann:admin", "con")
    removal = devices["ann"].say(ops.remove("member-con"))
    world.device("odd", "odd").see(devices["ann"]).say()
    assert world.standing().tips(devices["ada"].id) == (removal.digest,)


def test_what_was_named_through_a_withdrawn_line_is_not_named_again() -> None:
    world, devices = team("ann:admin", "bob:admin", "con")
    devices["bob"].say()
    devices["con"].see(devices["bob"]).say()
    devices["ann"].say(ops.remove("member-con"))
    last = devices["ann"].see(devices["con"]).say()
    standing = world.standing()
    assert code(standing.authority(devices["con"].lines[-1].digest)) == "withdrawn"
    assert isinstance(standing.authority(last.digest), Authority)
    assert standing.tips(devices["ada"].id) == (last.digest,)


def test_what_two_have_told_each_other_on_many_ways_is_looked_at_once() -> None:
    """Each line has seen the other's last: there are 2 ** 40 ways back to the beginning."""
    world, devices = team("con", "dan")
    for _ in range(40):
        con, dan = devices["con"].say(), devices["dan"].say()
        devices["con"].known[dan.digest], devices["dan"].known[con.digest] = dan, con
    devices["ada"].see(devices["con"]).say(ops.remove("member-dan"))
    late = devices["dan"].say()
    standing = world.standing()
    assert code(standing.authority(late.digest)) == "withdrawn"
    assert isinstance(standing.authority(devices["dan"].lines[-3].digest), Authority)
