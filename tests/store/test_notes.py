"""Notes from elsewhere: what enters, and that the join of two states is a union of lines."""

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box import Box, Clone, Way
from git_naturecode.git.objects import Change
from git_naturecode.store import notes
from git_naturecode.store.store import Store

A, B, C = "a" * 40, "b" + "0" * 39, "c1" * 20
State = Mapping[str, list[str]]


def commit(store: Store, files: Mapping[str, bytes], parents: tuple[str, ...] = ()) -> str:
    return store.team.objects.commit(Change(None, files, parents, 1, "notes"))


def state(store: Store, said: State, fan: bool = False) -> str:
    files = {
        f"{name[:2]}/{name[2:]}" if fan else name: "".join(f"{line}\n" for line in lines).encode()
        for name, lines in said.items()
    }
    return commit(store, files)


def read(clone: Clone, at: str) -> dict[str, list[str]]:
    """What plain git finds in the notes commit `at`."""
    clone.git("update-ref", "refs/notes/seen", at)
    listed = [line.split() for line in clone.git("notes", "--ref=seen", "list").splitlines()]
    return {name: clone.git("cat-file", "blob", blob).splitlines() for blob, name in listed}


@pytest.fixture
def clone(box: Box, way: Way) -> Clone:
    return box.ready(way=way)


@pytest.mark.parametrize("fan", [False, True])
def test_the_union_of_lines_by_object(clone: Clone, fan: bool) -> None:
    size = 64 if clone.way.objects == "sha256" else 40
    a, b, c = (one[0] * size for one in "abc")
    with clone.store() as store:
        ours = state(store, {a: ["one", "two"], b: ["same"], c: ["mine"]})
        theirs = state(store, {a: ["three", "one"], b: ["same"]}, fan)
        joined = notes.join(store.team.objects, ours, theirs, 0)
    assert read(clone, joined.commit) == {a: ["one", "three", "two"], b: ["same"], c: ["mine"]}
    assert (joined.received, joined.sent, joined.problems) == (1, 2, ())
    assert clone.git("rev-parse", f"{joined.commit}^").strip() == theirs


def test_theirs_is_taken_where_it_has_everything(box: Box) -> None:
    clone = box.ready()
    with clone.store() as store:
        objects = store.team.objects
        ours = state(store, {A: ["one"]})
        theirs = state(store, {A: ["one", "two"], B: ["x"]})
        assert notes.join(objects, ours, theirs, 0).commit == theirs
        assert notes.join(objects, None, theirs, 0).commit == theirs
        on_top = objects.commit(
            Change(None, {A: b"one\ntwo\nthree\n", B: b"x\n"}, (theirs,), 1, "x")
        )
        joined = notes.join(objects, on_top, theirs, 0)
        assert (joined.commit, joined.sent, joined.received) == (on_top, 1, 0)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (A, b"fine\n\x1b[31mred\n"), (A, b"fine\n\xff\xfe\n"), (A, b"fine\n" + b"x" * 5000 + b"\n"),
        (B, b"x" * 70_000), ("readme", b"fine"), ("ab/cd", b"x"), ("hooks/pre-push", b"x"),
        (A[:39], b"x"), (A.upper(), b"x"), ("a/" + A[1:], b"x"),
    ],
)  # fmt: skip
def test_what_is_no_note_stays_out(box: Box, path: str, content: bytes) -> None:
    clone = box.ready()
    with clone.store() as store:
        bad = commit(store, {C: b"good\n", path: content})
        joined = notes.join(store.team.objects, None, bad, 0)
        assert joined.problems
        assert joined.commit != bad
        again = notes.join(store.team.objects, joined.commit, bad, 0)
        assert again.received == 0
    found = read(clone, joined.commit)
    assert found.pop(C) == ["good"]
    assert found in ({}, {A: ["fine"]})
    assert set(clone.git("ls-tree", "-r", "--name-only", joined.commit).split()) <= {A, C}


def test_a_union_that_nobody_would_let_in_is_not_made(box: Box) -> None:
    clone = box.ready()
    many = [f"{number:04d} {'x' * 60}" for number in range(1500)]
    with clone.store() as store:
        one, two = state(store, {A: many[:800]}), state(store, {A: many[800:]})
        ours = notes.join(store.team.objects, one, two, 0).commit
        theirs = notes.join(store.team.objects, two, one, 0).commit
    assert read(clone, ours) == read(clone, theirs) == {A: many[800:]}


TEXTS = st.lists(st.text("xyz", min_size=1, max_size=2), min_size=1, max_size=3)
STATES = st.dictionaries(st.sampled_from([A, B, C]), TEXTS, max_size=3)


def test_any_order_ends_in_the_same_lines(box: Box) -> None:
    clone = box.ready()
    with clone.store() as store:

        @settings(max_examples=40, deadline=None)
        @given(st.lists(st.tuples(STATES, st.booleans()), min_size=2, max_size=3))
        def check(said: list[tuple[State, bool]]) -> None:
            commits = [state(store, one, fan) for one, fan in said]
            objects = store.team.objects
            trees = set()
            for order in itertools.permutations(commits):
                at = None
                for one in order:
                    before, at = at, notes.join(objects, at, one, 0).commit
                    assert before is None or notes.join(objects, at, before, 0).received == 0
                final: dict[str, frozenset[str]] = {}
                assert at is not None
                for path in _paths(store, at):
                    name = path[0].replace("/", "")
                    final[name] = final.get(name, frozenset()) | set(path[1].split())
                trees.add(tuple(sorted((name, tuple(sorted(x))) for name, x in final.items())))
            wanted: dict[str, set[str]] = {}
            for one_state, _ in said:
                for name, lines in one_state.items():
                    wanted.setdefault(name, set()).update(lines)
            assert trees == {tuple(sorted((n, tuple(sorted(x))) for n, x in wanted.items()))}

        check()


def _paths(store: Store, at: str) -> list[tuple[str, str]]:
    from git_naturecode.git import tree

    objects = store.team.objects
    files = tree.files(objects, tree.tree_of(objects, at))
    return [(path, objects.read(oid)[1].decode()) for path, oid in files.items()]
