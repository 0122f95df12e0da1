"""Logs made to confuse, crash or stall: an answer comes, in time that grows evenly."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from policy_oracle import wire
from policy_oracle.histories import ROLES, add_op, role_op, team
from policy_oracle.product import Judged, look
from policy_oracle.wire import Line
from policy_oracle.world import Person, World, session, sign
from seeds import SEED, TORTURE

ONE = session("one")
KINDS = (
    "sign", "device", "genesis", "member", "join", "request", "role", "remove", "revoke",
    "add-device", "policy", "team", "team-delete", "team-member", "set", "adopt", "purge", "keys",
    "backup", "drop", "novel", "",
)  # fmt: skip
FIELDS = (
    "entity", "names", "seal", "label", "cert", "team", "founder", "mode", "heads", "inherited",
    "nonce", "member", "invite", "name", "email", "keys", "proof", "role", "allow", "deny", "over",
    "device", "after", "key", "expires", "id", "in", "value", "reason", "teams", "devices",
)  # fmt: skip


def _anything(chance: random.Random, world: World, depth: int = 0) -> Any:
    """Some JSON value, often one that means something here."""
    member = Person(chance.choice(("root", "ann", "con", "nobody"))).id
    shape = chance.random() if depth < 3 else 1.0
    if shape < 0.15:
        return [_anything(chance, world, depth + 1) for _ in range(chance.randint(1, 3))]
    if shape < 0.3:
        names = chance.sample(FIELDS, chance.randint(1, 6))
        return {name: _anything(chance, world, depth + 1) for name in names}
    if shape < 0.4:
        record = Person("con").record("admin")
        return {**record, chance.choice(FIELDS): _anything(chance, world, depth + 1)}
    return chance.choice([
        None, True, False, 0, -1, 10**18, "", "x", "admin", "\x00", "é" * 50, [], {}, member,
        next(iter(world.lines)), world.team, world.clones["con"].device.id, "open", "a" * 64,
        wire.member_key("con"), "2026-11-26T00:00:00.000Z", f"{world.team}:0",
    ])  # fmt: skip


def _op(chance: random.Random, world: World) -> Any:
    if chance.random() < 0.1:
        return _anything(chance, world)
    fields = {
        name: _anything(chance, world) for name in chance.sample(FIELDS, chance.randint(0, 12))
    }
    return {**fields, "op": chance.choice(KINDS)}


@pytest.mark.parametrize("block", range(4))
def test_operations_of_any_shape(block: int) -> None:
    """By an admin, a contributor and a stranger: no crash, and nobody gains anything by it."""
    chance = random.Random(SEED * 100 + block)
    for _ in range(500 if TORTURE else 25):
        world = team(World(1))
        world.clone("mallory").have |= world.clones["root"].have
        said = []
        for name in ("con", "mallory", "con"):
            clone = world.clones[name]
            world.write(clone, *(_op(chance, world) for _ in range(chance.randint(1, 3))))
        world.sync()
        for name in ("ann", "con"):
            clone = world.clones[name]
            said.append(world.say(clone, ONE))
            world.write(clone, *sign(said[-1]))
        judged = look(world)
        for name, role in {"root": "admin", **ROLES}.items():
            if name != "con":  # he may leave
                assert judged.members[Person(name).id] == role
        assert judged.members[Person("con").id] in ("contributor", "viewer", "bot", "")
        assert judged.mode == "enforced"
        assert judged.authority(world.clones["mallory"].log[-1]) is None
        assert judged.counts(said[0])


@pytest.mark.parametrize("block", range(2))
def test_an_admin_who_writes_nonsense_breaks_nothing(block: int) -> None:
    chance = random.Random(SEED * 100 + 50 + block)
    for _ in range(500 if TORTURE else 25):
        world = team(World(1))
        clone = world.clones["ann"]
        for _ in range(4):
            world.write(clone, *(_op(chance, world) for _ in range(chance.randint(1, 3))))
        world.sync()
        world.write(world.clones["root"], *sign(world.say(world.clones["root"], ONE)))
        judged = look(world)
        assert judged.members[Person("root").id] == "admin"
        judged.everything()


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 0}, {"seq": -1}, {"seq": 10**9}, {"deps": ("",)}, {"deps": ("x", "\x00")},
        {"at": ""}, {"at": "9999-99-99T99:99:99.999Z/9999"}, {"team": "x"}, {"prev": "x"},
        {"root": "x"}, {"ops": ()},
    ],
)  # fmt: skip
def test_lines_of_any_shape(change: dict[str, Any]) -> None:
    world = team(World(1))
    clone = world.clones["con"]
    said = world.say(clone, ONE)
    good = world.write(clone, *sign(said))
    bad = replace(good, **change, digest="b" * 64)
    lines = [bad if line is good else line for line in world.lines.values()]
    judged = Judged(lines, world.team, world.said)
    judged.everything()
    if "ops" not in change and "at" not in change:
        assert judged.authority(bad) is None
    assert judged.members[Person("con").id] == "contributor"


def _long_chain(count: int) -> list[Line]:
    world = team(World(1))
    clone = world.clones["con"]
    world.write(clone, *sign(world.say(clone, ONE)))
    for _ in range(count):
        world.write(clone, *sign(world.say(clone, ONE)), deps=[])
    return list(world.lines.values())


def _many_strangers(count: int) -> list[Line]:
    world = team(World(1))
    for number in range(count // 2):
        made = world.clone(f"stranger{number}")
        made.have |= {world.team}
        world.write(made, add_op(Person("con"), "admin"), deps=[world.team])
    return list(world.lines.values())


def _many_teams(count: int) -> list[Line]:
    world = team(World(1))
    for number in range(count // 2):
        made = world.clone(f"usurper{number}")
        world.found(made, nonce=str(number))
    return list(world.lines.values())


def _many_removals(count: int) -> list[Line]:
    """Two admins who promote and remove one man without listening to each other."""
    world = team(World(1))
    for number in range(count // 2):
        for name in ("ann", "bob"):
            clone = world.clones[name]
            op: wire.Op = {"op": "remove", "member": Person("con").id}
            if number % 2:
                op = {**role_op(world, clone, Person("con").id, "admin"), "over": []}
            world.write(clone, op)
    return list(world.lines.values())


def _many_twins(count: int) -> list[Line]:
    world = team(World(1))
    clone = world.clones["con"]
    for _ in range(count // 2):
        world.write(clone, *sign(world.say(clone, ONE)))
        world.fork(clone, *sign(world.say(clone, ONE)))
    return list(world.lines.values())


def _wide(count: int) -> list[Line]:
    """Strangers, each of whom has seen all the others."""
    world = team(World(1))
    firsts = [world.clone(f"stranger{number}").log[0].digest for number in range(count // 2)]
    for number in range(count // 2):
        clone = world.clones[f"stranger{number}"]
        world.write(clone, deps=[one for one in firsts if one != clone.log[0].digest][:50])
    return list(world.lines.values())


@pytest.mark.parametrize(
    "shape",
    [_long_chain, _many_strangers, _many_teams, _many_removals, _many_twins, _wide],
    ids=lambda shape: shape.__name__.strip("_"),
)
def test_the_time_grows_with_the_lines(shape: Callable[[int], list[Line]]) -> None:
    """Four times the lines: by far not sixteen times the CPU time, the best of three, each time."""
    few, many = shape(300), shape(1200)
    pinned = next(line.digest for line in few for op in line.ops if op["op"] == "genesis")
    assert any(_best(many, pinned) < 11 * _best(few, pinned) + 0.05 for _ in range(3))


def _best(lines: list[Line], pinned: str) -> float:
    return min(_cost(lines, pinned) for _ in range(3))


def _cost(lines: list[Line], pinned: str) -> float:
    begun = time.process_time()
    Judged(lines, pinned).authority(lines[-1])
    return time.process_time() - begun


def test_a_chain_of_ten_thousand_needs_no_deep_stack() -> None:
    lines = _long_chain(10_000 if TORTURE else 3_000)
    judged = Judged(lines, lines[1].digest)
    assert judged.authority(lines[-1]) == (Person("con").id, "contributor")
