"""Reviews of git-appraise in small: what each kind of line becomes, whenever it comes in."""

from typing import Any

import pytest

from appraising import (
    append,
    changed,
    comment,
    content,
    entries,
    give,
    one,
    request,
    reviews,
    sets,
    take,
)
from box import Box, Clone
from git_naturecode.appraise import history
from git_naturecode.domain.review.model import Comment, Review


def flags(review: Review) -> dict[str, tuple[str, ...]]:
    return {one.text: one.flags for thread in review.threads for one in thread.comments}


def said(review: Review) -> dict[str, Comment]:
    return {one.text: one for thread in review.threads for one in thread.comments}


def verdicts(review: Review) -> dict[str, str]:
    return {one.by: one.value for one in review.verdicts}


def test_the_last_request_says_how_a_review_stands(clone: Clone) -> None:
    head, base = changed(clone)
    append(clone.path, "reviews", head, request())
    take(clone)
    found = one(clone)
    assert (found.title, found.description, found.base) == ("Add jitter", "As agreed.", "main")
    assert (found.target, found.owner) == (("branch", "change"), "ada@example.com")
    assert [one.who for one in found.reviewers] == ["bob@example.com"]
    assert (found.created, found.status) == ("2020-09-13T12:26:40.000Z", "open")
    assert [(one.head, one.base, one.changed) for one in found.revisions] == [(head, base, 1)]
    later = request(timestamp="1600000100", description="Another", reviewers=["eve@example.com"],
                    targetRef="refs/heads/next", reviewRef="refs/pull/7/head")  # fmt: skip
    append(clone.path, "reviews", head, later, {**later, "targetRef": ""})
    assert take(clone).new_reviews == 0
    found = one(clone)
    assert (found.title, found.description, found.base) == ("Another", "", "next")
    assert (found.target, found.status) == (("pr", "7"), "closed")
    assert [one.who for one in found.reviewers] == ["eve@example.com"]
    append(clone.path, "reviews", head, {**later, "timestamp": "1600000200"})
    take(clone)
    assert one(clone).status == "open"
    assert take(clone).entries == 0


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_late_lines_change_nothing_that_was_said_after_them(
    clone: Clone, order: tuple[int, ...]
) -> None:
    head, _ = changed(clone)
    requests = [
        request(timestamp=f"16000000{n}0", description=f"Title {n}", reviewers=[f"r{n}@x.de"],
                targetRef="" if n == 1 else "refs/heads/main")
        for n in range(3)
    ]  # fmt: skip
    at = {"commit": head, "path": "a.txt"}
    asked = comment(1, description="why?", author="eve", location=at)
    (root,) = append(clone.path, "discuss", head, asked)
    for n in order:
        append(clone.path, "reviews", head, requests[n])
        append(
            clone.path, "discuss", head, comment(10 + n, resolved=n != 1),
            comment(20 + n, parent=root, author=f"{n}", resolved=n != 1, description=f"{n}"),
        )  # fmt: skip
        take(clone)
    found = one(clone)
    assert (found.title, found.status, verdicts(found)) == (
        "Title 2", "in-progress", {"bob@example.com": "approve"},
    )  # fmt: skip
    assert [one.who for one in found.reviewers if one.asked] == ["r2@x.de"]
    assert [one.text for one in found.threads[0].comments] == ["why?", "0", "1", "2"]
    # Nobody has answered the one who wanted more work.
    assert not found.threads[0].resolved
    with clone.store() as store:
        times = {e.id: str(e.header.get("t")) for e in entries(store, found.id)}
        for entry in entries(store, found.id):
            if not entry.header.get("derived"):
                assert all(times[name] <= times[entry.id] for name in entry.header.get("over", []))
    assert take(clone).entries == 0


def test_what_was_decided_here_meanwhile_stands(clone: Clone) -> None:
    head, _ = changed(clone)
    append(clone.path, "reviews", head, request())
    take(clone)
    review = one(clone)
    clone.nc("review", "set", review.id, "--title", "Ours")
    append(clone.path, "reviews", head, request(timestamp="1500000000", description="Older"))
    take(clone)
    assert one(clone).title == "Ours"
    append(clone.path, "reviews", head, request(timestamp="4000000000", description="Later"))
    take(clone)
    assert one(clone).title == "Later"
    assert take(clone).entries == 0


def test_states_of_a_change_and_what_was_said_of_which(clone: Clone) -> None:
    head, base = changed(clone)
    clone.git("checkout", "-q", "change")
    clone.env["GIT_COMMITTER_DATE"] = "2099-01-01T00:00:00Z"
    clone.git("commit", "-q", "--allow-empty", "-m", "between")
    between = clone.git("rev-parse", "HEAD").strip()
    clone.env["GIT_COMMITTER_DATE"] = "2099-01-02T00:00:00Z"
    clone.git("commit", "-q", "--allow-empty", "-m", "more")
    second = clone.git("rev-parse", "HEAD").strip()
    clone.env["GIT_COMMITTER_DATE"] = "2099-01-03T00:00:00Z"
    clone.git("checkout", "-q", "main")
    clone.git("commit", "-q", "--allow-empty", "-m", "moved on")
    tip = clone.git("rev-parse", "HEAD").strip()
    clone.git("checkout", "-q", "-b", "rebased")
    clone.git("cherry-pick", "--allow-empty", head)
    third = clone.git("rev-parse", "HEAD").strip()
    clone.git("checkout", "-q", "main")
    append(clone.path, "reviews", head, request(baseCommit=base))
    append(
        clone.path, "discuss", head, comment(5, location={"commit": second}, description="b"),
        comment(6, author="eve", location={"commit": second}, resolved=True),
        comment(7, author="mia", resolved=False),
        comment(8, author="kim", resolved=True, location={"commit": head}),
    )  # fmt: skip
    take(clone)
    found = one(clone)
    assert [(one.head, one.base) for one in found.revisions] == [(head, base), (second, base)]
    given = {one.by: (one.head, one.revision, one.digest) for one in found.verdicts}
    first, last = found.revisions
    assert given == {
        "eve": (second, last.id, last.digest), "mia": (second, last.id, last.digest),
        "kim": (head, first.id, first.digest),
    }  # fmt: skip
    append(clone.path, "discuss", head, comment(4, location={"commit": between}, description="b"))
    take(clone)
    assert [one.head for one in one(clone).revisions] == [head, between, second]
    append(clone.path, "reviews", head, request(timestamp="1600000050", alias=third))
    take(clone)
    found = one(clone)
    assert [one.head for one in found.revisions] == [head, between, second, third]
    assert found.revisions[-1].base == tip
    assert not found.merges
    clone.git("merge", "-q", "--no-ff", "-m", "in", "rebased")
    take(clone)
    found = one(clone)
    assert found.status == "merged"
    assert found.merged
    assert found.merged.result == clone.git("rev-parse", "HEAD").strip()
    assert (found.merged.strategy, found.merged.base) == ("merge", "main")
    assert take(clone).entries == 0


def test_comments_stand_on_their_lines_or_say_what_is_missing(clone: Clone) -> None:
    head, base = changed(clone)
    append(clone.path, "reviews", head, request())
    lines = {"startLine": 9, "startColumn": 3, "endLine": 11, "endColumn": 4}
    append(
        clone.path, "discuss", head,
        *(
            comment(n, description=text, location={"commit": commit, "path": path, **more})
            for n, (text, commit, path, more) in enumerate([
                ("range", head, "a.txt", {"range": lines}),
                ("file", head, "a.txt", {}),
                ("old", base, "a.txt", {"range": {"startLine": 10}}),
                ("far", head, "a.txt", {"range": {"startLine": 20}}),
                ("past", head, "a.txt", {"range": {"startLine": 21}}),
                ("half", head, "a.txt", {"range": {"startLine": 20, "endLine": 30}}),
                ("gone", head, "b.txt", {"range": {"startLine": 1}}),
                ("alien", "c0" * 20, "a.txt", {"range": {"startLine": 2}}),
                ("odd", "HEAD", "a.txt", {"range": {"startLine": 2}}),
            ])
        ),
    )  # fmt: skip
    assert take(clone).counts.unplaced == 5
    found = said(one(clone))
    where = {text: one.anchor for text, one in found.items()}
    assert all(where.values())
    places = {
        text: (at.side, at.line, at.end, at.text, at.outside) for text, at in where.items() if at
    }
    assert places == {
        "range": ("new", 9, 11, ("line 9", "another line 10", "line 11"), False),
        "file": ("new", 0, 0, (), False),
        "old": ("old", 10, 10, ("line 10",), False),
        "far": ("new", 20, 20, ("line 20",), True),
        "past": ("new", 21, 21, (), False),
        "half": ("new", 20, 20, ("line 20",), False),
        "gone": ("new", 1, 1, (), False),
        "alien": ("new", 2, 2, (), False),
        "odd": ("new", 2, 2, (), False),
    }
    told = {text: one.flags for text, one in found.items() if one.flags}
    no_line, no_commit = ("there is no such line",), ("its commit is not here",)
    assert told == {
        "past": no_line, "half": no_line, "gone": ("there is no such file",), "alien": no_commit,
        "odd": no_commit,
    }  # fmt: skip
    before = content(clone.path)
    for name in ("reviews", "discuss"):
        clone.git("update-ref", "-d", f"refs/notes/devtools/{name}")
    give(clone)
    assert sets(content(clone.path)) == sets(before)


def test_a_rejection_that_was_answered_stands_no_longer(clone: Clone) -> None:
    head, _ = changed(clone)
    append(clone.path, "reviews", head, request())
    (no,) = append(clone.path, "discuss", head, comment(1, resolved=False, description="No."))
    take(clone)
    assert one(clone).status == "rejected"
    append(clone.path, "discuss", head, comment(2, author="ada@example.com", parent=no,
                                                resolved=True, description="Now?"))  # fmt: skip
    take(clone)
    found = one(clone)
    assert (found.status, verdicts(found)) == ("in-progress", {})
    assert [one.text for one in found.threads[0].comments] == ["No.", "Now?"]
    append(clone.path, "discuss", head, comment(3, resolved=True))
    take(clone)
    assert (one(clone).approvals, verdicts(one(clone))) == (1, {"bob@example.com": "approve"})


def test_entries_stand_in_the_order_in_which_things_were_said(clone: Clone) -> None:
    head, _ = changed(clone)
    append(clone.path, "reviews", head, request())
    (root,) = append(clone.path, "discuss", head, comment(1, description="1"))
    (reply,) = append(clone.path, "discuss", head, comment(2, parent=root, description="2"))
    append(clone.path, "discuss", head, comment(6, parent=root, description="6"),
           comment(4, description="4"), comment(3, parent=reply, description="3"),
           comment(5, resolved=True))  # fmt: skip
    take(clone)
    with clone.store() as store:
        found = sorted(entries(store, one(clone).id), key=lambda entry: entry.at)
    told = [e.header["t"] for e in found if e.kind in ("comment", "verdict")]
    assert told == sorted(told)
    assert len(told) == 6


def test_new_versions_of_a_comment(clone: Clone) -> None:
    head, _ = changed(clone)
    append(clone.path, "reviews", head, request())
    (first,) = append(clone.path, "discuss", head, comment(1, description="teh"))
    append(clone.path, "discuss", head, comment(2, description="the", original=first))
    append(clone.path, "discuss", head, comment(3, description="yes", parent=first))
    take(clone)
    (thread,) = one(clone).threads
    assert [(one.text, bool(one.edited)) for one in thread.comments] == [
        ("the", True), ("yes", False),
    ]  # fmt: skip


def test_lines_that_nobody_reads_are_told_kept_and_given_back(clone: Clone) -> None:
    head, base = changed(clone)
    broken = [b'{"timestamp":', b"\xff\xfe \x1b[31m", b'{"v":7,"description":"later"}', b"[1]"]
    append(clone.path, "reviews", head, request(), *broken)
    append(clone.path, "discuss", head, comment(1, description="good"), *broken)
    append(clone.path, "ci", base, {"timestamp": "1600000001", "agent": "x", "v": 0}, b"nothing")
    append(clone.path, "analyses", head, {"timestamp": "1600000001", "url": "u", "status": "nmw"})
    append(clone.path, "discuss", base, comment(1, description="about no review"))
    before = content(clone.path)
    done = take(clone)
    assert (done.found, done.unreadable, done.alone) == (1, 9, 1)
    assert any("is not readable (no JSON)" in one for one in done.problems)
    found = one(clone)
    assert list(said(found)) == ["good"]
    assert [(one.what, one.status, one.url) for one in found.reports] == [("analyses", "nmw", "u")]
    for name in ("reviews", "discuss", "ci", "analyses"):
        clone.git("update-ref", "-d", f"refs/notes/devtools/{name}")
    give(clone)
    assert sets(content(clone.path)) == sets(before)
    assert take(clone).entries == 0


def test_notes_on_commits_that_come_later(box: Box) -> None:
    other = box.repo("other")
    other.nc("init")
    head, base = changed(other)
    append(other.path, "reviews", head, request(baseCommit=base))
    at = {"commit": head, "path": "a.txt", "range": {"startLine": 10}}
    append(other.path, "discuss", head, comment(1, location=at, description="here"))
    clone = box.repo("repo")
    clone.nc("init")
    clone.git("fetch", "-q", str(other.path), "refs/notes/*:refs/notes/*")
    done = take(clone)
    assert (done.missing, done.counts.unplaced) == (1, 1)
    found = one(clone)
    assert [(one.head, one.base, one.changed) for one in found.revisions] == [(head, "", 0)]
    assert said(found)["here"].anchor
    clone.git("fetch", "-q", str(other.path), "change:change")
    assert take(clone).counts.revisions == 1
    assert [(one.head, one.base, one.changed) for one in one(clone).revisions] == [(head, base, 1)]
    assert take(clone).entries == 0


def test_from_a_remote_a_folder_and_a_ref(box: Box) -> None:
    other = box.repo("other")
    head, _ = changed(other)
    append(other.path, "reviews", head, request())
    clone = box.clone(other.path, "ann")
    clone.git(
        "config", "--replace-all", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"
    )
    ids = [done.reviews for done in (take(clone, "origin"), take(clone, str(other.path)))]
    assert ids == [[one(clone).id], []]
    clone.env["GIT_DIR"] = str(clone.path / ".git")  # as in a hook, where git sets it
    assert take(clone, str(other.path)).found == 1
    del clone.env["GIT_DIR"]
    assert not clone.git("for-each-ref", "refs/notes/devtools", "refs/naturecode/incoming")
    clone.git("fetch", "-q", "origin", "refs/notes/devtools/*:refs/notes/remotes/origin/devtools/*")
    for where in (
        "",
        "refs/notes/remotes/origin/devtools",
        "refs/notes/remotes/origin/devtools/ci",
    ):
        assert take(clone, where).found == 1
    nothing: Any = clone.nc("review", "import", "--from", "git-appraise", "refs/notes/x", code=1)
    assert "there are no reviews of git-appraise in refs/notes/x" in nothing.err
    for where in ("ext::touch x", "../nowhere", "-x", "https://example.com/x"):
        clone.nc("review", "import", "--from", "git-appraise", "--", where, code=2)


def test_two_clones_that_import_at_other_times_agree(box: Box) -> None:
    hub = box.remote()
    ann, ben = box.clone(hub, "ann"), box.clone(hub, "ben")
    head, _ = changed(ann)
    append(ann.path, "reviews", head, request())
    append(ann.path, "discuss", head, comment(1, description="one"))
    take(ann)
    append(ann.path, "discuss", head, comment(2, resolved=True), comment(3, description="two"))
    ben.git(
        "fetch", "-q", str(ann.path), "change:change", "refs/notes/devtools/*:refs/notes/devtools/*"
    )
    take(ben)
    for clone in (ann, ben, ann):
        clone.nc("sync")
    assert take(ann).entries == 0
    for clone in (ann, ben):
        clone.nc("sync")
    first, second = one(ann), one(ben)
    assert vars(first) == vars(second)
    assert [one.text for t in first.threads for one in t.comments] == ["one", "two"]
    with ann.store() as store:
        writers = {e.header["device"] for e in entries(store, first.id)}
    assert len(writers) <= 2
    assert len(list(reviews(ann))) == 1


@pytest.mark.parametrize("most", [1, 1_000])
def test_when_a_change_came_in_is_found_in_small_and_large_histories(
    clone: Clone, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(history, "_MOST_GRAPH", most)
    head, base = changed(clone)
    for n in range(3):
        clone.git("commit", "-q", "--allow-empty", "-m", f"before {n}")
    before = clone.git("rev-parse", "HEAD").strip()
    clone.git("merge", "-q", "--no-ff", "-m", "in", "change")
    merged = clone.git("rev-parse", "HEAD").strip()
    for n in range(4):
        clone.git("commit", "-q", "--allow-empty", "-m", f"after {n}")
    other = clone.git("rev-parse", "HEAD~2").strip()
    clone.git("branch", "apart", base)
    append(clone.path, "reviews", head, request())
    append(clone.path, "reviews", other, request(description="On the branch itself"))
    append(clone.path, "reviews", base, request(targetRef="refs/heads/nowhere"))
    take(clone)
    found = [one.merged for one in reviews(clone)]
    made = [(one.head, one.onto, one.result, one.strategy) for one in found if one]
    assert len(found) == 3
    assert set(made) == {
        (head, before, merged, "merge"),
        (other, clone.git("rev-parse", f"{other}^").strip(), other, "ff"),
    }
