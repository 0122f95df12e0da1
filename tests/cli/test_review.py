"""Reviewing as two people do it: begin, comment, draft, judge, push, settle."""

import json

import pytest

from box import Box
from reviewed import ANN, BOB, LINES, Pair, begun, changed, pair, write


@pytest.fixture
def both(box: Box) -> Pair:
    """Ann and Bob, and a review of hers."""
    return pair(box)


def test_a_review_begins_with_what_the_commits_say(both: Pair) -> None:
    found = both.shown(both.bob)
    assert found["reviewId"] == both.review
    assert (found["title"], found["description"]) == ("Say five", "It reads better.")
    assert (found["target"], found["base"], found["creatorId"]) == ("feature", "main", ANN)
    assert found["status"] == "open"
    assert [one["userId"] for one in found["reviewers"]] == [BOB]
    assert [one["path"] for one in found["files"]] == ["a.py"]
    (row,) = both.bob.nc("review", "list", "--json", "--to-review").json["items"]
    assert row["id"] == both.review


def test_the_author_is_told_what_reviewers_need(box: Box) -> None:
    ann, _ = changed(box)
    ann.git("commit", "-q", "--allow-empty", "-m", "Not pushed")
    said = ann.nc("review", "start")
    assert "git push origin feature" in said.err
    assert "2 commits, 1 file" in said.err


def test_what_cannot_be_reviewed(box: Box) -> None:
    ann, _ = changed(box)
    for args, told in (
        (["--target", "nowhere"], "no branch, commit or range"),
        (["--target", "main"], "which branch is it to be merged into"),
        (["--target", "feature", "--base", "nowhere"], "no branch 'nowhere'"),
        (["--target", "feature", "--base", "feature"], "nothing that feature has not"),
        (["--target", "feature..main"], "holds nothing"),
        (["--target", "a..b"], "no commit"),
        (["--target", "--output=x"], "no branch, commit or range"),
        (["--reviewers", "a@x,,b@x"], "nobody's address"),
    ):
        said = ann.nc("review", "start", *args, code=2)
        assert told in said.err, args
    assert "is not in this clone" in ann.nc("review", "start", "--target", "#7", code=1).err
    assert not ann.nc("review", "list", "--json").json["items"]


def test_a_branch_is_reviewed_once_at_a_time(box: Box) -> None:
    ann, _ = changed(box)
    first = begun(ann.nc("review", "start"))
    assert first in ann.nc("review", "start", code=1).err
    ann.nc("review", "close", first)
    ann.nc("review", "start")
    ann.nc("review", "start", "--again")


def test_the_owners_of_the_files_are_asked(box: Box) -> None:
    ann, _ = changed(box)
    ann.git("checkout", "-q", "main")
    write(ann, "CODEOWNERS", "*.py bob@example.com @nobody ann@example.com\n")
    ann.git("commit", "-q", "-m", "Owners")
    ann.git("checkout", "-q", "feature")
    write(ann, "CODEOWNERS", "* eve@example.com\n")  # not what the change itself says
    ann.git("commit", "-q", "-m", "Mine")
    said = ann.nc("review", "start", "--reviewers", "cy@example.com", "--json").json
    assert (said["reviewers"], said["owners"]) == (["cy@example.com", BOB], [BOB])
    said = ann.nc("review", "start", "--again", "--no-owners", "--json").json
    assert said["reviewers"] == []
    assert "names @nobody, whom nobody" in ann.nc("review", "start", "--again").err


def test_title_and_description_are_written_in_the_editor_over_a_template(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, _ = changed(box)
    ann.git("checkout", "-q", "main")
    write(ann, ".github/pull_request_template.md", "## Tested?\n")
    ann.git("commit", "-q", "-m", "Template")
    ann.git("checkout", "-q", "feature")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    ann.env["GIT_EDITOR"] = "sed -i 's/Say five/Say it/; s/Tested?/&\\nYes./'"
    review = begun(ann.nc("review", "start", "--edit"))
    found = ann.nc("review", "show", review, "--json").json
    assert found["title"] == "Say it"
    assert found["description"] == "It reads better.\n\n## Tested?\nYes."


@pytest.mark.parametrize("wanted", ["commit", "range", "pull", "remote"])
def test_other_targets(box: Box, wanted: str) -> None:
    ann, bob = changed(box)
    head = ann.git("rev-parse", "feature").strip()
    bob.git("update-ref", "refs/pull/42/head", head)
    name = {
        "commit": head[:10], "range": f"origin/main..{head[:12]}", "pull": "42",
        "remote": "feature",
    }[wanted]  # fmt: skip
    review = begun(bob.nc("review", "start", "--target", name))
    found = bob.nc("review", "show", review, "--json").json
    kinds = {"commit": "commit", "range": "range", "pull": "pr", "remote": "branch"}
    assert found["targetType"] == kinds[wanted]
    assert found["head"] == head
    assert [one["path"] for one in found["files"]] == ["a.py"]


def test_comments_stand_where_they_were_put(both: Pair) -> None:
    bob, review = both.bob, both.review
    bob.nc("review", "comment", review, "--file", "a.py", "--line", "5", "--comment", "five?")
    bob.nc("review", "comment", review, "--file", "a.py", "--line", "5", "--side", "old", "-m", "o")
    bob.nc("review", "comment", review, "--file", "a.py", "-m", "the file")
    bob.nc("review", "comment", review, "-m", "all of it")
    said = bob.nc("review", "comment", review, "--file", "a.py", "--line", "30", "-m", "far")
    assert "does not touch these lines" in said.err
    both.sync()
    found = both.shown()["comments"]
    assert [(one["filePath"], one["line"], one["side"]) for one in found] == [
        ("a.py", 5, "new"), ("a.py", 5, "old"), ("a.py", None, "new"), (None, None, None),
        ("a.py", 30, "new"),
    ]  # fmt: skip
    assert [one["outsideDiff"] for one in found] == [False, False, False, False, True]
    assert all(not one["resolved"] for one in found)
    assert "line five" in both.ann.nc("review", "show", review).out


def test_a_place_that_is_not_there(both: Pair) -> None:
    for args, told in (
        (["--file", "a.py", "--line", "41"], "has 40 lines"),
        (["--file", "none.py", "--line", "1"], "not there after the change"),
        (["--line", "3"], "of which file"),
        (["--file", "a.py", "--end-line", "3"], "needs --line"),
        (["--file", "a.py", "--line", "4", "--end-line", "3"], "before line"),
        (["--file", "a.py", "--line", "4", "--side", "left"], "no side"),
        (["--file", "a.py", "--side", "old", "--line", "4", "--suggest", "x"], "new side"),
        (["--file", "lib", "--line", "4"], "has no lines"),
    ):
        said = both.bob.nc("review", "comment", both.review, *args, "-m", "x", code=2)
        assert told in said.err, args
    assert "empty text" in both.bob.nc("review", "comment", both.review, "-m", " ", code=2).err
    assert not both.shown(both.bob)["comments"]


def test_a_file_is_named_from_the_folder_where_one_is(both: Pair) -> None:
    both.push(**{"lib/b__py": "def f():\n    return 2\n"})
    both.bob.git("checkout", "-q", "feature")
    both.bob.path = both.bob.path / "lib"
    args = ("--file", "b.py", "--line", "2", "-m", "two?")
    both.bob.nc("review", "comment", both.review, *args)
    (one,) = both.shown(both.bob)["comments"]
    assert (one["filePath"], one["line"], one["outsideDiff"]) == ("lib/b.py", 2, False)


def test_drafts_are_seen_by_nobody_until_they_are_sent(both: Pair) -> None:
    bob, review = both.bob, both.review
    for text in ("one", "two"):
        bob.nc("review", "comment", review, "--file", "a.py", "--line", "5", "-m", text, "--draft")
    both.sync()
    assert not both.shown()["comments"]
    assert both.shown(bob)["hasDrafts"]
    assert "draft that nobody" in bob.nc("review", "resolve", review, "t1", code=1).err
    bob.nc("review", "submit", review, "--request-changes", "-m", "two things")
    both.sync()
    found = both.shown()
    assert [one["comment"] for one in found["comments"]] == ["one", "two"]
    assert found["status"] == "rejected"
    assert found["reviewers"][0]["verdict"]["comment"] == "two things"
    assert not both.shown(bob)["hasDrafts"]
    assert "no drafts" in bob.nc("review", "submit", review, code=1).err


def test_a_draft_on_a_new_state_tells_nobody_that_it_was_seen(both: Pair) -> None:
    both.push(a__py=LINES.replace("line 5\n", "line V\n"))
    place = ("--file", "a.py", "--line", "5")
    both.bob.nc("review", "comment", both.review, *place, "-m", "V?", "--draft")
    assert len(both.shown(both.bob)["revisions"]) == 1
    both.bob.nc("review", "submit", both.review)
    both.sync()
    (one,) = both.shown()["comments"]
    assert one["commit"] == both.ann.git("rev-parse", "HEAD").strip()


def test_drafts_can_be_thrown_away(both: Pair) -> None:
    both.bob.nc("review", "comment", both.review, "-m", "hasty", "--draft")
    both.bob.nc("review", "submit", both.review, "--discard")
    found = both.shown(both.bob)
    assert not found["comments"]
    assert not found["hasDrafts"]
    both.sync()
    assert not both.shown()["comments"]


def test_threads_are_answered_resolved_and_reopened(both: Pair) -> None:
    bob, ann, review = both.bob, both.ann, both.review
    bob.nc("review", "comment", review, "--file", "a.py", "--line", "5", "-m", "why?")
    both.sync()
    ann.nc("review", "reply", review, "t1", "it reads better")
    ann.nc("review", "resolve", review, "t1", "-m", "as said")
    bob.nc("review", "reply", review, "c1", "does it?")  # before he has seen that
    both.sync()
    (thread,) = both.shown()["comments"]
    assert [one["comment"] for one in thread["replies"]].count("does it?") == 1
    assert thread["resolved"]
    assert thread["newSinceResolved"] == 1
    assert "new since resolved" in ann.nc("review", "show", review).out
    assert "empty" in ann.nc("review", "resolve", review, "t1", "-m", " ", code=2).err
    ann.nc("review", "resolve", review, "t1")
    assert "resolved already" in ann.nc("review", "resolve", review, "t1", code=1).err
    ann.nc("review", "reopen", review, "t1")
    assert not both.shown()["comments"][0]["resolved"]
    assert "no thread 't9'" in ann.nc("review", "reply", review, "t9", "x", code=1).err


def test_what_a_push_makes_of_a_verdict(both: Pair) -> None:
    bob, review = both.bob, both.review
    both.push(**{"lib/b__py": "def f():\n    return 2\n"})
    bob.nc("review", "approve", review, "--file", "a.py", "-m", "a is fine")
    bob.nc("review", "approve", review)
    assert both.shown(bob)["status"] == "approved"
    head = both.push(**{"lib/b__py": "def f():\n    return 3\n"})
    found = both.shown(bob)
    assert (found["head"], found["movedSince"], found["status"]) == (head, True, "in-progress")
    verdict = found["reviewers"][0]["verdict"]
    assert (verdict["standing"], verdict["staleFiles"]) == ("partial", ["lib/b.py"])
    said = bob.nc("review", "approve", review, "--head", verdict["head"], code=1)
    assert "stands at" in said.err
    bob.nc("review", "approve", review, "--head", head)
    both.sync()
    assert [one["head"] for one in both.shown()["revisions"]][-1] == head
    assert both.shown()["canMerge"]


def test_verdicts_that_cannot_be_given(both: Pair) -> None:
    assert "own change" in both.ann.nc("review", "approve", both.review, code=5).err
    said = both.bob.nc("review", "approve", both.review, "--file", "b.py", code=2)
    assert "does not touch b.py" in said.err
    both.bob.nc("review", "request-changes", both.review, code=2)
    assert "taken back" in both.bob.nc("review", "approve", both.review, "--withdraw", code=1).err


def test_a_verdict_is_taken_back(both: Pair) -> None:
    both.bob.nc("review", "request-changes", both.review, "--comment", "Needs more tests")
    assert both.shown(both.bob)["status"] == "rejected"
    both.bob.nc("review", "request-changes", both.review, "--withdraw")
    assert both.shown(both.bob)["status"] == "open"


def test_revisions_are_kept_over_a_forced_push(both: Pair) -> None:
    first = both.shown()["head"]
    write(both.ann, "a.py", LINES.replace("line 5\n", "line 5!\n"))
    both.ann.git("commit", "-q", "--amend", "-m", "Say it louder")
    both.ann.git("push", "-q", "--force", "origin", "feature")
    both.ann.nc("review", "update", both.review)
    said = both.ann.nc("review", "update", both.review, code=1)
    assert "as in revision 2" in said.err
    both.sync()
    heads = [one["head"] for one in both.shown(both.bob)["revisions"]]
    assert heads[0] == first
    assert len(heads) == 2


def test_a_sync_writes_down_what_became_of_the_branch(both: Pair) -> None:
    both.push(a__py=LINES.replace("line 5\n", "line V\n"))
    both.ann.git("commit", "-q", "--amend", "-m", "Otherwise")
    head = both.ann.git("rev-parse", "HEAD").strip()
    both.sync()
    assert both.shown(both.bob)["revisions"][-1]["head"] == head
    assert len(both.shown(both.bob)["revisions"]) == 2
    both.sync()
    assert len(both.shown(both.bob)["revisions"]) == 2
    first = both.shown()["revisions"][0]["head"]
    both.ann.git("reflog", "expire", "--expire=now", "--all")
    both.ann.git("update-ref", "-d", "refs/remotes/origin/feature")
    both.ann.git("gc", "-q", "--prune=now")
    both.ann.git("cat-file", "-e", first)
    both.ann.nc("review", "close", both.review)
    both.ann.git("commit", "-q", "--allow-empty", "-m", "After")
    both.ann.nc("sync")
    assert len(both.shown()["revisions"]) == 2
    assert not both.ann.git("for-each-ref", "refs/naturecode/reviews")


def test_a_review_is_changed_closed_and_opened_again(both: Pair) -> None:
    ann, review = both.ann, both.review
    ann.nc("review", "set", review, "--title", "Louder", "-m", "Why not.", "--require", "cy@x")
    ann.nc("review", "set", review, "--unask", BOB.upper())
    found = both.shown()
    assert (found["title"], found["description"]) == ("Louder", "Why not.")
    assert [(one["userId"], one["required"]) for one in found["reviewers"]] == [("cy@x", True)]
    ann.nc("review", "set", review, code=2)
    ann.nc("review", "set", review, "--base", "nowhere", code=2)
    ann.nc("review", "close", review, "--reason", "changed my mind")
    assert both.shown()["status"] == "closed"
    said = ann.nc("review", "comment", review, "-m", "late", code=1)
    assert "is closed" in said.err
    assert not ann.nc("review", "list", "--json").json["items"]
    assert ann.nc("review", "list", "--json", "--all").json["total"] == 1
    ann.nc("review", "reopen", review)
    assert both.shown()["status"] == "in-progress"


def test_reactions_edits_and_redactions(both: Pair) -> None:
    bob, ann, review = both.bob, both.ann, both.review
    bob.nc("review", "comment", review, "-m", "a secret thing")
    both.sync()
    ann.nc("review", "react", review, "c1", "+1")
    assert "already" in ann.nc("review", "react", review, "c1", "+1", code=1).err
    assert both.shown()["comments"][0]["reactions"] == {"+1": [ANN]}
    ann.nc("review", "react", review, "c1", "+1", "--remove")
    assert both.shown()["comments"][0]["reactions"] == {}
    assert BOB in ann.nc("review", "edit", review, "c1", "mine now", code=5).err
    bob.nc("review", "edit", review, "c1", "a plain thing")
    both.sync()
    assert both.shown()["comments"][0]["comment"] == "a plain thing"
    bob.nc("review", "redact", review, "c1")
    both.sync()
    shown = json.dumps(both.shown()) + ann.nc("review", "show", review).out
    assert "thing" not in shown
    assert "[redacted]" in shown


def test_joining(both: Pair) -> None:
    both.bob.nc("review", "join", both.review)
    assert "already" in both.bob.nc("review", "join", both.review, code=1).err
    both.sync()
    found = both.shown()
    assert (found["status"], found["reviewers"][0]["status"]) == ("in-progress", "reviewing")


def test_two_review_at_once_offline(both: Pair) -> None:
    place = ("--file", "a.py", "--line", "5")
    both.ann.nc("review", "comment", both.review, *place, "-m", "from ann")
    both.bob.nc("review", "comment", both.review, *place, "-m", "from bob")
    both.bob.nc("review", "approve", both.review)
    both.push(a__py=LINES.replace("line 5\n", "line V\n"))
    both.ann.nc("review", "update", both.review)
    both.sync()
    one, two = both.shown(), both.shown(both.bob)
    assert one["comments"] == two["comments"]
    assert {thread["comment"] for thread in one["comments"]} == {"from ann", "from bob"}
    for found in (one, two):
        assert found["reviewers"][0]["verdict"]["standing"] == "stale"
        assert found["status"] == "in-progress"


def test_a_review_that_is_not_there(both: Pair) -> None:
    said = both.ann.nc("review", "show", "nonesuch", code=1)
    assert said.err.startswith("error: there is no review nonesuch")
    assert "review list" in said.err
    slipped = both.review[:-1] + ("a" if both.review[-1] != "a" else "b")
    said = both.ann.nc("review", "show", slipped, code=1)
    assert both.review in said.err
    assert both.ann.nc("review", code=2)
    session = both.ann.start()
    assert "no review" in both.ann.nc("review", "show", session, code=1).err
    assert "no session" in both.ann.nc("session", "show", both.review, code=1).err


def test_the_diff_has_the_threads_in_place(both: Pair) -> None:
    bob, review = both.bob, both.review
    place = ("--file", "a.py", "--line", "5")
    bob.nc("review", "comment", review, *place, "-m", "why\nfive?")
    bob.nc("review", "comment", review, "--file", "a.py", "--line", "30", "-m", "far")
    bob.nc("review", "comment", review, "-m", "all")
    out = bob.nc("review", "diff", review).out
    order = ["-line 5", "+line five", "  |     why", "  |     five?", "6 6  line 6", "| line 30",
             "elsewhere", "all"]  # fmt: skip
    assert sorted(order, key=out.index) == order
    plain = bob.nc("review", "diff", review, "--no-threads").out
    assert "five?" not in plain
    assert "6 6  line 6" in plain
    stat = bob.nc("review", "diff", review, "--stat").out
    assert "a.py +1 -1  2 threads" in stat
    found = bob.nc("review", "diff", review, "--json").json
    (file,) = found["files"]
    kinds = [line["kind"] for line in file["hunks"][0]["lines"]]
    assert kinds == ["context"] * 3 + ["removed", "added"] + ["context"] * 3
    assert "does not touch" in bob.nc("review", "diff", review, "none.py", code=1).err


def test_a_rereview_shows_only_what_is_new(both: Pair) -> None:
    bob, review = both.bob, both.review
    assert "said nothing" in bob.nc("review", "diff", review, "--since-my-last", code=1).err
    bob.nc("review", "comment", review, "--file", "a.py", "--line", "5", "-m", "why?")
    assert "nothing has changed" in bob.nc("review", "diff", review, "--since-my-last").out
    both.ann.git("checkout", "-q", "main")
    write(both.ann, "base.py", "came with the base\n")
    write(both.ann, "a.py", LINES.replace("line 20\n", "line twenty\n"))
    both.ann.git("commit", "-q", "-m", "Base")
    both.ann.git("push", "-q", "origin", "main")
    both.ann.git("checkout", "-q", "feature")
    both.ann.git("rebase", "-q", "main")
    write(both.ann, "lib/b.py", "def f():\n    return 2\n")
    both.ann.git("commit", "-q", "-m", "Two")
    both.ann.git("push", "-q", "--force", "origin", "feature")
    both.bob.git("fetch", "-q")
    out = bob.nc("review", "diff", review, "--since-my-last")
    assert "return 2" in out.out
    for old in ("five", "twenty", "came with"):
        assert f"+line {old}" not in out.out, out.out
        assert old not in [
            line.split()[-1] for line in out.out.splitlines() if line.startswith("+")
        ]
    assert "on the new base" in out.err
    both.ann.nc("review", "update", review)
    both.sync()
    again = both.ann.nc("review", "diff", review, "--revision", "1..2").out
    assert "return 2" in again
    assert "came with" not in again
    assert "five" in both.ann.nc("review", "diff", review, "--revision", "1").out
    series = both.ann.nc("review", "diff", review, "--range-diff").out
    assert "Say five" in series
    assert "Two" in series
    told = both.ann.nc("review", "diff", review, "--range-diff", "--json").json
    assert "Say five" in told["rangeDiff"]
    assert "no revision '9'" in bob.nc("review", "diff", review, "--revision", "9", code=1).err
    both.bob.git("fetch", "-q")
    (thread,) = both.shown(bob)["comments"]
    assert (thread["now"]["line"], thread["now"]["state"]) == (5, "same")


def test_commits_that_are_not_here_are_told(both: Pair) -> None:
    write(both.ann, "a.py", LINES.replace("line 5\n", "line V\n"))
    both.ann.git("commit", "-q", "-m", "Not pushed")
    both.ann.nc("review", "update", both.review)
    both.sync()
    said = both.bob.nc("review", "diff", both.review, code=1)
    assert "are not in this clone" in said.err
    assert "push feature" in said.err


def test_comments_are_written_all_over_the_change(
    both: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob, review = both.bob, both.review
    bob.nc("review", "comment", review, "--file", "a.py", "--line", "5", "-m", "why?")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    bob.env["GIT_EDITOR"] = (
        "sed -i 's/^>.*+line five/&\\n\\nNot V?/; s/^>|.*/&\\nBecause./; 1iFine.'"
    )
    bob.nc("review", "comment", review, "--diff", "--draft")
    found = both.shown(bob)["comments"]
    assert [(one["filePath"], one["line"], one["comment"]) for one in found] == [
        ("a.py", 5, "why?"), (None, None, "Fine."), ("a.py", 5, "Not V?"),
    ]  # fmt: skip
    assert [one["comment"] for one in found[0]["replies"]] == ["Because."]
    bob.nc("review", "submit", review)
    bob.env["GIT_EDITOR"] = "sed -i 's/^>.*+line five/> not a line\\nlost?/'"
    said = bob.nc("review", "comment", review, "--diff", code=2)
    assert "no line of the change" in said.err
    kept = said.err.split("what you wrote is in ")[1].split(":")[0]
    with open(kept) as file:
        text = file.read()
    assert "lost?" in text
    with open(kept, "w") as file:
        file.write(text.replace("> not a line\n", ""))
    bob.nc("review", "comment", review, "--diff", "--from", kept)
    assert both.shown(bob)["comments"][-1]["comment"] == "lost?"
    bob.env["GIT_EDITOR"] = "true"
    assert "nothing was sent" in bob.nc("review", "comment", review, "--diff", code=1).err
    bob.nc("review", "comment", review, "--from", kept, code=2)
    bob.nc("review", "comment", review, "--diff", "-m", "x", code=2)
