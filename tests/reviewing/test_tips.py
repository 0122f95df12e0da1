"""Where a branch stands: one that is behind or ahead of its remote's, parted from it, or alone."""

import pytest

from box import Box, Clone
from git_naturecode.reviewing import tips


@pytest.fixture
def ada(box: Box) -> Clone:
    """A clone whose main is as its remote has it."""
    return box.scene("a clone in step", lambda: box.clone(box.remote(), "ada"))


def made(clone: Clone, onto: str = "HEAD") -> str:
    """A new commit on top of `onto`, on no branch."""
    tree = clone.git("rev-parse", f"{onto}^{{tree}}").strip()
    return clone.git("commit-tree", "-m", "x", "-p", onto, tree).strip()


def stands(clone: Clone, name: str = "main", known: str = "") -> str:
    """Where `name` stands."""
    with clone.store() as store:
        return tips.tip(store.repo, store.config, name, known)


def test_the_one_that_goes_further_counts(ada: Clone) -> None:
    old = ada.git("rev-parse", "main").strip()
    assert stands(ada) == old
    new = made(ada)
    ada.git("update-ref", "refs/remotes/origin/main", new)
    assert stands(ada) == new, "it was fetched and not pulled"
    assert stands(ada, "refs/heads/main") == new
    mine = made(ada, new)
    ada.git("update-ref", "refs/heads/main", mine)
    assert stands(ada) == mine, "it was not pushed yet"


def test_where_they_parted_the_own_one_counts(ada: Clone) -> None:
    old = ada.git("rev-parse", "main").strip()
    seen = made(ada)
    mine, theirs = made(ada, seen), made(ada, made(ada, old))
    ada.git("update-ref", "refs/heads/main", mine)
    ada.git("update-ref", "refs/remotes/origin/main", theirs)
    for known in ("", old, mine, theirs, seen):
        assert stands(ada, "main", known) == mine
    ada.git("update-ref", "refs/heads/main", made(ada, old))
    ada.git("update-ref", "refs/remotes/origin/main", made(ada, seen))
    assert stands(ada, "main", seen) == ada.git("rev-parse", "origin/main").strip()


def test_a_branch_that_is_in_one_place_only(ada: Clone) -> None:
    new = made(ada)
    ada.git("remote", "add", "fork", "../fork")
    for ref, name in (
        ("refs/heads/one", "one"), ("refs/remotes/origin/two", "two"),
        ("refs/remotes/origin/three", "origin/three"), ("refs/remotes/fork/four", "four"),
    ):  # fmt: skip
        ada.git("update-ref", ref, new)
        assert stands(ada, name) == new
    ada.git("update-ref", "refs/heads/four", ada.git("rev-parse", "main").strip())
    assert stands(ada, "four") == ada.git("rev-parse", "main").strip(), "the fork's is another one"
    for name in ("five", "", "--all", "main..one", "main^"):
        assert stands(ada, name) == ""


def test_its_remote_is_the_one_that_it_is_pulled_from(ada: Clone) -> None:
    old = ada.git("rev-parse", "main").strip()
    ada.git("remote", "add", "upstream", "../upstream")
    new = made(ada)
    ada.git("update-ref", "refs/remotes/upstream/main", new)
    assert stands(ada) == old, "a branch elsewhere that happens to be called so"
    ada.git("config", "branch.main.remote", "upstream")
    assert stands(ada) == new
    ada.git("config", "branch.main.merge", "refs/heads/other")
    assert stands(ada) == old, "it is pulled from a branch with another name"
    ada.git("config", "naturecode.remote", "upstream")
    assert stands(ada) == new
    ada.git("config", "branch.main.remote", ".")
    assert stands(ada) == new
