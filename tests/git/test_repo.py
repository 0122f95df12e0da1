"""The repository is found as git finds it, from everywhere a user or a hook may stand."""

import os
from pathlib import Path

import pytest

from box import Box
from git_naturecode import config
from git_naturecode.errors import NaturecodeError, Unsupported, Usage
from git_naturecode.git import repo as repos
from git_naturecode.git.door import open_objects
from git_naturecode.git.library import LibraryObjects
from git_naturecode.git.program import ProgramObjects


def found(path: Path, **env: str) -> repos.Repo:
    return repos.find(str(path), {**os.environ, **env})


def test_from_the_top_and_from_below(box: Box) -> None:
    clone = box.repo()
    (clone.path / "a/b").mkdir(parents=True)
    top = found(clone.path)
    assert top.work_tree == str(clone.path)
    assert found(clone.path / "a/b").git_dir == top.git_dir


def test_a_linked_work_tree_shares_our_state(box: Box) -> None:
    clone = box.repo()
    clone.git("worktree", "add", "-q", "../linked")
    linked = found(box.path / "linked")
    assert linked.state_dir == found(clone.path).state_dir
    assert linked.git_dir != found(clone.path).git_dir
    assert linked.work_tree == str(box.path / "linked")
    assert len(linked.work_trees()) == 2


def test_a_submodule_is_a_repository_of_its_own(box: Box) -> None:
    box.repo("inner")
    outer = box.repo("outer")
    outer.git(
        "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(box.path / "inner"), "sub"
    )
    assert found(outer.path / "sub").git_dir == str(outer.path / ".git/modules/sub")


def test_a_bare_repository_has_no_work_tree(box: Box) -> None:
    hub = box.remote()
    assert found(hub).work_tree is None
    assert found(hub).state_dir == str(hub / "naturecode")


def test_git_dir_as_hooks_set_it(box: Box) -> None:
    clone, other = box.repo("one"), box.repo("two")
    assert found(other.path, GIT_DIR=str(clone.path / ".git")).git_dir == str(clone.path / ".git")
    assert found(clone.path, GIT_DIR=".git", GIT_INDEX_FILE=".git/index").git_dir == str(
        clone.path / ".git"
    )


def test_inside_the_git_folder(box: Box) -> None:
    clone = box.repo()
    assert found(clone.path / ".git").git_dir == str(clone.path / ".git")


def test_no_repository_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NaturecodeError, match="not a git repository") as told:
        found(tmp_path)
    assert "git init" in told.value.hint


def test_no_git_program(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="not on the PATH"):
        repos.find(str(tmp_path), {"PATH": str(tmp_path)})


@pytest.mark.parametrize("many", [True, False])
def test_what_pygit2_cannot_open_goes_through_the_program(box: Box, many: bool) -> None:
    from box import Way

    repo = found(box.repo("new", Way("program", "sha256")).path)
    assert isinstance(open_objects(repo, many=many), ProgramObjects)


def test_much_work_goes_through_pygit2_and_little_through_the_program(box: Box) -> None:
    repo = found(box.repo().path)
    assert isinstance(open_objects(repo, many=True), LibraryObjects)
    assert isinstance(open_objects(repo, many=False), ProgramObjects)


def test_a_partial_clone_goes_through_the_program(box: Box) -> None:
    hub = box.remote()
    box._git("-C", str(hub), "config", "uploadpack.allowFilter", "true")
    box._git("clone", "-q", "--filter=blob:none", f"file://{hub}", str(box.path / "part"))
    repo = found(box.path / "part")
    assert repo.is_partial
    assert isinstance(open_objects(repo, many=True), ProgramObjects)


def test_configuration_of_all_scopes(box: Box) -> None:
    clone = box.repo()
    clone.git("config", "--global", "naturecode.branch", "mine")
    clone.git("config", "naturecode.branch", "ours")
    clone.git("config", "naturecode.Some.key", "x\ny")
    read = repos.read_config(found(clone.path))
    assert read.get("naturecode.BRANCH") == "ours"
    assert read.get("naturecode.branch", protected=True) == "mine"
    assert read.get("naturecode.Some.key") == "x\ny"
    assert read.get("naturecode.some.key") == ""
    assert read.all("naturecode.branch") == ["mine", "ours"]


def test_flags_and_numbers_as_git_reads_them() -> None:
    read = config.parse(b"local\0a.yes\nOn\0local\0a.no\noff\0local\0a.odd\nmaybe\0local\0a.n\n7\0")
    assert read.flag("a.yes", False)
    assert not read.flag("a.no", True)
    assert read.flag("a.none", True)
    assert read.number("a.n", 1) == 7
    with pytest.raises(Usage):
        read.flag("a.odd", True)
    with pytest.raises(Usage):
        read.number("a.odd", 1)
