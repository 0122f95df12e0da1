"""why and blame: the reviews that a line went through, and what was said there of it."""

import pytest

from box import Box
from reviewed import LINES, Pair, pair, write

Told = list[tuple[str, list[str]]]


@pytest.fixture
def both(box: Box) -> Pair:
    """Three commits of Ann's are under review, and Bob has said something of their lines."""
    return box.scene("three commits under review", lambda: _both(box))


def _both(box: Box) -> Pair:
    made = pair(box)
    made.push(a__py=LINES.replace("line 5\n", "line five\n").replace("line 20\n", "line XX\n"))
    made.push(a__py="top\n" + (made.ann.path / "a.py").read_text())
    made.sync()
    for number, text in ((6, "Why\x1b[31m *five*?"), (21, "Not Latin")):
        args = ("--file", "a.py", "--line", str(number), "-m", text)
        made.bob.nc("review", "comment", made.review, *args)
    made.bob.nc(
        "review",
        "comment",
        made.review,
        "--file",
        "a.py",
        "--line",
        "6",
        "-m",
        "my draft",
        "--draft",
    )
    made.sync()
    made.ann.nc("review", "reply", made.review, "t1", "It reads better")
    return made


def reviews(both: Pair, line: int, code: int = 0) -> Told:
    """Review and first words of its threads on a line of a.py."""
    (item,) = both.ann.nc("why", f"a.py:{line}", "--json", code=code).json["items"]
    return [
        (one["reviewId"], [thread["comments"][0]["comment"] for thread in one["threads"]])
        for one in item["reviews"]
    ]  # fmt: skip


def test_a_line_leads_to_what_was_said_of_it(both: Pair) -> None:
    five = "Why\x1b[31m *five*?"
    assert reviews(both, 6) == [(both.review, [five])]  # of the first of three commits
    assert reviews(both, 21) == [(both.review, ["Not Latin"])]
    assert reviews(both, 1) == [(both.review, [])]
    assert reviews(both, 3, code=1) == []  # was there before
    said = both.ann.nc("why", "a.py:6").out
    assert f"review   {both.review}  Say five · in-progress" in said
    assert "t1 bob@example.com" in said
    assert "Why\\x1b[31m *five*?" in said
    assert "It reads better" in said
    assert "note  " not in said
    both.bob.git("checkout", "-q", "feature")
    (item,) = both.bob.nc("why", "a.py:6", "--json").json["items"]
    assert [len(one["threads"]) for one in item["reviews"]] == [1]  # without his draft
    blamed = both.ann.nc("blame", "a.py").out.splitlines()
    assert [n for n, row in enumerate(blamed, 1) if f"{both.review[-8:]} t" in row] == [6, 21]
    items = both.ann.nc("blame", "a.py", "--json").json["items"]
    assert [one["line"] for one in items if one["reviews"]] == [1, 6, 21]


@pytest.mark.parametrize("strategy", ["squash", "merge"])
def test_and_so_it_does_after_the_merge(both: Pair, strategy: str) -> None:
    both.bob.nc("review", "approve", both.review)
    both.sync()
    for thread in ("t1", "t2"):
        both.ann.nc("review", "resolve", both.review, thread)
    both.ann.git("checkout", "-q", "main")
    both.ann.nc("review", "merge", both.review, "--strategy", strategy)
    write(both.ann, "a.py", "first of all\n" + (both.ann.path / "a.py").read_text())
    both.ann.git("commit", "-q", "-m", "Later")
    assert reviews(both, 22) == [(both.review, ["Not Latin"])]
    assert reviews(both, 1, code=1) == []
    assert "· merged" in both.ann.nc("why", "a.py:22").out


def test_nothing_costs_anything_where_there_is_no_review(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = box.ready()
    write(clone, "a.py", LINES)
    clone.git("commit", "-q", "-m", "Lines")
    monkeypatch.setattr("git_naturecode.reviewing.behind.Reviews", None)
    assert clone.nc("why", "a.py:1", "--json", code=1).json["items"][0]["reviews"] == []
