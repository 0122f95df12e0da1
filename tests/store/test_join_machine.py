"""Four clones that write, meet, cross, crash and are copied: whatever happens, they agree.

The default run is short and always the same; NATURECODE_TORTURE=1 makes a long one, with
NATURECODE_SEED for another course of events.
"""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from git_naturecode import clock, ids
from git_naturecode.store import format, join, paths
from git_naturecode.store.entry import Entry
from seeds import SEED, TORTURE
from trees import join_trees

Tree = dict[str, bytes]
Joiner = Callable[[Mapping[str, bytes], Mapping[str, bytes]], Tree]
SegmentJoiner = Callable[[bytes, bytes], bytes]

ENTITY = "session-20261122-k3v9q2m7"
DEVICES = tuple(ids.digest32(("device", str(i)), 16) for i in range(4))
NOON = 1_795_348_800_000
# Right, slow, standing still, and more than a day ahead.
SKEWS = (0, -7_000, 2_000, 3 * clock.DAY_MS)
FROZEN = 2


# -- a fold, just big enough to see what a user would see --------------------------------------


def entries_of(tree: Mapping[str, bytes]) -> list[Entry]:
    """Every entry in `tree`, in the order of the log."""
    found = [e for path in sorted(tree) for e in format.parse(tree[path]).entries]
    return sorted(found, key=lambda entry: entry.order)


def replaced(entries: Iterable[Entry]) -> set[str]:
    """The ids that some entry is written over."""
    return {name for entry in entries for name in entry.header.get("over", ())}


def current(entries: list[Entry], kind: str) -> list[Entry]:
    """The entries of `kind` that nothing was written over, the deciding one last."""
    out = replaced(entries)
    return [entry for entry in entries if entry.kind == kind and entry.id not in out]


def title(entries: list[Entry]) -> str | None:
    """The title that everyone sees."""
    heads = current(entries, "set")
    return heads[-1].header["value"] if heads else None


def hidden(entries: list[Entry]) -> set[str]:
    """The messages whose text a redaction hides."""
    return {name for entry in entries if entry.kind == "redact" for name in entry.header["over"]}


def text_of(entries: list[Entry], message: str) -> str | None:
    """The text of `message` with its edits, None when it is redacted."""
    if message in hidden(entries):
        return None
    versions = [e for e in entries if e.id == message or e.header.get("target") == message]
    return [e for e in versions if e.id not in replaced(entries)][-1].body


# -- the clones --------------------------------------------------------------------------------


@dataclass
class Clone:
    """One clone: its device, what it has, and its clocks."""

    number: int
    device: str
    machine: int
    tree: Tree = field(default_factory=dict)
    last: clock.Stamp = clock.ZERO
    heard: clock.Stamp = clock.ZERO  # the highest stamp that was not from a day ahead when it came
    limit: int = 0
    past: list[Tree] = field(default_factory=list)

    def path(self) -> str:
        """Where this device writes."""
        return paths.segment_path(ENTITY, self.device, 1)


class Clones(RuleBasedStateMachine):
    """The events; the functions under test are attributes, so that a mutant can replace them."""

    join: Joiner = staticmethod(join_trees)
    tick = staticmethod(clock.tick)
    witness = staticmethod(clock.witness)
    clones = st.integers(0, 3)

    @initialize()
    def begin(self) -> None:
        """Four empty clones at noon."""
        self.wall = NOON
        self.salt = 0
        self.written: dict[tuple[str, str], Entry] = {}
        self.team = [Clone(i, DEVICES[i], i) for i in range(4)]

    # -- time and writing

    def now(self, clone: Clone) -> int:
        """What the wall clock of `clone` shows."""
        return (NOON if clone.machine == FROZEN else self.wall) + SKEWS[clone.machine]

    @rule(ms=st.sampled_from((1, 900, 5_000, 3_600_000, clock.DAY_MS)))
    def time_passes(self, ms: int) -> None:
        """The true time goes on."""
        self.wall += ms

    def write(self, clone: Clone, kind: str, body: str | None = None, **fields: object) -> Entry:
        """`clone` says something; what it had before stays a state that others may still have."""
        before = entries_of(clone.tree)
        now = self.now(clone)
        clone.last = self.tick(now, clone.last)
        clone.limit = max(clone.limit, now)
        self.salt += 1
        header = {
            "at": str(clone.last),
            "id": ids.live_entry(*clone.last, clone.device),
            "kind": kind,
            "salt": f"{self.salt:022d}",
            **fields,
        }
        entry = format.make(header, body)
        old = clone.tree.get(clone.path())
        base = old or format.preamble(ENTITY, clone.device, 1).encode()
        self.keep(clone)
        clone.tree = {**clone.tree, clone.path(): join.extend(base, [entry])}
        self.written[entry.key] = entry
        for seen in before:
            if clock.parse(seen.at) <= clone.heard:
                assert seen.order < entry.order, "an answer went above what it answers"
        clone.heard = max(clone.heard, clock.parse(entry.at))
        if old is not None:
            assert join.join_segments(old, clone.tree[clone.path()]) == clone.tree[clone.path()]
        return entry

    def keep(self, clone: Clone) -> None:
        """Remember the state of `clone`: somebody may come back with it."""
        clone.past = [*clone.past[-6:], clone.tree]

    @rule(i=clones, body=st.sampled_from(("yes", "", "- a\n- b", "```\nopen", "<!-- nc:end x")))
    def say(self, i: int, body: str) -> None:
        """A message."""
        self.write(self.team[i], "message", body)

    @rule(i=clones)
    def set_title(self, i: int) -> None:
        """A new title, over all that is seen; its writer sees it at once."""
        clone = self.team[i]
        over = [entry.id for entry in current(entries_of(clone.tree), "set")]
        entry = self.write(clone, "set", value=f"title {self.salt}", over=over)
        assert title(entries_of(clone.tree)) == entry.header["value"]

    @rule(i=clones, pick=st.integers(0, 99), redact=st.booleans())
    def change_message(self, i: int, pick: int, redact: bool) -> None:
        """An edit or a redaction of some message that the clone can see."""
        clone = self.team[i]
        entries = entries_of(clone.tree)
        messages = [e.id for e in entries if e.kind == "message" and e.id not in hidden(entries)]
        if not messages:
            return
        target = messages[pick % len(messages)]
        versions = {e.id for e in entries if e.header.get("target") == target} | {target}
        over = sorted(versions - replaced(entries) | {target})
        if redact:
            self.write(clone, "redact", over=over, target=target)
            assert text_of(entries_of(clone.tree), target) is None
        else:
            entry = self.write(clone, "edit", f"edited {self.salt}", over=over, target=target)
            assert text_of(entries_of(clone.tree), target) == entry.body

    @rule(i=clones, part=st.floats(0, 1))
    def crash(self, i: int, part: float) -> None:
        """A message is cut off while it is written, and written again afterwards."""
        clone = self.team[i]
        empty = format.preamble(ENTITY, clone.device, 1).encode()
        before = clone.tree.get(clone.path(), empty)
        entry = self.write(clone, "message", "once more\n\nwith feeling")
        whole = clone.tree[clone.path()]
        if not whole.startswith(before):
            return
        torn = whole[: len(before) + int(part * (len(whole) - len(before)))]
        assert join.extend(torn, [entry]) == whole
        assert join.join_segments(torn, whole) == whole
        clone.past.append({**clone.past[-1], clone.path(): torn})

    # -- meeting

    def take(self, clone: Clone, theirs: Tree) -> None:
        """`clone` joins `theirs` and moves its clock past what it has seen."""
        joined = self.join(clone.tree, theirs)
        assert joined == self.join(theirs, clone.tree), "the two sides do not agree"
        self.keep(clone)
        had, clone.tree = entries_of(clone.tree), joined
        entries = entries_of(joined)
        assert hidden(had) <= hidden(entries), "a redaction was undone"
        now = self.now(clone)
        clone.limit = max(clone.limit, now)
        for entry in entries:
            stamp = clock.parse(entry.at)
            clone.last = self.witness(clone.last, stamp, now)
            if stamp.ms <= now + clock.DAY_MS:
                clone.heard = max(clone.heard, stamp)

    @rule(i=clones, j=clones)
    def pull(self, i: int, j: int) -> None:
        """One clone takes in another."""
        self.take(self.team[i], self.team[j].tree)

    @rule(i=clones, j=clones)
    def cross(self, i: int, j: int) -> None:
        """Both take in what the other had before: a criss-cross in any base-needing design."""
        ours, theirs = self.team[i].tree, self.team[j].tree
        self.take(self.team[i], theirs)
        self.take(self.team[j], ours)

    @rule(i=clones)
    def meet_the_past(self, i: int) -> None:
        """A backup, a reflog, a shallow clone: old states change nothing."""
        clone = self.team[i]
        for state in clone.past:
            assert self.join(clone.tree, state) == clone.tree, "an old state changed something"
            assert self.join(state, clone.tree) == clone.tree, "an old state changed something"

    @rule(i=clones, j=clones)
    def copy(self, i: int, j: int) -> None:
        """Somebody copies a clone on one machine: both write as one device, at the same time."""
        source, target = self.team[i], self.team[j]
        self.take(target, source.tree)
        target.device, target.machine = source.device, source.machine
        target.last = max(target.last, source.last)
        target.heard = max(target.heard, source.heard)
        target.limit = max(target.limit, source.limit)
        for clone in {i: source, j: target}.values():
            self.write(clone, "message", "it is me")

    # -- what must hold

    @invariant()
    def clocks_stay_near(self) -> None:
        """A stamp from more than a day ahead moves nobody's clock."""
        for clone in getattr(self, "team", ()):
            assert clone.last.ms <= clone.limit + clock.DAY_MS, "a bad clock spread"

    def teardown(self) -> None:
        """All meet, in three orders, and everyone has everything, once, in the same bytes."""
        if not hasattr(self, "team"):
            return
        for clone in self.team:
            self.meet_the_past(clone.number)
        states = [state for clone in self.team for state in (*clone.past, clone.tree)]
        ends = []
        for order in range(3):
            random.Random(order).shuffle(states)
            end: Tree = {}
            for state in states:
                end = self.join(end, state)
            ends.append(end)
        assert ends[0] == ends[1] == ends[2], "the order of meeting shows"
        entries = entries_of(ends[0])
        assert [e.key for e in entries] == sorted(self.written, key=lambda k: self.written[k].order)
        assert all(format.render(format.parse(data)) == data for data in ends[0].values())
        out = replaced(entries)
        assert not any(entry.id in out for entry in current(entries, "set"))
        for entry in entries:
            if entry.kind == "redact":
                assert text_of(entries, entry.header["target"]) is None


def budget(examples: int, steps: int) -> settings:
    """Settings for a run: short and repeatable, or long."""
    return settings(
        max_examples=examples * (40 if TORTURE else 1),
        stateful_step_count=steps,
        derandomize=not TORTURE,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def test_clones_agree_whatever_happens() -> None:
    machine = seed(SEED)(Clones) if TORTURE else Clones
    run_state_machine_as_test(machine, settings=budget(60, 30))


# -- mutants: each rule left out is noticed ----------------------------------------------------


def trees_by(segments: SegmentJoiner) -> Joiner:
    """A join of trees that joins segments by `segments`."""

    def trees(a: Mapping[str, bytes], b: Mapping[str, bytes]) -> Tree:
        both = {path: segments(a[path], b[path]) for path in a.keys() & b.keys()}
        return {**a, **b, **both}

    return trees


def ours_wins(a: bytes, b: bytes) -> bytes:
    """Union by id alone: where ids are equal, ours stays."""
    ours, theirs = format.parse(a), format.parse(b)
    union = {e.id: e for e in (*theirs.entries, *ours.entries)}
    entries = tuple(sorted(union.values(), key=lambda e: e.order))
    return format.render(format.Segment(ours.entity, ours.device, ours.number, entries))


def absence_deletes(a: Mapping[str, bytes], b: Mapping[str, bytes]) -> Tree:
    """What one side lacks is taken for deleted."""
    if not a or not b:
        return {**a, **b}
    return {path: join.join_segments(a[path], b[path]) for path in a.keys() & b.keys()}


def shorter_wins(a: bytes, b: bytes) -> bytes:
    """The prefix rule the wrong way round."""
    if a.startswith(b) or b.startswith(a):
        return min(a, b, key=len)
    return join.join_segments(a, b)


def longer_wins(a: bytes, b: bytes) -> bytes:
    """The prefix rule without a look at the prefix."""
    return max(a, b, key=len)


def appended(a: bytes, b: bytes) -> bytes:
    """A text merge: ours, then what of theirs is new."""
    ours, theirs = format.parse(a), format.parse(b)
    keys = {e.key for e in ours.entries}
    entries = (*ours.entries, *(e for e in theirs.entries if e.key not in keys))
    return format.render(format.Segment(ours.entity, ours.device, ours.number, entries))


def no_floor(now_ms: int, last: clock.Stamp) -> clock.Stamp:
    """The wall clock alone."""
    return clock.Stamp(now_ms, 0)


def blind(last: clock.Stamp, seen: clock.Stamp, now_ms: int) -> clock.Stamp:
    """A clock that learns nothing from others."""
    return last


def gullible(last: clock.Stamp, seen: clock.Stamp, now_ms: int) -> clock.Stamp:
    """A clock that believes every stamp."""
    return max(last, seen)


MUTANTS: dict[str, dict[str, Callable[..., object]]] = {
    "no clock floor": {"tick": no_floor},
    "order by wall clock": {"witness": blind},
    "no bound for clocks ahead": {"witness": gullible},
    "ours wins on equal ids": {"join": trees_by(ours_wins)},
    "absence means deleted": {"join": absence_deletes},
    "the shorter prefix wins": {"join": trees_by(shorter_wins)},
    "the longer state wins": {"join": trees_by(longer_wins)},
    "ours, then theirs": {"join": trees_by(appended)},
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_noticed(name: str) -> None:
    methods = {key: staticmethod(value) for key, value in MUTANTS[name].items()}
    mutant = type("Mutant", (Clones,), methods)
    profile = settings(budget(200, 30), phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(mutant, settings=profile)
