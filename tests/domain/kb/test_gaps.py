"""Which items of two sequences are the same: the shortest way, in a bounded time."""

import random

from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.kb.gaps import Effort, matching_within

few = st.lists(st.sampled_from("ab"), max_size=12)


def longest(one: list[str], other: list[str]) -> int:
    """How many items they have in common in order, by the table of all pairs."""
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            table[i + 1][j + 1] = (
                table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
            )
    return table[-1][-1]


@given(few, few)
def test_the_shortest_way_is_found(one: list[str], other: list[str]) -> None:
    found = Effort().blocks(one, other)
    assert sum(n for _, _, n in found) == longest(one, other)
    ends = (0, 0)
    for i, j, n in found:
        assert i >= ends[0]
        assert j >= ends[1]
        assert one[i : i + n] == other[j : j + n]
        ends = (i + n, j + n)


def test_an_effort_comes_to_an_end() -> None:
    chance = random.Random(1)
    one, other = ([chance.choice("abc") for _ in range(300)] for _ in range(2))
    effort = Effort()
    assert effort.blocks(one, other)
    for _ in range(1_000):
        if not effort.blocks(one, other):
            break
    assert effort.blocks(one, other) == []
    assert matching_within(one, other, effort) != matching_within(one, other)


def test_texts_that_are_far_apart_are_not_compared_to_the_end() -> None:
    assert Effort().blocks(list("ab" * 500), list("ba" * 3 + "c" * 2_000)) == []


def test_lines_without_letters_never_lead() -> None:
    assert matching_within(["p", "", "q"], ["new", "", "p"]) == [(0, 2, 1)]
