"""Hundreds of random histories: no verdict against the oracle, none that depends on an order."""

import pytest

from policy_oracle.histories import History
from policy_oracle.judging import Count, look_at, told
from seeds import SEED, TORTURE

BLOCKS, EACH, ORDERS = (40, 150, 2) if TORTURE else (10, 30, 1)
STEPS = (10, 16, 40) if TORTURE else (8, 12, 16)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_policy_keeps_to_the_rules(block: int) -> None:
    count = Count()
    for number in range(EACH):
        seed = SEED * 1_000_000 + block * EACH + number
        history = History(seed, STEPS[number % len(STEPS)], 1.0 if number % 4 else 6.0)
        wrong = look_at(history, count, ORDERS)
        story = told(history, history.lines)
        assert not wrong, "\n".join([f"seed {seed}:", *wrong[:5], story])
    assert count.histories == EACH
    # A judge who never says anything would find nothing either.
    assert count.circular < EACH / 5
    assert count.binding > 10 * EACH
    assert count.quarantined > EACH
    assert count.entries > 3 * count.quarantined / 2


def test_the_histories_hold_what_they_are_meant_to() -> None:
    """Every kind of operation and of fault is there, and some of each without right."""
    from policy_oracle import rules

    kinds: set[tuple[str, bool]] = set()
    faults: set[str] = set()
    for number in range(150):
        history = History(SEED * 1_000_000 + number, 14)
        verdicts = rules.agreed(history.lines, history.pinned)
        if verdicts:
            faults |= set(verdicts.faults.values())
            for place, done in verdicts.effects.items():
                op = history.world.lines[place.line].ops[place.number]
                kinds.add((str(op["op"]), done))
    both = {"member", "role", "remove", "revoke", "add-device", "join", "adopt", "policy"}
    assert kinds >= {(kind, done) for kind in both for done in (True, False)}
    assert faults == {"waiting", "equivocation", "team"}
