"""Two who review and merge at once, offline: nothing is lost, one merge counts, both are told."""

import pytest

from box import Box
from reviewed import LINES, Pair, pair


@pytest.fixture
def two(box: Box) -> Pair:
    """Ann's change on branch `feature`, and Bob who reviews it."""
    return pair(box)


def test_two_clones_at_once(two: Pair) -> None:
    ann, bob, review = two.ann, two.bob, two.review
    line = ("--file", "a.py", "--line", "7", "--comment")
    bob.nc("review", "comment", review, *line, "first")
    two.sync()
    # Now nobody hears of the other.
    for clone, text in ((ann, "by ann"), (bob, "by bob")):
        clone.nc("review", "comment", review, *line, text)
    bob.nc("review", "resolve", review, "t1")
    ann.nc("review", "reply", review, "t1", "not yet")
    bob.nc("review", "approve", review)
    changed = LINES.replace("line 5\n", "line five\n").replace("line 9\n", "nine\n")
    (ann.path / "a.py").write_text(changed)
    ann.git("commit", "-q", "-a", "-m", "More")
    ann.git("push", "-q", "origin", "feature")
    two.sync()
    bob.git("fetch", "-q")
    for clone in (ann, bob):
        shown = clone.nc("review", "show", review).out
        assert all(text in shown for text in ("first", "by ann", "by bob", "not yet"))
        told = clone.tried("review", "explain", review)
        assert "approved before a.py changed" in told.out, "the approval is of the old state"
    bob.nc("review", "approve", review)
    two.sync()
    ann.git("checkout", "-q", "main")
    first, second = (
        clone.nc("review", "merge", review, "--strategy", way).out.strip()
        for clone, way in ((ann, "merge"), (bob, "squash"))
    )
    ann.git("push", "-q", "origin", "main")
    two.sync()
    bob.git("fetch", "-q")
    bob.git("reset", "-q", "--hard", "origin/main")
    for clone in (ann, bob):
        merges = clone.nc("review", "show", review, "--json").json
        assert merges["status"] == "merged"
        shown = clone.nc("review", "show", review).out
        assert first[:8] in shown
        assert second[:8] in shown, "the loser's is named, too"
        said = clone.nc("review", "merge", review, code=1).err
        assert "was merged already, by ann" in said.lower()
