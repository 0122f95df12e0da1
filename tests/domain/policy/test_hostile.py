"""Lines that want to break the policy, or to hold it up: refused, in bounded time."""

import sys
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from git_naturecode.domain.policy import Authority, evaluate, line_of, ops, parsed

from .test_judging import Desk, mail
from .test_standing import SECRET as CODE
from .test_standing import team
from .world import CHECKS, Device, World, add, key_of, proof

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ("op", "member", "id", "keys", "role", "device", "after", "team", "heads", "founder",
             "settings", "over", "in", "cert", "key", "names", "email", "allow", "value")
        ),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
NAMES = (
    "genesis", "member", "join", "request", "role", "remove", "revoke", "add-device", "policy",
    "team", "team-delete", "team-member", "set", "keys", "device", "sign", "adopt", "purge", "x",
)  # fmt: skip
OPS = JSON | st.builds(
    lambda name, rest: {**(rest if isinstance(rest, dict) else {}), "op": name},
    st.sampled_from(NAMES), JSON,
)  # fmt: skip


@given(OPS)
@settings(max_examples=100, deadline=None)
def test_whatever_is_said_is_read(said: Any) -> None:
    found = parsed.parse(said)
    assert bool(ops.problem(said)) == isinstance(found, parsed.Malformed)


@given(st.lists(OPS, max_size=4), st.booleans())
@settings(max_examples=40, deadline=None)
def test_whatever_a_member_says_is_judged(said: list[Any], admin: bool) -> None:
    world, devices = team("ann:admin", "con")
    line = devices["ann" if admin else "con"].say(*said)
    standing = world.standing()
    assert standing.members["member-ada"].role == "admin"
    assert isinstance(standing.authority(line.digest), Authority)


@given(st.dictionaries(st.sampled_from(("dev", "key", "seq", "at", "prev", "root", "deps", "ops",
                                        "team")), JSON))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_whatever_a_line_holds_is_read_or_none(said: dict[str, Any]) -> None:
    good = {
        "dev": "d" * 16, "key": "ab" * 32, "seq": 1, "at": "2026-11-26T00:00:00.000Z/0000",
        "prev": "", "root": "", "deps": [], "ops": [],
    }  # fmt: skip
    found = line_of("00" * 32, {**good, **said})
    if found is not None:
        assert evaluate([found], "", CHECKS).mode == "open"


KINDS = (
    "open", "message", "edit", "redact", "set", "invite", "join", "leave", "delete", "react", "x",
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.dictionaries(
    st.sampled_from(("field", "value", "who", "can", "by", "target", "over", "epoch", "forked")),
    JSON | st.sampled_from(("con@x.example", "can:x@y.z", "team", "e1")), max_size=5,
)), min_size=1, max_size=4))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_whatever_an_entry_holds_is_judged(said: list[tuple[str, dict[str, Any]]]) -> None:
    world, devices = team("con", "vic:viewer")
    desk = Desk(world)
    entries = [desk.entry(kind, **fields) for kind, fields in said]
    desk.sign(devices["con"], *entries)
    desk.sign(devices["vic"], *entries)
    assert set(desk.verdicts()) == {entry.id for entry in entries}


def _calls(world: World) -> int:
    """How many functions are called to judge all lines."""
    lines = list(world.lines.values())
    return _calls_of(lambda: evaluate(lines, world.team, CHECKS))


def _calls_of(work: Callable[[], object]) -> int:
    count = 0

    def count_one(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count_one)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def _with_the_code(world: World, device: Device) -> Any:
    keys = [key_of(device.id)]
    data = ops.join_proof(world.team, "member-new", keys, device.id)
    return ops.join("member-new", "", "", keys, proof(CODE, data))


def _flood(count: int, kind: str) -> World:
    """A contributor, or a stranger, who writes so many governing lines."""
    world, devices = team("ann:admin", "con")
    device = world.device("odd", "odd") if kind == "stranger" else devices["con"]
    if kind == "joins":
        devices["ada"].say(ops.member(ops.record("member-new", "", "", "contributor"), CODE))
    deps = [devices["ada"].lines[-1].digest] if kind == "joins" else []
    for number in range(count):
        if kind == "joins":  # each on a device of its own, that has seen none of the others
            device = world.device(f"odd{number}", "odd")
        said = {
            "stranger": ops.role("member-con", "admin"),
            "roles": ops.role("member-ann", "viewer"),
            "revokes": ops.revoke(device.id if number % 2 else "0123456789abcdef"),
            "keys": ops.keys([f"ssh-ed25519 A{number}"]),
            "devices": ops.add_device(
                Device(world, f"n{number}").id, Device(world, f"n{number}").key
            ),
            "teams": ops.team_member("team-one", "member-con", False),
            "joins": _with_the_code(world, device),
        }[kind]
        device.say(said, deps=deps)
    return world


def _leavers(count: int) -> World:
    """So many members who come one after the other, and at once take less upon themselves."""
    world, devices = team("ann:admin")
    ada = devices["ada"]
    for number in range(count):
        device = Device(world, f"n{number}")
        line = ada.say(add(f"n{number}", devices=[device.id]))
        device.say(ops.role(f"member-n{number}", "viewer"), deps=[line.digest])
    return world


def test_members_who_leave_cost_what_their_lines_cost() -> None:
    """Nothing hangs on what each of them takes from himself: not all is judged again for each."""
    assert _calls(_leavers(80)) < 20 * _calls(_leavers(10))


def test_a_flood_costs_what_its_lines_cost() -> None:
    """Eight times the lines call about eight times the functions, far from 64 times."""
    for kind in ("stranger", "roles", "revokes", "keys", "devices", "teams", "joins"):
        assert _calls(_flood(640, kind)) < 12 * _calls(_flood(80, kind)), kind


def test_who_signs_the_same_words_again_and_again_costs_what_his_lines_cost() -> None:
    def judging(count: int) -> Callable[[], object]:
        world, devices = team("con")
        desk, con = Desk(world), devices["con"]
        words = [desk.say(con, kind, mail("con"), name=kind) for kind in ("open", "message")]
        for _ in range(count):
            desk.sign(con, *words)
        desk.say(con, "edit", mail("con"), target="message")
        standing = world.standing()
        return lambda: desk.verdicts(standing)

    assert _calls_of(judging(640)) < 12 * _calls_of(judging(80))
