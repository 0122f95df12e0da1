"""The life of findings over pushes: what is fixed, what comes back, what nobody can know."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.findings.lifecycle import (
    FIXED,
    LIVE,
    NEW,
    PERSISTING,
    REOPENED,
    Look,
    Sighting,
    When,
    lives,
    tool,
)

F = "f" * 32
ALL: tuple[str, ...] = ()


def when(revision: int, at: int = 0) -> When:
    return When(revision, f"2026-11-26T10:{at or revision:02}", f"id{revision}-{at}")


def seen(
    revision: int, source: str = "builtin", aspect: str = "security", path: str = "a.py"
) -> Sighting:
    return Sighting(when(revision), F, source, aspect, path)


def look(
    revision: int, *, found: bool = False, source: str = "builtin",
    covered: Sequence[str] = ("a.py",), gone: Sequence[str] = (),
    aspects: tuple[str, ...] = ALL, at: int = 0,
) -> Look:  # fmt: skip
    return Look(
        when(revision, at or 50 + revision), frozenset({source}), aspects, frozenset(covered),
        frozenset(gone), frozenset({F} if found else ()),
    )  # fmt: skip


def state(*events: Sighting | Look) -> str:
    sightings = [one for one in events if isinstance(one, Sighting)]
    return lives(sightings, [one for one in events if isinstance(one, Look)])[F]


def test_a_life() -> None:
    first = (seen(1), look(1, found=True))
    assert state(*first) == NEW
    assert state(*first, look(2, found=True)) == PERSISTING
    assert state(*first, look(2)) == FIXED
    assert state(*first, look(2), look(3, found=True)) == REOPENED
    assert state(*first, look(2), look(3, found=True), look(4, found=True)) == PERSISTING
    assert state(*first, look(2), look(3, found=True), look(4)) == FIXED
    assert state(seen(1)) == NEW


def test_fixed_only_when_seen_fixed() -> None:
    first = (seen(1), look(1, found=True))
    assert state(*first, look(2, covered=["b.py"])) == PERSISTING
    assert state(*first, look(2, source="bandit")) == NEW
    assert state(*first, look(2, aspects=("performance",))) == PERSISTING
    assert state(*first, look(2, aspects=("security",))) == FIXED
    assert state(*first, look(2, covered=[], gone=["a.py"])) == FIXED
    assert state(*first, look(1, at=59)) == NEW, "the same state looks clean to a second run"


def test_the_newest_path_counts() -> None:
    moved = (seen(1), seen(2, path="b.py"), look(2, found=True, covered=["b.py"]))
    assert state(*moved, look(3, covered=["a.py"])) == PERSISTING
    assert state(*moved, look(3, covered=["b.py"])) == FIXED


def test_an_old_run_that_ends_late_says_nothing_of_the_new_state() -> None:
    assert state(seen(2), look(2, found=True, at=20), look(1, at=59)) == NEW


def test_maintainability_stands_for_what_has_no_name() -> None:
    first = (seen(1, aspect="tests"), look(1, found=True))
    assert state(*first, look(2, aspects=("maintainability",))) == FIXED
    assert state(*first, look(2, aspects=("security",))) == PERSISTING


def test_one_of_several_sources_is_enough() -> None:
    both = (seen(1), seen(1, "model"), look(1, found=True), look(1, found=True, source="model"))
    assert state(*both, look(2), look(2, found=True, source="model")) == PERSISTING
    assert state(*both, look(2), look(2, source="model")) == FIXED
    assert tool("bandit 1.9.4") == tool("bandit 2.0") == "bandit"


names = st.sampled_from(["e" * 32, F])
sources = st.sampled_from(["builtin", "model"])
aspects = st.sampled_from(["security", "tests"])
paths = st.sampled_from(["a.py", "b.py"])
whens = st.builds(
    lambda revision, at, n: When(revision, f"{at:03}", f"{n:03}"),
    st.integers(0, 5), st.integers(0, 20), st.integers(0, 999),
)  # fmt: skip
sightings = st.builds(Sighting, whens, names, sources, aspects, paths)
looks = st.builds(
    Look, whens, st.frozensets(sources, min_size=1), st.sampled_from([ALL, ("security",)]),
    st.frozensets(paths), st.frozensets(paths), st.frozensets(names),
)  # fmt: skip
worlds = st.tuples(
    st.lists(sightings, max_size=6, unique_by=lambda one: one.when),
    st.lists(looks, max_size=6, unique_by=lambda one: one.when),
)


@given(worlds, st.randoms())
def test_the_order_of_arrival_does_not_matter(world, random) -> None:  # type: ignore[no-untyped-def]
    some, many = world
    known = lives(some, many)
    one, other = list(some), list(many)
    random.shuffle(one)
    random.shuffle(other)
    assert lives(one, other) == known
    assert lives(one + one, other + other) == known


@given(worlds)
def test_nothing_is_fixed_that_nobody_saw_fixed(world) -> None:  # type: ignore[no-untyped-def]
    some, many = world
    for name, found in lives(some, many).items():
        mine = [one for one in some if one.fingerprint == name]
        if found == FIXED:
            last = max(one.when.revision for one in mine)
            assert any(
                look.when.revision > last and one.source in look.sources
                and one.path in look.covered | look.gone and name not in look.found
                for look in many for one in mine
            )  # fmt: skip
        if not any(name not in look.found for look in many):
            assert found in LIVE


@given(worlds, looks)
def test_who_says_nothing_of_a_file_changes_nothing(world, more) -> None:  # type: ignore[no-untyped-def]
    some, many = world
    silent = more._replace(covered=frozenset(), gone=frozenset(), found=frozenset())
    before, after = lives(some, many), lives(some, [*many, silent])
    assert {n: s == FIXED for n, s in before.items()} == {n: s == FIXED for n, s in after.items()}
