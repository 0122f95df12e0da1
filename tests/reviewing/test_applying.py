"""Suggestions of a reviewer, put into the branch of the author by the commands."""

from pathlib import Path

import pytest

from box import Box, Clone, Said
from disks import attempt
from git_naturecode.store.store import Store
from reviewed import BOB, LINES, Pair, pair, write

SUGGEST = ("review", "comment")


@pytest.fixture
def two(box: Box) -> Pair:
    """Ann's change of a.py on branch `feature`, checked out by her, and Bob who reviews it."""
    return pair(box)


def suggest(two: Pair, line: int, text: str, end: int = 0, clone: Clone | None = None) -> None:
    more = ("--end-line", str(end)) if end else ()
    (clone or two.bob).nc(
        "review", "comment", two.review, "--file", "a.py", "--line", str(line), *more,
        "--comment", "Rather:", "--suggest", text,
    )  # fmt: skip


def text(clone: Clone, name: str = "a.py") -> str:
    return Path(clone.path, name).read_bytes().decode()


def state(clone: Clone) -> str:
    heads = clone.git("for-each-ref", "refs/heads/feature", "refs/heads/main")
    return heads + clone.git("status", "--porcelain") + text(clone)


def test_many_become_one_commit_by_all_who_had_them(two: Pair) -> None:
    suggest(two, 7, "line seven")
    suggest(two, 20, "twenty\nand more", 22)
    suggest(two, 30, "")
    two.sync()
    before = two.ann.git("rev-parse", "feature").strip()
    plan = two.ann.nc("review", "apply", two.review, "--dry-run")
    assert "t2: a.py:20-22, by bob@example.com" in plan.err
    assert two.ann.git("rev-parse", "feature").strip() == before
    done = two.ann.nc("review", "apply", two.review)
    commit = two.ann.git("rev-parse", "feature").strip()
    assert done.out.strip() == commit
    assert two.ann.git("rev-parse", "feature~1").strip() == before
    wanted = LINES.replace("line 5\n", "line five\n").replace("line 7\n", "line seven\n")
    wanted = wanted.replace("line 20\nline 21\nline 22\n", "twenty\nand more\n")
    assert text(two.ann) == wanted.replace("line 30\n", "")
    assert two.ann.git("status", "--porcelain") == ""
    message = two.ann.git("log", "-1", "--format=%B")
    assert f"Co-authored-by: bob <{BOB}>" in message
    assert f"Review: {two.review}" in message
    shown = two.shown()
    assert [one["resolved"] for one in shown["comments"]] == [True, True, True]
    assert [one["head"] for one in shown["revisions"]] == [before, commit]
    assert not shown["movedSince"]


def test_lines_that_moved_are_found_and_changed_ones_refused(two: Pair) -> None:
    suggest(two, 7, "line seven")
    suggest(two, 20, "twenty", 22)
    suggest(two, 30, "thirty")
    two.sync()
    two.push(a__py="new\n" * 3 + LINES.replace("line 21\n", "line 21 is mine\n"))
    before = state(two.ann)
    said = two.ann.nc("review", "apply", two.review, "t1", "t2", code=1)
    assert "t2 does not fit any more: its lines have changed (a.py:23)" in said.err
    assert state(two.ann) == before
    told = two.ann.nc("review", "apply", two.review, "--json").json
    assert [(one["handle"], one["line"]) for one in told["applied"]] == [("t1", 10), ("t3", 33)]
    assert [one["handle"] for one in told["left"]] == ["t2"]
    lines = text(two.ann).split("\n")
    assert (lines[9], lines[32], lines[23]) == ("line seven", "thirty", "line 21 is mine")
    assert [one["resolved"] for one in two.shown()["comments"]] == [True, False, True]
    said = two.ann.nc("review", "apply", two.review, code=1)
    assert "nothing can be put in: t2" in said.err


def test_two_about_the_same_lines_are_named(two: Pair) -> None:
    suggest(two, 7, "seven", 9)
    suggest(two, 9, "nine")
    two.sync()
    before = state(two.ann)
    said = two.ann.nc("review", "apply", two.review, code=1)
    assert "t1 and t2 are about the same lines of a.py" in said.err
    assert state(two.ann) == before
    two.ann.nc("review", "apply", two.review, "t2")
    assert "nine" in text(two.ann)
    assert "line 7\n" in text(two.ann)


def test_ends_of_lines_modes_and_the_last_line_stay(two: Pair) -> None:
    path = Path(two.ann.path, "a.py")
    path.write_bytes(b"one\r\ntwo\r\nthree")
    path.chmod(0o755)
    two.ann.git("commit", "-q", "-a", "-m", "Ends")
    two.ann.git("push", "-q", "origin", "feature")
    two.bob.git("fetch", "-q")
    suggest(two, 2, "zwei\nzwo")
    suggest(two, 3, "drei\nende")
    two.sync()
    two.ann.nc("review", "apply", two.review)
    assert path.read_bytes() == b"one\r\nzwei\r\nzwo\r\ndrei\r\nende"
    assert two.ann.git("ls-tree", "HEAD", "a.py").startswith("100755")


def test_of_a_thread_the_newest_counts_and_gitlabs_range_too(two: Pair) -> None:
    suggest(two, 7, "first")
    two.bob.nc(
        "review", "reply", two.review, "t1", "Better:\n\n```suggestion:-1+2\nsix to nine\n```"
    )
    two.sync()
    two.ann.nc("review", "apply", two.review, "t1")
    assert "line five\nsix to nine\nline 10\n" in text(two.ann)


def test_what_nobody_can_put_in(two: Pair) -> None:
    comment = (*SUGGEST, two.review, "--file", "a.py")
    two.bob.nc(*comment, "--line", "7", "--comment", "Why?")
    fence = "```suggestion\nx\n```"
    two.bob.nc(*comment, "--line", "8", "--comment", f"{fence}\n\n{fence}")
    two.bob.nc(*comment, "--line", "5", "--side", "old", "--comment", fence)
    two.bob.nc(*comment, "--comment", fence)
    suggest(two, 12, "line 12")
    two.sync()
    before = state(two.ann)
    for thread, says in {
        "t1": "t1 suggests nothing", "t2": "2 suggestions in one comment",
        "t3": "lines that are gone", "t4": "t4 is about no lines", "t5": "it changes nothing",
        "t9": "no thread",
    }.items():  # fmt: skip
        assert says in two.ann.nc("review", "apply", two.review, thread, code=1).err
    assert state(two.ann) == before


def test_work_of_ones_own_is_never_touched(two: Pair) -> None:
    suggest(two, 7, "seven")
    two.sync()
    path = Path(two.ann.path, "a.py")
    path.write_text("mine\n")
    said = two.ann.nc("review", "apply", two.review, code=1)
    assert "not committed" in said.err
    assert path.read_text() == "mine\n"
    two.ann.git("checkout", "-q", "-f", "main")
    write(two.ann, "c.py", "staged\n")
    two.ann.nc("review", "apply", two.review, "--message", "Mine\n\nFixes: #1")
    assert two.ann.git("status", "--porcelain") == "A  c.py\n"
    assert "seven\n" in two.ann.git("show", "feature:a.py")
    message = two.ann.git("log", "-1", "--format=%B", "feature")
    assert message.startswith("Mine\n\nFixes: #1\nCo-authored-by: bob <")


def test_who_has_not_the_branch_or_an_old_one_is_told(two: Pair) -> None:
    suggest(two, 7, "seven")
    two.sync()
    assert "no branch feature" in two.bob.nc("review", "apply", two.review, code=1).err
    two.bob.git("branch", "-q", "feature", "origin/feature")
    two.push(b__py="x\n")
    said = two.bob.nc("review", "apply", two.review, code=1)
    assert "bring it up to date first" in said.err
    assert "empty message" in two.bob.nc("review", "apply", two.review, "-m", "", code=2).err


# -- stopped between the branch and the word of it ----------------------------------------------


def stopped(two: Pair, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> Said:
    """Ann applies what Bob suggests, and cannot write down that she has."""

    def refuse(*_: object, **__: object) -> None:
        raise error

    suggest(two, 7, "line seven")
    two.sync()
    with monkeypatch.context() as patch:
        patch.setattr(Store, "write", refuse)
        return attempt(two.ann, "review", "apply", two.review)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_who_could_not_say_it_says_it_the_next_time(
    two: Pair, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    before = two.ann.git("rev-parse", "feature").strip()
    said = stopped(two, monkeypatch, error)
    tip = two.ann.git("rev-parse", "feature").strip()
    assert two.ann.git("rev-parse", "feature~1").strip() == before
    if isinstance(error, OSError):
        assert f"feature has the suggestions as {tip[:12]}, and that cannot be said: No" in said.err
        assert "review apply" in said.err.split("hint: ")[1]
    assert [one["resolved"] for one in two.shown()["comments"]] == [False]
    suggest(two, 30, "thirty")
    two.sync()
    done = two.ann.nc("review", "apply", two.review, "--json").json
    assert (done["commit"], done["applied"]) == (tip, [])
    assert done["told"] == ["taken in before, by a run that was stopped, and said now: t1"]
    assert two.ann.git("rev-parse", "feature").strip() == tip
    shown = two.shown()
    assert [one["resolved"] for one in shown["comments"]] == [True, False]
    assert [one["head"] for one in shown["revisions"]] == [before, tip]
    two.ann.nc("review", "apply", two.review)
    assert [one["resolved"] for one in two.shown()["comments"]] == [True, True]


def test_what_was_taken_back_meanwhile_was_not_taken_in(
    two: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped(two, monkeypatch, KeyboardInterrupt())
    two.ann.git("reset", "-q", "--hard", "HEAD~1")
    done = two.ann.nc("review", "apply", two.review, "--json").json
    assert len(done["applied"]) == 1
    assert "line seven\n" in text(two.ann)
    assert list((two.ann.path / ".git/naturecode").glob("applying-*")) == []
