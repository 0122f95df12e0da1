"""The order in which lines arrive, and in how many parts, changes nothing; nothing crashes."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from git_naturecode.domain.policy import evaluate

from .histories import Step, play, steps, summary
from .world import CHECKS


@given(steps, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_order_and_parts_change_nothing(history: list[Step], chance: random.Random) -> None:
    world, lines = play(history)
    pinned = world.team if chance.random() < 0.7 else ""
    whole = summary(evaluate(lines, pinned, CHECKS), lines)
    shuffled = lines[:]
    chance.shuffle(shuffled)
    assert summary(evaluate(shuffled, pinned, CHECKS), lines) == whole
    standing = evaluate([], pinned, CHECKS)
    rest = shuffled if chance.random() < 0.5 else lines[:]
    while rest:
        size = chance.randint(1, 6)
        part, rest = rest[:size], rest[size:]
        before = summary(standing, lines)
        grown = standing.extended(part)
        assert summary(standing, lines) == before  # nothing changes a standing
        standing = grown
    assert summary(standing, lines) == whole


@given(steps)
@settings(max_examples=30, deadline=None)
def test_who_had_seen_what_is_as_the_lines_say(history: list[Step]) -> None:
    _, lines = play(history)
    standing = evaluate(lines, "", CHECKS)
    by_digest = {line.digest: line for line in lines}
    past: dict[str, set[str]] = {}
    for line in lines:  # written in this order
        named = [d for d in (line.prev, *line.deps) if d in past]
        past[line.digest] = {line.digest}.union(*(past[d] for d in named))
    waiting = {digest for digest, why in standing.refused.items() if why.code == "waiting"}
    placed = [d for d in by_digest if d not in waiting and all(p in by_digest for p in past[d])]
    for later in placed[-12:]:
        for earlier in placed:
            if standing.authority(later) and later not in waiting:
                assert standing.seen(later, earlier) == (earlier in past[later]), (later, earlier)


@given(steps)
@settings(max_examples=20, deadline=None)
def test_the_pinned_team_stays(history: list[Step]) -> None:
    world, lines = play(history)
    standing = evaluate(lines, world.team, CHECKS)
    assert standing.team == world.team
    assert world.team in standing.geneses
    if "member-ada" in standing.members:
        assert standing.founder == "member-ada"
