"""review ai and dismiss, as people run them: what is found, kept and shared, what becomes of it."""

from pathlib import Path

from box import Clone
from cli.two_faults import QUERY, SAFE, bad, on_main, review_of, states
from git_naturecode import ids
from git_naturecode.domain.review import makers
from git_naturecode.domain.review.model import Target
from git_naturecode.git.changes import changes
from git_naturecode.store.store import PRIVATE
from reviewed import Pair, write


def test_a_change_without_a_key(both: Pair) -> None:
    said = both.ann.nc("review", "ai", both.review, "--aspect", "security")
    assert "shop/pages.py:10 · critical · nc/python/sql-injection (CWE-89) · new" in said.out
    assert "shop/pages.py:15 · critical · nc/python/command-injection (CWE-78) · new" in said.out
    assert '| os.system("ls " + request.args["folder"])' in said.out
    assert "findings: 2 critical" in said.out
    assert "1 of 1 hunk looked at by builtin" in said.out
    assert "review dismiss" in said.err
    found = both.ann.nc("review", "ai", both.review, "--json").json
    assert (found["state"], found["saved"], found["inconclusive"]) == ("done", True, None)
    analysis = found["aiAnalysis"]
    assert [one["line"] for one in analysis["criticalIssues"]] == [10, 15]
    assert analysis["issues"] == analysis["criticalIssues"]
    assert analysis["overallAssessment"] is None, "rules are no judge"
    assert 0 < analysis["confidence"] <= 1
    assert found["coverage"] == {
        "hunks": 1, "ofHunks": 1, "files": ["shop/pages.py"], "skipped": {}
    }  # fmt: skip


def test_it_is_shown_wherever_a_review_is(both: Pair) -> None:
    ann, review = both.ann, both.review
    ann.nc("review", "ai", review)
    shown = ann.nc("review", "show", review)
    assert "findings: 2 critical" in shown.out
    assert "f1 shop/pages.py:10 · critical" in shown.out
    found = ann.nc("review", "show", review, "--json").json
    assert [one["finding"] for one in found["findings"]] == ["f1", "f2"]
    assert found["analyses"][0]["source"] == "builtin"
    assert len(found["aiAnalysis"]["criticalIssues"]) == 2
    assert found["status"] == "open", "no analysis is a verdict"
    lines = ann.nc("review", "diff", review).out.split("\n")
    at = next(n for n, one in enumerate(lines) if "os.system" in one)
    assert lines[at + 1].startswith("  ! f2 · critical")
    assert "  ! f1" not in ann.nc("review", "diff", review, "--no-threads").out
    assert "2 findings" in ann.nc("review", "diff", review, "--stat").out
    assert "2 findings, critical" in ann.nc("review", "list").out
    ann.nc("folder")
    (page,) = Path(ann.path, ".naturecode/reviews").rglob("*.md")
    assert "### f1 · `shop/pages.py:10` · critical" in page.read_text()


def test_the_rules_count_what_is_live(both: Pair) -> None:
    ann, review = both.ann, both.review
    on_main(ann, ".naturecode/review.yml", "version: 1\nrules:\n  - findings: high\n")
    told = "no finding is high or worse"
    unseen = ann.nc("review", "explain", review).out
    assert f"{told}, but no analysis has looked at this state" in unseen
    ann.nc("review", "ai", review)
    said = ann.nc("review", "explain", review, code=1)
    assert "findings are open: 2 critical" in said.out
    ann.nc("review", "dismiss", review, "f1", "f2", "--reason", "wont-fix")
    assert f"{told}\n" in ann.nc("review", "explain", review).out


def test_what_is_dismissed_with_a_reason_and_taken_back(both: Pair) -> None:
    ann, bob, review = both.ann, both.bob, both.review
    ann.nc("review", "ai", review)
    both.sync()
    bob.nc("review", "dismiss", review, "f1", "--reason", "false-positive", "-m", "It is our own.")
    both.sync()
    said = ann.nc("review", "show", review)
    assert "dismissed by bob@example.com (false-positive: It is our own.)" in said.out
    found = ann.nc("review", "ai", review)
    assert "findings: 1 critical, 1 dismissed" in found.out
    assert "f1 " not in found.out
    failed = ann.nc("review", "ai", review, "--fail-on", "high", code=1)
    assert "1 finding at or above high" in failed.err
    ann.nc("review", "dismiss", review, "f2", "--reason", "a test of ours")
    ann.nc("review", "ai", review, "--fail-on", "low")
    ann.nc("review", "dismiss", review, "f1", "--undo")
    assert states(ann, review) == {"sql-injection": "new", "command-injection": "dismissed"}


def test_what_cannot_be_dismissed(both: Pair) -> None:
    ann, review = both.ann, both.review
    assert (
        "there is no finding 'f1'"
        in ann.nc("review", "dismiss", review, "f1", "--reason", "x", code=1).err
    )
    ann.nc("review", "ai", review)
    assert "a reason is needed" in ann.nc("review", "dismiss", review, "f1", code=2).err
    assert (
        "needs no --reason"
        in ann.nc("review", "dismiss", review, "f1", "--undo", "--reason", "x", code=2).err
    )
    assert "is not dismissed" in ann.nc("review", "dismiss", review, "f1", "--undo", code=1).err
    assert (
        "there is no finding"
        in ann.nc("review", "dismiss", review, "zzzz", "--reason", "x", code=1).err
    )
    name = review_of(ann, review).findings[0].finding.fingerprint
    ann.nc("review", "dismiss", review, name[:10], "--reason", "later")
    assert (
        "dismissed already"
        in ann.nc("review", "dismiss", review, "f1", "--reason", "x", code=1).err
    )


def on_shown_lines(clone: Clone, review: str) -> None:
    """Every finding that is live is on a line that the change shows, and has the fault."""
    found = clone.nc("review", "show", review, "--json").json
    with clone.store() as store:
        files = {one.path: one for one in changes(store.repo, found["mergeBase"], found["head"])}
    for one in found["findings"]:
        if one["state"] not in ("fixed", "dismissed"):
            assert files[one["filePath"]].shows(one["side"], one["line"], one["endLine"])
            text = clone.git("show", f"{found['head']}:{one['filePath']}").split("\n")
            assert ("execute(" in text[one["line"] - 1]) or ("os.system" in text[one["line"] - 1])


def test_over_five_pushes_with_a_rebase_and_forced_ones(both: Pair) -> None:
    ann, bob, review = both.ann, both.bob, both.review

    def pushed(*more: str) -> dict[str, str]:
        ann.git("push", "-q", *more, "origin", "feature")
        said = ann.nc("review", "ai", review, "--json").json
        prints = [one["fingerprint"] for one in said["findings"]]
        assert len(prints) == len(set(prints))
        assert said["coverage"]["hunks"] == said["coverage"]["ofHunks"]
        on_shown_lines(ann, review)
        known = [one.finding.fingerprint for one in review_of(ann, review).findings]
        assert len(known) == len(set(known)) <= 2
        return states(ann, review)

    assert pushed() == {"sql-injection": "new", "command-injection": "new"}
    ann.nc("review", "dismiss", review, "f2", "--reason", "false-positive")
    # 2: lines come above, the fault stays.
    write(ann, "shop/pages.py", bad().replace("import os\n", "# shop\n# pages\n\nimport os\n"))
    ann.git("commit", "-q", "-m", "Say what it is")
    assert pushed() == {"sql-injection": "persisting", "command-injection": "dismissed"}
    # 3: a rebase onto a main that has changed the file, pushed by force.
    ann.git("checkout", "-q", "main")
    write(
        ann, "shop/pages.py", SAFE.replace("import os\n", "import os\nimport sys\n") + "\n\nX = 1\n"
    )
    ann.git("commit", "-q", "-m", "More")
    ann.git("push", "-q", "origin", "main")
    ann.git("checkout", "-q", "feature")
    ann.git("rebase", "-q", "main")
    assert pushed("--force") == {"sql-injection": "persisting", "command-injection": "dismissed"}
    # 4: mended.
    text = (ann.path / "shop/pages.py").read_text().replace(QUERY, "")
    write(ann, "shop/pages.py", text)
    ann.git("commit", "-q", "-m", "Bind it")
    assert pushed() == {"sql-injection": "fixed", "command-injection": "dismissed"}
    assert "findings: none" in ann.nc("review", "show", review).out
    # 5: all commits in one, and the fault is back.
    ann.git("reset", "-q", "--soft", "main")
    write(ann, "shop/pages.py", bad(text, shell=False))
    ann.git("commit", "-q", "-m", "All at once")
    assert pushed("--force") == {"sql-injection": "reopened", "command-injection": "dismissed"}
    both.sync()
    bob.git("fetch", "-q")
    assert states(bob, review) == {"sql-injection": "reopened", "command-injection": "dismissed"}
    on_shown_lines(bob, review)


def test_two_clones_at_once_find_it_once(both: Pair) -> None:
    for clone in (both.ann, both.bob):
        clone.nc("review", "ai", both.review)
    both.sync()
    for clone in (both.ann, both.bob):
        found = review_of(clone, both.review)
        assert [one.state for one in found.findings] == ["new", "new"]
        assert len({one.id for one in found.findings}) == 2
        assert len(found.analyses) == 2
    shown = [
        clone.nc("review", "show", both.review, "--json").json for clone in (both.ann, both.bob)
    ]
    assert shown[0]["findings"] == shown[1]["findings"]


def test_nothing_is_kept_with_no_save(both: Pair) -> None:
    said = both.ann.nc("review", "ai", both.review, "--no-save")
    assert "findings: 2 critical" in said.out
    assert "nothing was kept" in said.err
    assert not review_of(both.ann, both.review).findings
    write(both.ann, "shop/new.py", "import os\n")
    both.ann.git("commit", "-q", "-m", "More")
    both.ann.nc("review", "ai", both.review, "--no-save")
    assert len(review_of(both.ann, both.review).revisions) == 1


def test_what_makes_no_sense(both: Pair) -> None:
    ann, review = both.ann, both.review
    for args, told in (
        (["--aspect", "securty"], "is no aspect"),
        (["--provider", "nobody"], "there is no provider 'nobody'"),
        (["--agree", "2"], "2 cannot agree where only 1 provider would look"),
        (["--fail-on", "bad"], "is no severity"),
        (["--model", "x"], "no models"),
        (["--provider", "builtin:x"], "no models"),
        (["--provider", "command"], "naturecode.ai.command"),
    ):
        said = ann.nc("review", "ai", review, *args, code=2)
        assert told in said.err, args
    assert not review_of(ann, review).analyses


def test_what_is_said_of_a_file_without_lines_is_a_note(both: Pair) -> None:
    ann, review = both.ann, both.review
    (ann.path / "logo.bin").write_bytes(bytes(range(256)) * 40)
    ann.git("add", "logo.bin")
    ann.git("commit", "-q", "-m", "A picture")
    said = ann.nc("review", "ai", review)
    assert "not wholly: logo.bin (binary)" in said.out
    assert "logo.bin: A binary file" in said.err
    assert "findings: 2 critical" in said.out


def test_what_is_found_in_a_private_review_stays_private(both: Pair) -> None:
    ann = both.ann
    shared = review_of(ann, both.review).revisions[0]
    mine = "review-20261126-" + "0123abcd"
    with ann.store() as store:
        drafts = [
            makers.opening("Mine", "", Target("branch", "feature"), "main", "Ann"),
            makers.revision(shared.head, shared.base, "", 1, [], shared.table or ""),
        ]
        store.write(PRIVATE, mine, drafts)
        store.settle()
    assert "findings: 2 critical" in ann.nc("review", "ai", mine).out
    ann.nc("review", "dismiss", mine, "f1", "--reason", "later")
    assert states(ann, mine)["sql-injection"] == "dismissed"
    ann.nc("sync")
    assert ids.tail(mine) not in ann.git("ls-tree", "-r", "--name-only", "naturecode")
