"""Both ways to a repository's objects and refs answer alike, over both object formats."""

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from box import Box, Way
from git_naturecode.git import program, tree
from git_naturecode.git import repo as repos
from git_naturecode.git.library import LibraryObjects
from git_naturecode.git.objects import Change, Folder, Missing, Objects, RefLocked
from git_naturecode.git.program import ProgramObjects
from git_naturecode.git.reader import Reader

REF = "refs/heads/data"


@pytest.fixture
def objects(box: Box, way: Way) -> Iterator[Objects]:
    clone = box.repo(way=way)
    repo = repos.find(str(clone.path), os.environ)
    made: Objects = LibraryObjects(repo) if way.name == "library" else ProgramObjects(repo)
    yield made
    made.close()


def first(objects: Objects, **files: bytes) -> str:
    new = objects.advance(REF, None, Change(None, files or {"a": b"1"}, (), 5, "first\n"))
    assert new is not None
    return new


def test_a_commit_is_read_back(objects: Objects) -> None:
    new = objects.advance(REF, None, Change(None, {"x/y/z.md": b"hello"}, (), 7, "one\n"))
    assert objects.resolve(REF) == new
    root = tree.tree_of(objects, new)
    assert tree.read_path(objects, root, "x/y/z.md") == b"hello"
    assert tree.read_path(objects, root, "x/y") is None
    assert tree.read_path(objects, root, "x/y/z.md/none") is None


def test_files_are_laid_over_the_base_and_taken_away(objects: Objects) -> None:
    one = first(objects, **{"keep": b"k", "gone/deep": b"g"})
    base = tree.tree_of(objects, one)
    two = objects.advance(REF, one, Change(base, {"new": b"n", "gone/deep": None}, (one,), 8, "2"))
    names = tree.files(objects, tree.tree_of(objects, two))
    assert set(names) == {"keep", "new"}


def test_a_folder_and_a_file_can_be_taken_by_their_ids(objects: Objects) -> None:
    one = first(objects, **{"a/b/c": b"text"})
    root = tree.tree_of(objects, one)
    folder, blob = tree.find(objects, root, "a/b"), tree.find(objects, root, "a/b/c")
    assert folder
    assert blob
    two = objects.commit(Change(root, {"z/b": Folder(folder.oid), "q": blob.oid}, (one,), 9, "2"))
    found = tree.files(objects, tree.tree_of(objects, two))
    assert set(found) == {"a/b/c", "z/b/c", "q"}


def test_a_commit_without_parents_may_have_a_base(objects: Objects) -> None:
    one = first(objects, a=b"1", b=b"2")
    alone = objects.commit(Change(tree.tree_of(objects, one), {"c": b"3"}, (), 9, "alone"))
    assert set(tree.files(objects, tree.tree_of(objects, alone))) == {"a", "b", "c"}
    assert not objects.is_ancestor(one, alone)


def test_the_ref_moves_only_from_where_it_was_seen(objects: Objects) -> None:
    one = first(objects)
    base = tree.tree_of(objects, one)
    two = objects.advance(REF, one, Change(base, {"b": b"2"}, (one,), 6, "two"))
    assert objects.advance(REF, one, Change(base, {"c": b"3"}, (one,), 6, "late")) is None
    assert objects.resolve(REF) == two
    assert objects.advance(REF, None, Change(None, {"c": b"3"}, (), 6, "root")) is None
    assert not objects.move(REF, one, "0" * len(one))
    assert not objects.move(REF, one, None)
    assert objects.move(REF, one, two)
    assert objects.move(REF, None, one)
    assert objects.resolve(REF) is None


def test_a_held_lock_is_said_to_be_one(objects: Objects, box: Box) -> None:
    one = first(objects)
    (box.path / "repo/.git" / f"{REF}.lock").touch()
    change = Change(tree.tree_of(objects, one), {"b": b"2"}, (one,), 6, "two")
    with pytest.raises(RefLocked):
        objects.advance(REF, one, change)
    with pytest.raises(RefLocked):
        objects.move(REF, None, one)
    assert objects.resolve(REF) == one


def test_what_is_not_there_is_missing(objects: Objects) -> None:
    one = first(objects)
    absent = "1" * len(one)
    for ask in (objects.read, objects.header):
        with pytest.raises(Missing):
            ask(absent)
    with pytest.raises(Missing):
        list(objects.read_many([absent]))
    assert objects.resolve("refs/heads/none") is None
    assert objects.read(one)[0] == "commit"


def test_many_blobs_come_in_order(objects: Objects) -> None:
    files = {f"f{i:04}": b"%d" % i for i in range(1200)}
    one = first(objects, **files)
    listed = tree.files(objects, tree.tree_of(objects, one))
    oids = [listed[name] for name in files]
    assert [data for _, data in objects.read_many(oids)] == list(files.values())
    assert objects.header(oids[10]) == ("blob", 2)


def test_differences_name_each_changed_file(objects: Objects) -> None:
    one = first(objects, **{"same/x": b"s", "old/y": b"o", "both": b"1"})
    base = tree.tree_of(objects, one)
    change = Change(base, {"old/y": None, "new/z": b"n", "both": b"2"}, (one,), 6, "2")
    two = objects.commit(change)
    found = {p: (bool(a), bool(b)) for p, a, b in
             tree.differences(objects, base, tree.tree_of(objects, two))}  # fmt: skip
    assert found == {"old/y": (True, False), "new/z": (False, True), "both": (True, True)}


def test_a_file_that_becomes_a_folder_is_both_differences(objects: Objects) -> None:
    one = first(objects, x=b"1")
    two = objects.commit(Change(None, {"x/y": b"2"}, (one,), 6, "2"))
    found = list(tree.differences(objects, tree.tree_of(objects, one), tree.tree_of(objects, two)))
    assert [path for path, _, _ in found] == ["x", "x/y"]


def test_refs_and_ancestors(objects: Objects) -> None:
    one = first(objects)
    two = objects.advance(REF, one, Change(None, {"b": b"2"}, (one,), 6, "two"))
    assert two
    assert objects.is_ancestor(one, two)
    assert objects.is_ancestor(two, two)
    assert not objects.is_ancestor(two, one)
    assert objects.move("refs/naturecode/x/y", one, None)
    assert objects.refs("refs/naturecode/x/") == {"refs/naturecode/x/y": one}


def test_both_ways_make_the_same_commit(box: Box) -> None:
    repo = repos.find(str(box.repo().path), os.environ)
    change = Change(None, {"a/b": b"1", "a.md": b"2", "a-c": b"3"}, (), 1700000000, "x\n\nSeal:\n")
    by_program, by_library = ProgramObjects(repo), LibraryObjects(repo)
    one = by_program.commit(change)
    assert by_library.commit(change) == one
    over = Change(tree.tree_of(by_program, one), {"a/b": None, "z": b"z"}, (one,), 1700000001, "ü")
    assert by_program.commit(over) == by_library.commit(over)
    by_program.close()


def test_what_is_not_read_to_its_end_confuses_no_later_answer(objects: Objects) -> None:
    blobs = [f"text {number}".encode() for number in range(700)]
    change = Change(None, {f"f{n}": data for n, data in enumerate(blobs)}, (), 1, "many")
    commit = objects.commit(change)
    found = tree.files(objects, tree.tree_of(objects, commit))
    oids = [found[f"f{number}"] for number in range(700)]
    assert [data for _, data in objects.read_many(iter(oids))] == blobs
    for _, data in objects.read_many(oids):
        assert data == blobs[0]
        break
    assert objects.read(oids[5])[1] == blobs[5]
    with pytest.raises(Missing):
        list(objects.read_many([oids[1], "0" * len(oids[0]), oids[2]]))
    assert objects.read(oids[3])[1] == blobs[3]


def test_a_history_with_a_hole_in_it_is_no_history(box: Box, objects: Objects) -> None:
    one = first(objects)
    two = objects.commit(Change(None, {"a": b"2"}, (one,), 6, "two\n"))
    three = objects.commit(Change(None, {"a": b"3"}, (two,), 7, "three\n"))
    objects.close()
    (box.path / "repo/.git/objects" / two[:2] / two[2:]).unlink()
    hole = repos.find(str(box.path / "repo"), os.environ)
    again = LibraryObjects(hole) if isinstance(objects, LibraryObjects) else ProgramObjects(hole)
    assert not again.is_ancestor(one, three)
    again.close()


def test_one_who_asks_between_two_answers_gets_his_own(objects: Objects) -> None:
    new = first(objects, **{f"f{i}": b"%d" % i for i in range(500)})
    lines = tree.entries(objects, tree.tree_of(objects, new) or "")
    wanted = [line.oid for line in lines]
    seen = []
    for oid, data in objects.read_many(wanted):
        assert objects.read(oid)[1] == data
        assert objects.header(oid) == ("blob", len(data))
        seen.append(oid)
    assert seen == wanted
    half = objects.read_many(wanted)
    next(half)
    objects.close()
    assert [oid for oid, _ in half] == wanted[1:]
    assert objects.read(wanted[0])[0] == "blob"


def test_git_is_asked_once_for_a_tree_or_a_commit(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Counter[str] = Counter()
    contents = Reader.contents

    def counted(self: Reader, oid: str) -> tuple[str, bytes]:
        asked[oid] += 1
        return contents(self, oid)

    monkeypatch.setattr(Reader, "contents", counted)
    clone = box.repo()
    objects = ProgramObjects(repos.find(str(clone.path), os.environ))
    commit = first(objects)
    folder, blob = (clone.git("rev-parse", f"{commit}{end}").strip() for end in ("^{tree}", ":a"))
    for _ in range(3):
        assert [objects.read(one)[0] for one in (commit, folder, blob)] == [
            "commit",
            "tree",
            "blob",
        ]
        assert objects.read(REF)[0] == "commit"
    assert asked == {commit: 1, folder: 1, blob: 3, REF: 3}  # a name may mean another one tomorrow
    objects.close()
    objects.read(commit)
    assert asked[commit] == 2
    monkeypatch.setattr(program, "_KEPT", 1)  # nor is more kept than that
    for _ in range(2):
        for one in (folder, commit):
            assert objects.read(one)[1]
    assert asked[folder] == 3
    objects.close()
