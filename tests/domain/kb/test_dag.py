"""The graph of revisions, judged by a plain look at all ancestors; circles and missing parents."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.kb.dag import Graph

Parents = dict[str, list[str]]


@st.composite
def histories(draw: st.DrawFn) -> Parents:
    """Revisions whose parents were there before them."""
    found: Parents = {}
    for number in range(draw(st.integers(1, 9))):
        known = sorted(found)
        found[f"r{number}"] = draw(st.lists(st.sampled_from(known), max_size=3)) if known else []
    return found


def seen(parents: Parents, name: str) -> set[str]:
    return {name}.union(*(seen(parents, one) for one in parents[name]))


@given(histories())
def test_heads_and_common_ancestors_are_those_that_a_plain_look_finds(parents: Parents) -> None:
    graph = Graph(parents)
    heads = sorted(n for n in parents if not any(n in parents[o] for o in parents))
    assert graph.heads() == heads
    for one, other in combinations(parents, 2):
        common = seen(parents, one) & seen(parents, other)
        best = [n for n in common if not any(n in seen(parents, o) for o in common - {n})]
        assert graph.bases([one], other) == sorted(best)
        assert graph.ancestors([one]) == seen(parents, one)


@given(histories(), st.data())
def test_what_does_not_stand_gives_way_to_what_it_was_made_of(
    parents: Parents, data: st.DataObject
) -> None:
    standing = {name for name in parents if data.draw(st.booleans())}
    graph = Graph(parents)
    found = graph.standing(graph.heads(), standing)
    assert set(found) <= standing
    for one, other in combinations(found, 2):
        assert one not in seen(parents, other)
        assert other not in seen(parents, one)
    for name in standing:  # each is reached, or was seen by one that is
        assert any(name in seen(parents, one) for one in found)


def test_in_a_criss_cross_there_are_two_best_common_ancestors() -> None:
    graph = Graph({"r": [], "a": ["r"], "b": ["r"], "p": ["a", "b"], "q": ["b", "a"]})
    assert graph.bases(["p"], "q") == ["a", "b"]


def test_parents_that_nobody_knows_are_none() -> None:
    graph = Graph({"a": ["gone"], "b": ["gone", "a"]})
    assert (graph.heads(), graph.bases(["a"], "b")) == (["b"], ["a"])


def test_in_a_circle_nobody_is_a_parent_and_what_hangs_on_it_stays() -> None:
    graph = Graph({"r": [], "a": ["b", "r"], "b": ["c"], "c": ["a"], "d": ["a"], "e": ["e"]})
    assert graph.heads() == ["b", "c", "d", "e"]
    assert graph.ancestors(["d"]) == {"d", "a", "r"}
    tangled = Graph({"a": ["b"], "b": ["a"], "c": ["d", "a"], "d": ["c"]})
    assert tangled.heads() == ["b", "c", "d"]


def test_long_histories_and_long_circles_are_looked_at_once() -> None:
    count = 20_000
    chain: Parents = {f"r{n}": [f"r{n - 1}"] if n else [] for n in range(count)}
    circle: Parents = {f"c{n}": [f"c{(n + 1) % count}"] for n in range(count)}
    graph = Graph({**chain, **circle, "x": [f"r{count - 1}"], "y": [f"r{count - 1}"]})
    assert graph.bases(["x"], "y") == [f"r{count - 1}"]
    assert len(graph.heads()) == count + 2
