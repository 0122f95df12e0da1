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
