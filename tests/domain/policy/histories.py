"""Random histories: devices of honest and hostile people write lines, and see each other's."""

from typing import Any

from hypothesis import strategies as st

from git_naturecode.domain.policy import Line, Standing, ops

from .world import Device, World, add, key_of, proof, record

NAMES = ("ada", "ann", "bob", "con", "mal")
ROLES = ("none", "viewer", "bot", "contributor", "maintainer", "admin")
CODE = "cd" * 32
SIGN = {"op": "sign", "entity": "session-1", "names": []}
VERBS = (
    "sign", "see", "role", "remove", "add", "revoke", "revoke-after", "add-device", "policy",
    "team", "team-member", "set", "keys", "device", "invite", "join", "request", "twin", "lie",
    "nonsense", "genesis", "other-team", "no-team", "many", "see-all",
)  # fmt: skip
Step = tuple[int, str, int, int, int]
steps = st.lists(
    st.tuples(
        st.integers(0, 6), st.sampled_from(VERBS), st.integers(0, 6), st.integers(0, 5),
        st.integers(0, 7),
    ),
    max_size=40,
)  # fmt: skip


def play(history: list[Step]) -> tuple[World, list[Line]]:
    """The world after `history`, and its lines in the order in which they were written."""
    world = World()
    devices = [world.device(name, name) for name in NAMES]
    devices += [world.device("con2", "con"), world.device("odd", "")]
    ada = devices[0].see(*devices[:3])
    world.found(ada)
    ada.say(add("ann", "admin"), add("bob", "admin"))
    ada.say(add("con"), ops.member(record("dan", keys=[]), CODE))
    for device in devices[:5]:
        device.see(ada)
    for step in history:
        _take(world, devices, *step)
    return world, list(world.lines.values())


def _take(
    world: World, devices: list[Device], who: int, verb: str, whom: int, role: int, more: int
) -> None:
    me, other = devices[who], devices[whom]
    name = (*NAMES, "dan", "eve")[whom]
    deps: list[str] | None = [] if more == 7 else None  # hides what it has seen
    if verb == "see":
        me.see(other)
    elif verb == "see-all":
        me.see(*devices)
    elif verb == "twin" and me.lines:
        twin = me.make(me.lines[:-1], [SIGN], minute=more)
        world.lines[twin.digest] = twin
        if role > 2:
            me.known[twin.digest] = twin
    elif verb == "lie":
        _lie(world, me, other, role)
    elif verb == "other-team":
        me.say(SIGN, team="ee" * 32)
    elif verb == "no-team":
        me.say(SIGN, team="")
    elif verb == "genesis" and more == 0:
        me.say(ops.genesis("team-two", "Two", record(name, "admin"), {}, "01"), team="")
    else:
        me.say(*_ops(world, me, other, verb, name, ROLES[role], more), deps=deps)


def _ops(
    world: World, me: Device, other: Device, verb: str, name: str, role: str, more: int
) -> list[Any]:
    member = f"member-{name}"
    if verb == "role":
        allow = ["team:edit"] if more == 1 else ["manageTeam"] if more == 2 else []
        return [ops.role(member, role, allow, ["session:edit"] if more == 3 else [])]
    if verb == "remove":
        return [ops.remove(member)]
    if verb == "add":
        devices = [other.id] if more == 1 else []
        return [add(name, role, devices=devices, keys=[] if more == 2 else [key_of(name)])]
    if verb in ("revoke", "revoke-after"):
        after = None
        if verb == "revoke-after":
            chain = other.lines[:more]
            after = (len(chain), chain[-1].digest) if chain else (0, "")
        return [ops.revoke(other.id, after)]
    if verb == "add-device":
        return [ops.add_device(other.id, other.key, member=member if more % 2 else "")]
    if verb in ("team", "team-member", "set", "policy"):
        return [
            {"team": ops.team("team-two", name), "set": ops.set("team-one", "a", more),
             "team-member": ops.team_member("team-one", member, more % 2 == 0),
             "policy": ops.policy("open" if more == 1 else "enforced")}[verb]
        ]  # fmt: skip
    if verb == "keys":
        return [ops.keys([key_of(name)])]
    if verb == "device":
        return [me.op(name, "2026-11-01T00:30:00Z" if more == 1 else ""), SIGN]
    if verb == "invite":
        return [ops.member(record(name, role, keys=[]), CODE if more % 2 else "ab" * 32)]
    if verb == "join":
        keys = [key_of(name)] if more % 2 else []
        data = ops.join_proof(world.team, member, keys, me.id)
        return [me.op(name), ops.join(member, name, "", keys, proof(CODE, data))]
    if verb == "request":
        return [ops.request(name, f"{name}@x.example", [key_of(name)])]
    if verb == "nonsense":
        return [{"op": "novel"}, {"op": "role", "member": 7}, [], {"op": "adopt", "names": []}][
            :more
        ]
    if verb == "many":
        return [ops.role(member, role), SIGN, ops.role(member, ROLES[more % 6]), ops.remove(member)]
    return [SIGN]


def _lie(world: World, me: Device, other: Device, kind: int) -> None:
    """A line that does not continue its chain, or names what is not there."""
    chain = me.lines
    line = me.make(chain, [SIGN])
    wrong = {
        0: line._replace(seq=line.seq + 1), 1: line._replace(root="ab" * 32),
        2: line._replace(prev=other.lines[-1].digest if other.lines else ""),
        3: line._replace(deps=("ff" * 32,)), 4: line._replace(key=other.key, team="ab" * 32),
    }.get(kind, line)  # fmt: skip
    wrong = wrong._replace(digest=line.digest[:-1] + ("0" if line.digest[-1] != "0" else "1"))
    world.lines[wrong.digest] = wrong


def summary(standing: Standing, lines: list[Line]) -> dict[str, Any]:
    """All that can be asked of a standing."""
    return {
        "mode": standing.mode, "team": standing.team, "geneses": standing.geneses,
        "members": standing.members, "devices": standing.devices, "teams": standing.teams,
        "refused": standing.refused, "heads": standing.heads, "founder": standing.founder,
        "equivocations": standing.equivocations, "requests": standing.requests,
        "basis": {line.digest: standing.basis(line.digest) for line in lines},
        "authority": {line.digest: standing.authority(line.digest) for line in lines},
        "now": {line.device: standing.now(line.device) for line in lines},
        "tips": standing.tips("x"), "inherited": standing.inherited,
    }  # fmt: skip
