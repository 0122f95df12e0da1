"""The 117 real reviews of git-appraise itself: all come in, each word counted, and all go back."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from appraising import Content, content, entries, git, give, reviews, sets, take
from box import Clone, Way
from git_naturecode.clock import iso
from git_naturecode.domain.review.model import Review

Line = dict[str, Any]


@pytest.fixture
def bundle(data: Path) -> Path:
    return data / "git-appraise.bundle"


@pytest.fixture
def clone(tmp_path: Path, bundle: Path) -> Clone:
    git(tmp_path, "clone", "-q", str(bundle), "repo")
    where = tmp_path / "repo"
    git(where, "fetch", "-q", "origin", "refs/notes/*:refs/notes/*")
    made = Clone(where, Way("library"))
    made.nc("init")
    return made


def lower(line: bytes) -> Line:
    """The fields of a line; some were written with a capital letter by an old program."""
    return {key.lower(): value for key, value in json.loads(line).items()}


def comments(notes: Content) -> dict[str, list[Line]]:
    """The comments on each commit, each with what it is called by the replies to it."""
    found: dict[str, list[Line]] = {}
    for (name, about), lines in notes.items():
        for line in lines if name == "discuss" else ():
            sha = hashlib.sha1(line).hexdigest()
            found.setdefault(about, []).append({**lower(line), "sha": sha})
    return found


def has_words(line: Line, among: list[Line]) -> bool:
    at_file = line.get("location", {}).get("path")
    answered = any(one.get("parent") == line["sha"] for one in among)
    return bool(line.get("description") or at_file or answered or line.get("resolved") is None)


def is_verdict(line: Line) -> bool:
    at_file = line.get("location", {}).get("path")
    return line.get("resolved") is not None and not line.get("parent") and not at_file


def when(line: Line) -> str:
    return iso(int(line["timestamp"]) * 1000)


def test_every_review_comes_in_once_and_every_line_goes_back(
    clone: Clone, tmp_path: Path, bundle: Path
) -> None:
    before = content(clone.path)
    said = comments(before)
    done = take(clone)
    requested = {about for name, about in before if name == "reviews"}
    assert len(requested) == done.found == done.new_reviews == len(set(done.reviews)) == 117
    assert (done.unreadable, done.left_out, done.redacted, done.problems) == (0, 0, 0, [])
    _counts_are_equal(clone, done.reviews, said)
    found = list(reviews(clone))
    _reviews_say_the_same(clone, found, said, before)
    _comments_stand_on_their_lines(clone, found, said)
    _another_clone_gives_the_same_ids(clone, tmp_path, bundle, done.reviews)
    again = take(clone)
    assert (again.entries, again.reviews) == (0, [])
    for name in ("reviews", "discuss", "ci", "analyses"):
        git(clone.path, "update-ref", "-d", f"refs/notes/devtools/{name}")
    given = give(clone)
    assert sets(content(clone.path)) == sets(before)
    assert sum(given.added.values()) == sum(map(len, sets(before).values()))
    assert give(clone).added == {}
    assert take(clone).entries == 0


def _counts_are_equal(clone: Clone, found: list[str], said: dict[str, list[Line]]) -> None:
    kinds = Counter[str]()
    with clone.store() as store:
        for review in found:
            for entry in entries(store, review):
                if entry.header.get("derived"):
                    kinds["derived"] += 1
                    continue
                kinds[entry.kind] += 1
                kinds["reply"] += entry.kind == "comment" and "on" in entry.header
    lines = [(line, among) for among in said.values() for line in among]
    worded = [line for line, among in lines if has_words(line, among)]
    assert kinds["comment"] == len(worded)
    assert kinds["reply"] == sum(bool(line.get("parent")) for line in worded)
    assert kinds["verdict"] == sum(is_verdict(line) for line, _ in lines)
    settled = sum(line.get("resolved") is not None and not is_verdict(line) for line, _ in lines)
    assert kinds["resolve"] + kinds["reopen"] == settled
    assert (kinds["verdict"], settled, kinds["reply"], kinds["comment"]) == (104, 11, 47, 553)
    assert kinds["derived"] == 1  # somebody has answered his own rejection, so it stands no more


def _reviews_say_the_same(
    clone: Clone, found: list[Review], said: dict[str, list[Line]], before: Content
) -> None:
    seen = set()
    for review in found:
        about = str(review.origin["review"])
        seen.add(about)
        requests = [lower(line) for line in before["reviews", about]]
        last = sorted(requests, key=lambda line: line.get("timestamp", ""))[-1]
        assert review.title == last["description"].strip().split("\n")[0].strip()[:200]
        tip = "" if not last["targetref"] else git_ok(clone, about, "origin/master")
        assert review.status == ("merged" if tip else review.status)
        assert bool(review.merges) == bool(tip)
        assert review.is_closed == (not last["targetref"])
        asked = {one.who for one in review.reviewers if one.asked}
        assert asked == set(last.get("reviewers", []))
        there = Counter(
            (one.by, one.time, one.text) for thread in review.threads for one in thread.comments
        )
        among = said.get(about, [])
        assert there == Counter(
            (line["author"], when(line), line.get("description", ""))
            for line in among if has_words(line, among)
        )  # fmt: skip
        reported = Counter(one.what for one in review.reports if one.commit == about)
        for name in ("ci", "analyses"):
            assert reported[name] == len(before.get((name, about), ()))
    assert len(seen) == 117


def git_ok(clone: Clone, old: str, new: str) -> str:
    """Whether `old` is here, and in `new`."""
    kind = clone.git("cat-file", "-t", old, check=False)
    base = clone.git("merge-base", old, new, check=False) if kind else ""
    return "in" if base.strip() == old else ""


def _comments_stand_on_their_lines(
    clone: Clone, found: list[Review], said: dict[str, list[Line]]
) -> None:
    places = Counter(
        (line["author"], when(line), line.get("description", ""), where["commit"], where["path"],
         where.get("range", {}).get("startLine", 0))
        for among in said.values() for line in among
        if (where := line.get("location", {})).get("path")
    )  # fmt: skip
    files = _files(clone, {f"{one[3]}:{one[4]}" for one in places})
    commits = _files(clone, {one[3] for one in places})
    counted = Counter[str]()
    for one in (one for review in found for thread in review.threads for one in thread.comments):
        if one.anchor is None:
            continue
        commit, line = one.anchor.commit, one.anchor.line
        places.subtract([(one.by, one.time, one.text, commit, one.anchor.path, line)])
        if commit not in commits:
            counted["missing"] += 1
            assert "its commit is not here" in one.flags
            assert not one.anchor.text
            continue
        blob, lines = files[f"{commit}:{one.anchor.path}"]
        assert one.anchor.blob == blob
        assert not one.flags
        assert one.anchor.text == (lines[line - 1],)
        assert one.anchor.before == tuple(lines[max(line - 4, 0) : line - 1])
        assert one.anchor.after == tuple(lines[line : line + 3])
        counted["here"] += 1
    assert not any(places.values())
    assert counted == {"here": 178, "missing": 100}


def _files(clone: Clone, names: set[str]) -> dict[str, tuple[str, list[str]]]:
    """Id and lines of those of the objects `names` that are here."""
    asked = "".join(f"{name}\n" for name in sorted(names)).encode()
    out = git(clone.path, "cat-file", "--batch", data=asked)
    found = {}
    for name in sorted(names):
        head, _, out = out.partition(b"\n")
        if head.endswith(b" missing"):
            continue
        oid, _, size = head.decode().split()
        text, out = out[: int(size)].decode(), out[int(size) + 1 :]
        found[name] = oid, text.removesuffix("\n").split("\n")
    return found


def _another_clone_gives_the_same_ids(
    clone: Clone, tmp_path: Path, bundle: Path, mine: list[str]
) -> None:
    git(tmp_path, "clone", "-q", str(bundle), "other")
    other = Clone(tmp_path / "other", Way("library"), env={"GIT_AUTHOR_EMAIL": "eve@example.com"})
    other.nc("init")
    assert take(other, str(bundle)).reviews == mine
    assert not other.git("for-each-ref", "refs/notes/devtools", "refs/naturecode/incoming")
    with clone.store() as store, other.store() as theirs:
        for review in mine:
            known = {one.id: one.header.get("over") for one in entries(store, review)}
            assert known == {one.id: one.header.get("over") for one in entries(theirs, review)}
