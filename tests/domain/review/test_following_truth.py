"""Random edits whose truth is known line by line: an oracle that no difference is needed for."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest

from git_naturecode.domain.review.anchor import Anchor, at
from git_naturecode.domain.review.carried import Carried, Edit, agreed, between, onward
from git_naturecode.domain.review.following import GONE, MOVED, SAME, Place, follow
from seeds import SEED, TORTURE

COMMON = ["}", "", "    return None", "    if err != nil {", "    x = x + 1", "  }", "*/"]
ROUNDS = 2_000 if TORTURE else 150


class Line(NamedTuple):
    """A line that knows which one it is."""

    name: int
    text: str


class Writer:
    """Somebody who edits; `common` is how many of his lines stand elsewhere, too."""

    def __init__(self, seed: int, common: float) -> None:
        self.rng, self.common, self.count = random.Random(seed), common, 0

    def line(self) -> Line:
        self.count += 1
        if self.rng.random() < self.common:
            return Line(self.count, self.rng.choice(COMMON))
        return Line(self.count, f"    value_{self.count} = {self.rng.randint(0, 9**9)}")

    def lines(self, most: int) -> list[Line]:
        return [self.line() for _ in range(self.rng.randint(0, most))]

    def edits(self, old: Sequence[Line], most: int) -> tuple[list[Edit], list[Line]]:
        """An edit script and what it makes of `old`."""
        cuts = sorted(self.rng.randint(0, len(old)) for _ in range(2 * self.rng.randint(0, most)))
        script, new, at_line = [], list[Line](), 0
        for start, end in zip(cuts[::2], cuts[1::2], strict=True):
            if start < at_line or end - start > 6:
                continue
            new += old[at_line:start]
            come = self.lines(4)
            if come or end > start:
                script.append((start, end - start, len(new), len(come)))
            new += come
            at_line = end
        return script, [*new, *old[at_line:]]


def texts(lines: Sequence[Line]) -> list[str]:
    return [line.text for line in lines]


def truth(old: Sequence[Line], new: Sequence[Line]) -> dict[int, int]:
    """Where each line is that is still there."""
    there = {line.name: number for number, line in enumerate(new)}
    return {n: there[line.name] for n, line in enumerate(old) if line.name in there}


def places(old: Sequence[Line], carried: Carried) -> Iterator[tuple[int, Place]]:
    for number in range(len(old)):
        yield number, follow(at(texts(old), Anchor("a"), number + 1), "a", carried)


@pytest.mark.parametrize("common", [0.0, 0.3, 0.7])
def test_no_comment_is_put_on_another_line(common: float) -> None:
    """Whatever the two ends look like; and lines of their own are found, all of them."""
    kept = found = 0
    for seed in range(ROUNDS):
        writer = Writer(SEED * 1_000_003 + seed, common)
        old = writer.lines(40)
        _, new = writer.edits(old, 4)
        there, back = truth(old, new), truth(new, old)
        for number, place in places(old, Carried(texts(old), texts(new))):
            own = old[number].text not in COMMON
            kept += number in there
            if place.state == GONE:
                assert not (own and number in there), (seed, number)
                continue
            found += number in there
            if number in there:
                assert place.line - 1 == there[number], (seed, number, place)
                assert place.state in (SAME, MOVED)
            else:
                assert back.get(place.line - 1, number) == number, (seed, number, place)
    assert found > kept * {0.0: 1.0, 0.3: 0.9, 0.7: 0.6}[common] - 1


@pytest.mark.parametrize("common", [0.0, 0.5, 1.0])
def test_steps_lead_to_exactly_the_lines_that_are_left(common: float) -> None:
    for seed in range(ROUNDS):
        writer = Writer(SEED * 1_000_003 + seed, common)
        old = new = writer.lines(40)
        blocks = [(0, 0, len(old))]
        for _ in range(5):
            script, new = writer.edits(new, 3)
            blocks = onward(blocks, script)
        found = {i + k: j + k for i, j, n in blocks for k in range(n)}
        there = truth(old, new)
        assert found == there
        carried = Carried(texts(old), texts(new), steps=blocks)
        for number, place in places(old, carried):
            if number in there:
                assert (place.line - 1, place.confidence) == (there[number], 1.0)


def test_blanks_and_moved_blocks_on_top() -> None:
    """Indented, and moved as a whole: lines of their own are still never taken for others."""
    for seed in range(ROUNDS):
        writer = Writer(SEED * 1_000_003 + seed, 0.3)
        old = writer.lines(40)
        _, new = writer.edits(old, 2)
        low, high = sorted(writer.rng.randint(0, len(new)) for _ in range(2))
        block = [Line(line.name, "    " + line.text) for line in new[low:high]]
        rest = [*new[:low], *new[high:]]
        to = writer.rng.choice([low, writer.rng.randint(0, len(rest))])
        new = [*rest[:to], *block, *rest[to:]]
        there, back = truth(old, new), truth(new, old)
        for number, place in places(old, Carried(texts(old), texts(new))):
            if place.state != GONE and old[number].text not in COMMON:
                assert back.get(place.line - 1, number) == number, (seed, number, place)
                assert there.get(number, place.line - 1) == place.line - 1, (seed, number, place)


def test_what_two_agree_on() -> None:
    for seed in range(ROUNDS):
        writer = Writer(SEED * 1_000_003 + seed, 1.0)
        old = writer.lines(40)
        kept = [between(writer.edits(old, 4)[0], len(old)) for _ in range(2)]
        pairs = [{(i + k, j + k) for i, j, n in blocks for k in range(n)} for blocks in kept]
        found = [(i + k, j + k) for i, j, n in agreed(*kept) for k in range(n)]
        assert found == sorted(pairs[0] & pairs[1])
