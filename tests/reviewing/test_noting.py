"""What plain `git log --notes` says of a review, in every clone the same."""

import pytest

from box import Box, Clone
from git_naturecode.reviewing import noted, noting
from reviewed import BOB, LINES, Pair, pair

REF = "refs/notes/naturecode/reviews"


@pytest.fixture
def both(box: Box) -> Pair:
    return pair(box)


def note(clone: Clone, commit: str) -> list[str]:
    """The lines of the note on a commit, as git shows them."""
    return clone.git("notes", f"--ref={REF}", "show", commit, check=False).splitlines()


def test_a_line_for_each_revision_and_verdict(both: Pair) -> None:
    first = both.shown()["head"]
    base = both.shown()["mergeBase"]
    assert note(both.bob, first) == [f"review {both.review} revision=1 base={base}"]
    both.bob.nc("review", "request-changes", both.review, "-m", "no")
    both.bob.nc("review", "approve", both.review)
    second = both.push(a__py=LINES.replace("line 5\n", "line V\n"))
    both.ann.nc("review", "update", both.review)
    both.bob.nc("review", "comment", both.review, "-m", "a draft", "--draft")
    both.sync()
    for clone in (both.ann, both.bob):
        lines = note(clone, first)
        assert [line.split()[:3:2] for line in lines if line.startswith("v")] == [
            ["verdict", "approve"]
        ]
        assert f"by={BOB}" in lines[-1]
        (line,) = note(clone, second)
        assert "revision=2" in line
    both.bob.nc("review", "approve", both.review, "--withdraw")
    assert [line.split()[0] for line in note(both.bob, first)] == ["review", "verdict"]
    assert [line.split()[0] for line in note(both.bob, second)] == ["review"]


def test_what_is_wrong_or_lost_is_made_right_again(both: Pair) -> None:
    head = both.shown()["head"]
    right = note(both.ann, head)
    both.ann.git("notes", f"--ref={REF}", "add", "-f", "-m", "my own words", head)
    both.ann.git(
        "notes", f"--ref={REF}", "append", "-m", f"verdict {both.review} approve by=x", head
    )
    both.ann.nc("sync")
    assert sorted(note(both.ann, head)) == sorted([*right, "my own words"])
    both.ann.git("update-ref", "-d", REF)
    both.ann.nc("sync")
    assert set(right) <= set(note(both.ann, head))


def test_nothing_is_looked_at_where_nothing_has_changed(both: Pair) -> None:
    with both.ann.store() as store:
        noting.refresh(store)
        assert not noted.is_behind(store)
    both.ann.nc("sync")
    with both.ann.store() as store:
        assert not noted.is_behind(store)
