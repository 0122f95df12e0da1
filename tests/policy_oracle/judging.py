"""Holds the policy to the oracle and the invariants, and makes a broken history small."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from policy_oracle import rights, rules
from policy_oracle.histories import ENTITIES, History
from policy_oracle.invariants import Outcome, Watch
from policy_oracle.product import Judged
from policy_oracle.rights import Case
from policy_oracle.wire import Line
from policy_oracle.world import Person, Said

ORDERS = 2


@dataclass
class Count:
    """How much was looked at."""

    histories: int = 0
    circular: int = 0
    lines: int = 0
    binding: int = 0
    invariants: int = 0
    effects: int = 0
    entries: int = 0
    quarantined: int = 0
    orders: int = 0
    broken: list[str] = field(default_factory=list)


def look_at(history: History, count: Count, orders: int = ORDERS) -> list[str]:
    """Everything that the policy says wrongly about a history, and about so many orders of it."""
    lines, pinned, said = history.lines, history.pinned, history.world.said
    found = list(broken(lines, pinned, said, count))
    found += list(disorder(lines, pinned, said, history.random, count, orders))
    return found


def broken(
    lines: Sequence[Line], pinned: str, said: Mapping[tuple[str, str, str], Said], count: Count
) -> Iterator[str]:
    """What the policy says about `lines` against the rules."""
    judged = Judged(lines, pinned, said)
    by_digest = {line.digest: line for line in lines}
    outcome = _outcome(judged, lines)
    watch = Watch(by_digest, pinned, outcome)
    yield from (f"invariant: {one}" for one in watch.broken())
    verdicts = rules.agreed(lines, pinned)
    count.histories += 1
    count.lines += len(lines)
    count.invariants += watch.checked
    if verdicts is None:
        count.circular += 1
        return
    count.binding += len(verdicts.standing)
    count.effects += len(verdicts.effects)
    yield from _lines(by_digest, verdicts, outcome)
    yield from _members(verdicts, outcome)
    yield from _entries(by_digest, pinned, verdicts, judged, said, count)


def _outcome(judged: Judged, lines: Sequence[Line]) -> Outcome:
    return Outcome(
        judged.mode,
        {line.digest: judged.authority(line) for line in lines},
        frozenset(line.digest for line in lines if judged.is_refused(line)),
        judged.members,
        judged.geneses,
    )


def _lines(lines: Mapping[str, Line], verdicts: rules.Verdicts, outcome: Outcome) -> Iterator[str]:
    for digest, standing in verdicts.standing.items():
        line = lines[digest]
        if any(op["op"] in ("device", "join", "genesis", "request") for op in line.ops):
            continue  # what it does for itself is not authority that it had
        if not line.team:
            continue
        told = outcome.authority[digest]
        if told != standing:
            yield f"standing: {_name(line)} is {told}, and has to be {standing}"
        fault = verdicts.faults.get(digest, "waiting")
        if fault != "waiting" and digest not in outcome.refused:
            yield f"fault: {_name(line)} has to be refused ({fault})"
    for place, done in verdicts.effects.items():
        line = lines[place.line]
        kind = line.ops[place.number]["op"]
        if kind != "adopt" and len(line.ops) == 1 and (place.line in outcome.refused) is done:
            yield f"effect: {_name(line)} is {'refused' if done else 'good'}, and may not be"


def _members(verdicts: rules.Verdicts, outcome: Outcome) -> Iterator[str]:
    for member, role in verdicts.members.items():
        told = outcome.members.get(member, "")
        if told != role:
            yield f"member: {member} is {told!r} in the end, and has to be {role!r}"
    for member, role in outcome.members.items():
        if role and member not in verdicts.members:
            yield f"member: {member} is {role!r}, and nobody let him in"


def case_of(
    lines: Mapping[str, Line], pinned: str, verdicts: rules.Verdicts,
    said: Mapping[tuple[str, str, str], Said], mode: str,
) -> Case:  # fmt: skip
    """What the rights follow from in a history of `histories`."""
    emails = {
        str(op["member"]["id"]): str(op["member"]["email"])
        for line in lines.values()
        for op in line.ops
        if op["op"] == "member"
    }
    invited = frozenset(
        str(op["member"]["id"])
        for line in lines.values()
        for op in line.ops
        if op["op"] == "member" and op["invite"]
    )
    joined = frozenset(
        str(op["email"]) for line in lines.values() for op in line.ops if op["op"] == "join"
    )
    emails[Person("root").id] = Person("root").email
    owners = {entity: Person(name).id for entity, name in ENTITIES.items()}
    genesis = lines[pinned].ops[0]
    taken: set[str] = set()
    todo = [*genesis["heads"].values(), lines[pinned].prev]
    while todo:
        one = todo.pop()
        if one in lines and one not in taken:
            taken.add(one)
            todo += [lines[one].prev, *lines[one].deps]
    return Case(
        said, lines, verdicts, mode, frozenset(), emails, invited, joined, owners, frozenset(taken)
    )


def _entries(
    lines: Mapping[str, Line], pinned: str, verdicts: rules.Verdicts, judged: Judged,
    said: Mapping[tuple[str, str, str], Said], count: Count,
) -> Iterator[str]:  # fmt: skip
    case = case_of(lines, pinned, verdicts, said, judged.mode)
    for one in said.values():
        has_to = rights.counts(case, one)
        state, reason = judged.entry(one)
        count.entries += has_to is not None
        count.quarantined += has_to is False
        if has_to is not None and has_to is (state == "quarantined"):
            word = "count" if has_to else "be in quarantine"
            name = f"{one.kind} {one.header['id']} by {one.by}"
            yield f"entry: {name} has to {word}: {state} {reason}"
        if state == "quarantined" and not reason:
            yield f"entry: {one.header['id']} is in quarantine without a reason"


def disorder(
    lines: Sequence[Line], pinned: str, said: Mapping[tuple[str, str, str], Said], random: Random,
    count: Count, orders: int = ORDERS,
) -> Iterator[str]:  # fmt: skip
    """What changes with the order in which the lines come, or with how many come at once."""
    first = Judged(lines, pinned, said).everything()
    for _ in range(orders):
        count.orders += 1
        shuffled = random.sample(list(lines), len(lines))
        if Judged(shuffled, pinned, said).everything() != first:
            yield "order: another order gives another result"
        grown = Judged([], pinned, said)
        while shuffled:
            size = random.choice((1, 2, 5, len(shuffled)))
            grown.extend(shuffled[:size])
            shuffled = shuffled[size:]
        if grown.everything() != first:
            yield "order: piece by piece gives another result"


def smallest(
    lines: Sequence[Line], fails: Callable[[Sequence[Line]], bool], keep: str
) -> list[Line]:
    """As few of `lines` as still fail: each is left out with all that stands on it."""
    here = list(lines)
    for line in reversed(lines):
        if line.digest == keep or line not in here:
            continue
        gone = {line.digest}
        for other in here:
            if gone & {other.prev, *other.deps}:
                gone.add(other.digest)
        fewer = [one for one in here if one.digest not in gone]
        if keep not in gone and fails(fewer):
            here = fewer
    return here


def told(history: History, lines: Sequence[Line]) -> str:
    """Lines in words, for a report."""
    names = {clone.device.id: name for name, clone in history.world.clones.items()}
    people = {clone.person.id: clone.person.name for clone in history.world.clones.values()}
    number = {line.digest: index for index, line in enumerate(lines)}
    rows = []
    for line in lines:
        ops = ", ".join(_told(op, names, people) for op in line.ops)
        seen = [number.get(dep, "?") for dep in line.deps]
        team = "" if not line.team else " team" if line.team == history.pinned else " OTHER TEAM"
        rows.append(f"  {number[line.digest]}: {names[line.device]} #{line.seq} {line.digest[:8]} "
                    f"at {line.at}{team} has seen {seen}: {ops}")  # fmt: skip
    return "\n".join(rows)


def _told(op: Mapping[str, object], names: Mapping[str, str], people: Mapping[str, str]) -> str:
    kind = str(op["op"])
    if kind == "role":
        return f"role {people.get(str(op['member']), op['member'])} {op['role']}"
    if kind in ("remove", "join"):
        return f"{kind} {people.get(str(op['member']), op['member'])}"
    if kind == "member" and isinstance(op["member"], dict):
        invited = " by a code" if op["invite"] else ""
        return f"add {op['member']['name']} {op['member']['role']}{invited}"
    if kind in ("revoke", "add-device"):
        return f"{kind} {names.get(str(op['device']))} {op.get('after', '')}"
    if kind == "device":
        return f"device {op.get('cert', 'without a certificate') and op['label']}"
    return f"{kind} {op.get('mode', '')}"


def _name(line: Line) -> str:
    return f"{line.digest[:8]} ({'+'.join(str(op['op']) for op in line.ops)})"
