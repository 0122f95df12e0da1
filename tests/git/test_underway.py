"""What is being worked on in a work tree, in any state that one may be in."""

import os

import pytest

from box import Box, Clone, Way
from git_naturecode.git import repo as repos
from git_naturecode.git.underway import Underway, texts, underway


def look(clone: Clone) -> Underway:
    return underway(repos.find(str(clone.path), {**os.environ, **clone.env}))


def write(clone: Clone, path: str, text: str) -> None:
    where = clone.path / path
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_text(text)


def test_changed_staged_and_new_files_and_the_lines_that_they_gain(box: Box, way: Way) -> None:
    clone = box.repo(way=way)
    write(clone, "a b.py", "one\n")
    write(clone, "staged.py", "one\n")
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "The subject\n\nMore.")
    write(clone, "a b.py", "one\ntwo\n")
    write(clone, "staged.py", "three\n")
    clone.git("add", "staged.py")
    write(clone, "new/é.py", "four\n")
    found = look(clone)
    assert set(found.changed) == {"a b.py", "staged.py", "new/é.py"}
    assert found.new == found.changed[-1:] == ("new/é.py",)
    assert set(found.added) == {"two", "three"}
    assert found.branch == clone.git("branch", "--show-current").strip()
    assert found.recent[0].subject == "The subject"
    assert set(found.recent[0].paths) == {"a b.py", "staged.py"}
    assert found.recent[0].id == clone.git("rev-parse", "HEAD").strip()


def test_no_commit_yet_a_detached_head_and_a_bare_repository(box: Box) -> None:
    born = Clone(box.path / "born")
    born.path.mkdir()
    born.git("init", "-q", "-b", "first")
    write(born, "a.py", "one\n")
    born.git("add", "-A")
    assert look(born) == Underway("first", ("a.py",), (), ("one",), ())
    clone = box.repo()
    clone.git("checkout", "-q", "--detach")
    assert look(clone).branch == ""
    clone.git("clone", "-q", "--bare", ".", str(box.path / "bare.git"))
    bare = look(Clone(box.path / "bare.git"))
    assert (bare.changed, bare.added) == ((), ())
    assert len(bare.recent) == 1


def test_of_a_branch_only_its_own_commits_count_with_the_lines_that_they_bring(box: Box) -> None:
    clone = box.repo()
    clone.git("branch", "-M", "main")
    write(clone, "a.py", "one\n")
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "On main")
    assert [one.subject for one in look(clone).recent] == ["On main", "first"]
    clone.git("checkout", "-q", "-b", "topic")
    assert (look(clone).is_own, look(clone).recent) == (False, ())
    write(clone, "b.py", "two\n")
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "On topic")
    found = look(clone)
    assert (found.is_own, [one.subject for one in found.recent]) == (True, ["On topic"])
    assert (found.changed, found.added) == ((), ("two",))
    # The main branch may have another name where the remote says so, and be here only as that.
    clone.git("update-ref", "refs/remotes/origin/next", "main")
    clone.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/next")
    clone.git("branch", "-q", "-D", "main")
    assert [one.subject for one in look(clone).recent] == ["On topic"]
    clone.git("checkout", "-q", "-b", "next")
    assert len(look(clone).recent) == 3


def test_a_linked_work_tree_is_looked_at_by_itself(box: Box) -> None:
    clone = box.repo()
    clone.git("worktree", "add", "-q", "-b", "other", str(box.path / "linked"))
    write(clone, "a.py", "one\n")
    linked = Clone(box.path / "linked")
    write(linked, "b.py", "two\n")
    assert look(linked).changed == ("b.py",)
    assert look(linked).branch == "other"


def test_a_merge_with_conflicts_is_no_failure(box: Box) -> None:
    clone = box.repo()
    main = clone.git("branch", "--show-current").strip()
    for branch, text in (("one", "a\n"), ("two", "b\n")):
        clone.git("checkout", "-q", "-b", branch, main)
        write(clone, "same.py", text)
        clone.git("add", "-A")
        clone.git("commit", "-q", "-m", branch)
    clone.git("merge", "one", check=False)
    assert look(clone).changed == ("same.py",)


def test_no_program_of_the_user_is_started_by_looking(box: Box) -> None:
    clone = box.repo()
    write(clone, "a.py", "one\n")
    write(clone, ".gitattributes", "*.py diff=evil filter=evil\n")
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "one")
    mark = box.path / "ran"
    for key in ("diff.evil.textconv", "diff.evil.command", "diff.external", "core.fsmonitor"):
        clone.git("config", key, f"touch {mark}; cat")
    write(clone, "a.py", "two\n")
    assert "two" in look(clone).added
    assert not mark.exists()


@pytest.mark.parametrize("size", [3 << 20])
def test_of_a_large_difference_the_beginning_is_read(box: Box, size: int) -> None:
    clone = box.repo()
    write(clone, "a.txt", "x\n")
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "one")
    write(clone, "a.txt", "some line\n" * (size // 10))
    found = look(clone)
    assert 0 < sum(map(len, found.added)) < (1 << 20)


def test_only_plain_text_files_are_looked_into(box: Box) -> None:
    clone = box.repo()
    write(clone, "a.py", "one\n")
    (clone.path / "link.py").symlink_to("a.py")
    (clone.path / "folder.py").mkdir()
    (clone.path / "bin.py").write_bytes(b"\0")
    os.mkfifo(clone.path / "pipe.py")
    repo = repos.find(str(clone.path), dict(os.environ))
    names = ("a.py", "link.py", "folder.py", "bin.py", "pipe.py", "gone.py", "nul\0.py")
    assert texts(repo, names) == ["one\n"]
