"""session publish and the remote: what moved there, what it refuses, whose hooks run on the way."""

from pathlib import Path

import pytest

from box import Box, Clone
from publishing.branches import SUBJECT, at, shared, state


def test_the_remote_moved_on_meanwhile(ada: Clone, box: Box) -> None:
    session = shared(ada)
    ben = box.clone(box.path / "hub.git", "ben")
    ben.git("switch", "-q", "docs")
    (ben.path / "ben.txt").write_text("ben\n")
    ben.git("add", "-A")
    ben.git("commit", "-q", "-m", "of ben")
    ben.git("push", "-q", "origin", "docs")
    said = ada.nc("session", "publish", session, "--branch", "docs", "--json").json
    assert said["pushed"]
    assert ada.git("log", "--format=%s", "-2", "docs").splitlines() == [SUBJECT, "of ben"]
    assert ada.git("rev-parse", "docs") == ada.git("rev-parse", "origin/docs")


def test_the_remote_moves_between_the_look_and_the_push(
    ada: Clone, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    from git_naturecode.git.pushed import There

    session = shared(ada)
    ben = box.clone(box.path / "hub.git", "ben")
    ben.git("switch", "-q", "docs")
    real = There.push
    times: list[str] = []

    def late(self: There, commit: str, hear: object) -> bool:
        if len(times) < 2:
            times.append(commit)
            ben.git("commit", "-q", "--allow-empty", "-m", f"of ben {len(times)}")
            ben.git("push", "-q", "origin", "docs")
        return real(self, commit, hear)  # type: ignore[arg-type]

    monkeypatch.setattr(There, "push", late)
    ada.nc("session", "publish", session, "--branch", "docs")
    subjects = ada.git("log", "--format=%s", "-3", "docs").splitlines()
    assert subjects == [SUBJECT, "of ben 2", "of ben 1"]

    def always(self: There, commit: str, hear: object) -> bool:
        return False

    monkeypatch.setattr(There, "push", always)
    monkeypatch.setattr("git_naturecode.publishing._PAUSE", 0)
    ada.nc("session", "say", session, "More.")
    before = state(ada)
    assert "moved 5 times" in ada.nc("session", "publish", session, "--branch", "docs", code=4).err
    assert state(ada) == before


def test_a_branch_with_commits_of_its_own_or_gone_apart_is_not_pushed(ada: Clone, box: Box) -> None:
    session = shared(ada)
    ada.git("commit", "-q", "--allow-empty", "-m", "not pushed")
    before = state(ada)
    said = ada.nc("session", "publish", session, "--branch", "main", code=1)
    assert "main has 1 commit that origin has not" in said.err
    ben = box.clone(box.path / "hub.git", "ben")
    ben.git("commit", "-q", "--allow-empty", "-m", "of ben")
    ben.git("push", "-q", "origin", "main")
    assert "gone apart" in ada.nc("session", "publish", session, "--branch", "main", code=1).err
    assert state(ada)[1:] == before[1:]
    assert ada.git("log", "-1", "--format=%s", "main").strip() == "not pushed"
    ada.nc("session", "publish", session, "--branch", "main", "--no-push")
    assert ada.git("log", "-1", "--format=%s").strip() == SUBJECT
    assert ada.git("status", "--porcelain") == ""


def test_what_the_remote_refuses_leaves_all_as_it_was(ada: Clone, hub: Path) -> None:
    session = shared(ada)
    hook = hub / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'docs is \x1b[31mprotected' >&2\nexit 1\n")
    hook.chmod(0o755)
    for branch in ("docs", "main"):
        before = state(ada)
        said = ada.nc("session", "publish", session, "--branch", branch, code=4)
        assert "refused the push" in said.err
        assert "protected" in said.err
        assert "\x1b" not in said.err
        assert state(ada) == before
    ada.git("remote", "set-url", "origin", str(hub.parent / "nowhere.git"))
    before = state(ada)
    ada.nc("session", "publish", session, "--branch", "docs", code=4)
    assert state(ada) == before
    ada.nc("session", "publish", session, "--branch", "docs", "--no-push")
    assert ada.git("log", "-1", "--format=%s", "docs").strip() == SUBJECT


def test_the_hook_of_the_user_runs_as_in_git(ada: Clone) -> None:
    session = shared(ada)
    (ada.path / ".git" / "hooks").mkdir(exist_ok=True)
    hook = ada.path / ".git" / "hooks" / "pre-push"
    hook.write_text('#!/bin/sh\npwd > "$0.out"\necho "$@" >> "$0.out"\ncat >> "$0.out"\nexit 0\n')
    hook.chmod(0o755)
    ada.nc("session", "publish", session, "--branch", "docs")
    where, args, line = Path(f"{hook}.out").read_text().splitlines()
    assert where == str(ada.path.resolve())
    assert args.split()[0] == "origin"
    _, commit, ref, old = line.split()
    assert commit == ada.git("rev-parse", "docs").strip()
    assert ref == "refs/heads/docs"
    assert old == ada.git("rev-parse", "docs~1").strip()
    hook.write_text("#!/bin/sh\necho 'run the tests first' >&2\nexit 1\n")
    ada.nc("session", "say", session, "More.")
    before = state(ada)
    said = ada.nc("session", "publish", session, "--branch", "docs", code=4)
    assert "pre-push hook stopped" in said.err
    assert "run the tests first" in said.err
    assert state(ada) == before


def test_a_branch_that_only_the_remote_has(ada: Clone) -> None:
    session = shared(ada)
    ada.git("branch", "-q", "-D", "docs")
    said = ada.nc("session", "publish", session, "--branch", "docs")
    assert "git fetch" in said.err
    assert ada.git("branch", "--list", "docs") == ""
    assert at(ada, "origin/docs", session)
    ada.nc("session", "publish", session, "--branch", "docs", "--no-push", code=1)


def test_another_remote_than_that_of_what_is_shared_has_to_be_named(ada: Clone, box: Box) -> None:
    other = box.remote("other")
    ada.git("remote", "add", "other", str(other))
    ada.git("push", "-q", "-f", "other", "docs")
    ada.git("config", "naturecode.remote", "origin")
    ada.git("config", "branch.docs.remote", "other")
    session = shared(ada)
    said = ada.nc("session", "publish", session, "--branch", "docs", code=2)
    assert "--remote other" in said.err
    ada.nc("session", "publish", session, "--branch", "docs", "--remote", "other")
    assert Clone(other).git("rev-parse", "docs") == ada.git("rev-parse", "docs")
    ada.nc("session", "publish", session, "--branch", "docs", "--remote", "none", code=2)


def test_in_a_bare_repository_and_without_a_remote(box: Box, ada: Clone, hub: Path) -> None:
    session = shared(ada)
    ada.nc("sync")
    bare = Clone(hub)
    bare.nc("init")
    bare.nc("session", "publish", session, "--branch", "docs")
    assert at(bare, "docs", session)
    alone = box.ready("alone")
    mine = shared(alone)
    said = alone.nc("session", "publish", mine, "--branch", "main")
    assert "no remote" in said.err
    assert at(alone, "main", mine)
    assert alone.git("status", "--porcelain") == ""
