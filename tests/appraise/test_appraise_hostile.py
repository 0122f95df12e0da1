"""Notes that somebody has made to hurt, and what a person sees of them."""

import hashlib
import json
import resource
from pathlib import Path

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
    told,
)
from box import Clone
from git_naturecode.appraise import notes

ESCAPE = "\x1b[2J\x1b]0;x\x07\u202e\x9b31m"


@pytest.fixture
def head(clone: Clone) -> str:
    return changed(clone)[0]


def test_a_note_too_large_to_read_is_told_and_left_alone(clone: Clone, head: str) -> None:
    append(clone.path, "reviews", head, request())
    append(clone.path, "discuss", head, b'{"description":"' + b"x" * 50_000_000 + b'"}')
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = clone.nc("review", "import", "--from", "git-appraise", code=3)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
    assert f"the note of discuss on {head[:12]} has 50.0 MB, more than 16" in said.err
    assert "imported" in said.out
    assert "1 part of the notes could not be taken in" in said.err
    clone.nc("review", "comment", one(clone).id, "--comment", "ours")
    blob = clone.git("notes", "--ref=devtools/discuss", "list", head)
    given = give(clone)
    assert given.problems == [f"the note of discuss on {head[:12]} is too large to be added to"]
    assert clone.git("notes", "--ref=devtools/discuss", "list", head) == blob


def test_too_many_lines_and_a_line_too_long(clone: Clone, head: str) -> None:
    append(clone.path, "reviews", head, request())
    append(clone.path, "ci", head, b"\n".join([b"{}"] * 100_000))
    long = b'{"description":"' + b"x" * notes.MOST_LINE + b'"}'
    append(clone.path, "discuss", head, comment(description="short"), long)
    done = take(clone)
    assert done.left_out == 2
    assert f"the note of ci on {head[:12]} has more than 20000 lines" in done.problems[1]
    assert f"has {len(long)} bytes, more than" in done.problems[0]
    assert [t.first.text for t in one(clone).threads] == ["short"]
    clone.nc("review", "comment", one(clone).id, "--comment", "ours")
    give(clone)
    assert long in content(clone.path)["discuss", head]
    assert len(content(clone.path)["discuss", head]) == 3


def test_a_text_that_fills_a_line_comes_in_and_goes_back(clone: Clone, head: str) -> None:
    append(clone.path, "reviews", head, request())
    texts = ["y" * (notes.MOST_LINE - 200), "\x01\u2028" * 20_000, "z"]
    append(clone.path, "discuss", head, *(
        told(comment(n, description=text, **{"k" * 20_000: "v"} if text == "z" else {}))
        for n, text in enumerate(texts)
    ))  # fmt: skip
    before = content(clone.path)
    # The review with its reviewer and state, three comments; apart from these only the lines of
    # the request and of the two that no comment can carry: one is spelled as Go would not.
    assert take(clone).entries == 9
    assert [t.first.text for t in one(clone).threads] == texts
    clone.git("update-ref", "-d", "refs/notes/devtools/discuss")
    give(clone)
    assert sets(content(clone.path)) == sets(before)


def test_a_deep_thread(clone: Clone, head: str) -> None:
    append(clone.path, "reviews", head, request())
    raw, parent = list[bytes](), ""
    for n in range(1_500):
        more = {"parent": parent} if parent else {}
        raw.append(told(comment(n, **more, description=f"{n}", resolved=True)))
        parent = hashlib.sha1(raw[-1]).hexdigest()
    append(clone.path, "discuss", head, *raw)
    take(clone)
    (thread,) = one(clone).threads
    assert [c.text for c in thread.comments] == [f"{n}" for n in range(1_500)]
    assert take(clone).entries == 0


def test_nothing_in_a_line_commands_a_terminal_or_git(clone: Clone, head: str) -> None:
    odd = {"commit": "--output=x", "path": f"../{ESCAPE}", "range": {"startLine": 1}}
    append(
        clone.path, "reviews", head,
        request(requester=ESCAPE, description=f"{ESCAPE}\n{ESCAPE}", reviewers=[ESCAPE, ""],
                baseCommit="--all", alias="-x", reviewRef=f"refs/heads/{ESCAPE}"),
        ESCAPE.encode(),
    )  # fmt: skip
    append(
        clone.path, "discuss", head, comment(author=ESCAPE, description=ESCAPE, location=odd),
        comment(author="--help", resolved=False, location={"commit": "HEAD"}),
        comment(5, author="x" * 100_000, description="long name", parent="HEAD"),
        comment(6, description="nul", location={"commit": head, "path": "a\0b"}),
        {"timestamp": "99999999999999999999", "author": "later", "description": "when?"},
        {"timestamp": "-5", "author": "before", "description": "when?"},
    )  # fmt: skip
    append(clone.path, "ci", head, {"timestamp": "1", "agent": ESCAPE, "url": ESCAPE})
    said = clone.nc("review", "import", "--from", "git-appraise")
    found = one(clone)
    shown = clone.nc("review", "show", found.id)
    listed = clone.nc("review", "list")
    for text in (said.out, said.err, shown.out, listed.out):
        assert not set(text) & set("\x1b\x9b\x07\u202e\0")
    assert len(found.threads) == 5
    assert found.owner == ESCAPE
    assert clone.nc("review", "show", found.id, "--json").json["reports"][0]["agent"]
    assert not (clone.path / "x").exists()
    assert take(clone).entries == 0


def test_a_tree_that_is_no_notes(clone: Clone, head: str) -> None:
    blob = git(clone.path, "hash-object", "-w", "--stdin", data=told(request())).decode().strip()
    rest = f"100644 blob {blob}\t{head[2:]}\n"
    folder = git(clone.path, "mktree", data=rest.encode()).decode().strip()
    tree = (
        f"040000 tree {folder}\t{head[:2]}\n120000 blob {blob}\t{head}\n"
        f"100644 blob {blob}\tREADME\n160000 commit {head}\t{'0' * 40}\n"
        f"040000 tree {folder}\txx\n100644 blob {'1' * 40}\t{'2' * 40}\n"
    )
    made = git(clone.path, "mktree", "--missing", data=tree.encode()).decode().strip()
    commit = clone.git("commit-tree", "-m", "x", made).strip()
    clone.git("update-ref", "refs/notes/devtools/reviews", commit)
    done = take(clone)
    assert (done.found, done.left_out) == (1, 4)
    assert len(list(reviews(clone))) == 1
    clone.git("update-ref", "refs/notes/devtools/discuss", clone.git("rev-parse", "main").strip())
    assert take(clone).entries == 0


def test_what_a_person_sees(clone: Clone, head: str, tmp_path: Path) -> None:
    for args, words in (
        (("import",), "--from names no tool"),
        (("import", "--from", "gerrit"), "'gerrit' is no tool that I know"),
        (("export",), "--to names no tool"),
    ):
        assert words in clone.nc("review", *args, code=2).err
    nothing = clone.nc("review", "import", "--from", "git-appraise", code=1)
    assert "there are no reviews of git-appraise in this repository" in nothing.err
    append(clone.path, "reviews", head, request())
    append(clone.path, "discuss", head, comment(description="one"))
    said = clone.nc("review", "import", "--from", "git-appraise")
    assert said.out == (
        "imported 5 entries into 1 review (1 new): 1 comment (0 of them answers), 0 verdicts, "
        "0 resolutions, 0 reports; 0 secrets redacted\n"
    )
    again = clone.nc("review", "import", "--from", "git-appraise", "--json").json
    assert (again["entries"], again["found"], again["reviews"]) == (0, 1, [])
    assert clone.nc("review", "import", "--from", "git-appraise").out == "nothing new in 1 review\n"
    clone.git("update-ref", "-d", "refs/notes/devtools/discuss")
    given = clone.nc("review", "export", "--to", "git-appraise", one(clone).id[-8:], "--json").json
    assert given["added"] == {"discuss": 1}
    done = clone.nc("review", "export", "--to", "git-appraise")
    assert done.out == "nothing new in 1 review\n"
    clone.nc("review", "export", "--to", "git-appraise", "nosuch", code=1)
    shown = clone.nc("review", "show", one(clone).id, "--json").json
    assert shown["title"] == "Add jitter"
    assert json.dumps(shown)
