"""review explain and merge as a person uses them, in the clones of two people."""

import os
import shutil
from pathlib import Path

import pytest

from box import Box, Clone
from reviewed import BOB, LINES, Pair, pair, write


@pytest.fixture
def two(box: Box) -> Pair:
    """Ann's change, and Bob who was asked to review it."""
    return pair(box)


def test_from_what_is_missing_to_the_merge(two: Pair) -> None:
    said = two.ann.nc("review", "explain", two.review, code=1)
    assert "missing  0 of 1 approval" in said.out
    assert f"{BOB} may say: git naturecode review approve {two.review[16:]}\n" in said.out
    said = two.ann.nc("review", "merge", two.review, code=1)
    assert "missing: 0 of 1 approval" in said.err
    assert "cannot be merged yet: 1 thing is missing" in said.err
    two.bob.nc("review", "approve", two.review)
    two.sync()
    told = two.ann.nc("review", "explain", two.review, "--json").json
    assert told["canMerge"]
    assert told["strategies"] == ["merge", "squash", "rebase", "ff"]
    assert told["verdicts"][0]["standing"] == "current"
    two.ann.git("checkout", "-q", "main")
    plan = two.ann.nc("review", "merge", two.review, "--dry-run")
    assert "would merge" in plan.err
    assert plan.out == ""
    done = two.ann.nc("review", "merge", two.review, "--strategy", "squash")
    assert done.out.strip() == two.ann.git("rev-parse", "main").strip()
    assert "git push origin main" in done.err
    assert "line five" in (two.ann.path / "a.py").read_text()
    assert two.shown()["status"] == "merged"
    assert "merged already" in two.ann.nc("review", "merge", two.review, code=1).err
    assert "has merged it" in two.ann.nc("review", "explain", two.review, code=1).out


def test_what_the_rules_do_not_let_in_is_nowhere_said_to_be_approved(two: Pair) -> None:
    """Neither by who approves it, nor to others, nor in a list; what is, is."""
    ann, bob, review = two.ann, two.bob, two.review
    ann.git("checkout", "-q", "main")
    rules = "version: 1\nrules:\n  - approvals: {}\n"
    (ann.path / ".naturecode").mkdir()
    (ann.path / ".naturecode/review.yml").write_text(rules.format(2))
    ann.git("add", "-f", ".naturecode/review.yml")
    ann.git("commit", "-q", "-m", "Rules")
    ann.git("push", "-q", "origin", "main")
    bob.git("fetch", "-q")
    said = bob.nc("review", "approve", review)
    assert "status: in-progress\nhint: git naturecode review explain" in said.err
    two.sync()
    for clone in (ann, bob):
        shown = two.shown(clone)
        assert (shown["status"], shown["canMerge"]) == ("in-progress", False)
        shown = clone.nc("review", "show", review)
        assert "approved" not in shown.out.split("\n")[1]
        assert "explain" in shown.err
        listed = clone.nc("review", "list")
        assert "1 approval" in listed.out
        assert "approved" not in listed.out
        assert not clone.nc("review", "list", "--status", "approved", "--json").json["items"]
    (row,) = ann.nc("review", "list", "--status", "in-progress", "--json").json["items"]
    assert (row["status"], row["approvals"]) == ("in-progress", 1)
    (ann.path / ".naturecode/review.yml").write_text(rules.format(1))
    ann.git("commit", "-q", "-a", "-m", "Rules")
    assert (two.shown()["status"], two.shown()["canMerge"]) == ("approved", True)
    found = ann.nc("review", "list", "--status", "approved", "--json").json
    assert [(one["id"], one["status"]) for one in found["items"]] == [(review, "approved")]
    assert found["total"] == 1


def test_where_git_cannot_try_a_merge_a_review_is_shown_and_not_approved(
    two: Pair, tmp_path: Path
) -> None:
    """As with a git that is too old to merge without a work tree."""
    old = tmp_path / "git"
    old.write_text(
        '#!/bin/sh\nfor one in "$@"; do [ "$one" != merge-tree ] || exit 129; done\n'
        f'exec {shutil.which("git")} "$@"\n'
    )
    old.chmod(0o755)
    two.bob.nc("review", "approve", two.review)
    two.sync()
    assert two.shown()["canMerge"]
    two.ann.env["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
    found = two.shown()
    assert (found["status"], found["canMerge"]) == ("in-progress", False)
    assert found["reviewers"][0]["verdict"]["standing"] == "current"
    assert [one["path"] for one in found["files"]] == ["a.py"]
    two.ann.nc("review", "diff", two.review)


def test_the_approval_of_a_file_that_changes_again_is_missing(two: Pair) -> None:
    two.bob.nc("review", "approve", two.review)
    two.sync()
    two.push(b__py="new\n")
    told = two.ann.nc("review", "explain", two.review, "--json", code=1).json
    assert told["verdicts"][0]["staleFiles"] == ["b.py"]
    assert told["verdicts"][0]["keptFiles"] == ["a.py"]
    text = two.ann.nc("review", "explain", two.review, code=1).out
    assert "bob@example.com approved before b.py changed" in text


def test_a_merge_writes_down_the_state_that_it_took(two: Pair) -> None:
    """The branch was rebased since the approval, and nobody has written that down."""
    two.bob.nc("review", "approve", two.review)
    two.sync()
    two.ann.git("checkout", "-q", "main")
    write(two.ann, "a.py", "first\n" + LINES)
    two.ann.git("commit", "-q", "-m", "First")
    two.ann.git("rebase", "-q", "main", "feature")
    head = two.ann.git("rev-parse", "feature").strip()
    done = two.ann.nc("review", "merge", two.review, "--strategy", "ff", "--head", head, "--json")
    assert (done.json["result"], done.json["strategy"]) == (head, "ff")
    shown = two.shown()
    assert [one["head"] for one in shown["revisions"]][-1] == head
    assert shown["merged"]["result"] == head


def test_a_conflict_names_the_files(two: Pair) -> None:
    two.bob.nc("review", "approve", two.review)
    two.sync()
    two.ann.git("checkout", "-q", "main")
    write(two.ann, "a.py", LINES.replace("line 5\n", "line 5!\n"))
    two.ann.git("commit", "-q", "-m", "Five!")
    said = two.ann.nc("review", "merge", two.review, code=3)
    assert said.out.startswith("a.py: ")
    assert "nothing was changed" in said.err
    told = two.ann.nc("review", "merge", two.review, "--json", code=3).json
    assert [one["filePath"] for one in told["conflicts"]] == ["a.py"]
    assert two.ann.git("status", "--porcelain") == ""


def test_push_and_the_slower_one(two: Pair) -> None:
    two.bob.nc("review", "approve", two.review)
    two.sync()
    two.bob.nc("review", "merge", two.review, "--push", "--json")
    said = two.ann.nc("review", "merge", two.review, "--push", code=4)
    assert "somebody was faster" in said.err
    assert "nothing was changed here" in said.err
    two.sync()
    said = two.ann.nc("review", "merge", two.review, code=1)
    assert "merged already, by bob@example.com" in said.err


def test_who_merges_behind_the_remote_is_told(two: Pair) -> None:
    two.bob.nc("review", "approve", two.review)
    two.sync()
    two.bob.git("checkout", "-q", "main")
    write(two.bob, "c.py", "c\n")
    two.bob.git("commit", "-q", "-m", "C")
    two.bob.git("push", "-q", "origin", "main")
    two.ann.git("checkout", "-q", "main")
    write(two.ann, "d.py", "d\n")
    two.ann.git("commit", "-q", "-m", "D")
    two.ann.git("fetch", "-q")
    said = two.ann.nc("review", "merge", two.review)
    assert "origin/main has commits that main here has not" in said.err


def test_a_base_branch_that_was_fetched_and_not_pulled(two: Pair) -> None:
    """Its rules, and what it has, are those of the remote; a merge takes that along."""
    ann, bob, review = two.ann, two.bob, two.review
    bob.nc("review", "approve", review)
    two.sync()
    bob.git("checkout", "-q", "main")
    (bob.path / ".naturecode").mkdir(exist_ok=True)
    (bob.path / ".naturecode/review.yml").write_text(
        "version: 1\nrules: [{strategies: [squash]}]\n"
    )
    bob.git("add", "-f", ".naturecode/review.yml")
    write(bob, "c.py", "c\n")
    bob.git("commit", "-q", "-m", "C")
    bob.git("push", "-q", "origin", "main")
    ann.git("checkout", "-q", "main")
    ann.git("fetch", "-q")
    told = ann.nc("review", "explain", review, "--json").json
    assert (told["baseTip"], told["strategies"]) == (_tip(ann, "origin/main"), ["squash"])
    old = _tip(ann, "main")
    plan = ann.nc("review", "merge", review, "--dry-run")
    assert "main here was not pulled" in plan.err
    assert _tip(ann, "main") == old
    done = ann.nc("review", "merge", review, "--push", "--json").json
    assert (done["onto"], done["pushed"]) == (told["baseTip"], True)
    assert ann.git("log", "-2", "--format=%H", "main").split() == [done["result"], done["onto"]]
    assert ann.git("status", "--porcelain", "-uno") == ""
    assert (ann.path / "c.py").read_text() == "c\n"
    # Who has only fetched sees that it is in.
    two.sync()
    bob.git("fetch", "-q")
    assert "has merged it into main" in bob.nc("review", "explain", review, code=1).out


def test_what_makes_no_sense(two: Pair) -> None:
    two.bob.nc("review", "approve", two.review)
    two.sync()
    merge = ("review", "merge", two.review)
    assert "--push" in two.ann.nc(*merge, "--remote", "origin", code=2).err
    assert "message" in two.ann.nc(*merge, "--message", " ", code=2).err
    assert "no way to merge" in two.ann.nc(*merge, "--strategy", "octopus", code=2).err
    assert "the head is" in two.ann.nc(*merge, "--head", "0" * 12, code=1).err
    assert "no review" in two.ann.nc("review", "explain", "nothing", code=1).err
    two.ann.nc("review", "close", two.review)
    assert "is closed" in two.ann.nc(*merge, code=1).err
    assert "it is closed" in two.ann.nc("review", "explain", two.review, code=1).out


def test_the_rules_of_the_base_branch(two: Pair) -> None:
    two.ann.git("checkout", "-q", "main")
    rules = Path(two.ann.path, ".naturecode/review.yml")
    rules.parent.mkdir(exist_ok=True)
    rules.write_text(
        "version: 1\nrules:\n  - {approvals: 1, resolved: true, strategies: [squash]}\n"
    )
    two.ann.git("add", "-f", str(rules))
    two.ann.git("commit", "-q", "-m", "Rules")
    two.bob.nc("review", "comment", two.review, "--comment", "Why?")
    two.bob.nc("review", "approve", two.review)
    two.sync()
    told = two.ann.nc("review", "explain", two.review, "--json", code=1).json
    assert told["rulesFile"]
    assert told["strategies"] == ["squash"]
    assert [one["text"] for one in told["reasons"] if not one["ok"]] == ["1 thread is open"]
    two.ann.nc("review", "resolve", two.review, "t1")
    assert two.ann.nc("review", "merge", two.review, "--json").json["strategy"] == "squash"


def _tip(clone: Clone, name: str) -> str:
    return clone.git("rev-parse", name).strip()
