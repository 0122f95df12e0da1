"""Clones that each sync after every entry lose nothing and double nothing."""

import pytest

from sync.contention import measure


@pytest.mark.parametrize("clones", [4, pytest.param(8, marks=pytest.mark.torture)])
def test_every_entry_arrives_once(clones: int) -> None:
    got = measure(clones, 3)
    said = sorted(f"clone{clone} says {number}" for clone in range(clones) for number in range(3))
    assert sorted(got.arrived) == said
