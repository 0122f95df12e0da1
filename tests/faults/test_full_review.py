"""Code review on a disk that is full, or in a repository that cannot be written: each command says
so, loses nothing, and can be run again."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import crash
from box import Box, Clone, Said
from disks import attempt, fill, free, read_only, small
from git_naturecode.errors import NEGATIVE, NOT_PERMITTED
from reviewed import ANN, LINES, Pair, pair

ROOMS = (0, 4096, 24 << 10, 96 << 10)


class Site:
    """Ann's clone on a small disk, with a review in which Bob has suggested something."""

    def __init__(self, box: Box, disk: Path) -> None:
        self.disk, two = disk, pair(box)
        self.two: Pair = two
        two.bob.nc(
            "review", "comment", two.review, "--file", "a.py", "--line", "7", "--comment", "x",
            "--suggest", "better",
        )  # fmt: skip
        two.bob.nc("review", "approve", two.review)
        two.sync()
        subprocess.run(
            [
                "git",
                "clone",
                "-q",
                "-b",
                "feature",
                f"file://{box.path}/hub.git",
                str(disk / "ann"),
            ],
            check=True,
        )
        self.clone = Clone(disk / "ann", env={"GIT_AUTHOR_EMAIL": ANN})
        self.clone.nc("init")
        self.clone.nc("sync")
        self.clone.git("branch", "-q", "main", "origin/main")
        self.clone.nc("review", "comment", two.review, "--draft", "-m", "draft")

    def head(self, branch: str) -> str:
        return self.clone.git("rev-parse", branch).strip()


@pytest.fixture
def site(box: Box, tmp_path: Path) -> Iterator[Site]:
    with small(tmp_path / "small", "96m") as disk:
        yield Site(box, disk)


def tells(said: Said) -> bool:
    """True when it says that the disk is full and what to do."""
    full = "disk is full" in said.err or "No space left" in said.err
    return said.code == NEGATIVE and full and "hint: " in said.err


WRITING = (
    ("comment", "-m", "said"), ("comment", "--draft", "-m", "another"), ("apply",), ("submit",),
    ("react", "c1", "+1"), ("set", "--title", "New"), ("merge",),
)  # fmt: skip


def say(two: Pair, clone: Clone, command: str, *rest: str) -> Said:
    return attempt(clone, "review", command, two.review, *rest)


def test_on_a_disk_without_room(site: Site) -> None:
    clone, two = site.clone, site.two
    told = 0
    for room in ROOMS:
        fill(site.disk, room)
        for one in WRITING:
            heads = site.head("feature"), site.head("main")
            said = say(two, clone, *one)
            assert said.code == 0 or tells(said), (room, one, said)
            told += said.code != 0
            assert said.code == 0 or (site.head("feature"), site.head("main")) == heads
        shown = say(two, clone, "show")
        assert (shown.code, "better" in shown.out) == (0, True), shown
        free(site.disk)
    assert told > len(ROOMS)
    say(two, clone, "apply")
    say(two, clone, "submit")
    shown = two.shown(clone)
    assert not any(one["draft"] for one in shown["comments"])
    wanted = LINES.replace("line 5\n", "line five\n").replace("line 7\n", "better\n")
    assert (clone.path / "a.py").read_text() == wanted
    assert clone.git("status", "--porcelain") == ""
    assert crash.fsck(clone) == ""


def test_where_nothing_can_be_written(box: Box) -> None:
    two = pair(box)
    two.bob.nc(
        "review", "comment", two.review, "--file", "a.py", "--line", "7", "--comment", "x",
        "--suggest", "better",
    )  # fmt: skip
    two.sync()
    ann = two.ann
    ann.nc("review", "comment", two.review, "--draft", "-m", "draft")
    ann.nc("review", "list")
    with read_only(ann.path):
        for one in (*WRITING, ("resolve", "t1"), ("explain",)):
            said = say(two, ann, *one)
            assert (said.code, "hint: " in said.err) == (NOT_PERMITTED, True), (one, said)
        for word in ("show", "diff"):
            said = say(two, ann, word)
            assert (said.code, "better" in said.out) == (0, True), (word, said)
    assert len(two.shown()["comments"]) == 2
