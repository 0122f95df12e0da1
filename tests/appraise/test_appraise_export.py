"""Our reviews as git-appraise's: valid lines, beside what is there, and known again."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from appraising import (
    append,
    changed,
    comment,
    content,
    git,
    give,
    one,
    request,
    reviews,
    sets,
    take,
)
from box import Box, Clone
from git_naturecode import ids
from git_naturecode.appraise import lines
from git_naturecode.appraise.threads import aggregate
from git_naturecode.appraise.told import told as read

Line = dict[str, Any]
# What git-appraise's schema/request.json and schema/comment.json ask for, in our own words.
STAMP = re.compile(r"[0-9]{10}")
TEXTS = {
    "reviews": {"timestamp", "requester", "baseCommit", "reviewRef", "targetRef", "description",
                "alias"},
    "discuss": {"timestamp", "author", "original", "parent", "description"},
}  # fmt: skip
NEEDED = {"reviews": {"timestamp", "requester"}, "discuss": {"timestamp", "author"}}
OTHERS = {"reviews": {"reviewers"}, "discuss": {"location", "resolved"}}


def faults(name: str, line: Line) -> list[str]:
    """What the schema would find wrong with a line."""
    found = [key for key in NEEDED[name] if key not in line]
    found += [key for key in TEXTS[name] & line.keys() if not isinstance(line[key], str)]
    if not STAMP.fullmatch(line.get("timestamp", "")):
        found.append("timestamp")
    if not isinstance(line.get("resolved", True), bool) or not isinstance(line.get("v", 0), int):
        found.append("resolved or v")
    if not all(isinstance(who, str) for who in line.get("reviewers", [])):
        found.append("reviewers")
    where = line.get("location", {})
    found += [key for key in ("commit", "path") if not isinstance(where.get(key, ""), str)]
    found += [key for key, n in where.get("range", {}).items() if not isinstance(n, int)]
    return found + sorted(line.keys() - TEXTS[name] - NEEDED[name] - OTHERS[name] - {"naturecode"})


@pytest.fixture
def work(clone: Clone) -> tuple[Clone, str, str]:
    """A review of a change: the clone, its head, the review."""
    head, _ = changed(clone)
    clone.git("checkout", "-q", "change")
    review = clone.nc(
        "review", "start", "--target", "change", "--base", "main", "--title", "Add jitter",
        "--reviewers", "bob@example.com", "--json",
    ).json  # fmt: skip
    return clone, head, review.get("reviewId") or review["id"]


def as_(clone: Clone, who: str, *args: str) -> str:
    clone.env["GIT_AUTHOR_EMAIL"] = f"{who}@example.com"
    return clone.nc("review", *args).out


def noted(clone: Clone, name: str) -> list[Line]:
    """All lines in the notes of that name."""
    found = content(clone.path)
    return [json.loads(line) for place, some in found.items() if place[0] == name for line in some]


def judged(clone: Clone, about: str) -> tuple[bool | None, dict[str, bool | None]]:
    """What git-appraise makes of a review, and of each thread in it by its first words."""
    found = content(clone.path)
    some = read({name: {about: tuple(dict.fromkeys(found.get((name, about), [])))}
                 for name in ("reviews", "discuss")})[about]  # fmt: skip
    told = [(one.comment.description, aggregate(some.comments, one)) for one in some.comments.roots]
    known = [one for _, one in told if one is not None]
    return (all(known) if known else None), dict(told)


def test_all_that_can_be_said_becomes_valid_lines(work: tuple[Clone, str, str]) -> None:
    clone, head, review = work
    as_(clone, "bob", "comment", review, "--file", "a.txt", "--line", "9", "--end-line", "10",
        "--comment", "Why <this> & that?")  # fmt: skip
    as_(clone, "bob", "comment", review, "--comment", "On the whole: good")
    as_(clone, "bob", "comment", review, "--comment", "secret", "--draft")
    as_(clone, "ada", "reply", review, thread(clone, "Why"), "So that")
    as_(clone, "ada", "resolve", review, thread(clone, "Why"))
    as_(clone, "bob", "approve", review, "--comment", "LGTM")
    given = give(clone)
    assert (given.reviews, given.problems) == (1, [])
    assert set(content(clone.path)) == {("reviews", head), ("discuss", head)}
    (asked,) = noted(clone, "reviews")
    said = {line.get("description", ""): line for line in noted(clone, "discuss")}
    for name in ("reviews", "discuss"):
        assert [faults(name, line) for line in noted(clone, name)] == [[]] * len(noted(clone, name))
    assert (asked["reviewRef"], asked["targetRef"]) == ("refs/heads/change", "refs/heads/main")
    assert (asked["requester"], asked["reviewers"]) == ("ada@example.com", ["bob@example.com"])
    assert asked["baseCommit"] == clone.git("rev-parse", "change^").strip()
    assert asked["description"].startswith("Add jitter")
    assert sorted(said) == ["", "LGTM", "On the whole: good", "So that", "Why <this> & that?"]
    first = said["Why <this> & that?"]
    assert first["location"] == {
        "commit": head, "path": "a.txt", "range": {"startLine": 9, "endLine": 10},
    }  # fmt: skip
    root = name_of(clone, "Why")
    assert (said["So that"]["parent"], said[""]["parent"], said[""]["resolved"]) == (
        root,
        root,
        True,
    )
    assert (said["LGTM"]["resolved"], said["LGTM"]["location"]) == (True, {"commit": head})
    assert judged(clone, head)[0] is True
    assert give(clone).added == {}
    assert take(clone).entries == 0


def thread(clone: Clone, words: str) -> str:
    return next(t.id for t in one(clone).threads if t.first.text.startswith(words))


def name_of(clone: Clone, words: str) -> str:
    """What git-appraise calls the comment that begins so."""
    raw = [line for (name, _), some in content(clone.path).items() for line in some
           if name == "discuss"]  # fmt: skip
    found = [lines.comment(line) for line in raw]
    return next(one.hash for one in found if one.description.startswith(words))


def test_a_thread_and_a_verdict_are_judged_alike_after_each_turn(
    work: tuple[Clone, str, str],
) -> None:
    clone, head, review = work
    as_(clone, "bob", "comment", review, "--file", "a.txt", "--line", "9", "--comment", "Why?")
    turns: list[tuple[str, tuple[str, ...], bool | None, bool | None]] = [
        ("ada", ("resolve", review), None, None),
        ("bob", ("reopen", review), False, False),
        ("ada", ("resolve", review), None, None),
        ("bob", ("request-changes", review, "--comment", "No."), None, False),
        ("bob", ("approve", review), None, True),
        ("bob", ("approve", review, "--withdraw"), None, False),
        ("bob", ("approve", review), None, True),
        ("bob", ("request-changes", review, "--comment", "Oh."), None, False),
        # He has approved once, and does no more: git-appraise cannot say less than that.
        ("bob", ("request-changes", review, "--withdraw"), None, False),
    ]
    for who, args, of_thread, whole in turns:
        if args[0] in ("resolve", "reopen"):
            args = (*args, thread(clone, "Why?"))
        as_(clone, who, *args)
        give(clone)
        found, each = judged(clone, head)
        assert (each["Why?"], found) == (of_thread, whole), args
    assert give(clone).added == {}
    assert take(clone).entries == 0


def test_what_somebody_answers_with_git_appraise_comes_into_our_review(
    work: tuple[Clone, str, str],
) -> None:
    clone, head, review = work
    as_(clone, "bob", "comment", review, "--file", "a.txt", "--line", "9", "--comment", "Why?")
    give(clone)
    append(
        clone.path, "discuss", head, comment(author="mia", parent=name_of(clone, "Why"),
                                             description="Because"),
        comment(author="mia", resolved=True, location={"commit": head}),
    )  # fmt: skip
    (asked,) = (line for line in content(clone.path)["reviews", head])
    later = {**json.loads(asked), "timestamp": "4000000000", "description": "New title"}
    append(clone.path, "reviews", head, {k: v for k, v in later.items() if k != "naturecode"})
    done = take(clone)
    assert (done.reviews, done.new_reviews) == ([one(clone).id], 0)
    found = one(clone)
    assert found.id.endswith(ids.tail(review))
    assert [one.text for one in found.threads[0].comments] == ["Why?", "Because"]
    assert {one.by: one.value for one in found.verdicts} == {"mia": "approve"}
    assert found.title == "New title"
    assert len(found.revisions) == 1
    before = content(clone.path)
    assert give(clone).added == {}
    assert content(clone.path) == before
    assert take(clone).entries == 0


def test_a_mark_counts_only_where_the_review_has_the_commit(work: tuple[Clone, str, str]) -> None:
    clone, _, review = work
    base = clone.git("rev-parse", "main").strip()
    whole = one(clone).id
    append(clone.path, "reviews", base, {**request(), "naturecode": f"{whole} x"})
    append(clone.path, "reviews", base, {**request(), "naturecode": "review-20200101-00000000 x"})
    append(clone.path, "discuss", base, comment(description="elsewhere"))
    assert take(clone).new_reviews == 1
    assert sorted(len(found.threads) for found in reviews(clone)) == [0, 1]
    assert next(r for r in reviews(clone) if r.id == whole).threads == []
    assert review


def test_lines_go_below_what_stands_there(work: tuple[Clone, str, str]) -> None:
    clone, head, review = work
    append(clone.path, "discuss", head, b"not json", comment(description="before"))
    git(clone.path, "notes", "--ref=devtools/reviews", "add", "-m", "on another", "main")
    before = content(clone.path)
    as_(clone, "bob", "comment", review, "--comment", "after")
    give(clone)
    now = content(clone.path)
    assert now["discuss", head][:2] == before["discuss", head]
    assert len(now["discuss", head]) == 3
    main = clone.git("rev-parse", "main").strip()
    assert now["reviews", main] == [b"on another"]
    assert clone.git("notes", "--ref=devtools/discuss", "show", head).count("after") == 1
    log = clone.git("rev-list", "--count", "refs/notes/devtools/discuss").strip()
    assert log == "2"


def test_a_rebase_and_a_close_and_many_notes(work: tuple[Clone, str, str]) -> None:
    clone, head, review = work
    give(clone)
    clone.git("commit", "-q", "--amend", "-m", "another", "--date", "2001-01-01T00:00:00Z")
    new = clone.git("rev-parse", "HEAD").strip()
    clone.nc("review", "update", review)
    assert give(clone).archived == 1
    kept = clone.git("rev-list", "refs/devtools/archives/reviews").split()
    assert head in kept
    requests = noted(clone, "reviews")
    assert [line.get("alias") for line in requests] == [None, new]
    clone.nc("review", "close", review)
    give(clone)
    assert noted(clone, "reviews")[-1]["targetRef"] == ""
    assert give(clone).archived == 0
    assert list({place[1] for place in content(clone.path)}) == [head]
    assert take(clone).entries == 0


def test_a_review_stands_on_the_first_commit_of_its_change(clone: Clone) -> None:
    head, _ = changed(clone)
    clone.git("checkout", "-q", "change")
    clone.git("commit", "-q", "--allow-empty", "-m", "more")
    clone.nc("review", "start", "--target", "change", "--base", "main")
    give(clone)
    assert list(content(clone.path)) == [("reviews", head)]
    assert take(clone).entries == 0


def test_what_is_said_twice_in_a_second_is_said_twice(work: tuple[Clone, str, str]) -> None:
    clone, head, review = work
    for _ in range(4):
        as_(clone, "bob", "comment", review, "--comment", "Again")
    give(clone)
    assert len(content(clone.path)["discuss", head]) == 4
    found = read({"discuss": {head: tuple(content(clone.path)["discuss", head])}})[head]
    assert len(found.comments.roots) == 4
    assert give(clone).added == {}


def test_what_was_redacted_does_not_leave(box: Box) -> None:
    clone = box.repo()
    clone.nc("init")
    head, _ = changed(clone)
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
    append(clone.path, "reviews", head, request())
    append(clone.path, "discuss", head, comment(1, description=f"use {secret}"),
           comment(2, description="hide me"))  # fmt: skip
    before = content(clone.path)
    assert take(clone).redacted == 1
    found = one(clone)
    texts = [t.first.text for t in found.threads]
    assert secret not in "".join(texts)
    as_(clone, "bob", "redact", found.id, found.threads[1].id)
    assert give(clone).added == {}
    assert content(clone.path) == before
    clone.git("update-ref", "-d", "refs/notes/devtools/discuss")
    given = give(clone)
    assert (given.redacted, given.added) == (2, {})
    assert sets(content(clone.path)).get(("discuss", head)) is None


def test_the_schemas_of_git_appraise_know_no_more(data: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(data / "git-appraise.bundle"), "source")
    for name, file in (("reviews", "request"), ("discuss", "comment")):
        schema = json.loads(git(tmp_path / "source", "show", f"master:schema/{file}.json"))
        assert set(schema["required"]) == NEEDED[name]
        assert set(schema["properties"]) == TEXTS[name] | OTHERS[name] | NEEDED[name] | {"v"}
        assert schema.get("additionalProperties", True) is True
        assert {key for key, rule in schema["properties"].items() if rule["type"] == "string"} == (
            TEXTS[name] | NEEDED[name]
        )
