"""Letting go of history in a repository in which others work."""

import os

import pytest

from box import Box
from git_naturecode.git import history
from git_naturecode.git import repo as repos
from git_naturecode.git.run import GitFailed


def test_reflogs_are_emptied_though_one_of_the_refs_has_just_gone(box: Box) -> None:
    clone = box.repo()
    repo = repos.find(str(clone.path), dict(os.environ))
    history.expire_reflogs(repo, ["refs/naturecode/incoming/x/1/heads/y", "refs/heads/main"])
    assert clone.git("reflog", "main") == ""
    (clone.path / ".git/refs/heads/main.lock").touch()
    with pytest.raises(GitFailed):
        history.expire_reflogs(repo, ["refs/heads/main"])


def test_heads_forget_what_lies_between_two_commits_too(box: Box) -> None:
    clone = box.repo()
    clone.git("checkout", "-q", "--orphan", "side")
    made = []
    for number in range(4):
        clone.git("commit", "-q", "--allow-empty", "-m", f"c{number}")
        made.append(clone.git("rev-parse", "HEAD").strip())
    clone.git("checkout", "-q", "main")
    clone.git("branch", "-q", "-D", "side")
    repo = repos.find(str(clone.path), dict(os.environ))
    assert set(made) < set(clone.git("reflog", "--format=%H", "HEAD").split())
    assert history.forget_in_heads(repo, [made[0], made[3]]) == 4
    left = clone.git("rev-list", "--all", "--reflog").split()
    assert set(made).isdisjoint(left)
    assert left
