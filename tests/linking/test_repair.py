"""Repair by patch: the same change is the same commit only where nobody else may have made it."""

import pytest

from box import Box, Clone
from git_naturecode.linking import repair
from linking.test_drain import change, sessions_of

TWICE = "one\ntwo\nthree\n"


@pytest.fixture
def clone(box: Box) -> Clone:
    """Two branches with a history of their own; a session, linked to commits of the first."""
    made = box.ready()
    change(made, "base.py", "base\n", "Base")
    made.git("branch", "other")
    change(made, "main.py", "main\n", "Main")
    made.env["SESSION"] = made.start()
    made.env["GIT_AUTHOR_DATE"] = "2026-11-20T10:00:00Z"
    return made


def again(clone: Clone, text: str, message: str, **env: str) -> set[str]:
    """What repair says of a commit on the other branch that makes the same change."""
    change(clone, "a.py", text, "Ignore the build")
    clone.nc("session", "attach", clone.env["SESSION"])
    clone.git("switch", "-q", "other")
    clone.env.update(env)
    commit = change(clone, "a.py", text, message)
    with clone.store(many=False) as store:
        return sessions_of(repair.look(store, commit))


LATER = {"GIT_AUTHOR_DATE": "2026-11-21T10:00:00Z"}
BOB = {"GIT_AUTHOR_EMAIL": "bob@example.com"}


@pytest.mark.parametrize(
    ("text", "message", "env", "same"),
    [
        ("one\n", "Something else", LATER, False),
        ("one\n", "Something else", {}, True),  # reworded: git keeps when it was written
        ("one\n", "Ignore the build (#12)", LATER, True),
        ("one\n", "Ignore the build", LATER | BOB, False),
        (TWICE, "Something else", LATER, True),
        (TWICE, "Something else", LATER | BOB, False),
    ],
)
def test_who_made_the_same_change(
    clone: Clone, text: str, message: str, env: dict[str, str], same: bool
) -> None:
    assert again(clone, text, message, **env) == ({clone.env["SESSION"]} if same else set())


@pytest.mark.parametrize(("text", "same"), [("one\n", False), (TWICE, True), ("\0", True)])
def test_where_the_commit_of_before_is_gone(clone: Clone, text: str, same: bool) -> None:
    """Its link says no more than what it changed."""
    change(clone, "a.py", text, "Ignore the build")
    clone.nc("session", "attach", clone.env["SESSION"])
    clone.git("reset", "-q", "--hard", "HEAD~1")
    clone.git("reflog", "expire", "--expire=all", "--all")
    clone.git("prune", "--expire=now")
    clone.git("switch", "-q", "other")
    clone.env.update(LATER)
    commit = change(clone, "a.py", text, "Something else")
    with clone.store(many=False) as store:
        assert bool(repair.look(store, commit)) == same
