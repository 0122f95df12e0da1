"""kill -9 at each step of what people do in a code review: nothing is half done without a way on,
and the way on is the same command again."""

from collections.abc import Callable

import pytest

import crash
from box import Box
from faults.review_sweep import Sweep
from reviewed import BOB, Pair, changed, pair
from seeds import SEED

FEW, MOST = 2, 12
"""How many of some 150 moments are tried, in this suite and in the long one."""


def killed(sweep: Sweep, most: int, ends: Callable[[str], None]) -> None:
    """At `most` moments, spread over all; which ones depends on the seed."""
    points = sweep.points()
    step = len(points) // most
    chosen = points[SEED % step :: step][:most]
    assert sweep.run(chosen, ends) > len(chosen) // 2


lots: Callable[..., object] = pytest.mark.parametrize(
    "most", [FEW, *(pytest.param(MOST + n, marks=pytest.mark.torture) for n in range(3))]
)


@pytest.fixture
def two(box: Box) -> Pair:
    """Ann, who has a change, and Bob, who reviews it."""
    crash.needs_strace()
    return pair(box)


@lots
def test_apply(two: Pair, box: Box, most: int) -> None:
    for line in ("7", "20"):
        two.bob.nc(
            "review", "comment", two.review, "--file", "a.py", "--line", line, "--comment", "x",
            "--suggest", f"better {line}",
        )  # fmt: skip
    two.sync()
    ann, before = two.ann, two.ann.git("rev-parse", "feature").strip()

    def ends(said: str) -> None:
        again = ann.tried("review", "apply", two.review)
        assert again.code == 0 or "no open thread suggests anything" in again.err
        shown = two.shown()
        assert [one["resolved"] for one in shown["comments"]] == [True, True]
        head = ann.git("rev-parse", "feature").strip()
        assert ann.git("rev-parse", "feature~1").strip() == before
        assert head.startswith(said)
        assert [one["head"] for one in shown["revisions"]] == [before, head]
        assert ann.git("status", "--porcelain") == ""
        assert "better 7\n" in (ann.path / "a.py").read_text()
        assert crash.fsck(ann) == ""

    killed(Sweep(ann, ("review", "apply", two.review), box.path / "sweep"), most, ends)


@lots
def test_submit(two: Pair, box: Box, most: int) -> None:
    bob = two.bob
    for number, where in enumerate([(), ("--file", "a.py", "--line", "5"), ()]):
        bob.nc("review", "comment", two.review, "--draft", *where, "-m", f"draft {number}")

    def ends(_: str) -> None:
        again = bob.tried("review", "submit", two.review)
        assert again.code == 0 or "there are no drafts" in again.err
        shown = two.shown(bob)["comments"]
        assert sorted(one["comment"] for one in shown) == [f"draft {n}" for n in range(3)]
        assert not any(one["draft"] for one in shown)
        bob.nc("sync")
        two.ann.nc("sync")
        assert len(two.shown()["comments"]) == 3
        assert crash.fsck(bob) == crash.fsck(bob, ".git/naturecode/private.git") == ""

    killed(Sweep(bob, ("review", "submit", two.review), box.path / "sweep"), most, ends)


@lots
def test_start(box: Box, most: int) -> None:
    crash.needs_strace()
    ann, _ = changed(box)
    start = ("review", "start", "--reviewers", BOB)

    def ends(said: str) -> None:
        again = ann.tried(*start)
        assert again.code == 0 or "is being reviewed already" in again.err
        (row,) = ann.nc("review", "list", "--json").json["items"]
        assert said in ("", row["id"])
        shown = ann.nc("review", "show", row["id"], "--json").json
        assert [one["userId"] for one in shown["reviewers"]] == [BOB]
        assert len(shown["revisions"]) == 1
        # What is pushed later is written down by a sync.
        (ann.path / "a.py").write_text("another\n")
        ann.git("commit", "-q", "-am", "More")
        ann.nc("sync")
        assert len(ann.nc("review", "show", row["id"], "--json").json["revisions"]) == 2
        assert crash.fsck(ann) == ""

    killed(Sweep(ann, start, box.path / "sweep"), most, ends)


@lots
def test_merge(two: Pair, box: Box, most: int) -> None:
    two.bob.nc("review", "approve", two.review)
    two.sync()
    ann = two.ann
    ann.git("checkout", "-q", "main")
    before = ann.git("rev-parse", "main").strip()
    merge = ("review", "merge", two.review, "--strategy", "squash")

    def ends(_: str) -> None:
        again = ann.tried(*merge)
        assert again.code == 0 or "merged already" in again.err, again.err
        assert ann.git("rev-parse", "main~1").strip() == before
        shown = two.shown()
        assert shown["status"] == "merged"
        assert ann.git("status", "--porcelain") == ""
        assert crash.fsck(ann) == ""

    killed(Sweep(ann, merge, box.path / "sweep"), most, ends)
