"""The active session: one for each work tree, set by hand or told by the environment."""

import os
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.store import active


def linked(clone: Clone, name: str = "linked") -> Clone:
    clone.git("worktree", "add", "-q", str(clone.path.parent / name), "-b", name)
    return Clone(clone.path.parent / name, clone.way, clone.env)


def said(clone: Clone) -> tuple[str | None, str]:
    found = clone.nc("session", "use", "--json", code=0 if active_of(clone) else 1).json
    return found["active"], found["why"]


def active_of(clone: Clone) -> str:
    with clone.store(many=False) as store:
        return store.active()


def test_each_work_tree_has_its_own(clone: Clone) -> None:
    first = clone.start("one")
    tree = linked(clone)
    assert said(tree) == (None, "none")
    second = tree.start("two")
    assert said(clone) == (first, "set")
    assert said(tree) == (second, "set")
    assert (clone.path / ".git/naturecode/active").read_text() == first + "\n"
    assert (clone.path / ".git/worktrees/linked/naturecode/active").read_text() == second + "\n"
    tree.nc("session", "use", "--none")
    assert not (clone.path / ".git/worktrees/linked/naturecode/active").exists()
    assert said(clone) == (first, "set")


def test_a_submodule_has_its_own(box: Box, clone: Clone) -> None:
    clone.git(
        "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(box.remote()), "sub"
    )
    inner = Clone(clone.path / "sub", clone.way, clone.env)
    inner.nc("init")
    session = inner.start("inside")
    assert (clone.path / ".git/modules/sub/naturecode/active").read_text().strip() == session
    assert said(clone) == (None, "none")


@pytest.mark.parametrize("verb", ["close", "delete", "leave"])
def test_what_ends_is_active_nowhere(clone: Clone, verb: str) -> None:
    session, other = clone.start("one"), clone.start("two")
    trees = [clone, linked(clone, "a"), linked(clone, "b")]
    for tree, chosen in zip(trees, (session, session, other), strict=True):
        tree.nc("session", "use", chosen)
    trees[1].nc("session", verb, session, *(["--yes"] if verb == "delete" else []))
    assert [said(tree)[0] for tree in trees] == [None, None, other]


def test_the_environment_wins(clone: Clone) -> None:
    session = clone.start()
    told = "session-20261122-k3v9q2m7"
    clone.env["NATURECODE_SESSION"] = told
    answer = clone.nc("session", "use")
    assert answer.out.strip() == told
    assert "NATURECODE_SESSION" in answer.err
    assert said(clone) == (told, "environment")
    for odd in ("k3v9q2m7", "--none", "\x1b[2Jsession", "", "session-1\nsession-2"):
        clone.env["NATURECODE_SESSION"] = odd
        answer = clone.nc("session", "use")
        assert answer.out.strip() == session
        assert "\x1b" not in answer.err
        assert ("is no id" in answer.err) == bool(odd)


def test_an_odd_file_in_its_place_means_none(clone: Clone) -> None:
    session = clone.start()
    path = clone.path / ".git/naturecode/active"
    path.unlink()
    os.mkfifo(path)
    assert said(clone) == (None, "none")
    clone.nc("session", "use", session)
    assert said(clone) == (session, "set")
    path.unlink()
    path.mkdir()
    assert said(clone) == (None, "none")
    assert clone.nc("session", "use", session, code=1).err.startswith("error: ")
    assert os.listdir(path) == []
    clone.nc("session", "use", "--none")


def test_it_is_never_half_written(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    session = clone.start()
    with clone.store(many=False) as store:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, "replace", full)
            with pytest.raises(OSError, match="No space"):
                active.keep(store.repo, "session-20261122-00000000", os.urandom)
        assert store.active() == session
        left = sorted(os.listdir(Path(store.state_dir)))
        assert [name for name in left if name.startswith("active")] == ["active"]
