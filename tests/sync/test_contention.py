"""Eight clones that each sync after every entry lose nothing and double nothing."""

from sync.contention import measure


def test_every_entry_arrives_once() -> None:
    got = measure(8, 3)
    said = sorted(f"clone{clone} says {number}" for clone in range(8) for number in range(3))
    assert sorted(got.arrived) == said
