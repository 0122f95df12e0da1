"""Whatever races, fails or is copied: purged texts are nowhere, and nothing else is lost."""

import os
import random
from pathlib import Path

import pytest

from box import Box
from sync.purge_judge import judge, settle
from sync.purge_world import World, plan

FIRST = int(os.environ.get("NATURECODE_SEED", "0")) * 1000
SHORT, LONG = range(FIRST, FIRST + 3), range(FIRST + 3, FIRST + 150)


def course(path: Path, seed: int) -> None:
    """One course of events, and what must hold after it."""
    rng = random.Random(seed)
    remotes = rng.choice((1, 2))
    ops = plan(rng, remotes)
    world = World(Box(path), seed, remotes)
    world.run(ops)
    found = settle(world)
    wrong = [found] if found else list(judge(world))
    assert not wrong, (seed, wrong, ops)


@pytest.mark.parametrize("seed", SHORT)
def test_purged_texts_are_nowhere_and_nothing_else_is_lost(tmp_path: Path, seed: int) -> None:
    course(tmp_path, seed)


@pytest.mark.torture
def test_and_so_in_many_courses(tmp_path: Path) -> None:
    for seed in LONG:
        (tmp_path / str(seed)).mkdir()
        course(tmp_path / str(seed), seed)
