"""Joining over git's trees is the same as joining the files, and moves nothing that is equal."""

import hashlib
import itertools
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from box import Box
from git_naturecode.git import repo as repos
from git_naturecode.git import tree
from git_naturecode.git.library import LibraryObjects
from git_naturecode.git.objects import Change
from git_naturecode.git.program import ProgramObjects
from git_naturecode.git.reader import Reader
from git_naturecode.store import format, laying, paths, reconcile, seal
from git_naturecode.store.ahead import Ahead
from trees import join_trees

NOW = 1_790_000_000_000
DEVICES = ("0" * 16, "z" * 16)
ENTITIES = ("session-20260101-00000000", "session-20260101-00000001", "issue-20260102-abcdefgh")
Files = dict[str, bytes]


@pytest.fixture
def objects(box: Box) -> Iterator[LibraryObjects]:
    found, much = LibraryObjects(repos.find(str(box.repo().path), dict(os.environ))), laying._MUCH
    yield found
    found.close()
    laying._MUCH = much


def segment(entity: str, device: str, numbers: list[int]) -> bytes:
    entries = [
        format.make(
            {"id": f"e{n}-{device}", "at": f"2026-01-01T00:00:00.{n:03d}Z/0000", "kind": "message"},
            f"text {n} of {device}",
        )
        for n in sorted(numbers)
    ]  # fmt: skip
    return format.render(format.Segment(entity, device, 1, tuple(entries)))


def trust(numbers: list[int]) -> bytes:
    return b"".join(b'{"seq":%d,"v":1}\n' % n for n in sorted(numbers))


numbers = st.lists(st.integers(0, 9), unique=True, max_size=6)
CONTENT = b"kept by its content"
NAME = hashlib.sha256(CONTENT).hexdigest()


@st.composite
def trees(draw: st.DrawFn) -> Files:
    files: Files = {}
    for entity, device in itertools.product(ENTITIES, DEVICES):
        if draw(st.booleans()):
            path = paths.segment_path(entity, device, 1)
            files[path] = segment(entity, device, draw(numbers))
    if draw(st.booleans()):
        files[paths.trust_path(DEVICES[0])] = trust(draw(numbers))
    if draw(st.booleans()):
        files[f"files/{NAME[:2]}/{NAME}"] = CONTENT
    if draw(st.booleans()):
        files["kb/articles/retry.md"] = draw(st.sampled_from([b"one\n", b"two\n", b"longer\n"]))
    return files


def shown_by(theirs: Files, joined: Files) -> Files:
    """`joined` with the files of articles that theirs has: they are not joined, but made anew."""
    views = {path: data for path, data in theirs.items() if path.startswith("kb/")}
    return {path: data for path, data in joined.items() if not path.startswith("kb/")} | views


def marred(files: Files) -> Files:
    """`files` with something in each segment that stands in no entry, and that nobody keeps."""
    return {path: data.replace(b"\n---\n", b"\n---\njunk\n", 1) for path, data in files.items()}


def commit(objects: LibraryObjects, files: Files, *parents: str) -> str:
    text = seal.message("x", seal.NONE)
    return objects.commit(Change(None, files, parents, len(files), text))


def read(objects: LibraryObjects, commit: str) -> Files:
    found = tree.files(objects, tree.tree_of(objects, commit))
    return {path: objects.read(oid)[1] for path, oid in found.items()}


def parents(objects: LibraryObjects, commit: str) -> list[str]:
    lines = objects.read(commit)[1].decode().split("\n\n")[0].split("\n")
    return [line[7:] for line in lines if line.startswith("parent ")]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    base=trees(), mine=trees(), yours=trees(), related=st.booleans(),
    much=st.sampled_from([100, 1 << 25]),
)  # fmt: skip
def test_over_objects_as_over_files(
    objects: LibraryObjects, base: Files, mine: Files, yours: Files, related: bool, much: int
) -> None:
    laying._MUCH = much  # 100: all is written in small parts
    below = (commit(objects, base),) if related else ()
    a_files = join_trees(base, mine) if related else mine
    b_files = join_trees(base, yours) if related else yours
    a, b = commit(objects, a_files, *below), commit(objects, b_files, *below)
    wanted = shown_by(b_files, join_trees(a_files, b_files))
    one = reconcile.reconcile(objects, a, b, [], NOW)
    other = reconcile.reconcile(objects, b, a, [], NOW)
    assert read(objects, one.commit) == wanted
    assert read(objects, other.commit) == shown_by(a_files, wanted)
    assert one.refused == 0
    assert not one.problems
    assert set(parents(objects, one.commit)) <= {b, *below}
    if wanted == b_files:
        assert one.commit == b
    again = reconcile.reconcile(objects, one.commit, b, [], NOW)
    assert again.commit == one.commit
    boxed = reconcile.reconcile(objects, a, None, [b], NOW)
    assert read(objects, boxed.commit) == shown_by(a_files, wanted)
    assert boxed.commit == a or parents(objects, boxed.commit) == [a]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    ours=trees(), theirs=trees(), boxes=st.lists(trees(), min_size=1, max_size=3),
    much=st.sampled_from([100, 1 << 25]), changed=st.sets(st.integers(0, 3)),
)  # fmt: skip
def test_outboxes_are_joined_in_one_commit(
    objects: LibraryObjects, ours: Files, theirs: Files, boxes: list[Files], much: int,
    changed: set[int],
) -> None:  # fmt: skip
    laying._MUCH = much
    tip, *others = (
        commit(objects, marred(files) if number in changed else files)
        for number, files in enumerate([theirs, *boxes])
    )
    found = reconcile.reconcile(objects, commit(objects, ours), tip, others, NOW)
    wanted = join_trees(ours, theirs)
    for files in boxes:
        wanted = join_trees(wanted, files)
    wanted = shown_by(theirs, wanted)
    assert read(objects, found.commit) == wanted
    assert found.commit == tip or parents(objects, found.commit) == [tip]


@pytest.mark.parametrize("first", [0, 1])
def test_what_was_laid_file_by_file_outlives_a_folder_of_the_next(
    objects: LibraryObjects, first: int
) -> None:
    """A session that nobody here knows, in two states: of one of them a line is not ours."""
    whole = [
        {paths.segment_path(ENTITIES[0], device, 1): segment(ENTITIES[0], device, [n])}
        for n, device in enumerate(DEVICES)
    ]
    tips = [commit(objects, marred(whole[0])), commit(objects, whole[1])]
    theirs, box = tips[first], tips[1 - first]
    found = reconcile.reconcile(objects, None, theirs, [box], NOW)
    assert read(objects, found.commit) == whole[0] | whole[1]


def test_much_is_never_held_at_once(
    objects: LibraryObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laying, "_MUCH", 10_000)
    held = []

    def noted(self: LibraryObjects, change: Change) -> str:
        held.append(change)
        return made(self, change)

    monkeypatch.setattr(LibraryObjects, "commit", noted)
    junk = {}
    for n in range(1, 200):
        good = segment(ENTITIES[0], DEVICES[0], [n % 10]).split(b"---\n")
        head = good[1].replace(b"segment: 1", b"segment: %d" % n)
        path = paths.segment_path(ENTITIES[0], DEVICES[0], n)
        junk[path] = b"---\n" + head + b"---\njunk\n" + good[2]
    theirs = commit(objects, junk)
    found = reconcile.reconcile(objects, None, theirs, [], NOW)
    sizes = [sum(len(c) for c in h.files.values() if isinstance(c, bytes)) for h in held[1:]]
    assert len(sizes) > 3
    assert max(sizes) < 12_000
    assert len(read(objects, found.commit)) == 199


made = LibraryObjects.commit


class Counting(LibraryObjects):
    """Counts what is read."""

    reads = 0

    def read(self, oid: str) -> tuple[str, bytes]:
        Counting.reads += 1
        return super().read(oid)


def test_equal_folders_stay_shut(box: Box) -> None:
    objects = Counting(repos.find(str(box.repo().path), dict(os.environ)))
    many = {
        paths.segment_path(f"session-20260101-{n:08d}", DEVICES[0], 1): segment(
            f"session-20260101-{n:08d}", DEVICES[0], [1]
        )
        for n in range(300)
    }
    base = commit(objects, many)
    more = {}
    for device, entity in zip(DEVICES, ENTITIES, strict=False):
        path = paths.segment_path(entity, device, 2)
        text = segment(entity, device, [3]).replace(b"segment: 1\n", b"segment: 2\n")
        more[device] = commit(objects, {**many, path: text}, base)
    Counting.reads = 0
    found = reconcile.reconcile(objects, more[DEVICES[0]], more[DEVICES[1]], [], NOW)
    assert (found.received, found.sent) == (1, 1)
    assert Counting.reads < 60
    assert len(read(objects, found.commit)) == 302
    objects.close()


def test_theirs_that_builds_on_ours_is_taken_as_it_is(objects: LibraryObjects) -> None:
    ours = commit(objects, {"README.md": b"hello\n"})
    theirs = commit(objects, {"README.md": b"hello\n", "prompts/a.md": b"a\n"}, ours)
    assert reconcile.reconcile(objects, ours, theirs, [], NOW).commit == theirs
    assert reconcile.reconcile(objects, theirs, ours, [], NOW).commit == theirs


def test_a_forged_segment_cannot_grow_beyond_what_clones_let_in(objects: LibraryObjects) -> None:
    path = paths.segment_path(ENTITIES[0], DEVICES[0], 1)
    true = segment(ENTITIES[0], DEVICES[0], [1])
    filler = [
        format.make(
            {"id": f"f{n}", "at": f"2026-01-01T00:00:00.{n:03d}Z/0000", "kind": "m"}, "x" * 999_000
        )
        for n in range(4)
    ]
    forged = format.render(format.Segment(ENTITIES[0], DEVICES[0], 1, tuple(filler)))
    more = [{**filler[0].header, "id": f"g{n}"} for n in range(200)]
    other = [format.make(header, "y" * 4_000) for header in more]
    rival = format.render(format.Segment(ENTITIES[0], DEVICES[0], 1, tuple(other)))
    a, b = commit(objects, {path: forged}), commit(objects, {path: rival})
    one = reconcile.reconcile(objects, a, b, [], NOW)
    two = reconcile.reconcile(objects, b, a, [], NOW)
    assert read(objects, one.commit)[path] == read(objects, two.commit)[path] == rival
    assert any("too large" in problem for problem in one.problems)
    assert len(true) < len(rival)


def test_what_is_held_is_found_near_and_far(objects: LibraryObjects) -> None:
    chain = [commit(objects, {"README.md": b"0\n"})]
    for number in range(1, 50):
        chain.append(commit(objects, {"README.md": b"%d\n" % number}, chain[-1]))
    aside = commit(objects, {"README.md": b"aside\n"})
    assert reconcile.holds(objects, chain[-1], chain[-2])
    assert reconcile.holds(objects, chain[-1], chain[0])
    assert not reconcile.holds(objects, chain[0], chain[-1])
    assert not reconcile.holds(objects, chain[-1], aside)
    assert not reconcile.holds(objects, chain[-1], "0" * 40)


def test_many_files_are_asked_for_together(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    clone = box.repo()
    repo = repos.find(str(clone.path), os.environ)
    found = ProgramObjects(repo)
    files = {
        paths.segment_path(f"session-20260101-{number:08}", DEVICES[0], 1): segment(
            f"session-20260101-{number:08}", DEVICES[0], [number % 7]
        )
        for number in range(300)
    }
    theirs = found.commit(Change(None, files, (), 1, "theirs"))
    asked: list[str] = []
    ask = Reader._ask

    def noted(reader: Reader, request: str) -> None:
        asked.append(request)
        ask(reader, request)

    monkeypatch.setattr(Reader, "_ask", noted)
    ahead = Ahead(found)
    ahead.look(tree.tree_of(found, theirs) or "", None)
    assert reconcile.reconcile(ahead, None, theirs, [], NOW).commit == theirs
    assert len(asked) < 60  # one by one it would be thousands
    found.close()
