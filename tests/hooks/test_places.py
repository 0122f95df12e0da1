"""Wherever a work tree is, its commits know its session, and nothing else is touched."""

from dataclasses import replace
from pathlib import Path

import pytest

from box import Box, Clone, Way
from hooking import Yard, picture, script, settle, yard

OTHER = "session-20261124-k3v9q2m7"


def beside(here: Yard, path: Path) -> Yard:
    """The work tree at `path` of the same repository; no session is active there yet."""
    return Yard(Clone(path, here.clone.way, here.clone.env), "")


def test_a_linked_work_tree_has_its_own_session(box: Box) -> None:
    here = yard(box)
    here.git("worktree", "add", "-q", str(box.path / "linked"), "-b", "side")
    linked = beside(here, box.path / "linked")
    assert "NatureCode" not in linked.commit("-m", "None here")
    session = linked.clone.start("There")
    linked.commit("-m", "One")
    assert linked.named() == [session]
    assert linked.commits()[-1] == [linked.head(), session, "worktrees/linked"]
    here.commit("-m", "Two")
    assert here.named() == [here.session]
    old = linked.head()
    linked.git("commit", "-q", "--amend", "-m", "Again")
    assert ["rewrite", "amend", old, linked.head()] in linked.queue()
    assert linked.linked() == [session]
    inside = linked.path / "deep"
    inside.mkdir()
    (inside / "a").write_text("x")
    linked.git("-C", str(inside), "add", "a")
    linked.git("-C", str(inside), "commit", "-q", "-m", "From below")
    assert linked.named() == [session]


def test_a_work_tree_of_a_bare_repository(box: Box) -> None:
    bare = box.remote()
    clone = Clone(box.path / "tree")
    replace(clone, path=bare).git("worktree", "add", "-q", str(clone.path), "-b", "work", "main")
    here = settle(clone)
    here.commit("-m", "One")
    assert here.named() == [here.session]
    assert here.commits()[-1] == [here.head(), here.session, "worktrees/tree"]
    assert here.linked() == [here.session]


def test_a_submodule(box: Box) -> None:
    outer = yard(box, "outer")
    inner = box.repo("inner")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "sub")
    outer.git("commit", "-q", "-m", "A submodule")
    here = settle(Clone(outer.path / "sub"))
    assert here.session != outer.session
    here.commit("-m", "One")
    assert here.named() == [here.session]
    assert here.commits()[-1] == [here.head(), here.session, "."]
    before = outer.queue()
    outer.git("add", "sub")
    outer.git("commit", "-q", "-m", "Moved")
    assert outer.named() == [outer.session]
    assert len(outer.queue()) == len(before) + 1


@pytest.mark.parametrize("name", ["two words", "ümläut ☃", "line\nbreak", "quo'te\"$(x)", "-x"])
def test_names_of_folders(box: Box, name: str) -> None:
    here = yard(box, name)
    here.commit("-m", "One")
    assert here.named() == [here.session]
    assert here.commits()[-1] == [here.head(), here.session, "."]
    here.git("worktree", "add", "-q", str(box.path / f"{name} linked"), "-b", "side")
    linked = beside(here, box.path / f"{name} linked")
    session = linked.clone.start("There")
    linked.commit("-m", "One")
    assert linked.named() == [session]
    place = next(line[2] for line in linked.commits() if line[0] == linked.head())
    assert place.startswith("worktrees/")
    (here.common / place / "HEAD").read_text()
    assert linked.linked() == [session]


@pytest.mark.parametrize("way", [Way("program"), Way("program", "sha256")], ids=str)
def test_half_made_commits_are_left_alone(box: Box, way: Way) -> None:
    here = yard(box, way=way)
    here.commit("-m", "Base")
    here.change("b.txt")
    here.git("commit", "-q", "-m", "Base too")
    here.change("staged.txt")
    (here.path / "a.txt").write_text("changed\n")
    (here.path / "b.txt").write_text("changed, too\n")
    here.git("commit", "-q", "-m", "Only this", "--", "a.txt")
    assert here.named() == [here.session]
    assert here.git("status", "--porcelain", "-uno").splitlines() == [" M b.txt", "A  staged.txt"]
    here.git("commit", "-q", "-a", "-m", "All")
    assert here.named() == [here.session]
    assert here.git("status", "--porcelain", "-uno") == ""
    assert here.git("show", "--format=", "--name-only").split() == ["b.txt", "staged.txt"]
    assert here.commits()[-1] == [here.head(), here.session, "."]


def test_an_interactive_rebase(box: Box) -> None:
    here = yard(box)
    for name in "abcd":
        here.change(name)
        here.git("commit", "-q", "-m", name)
    old = [here.head(f"HEAD~{number}") for number in (2, 1, 0)]
    here.clone.nc("session", "use", "--none")
    here.clone.start("Another")
    here.queue()
    todo = "sed -i -e '2s/pick/squash/' -e '3s/pick/reword/'"
    here.git("rebase", "-q", "-i", "HEAD~3", GIT_SEQUENCE_EDITOR=todo, GIT_EDITOR="true")
    assert set(here.named("HEAD~1")) == set(here.named()) == {here.session}
    told = [line for line in here.queue() if line[1] == "rebase"]
    assert [line[2] for line in told] == old
    assert [line[3] for line in told] == [here.head("HEAD~1"), here.head("HEAD~1"), here.head()]
    assert here.linked() == here.linked("HEAD~1") == [here.session]


def test_another_git_directory(box: Box) -> None:
    """As people keep the files of their home: --git-dir and --work-tree on every command."""
    here = yard(box)
    (box.path / "home").mkdir()
    (box.path / "home" / "file").write_text("x")
    where = [f"--git-dir={here.common}", f"--work-tree={box.path / 'home'}"]
    here.git(*where, "add", "-A")
    here.git(*where, "commit", "-q", "-m", "Home")
    assert here.named() == [here.session]


@pytest.mark.parametrize("setting", ["hooks here", "/absolute", "~/mine"])
def test_hooks_elsewhere(box: Box, setting: str) -> None:
    clone = box.repo()
    setting = setting.replace("/absolute", str(box.path / "elsewhere"))
    clone.git("config", "core.hooksPath", setting)
    clone.git("config", "naturecode.hooks", "true")
    said = clone.nc("init").out
    assert "no hooks were installed: core.hooksPath is" in said
    assert "--shared" in said
    refused = clone.nc("hooks", "install", code=3)
    assert "the hooks are in" in refused.err
    folder = clone.path / setting if setting == "hooks here" else Path(setting).expanduser()
    assert not folder.exists()
    here = Yard(clone, clone.start())
    assert not folder.exists()
    mine = script(folder / "post-commit", "#!/bin/sh\necho hello\n")
    before = picture(folder)
    clone.nc("hooks", "install", "--shared")
    here.commit("-m", "One")
    assert here.named() == [here.session]
    # Another repository, which has nothing to do with us, uses the folder, too.
    other = box.repo("other")
    other.git("config", "core.hooksPath", str(folder))
    assert other.git("commit", "--allow-empty", "-q", "-m", "Plain") == ""
    assert other.git("log", "-1", "--format=%B") == "Plain\n\n"
    clone.nc("hooks", "uninstall")
    assert picture(folder) == before
    assert mine.exists()


def test_hooks_that_are_ignored_in_each_work_tree(box: Box) -> None:
    """As husky has them: a relative path, ignored, in each work tree anew."""
    here = yard(box)
    here.git("config", "core.hooksPath", ".hooks/_")
    (here.path / ".git" / "info" / "exclude").write_text("_\n")
    here.git("worktree", "add", "-q", str(box.path / "linked"), "-b", "side")
    linked = beside(here, box.path / "linked")
    script(linked.path / ".hooks" / "_" / "commit-msg", "#!/bin/sh\nexit 0\n")
    session = linked.clone.start("There")
    linked.commit("-m", "One")
    assert linked.named() == [session]
    linked.git("config", "extensions.worktreeConfig", "true")
    linked.git("config", "--worktree", "core.hooksPath", str(here.common / "hooks"))
    linked.commit("-m", "Two")
    assert linked.named() == [session]
    linked.clone.nc("hooks", "uninstall")
    assert (linked.path / ".hooks" / "_" / "commit-msg").read_text() == "#!/bin/sh\nexit 0\n"


def test_hooks_that_are_switched_off(box: Box) -> None:
    clone = box.repo()
    clone.git("config", "naturecode.hooks", "true")
    clone.git("config", "core.hooksPath", "/dev/null")
    assert "git runs no hooks here" in clone.nc("init").out
    assert "git config --unset core.hooksPath" in clone.nc("hooks", "install", code=3).err
    assert "git runs no hooks" in clone.nc("hooks", "status").out


def test_a_repository_that_was_moved(box: Box) -> None:
    here = yard(box)
    here.path.rename(box.path / "moved")
    moved = beside(here, box.path / "moved")
    moved.commit("-m", "One")
    assert moved.named() == [here.session]
