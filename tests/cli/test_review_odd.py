"""Odd files, odd clones and wrong words: every review command answers with one sentence."""

import os
import subprocess

from box import Box, Clone
from reviewed import BOB, begun, changed, pair

ODD = os.fsdecode(b"lat\xff")


def test_wrong_words_are_answered_with_what_to_do(box: Box) -> None:
    both = pair(box)
    ann, short = both.ann, both.review[16:]
    for args, code, told in (
        (("show",), 2, "a review's id is needed\nhint: git naturecode review list"),
        (("show", "nouu1uux"), 1, "`git naturecode review list` shows them"),
        (("show", "\udcff\x1b[31m"), 1, "there is no review \\u{dcff}\\x1b[31m"),
        (("diff", "--", "-x"), 1, "there is no review -x"),
        (("show", short, "t9"), 1, "nothing was said there yet"),
        (("start", "--target", "--upload-pack=x"), 2, "there is no branch, commit or range"),
        (("start", "--base=--all"), 2, "there is no branch '--all'"),
        (("start", "--target", "main"), 2, "another one to look at with --target"),
        (("comment", short, "--file", "", "-m", "x"), 2, "leave --file out"),
        (("comment", short, "--file", "../a.py", "-m", "x"), 2, "is not there"),
        (("comment", short, "--diff", "--from", "no\x1bsuch"), 2, "no\\x1bsuch cannot be read: No"),
        (("comment", short, "--diff", "--from", "."), 2, "Is a directory"),
        (("diff", short, "--revision", "1.."), 0, "nothing is new since revision 1"),
        (("diff", short, "../../x"), 1, "--stat names its files"),
        (("merge", short, "--strategy", "x"), 2, "use merge, squash, rebase, ff"),
        (("set", short, "--base", "--x"), 2, "there is no branch '--x'"),
    ):
        said = ann.nc("review", *args, code=code)
        assert told in said.err, (args, said)
        assert "\x1b" not in said.err
        assert "[Errno" not in said.err
        assert said.err.count("error:") <= 1, said


def test_files_of_every_kind_are_shown_and_commented_on(box: Box) -> None:
    ann, _ = changed(box)
    where = os.fsencode(ann.path)
    for raw, data in {
        b"bin": b"\0\1\2" * 100, b"big": b"x" * 1_000_000, b"crlf": b"a\r\nb\r\n", b"empty": b"",
        b"new\nline\x1b[31m": b"x\n", b"lat\xff": b"caf\xe9\n", b"-x": b"dash\n", b"nonl": b"end",
    }.items():  # fmt: skip
        with open(os.path.join(where, raw), "wb") as file:
            file.write(data)
    (ann.path / "link").symlink_to("a.py")
    ann.git("rm", "-q", "lib/b.py")
    ann.git("add", "-A")
    gitlink = "160000," + ann.git("rev-parse", "main").strip() + ",sub"
    ann.git("update-index", "--add", "--cacheinfo", gitlink)
    ann.git("commit", "-q", "-m", "Odd")
    short = begun(ann.nc("review", "start", "--base", "main"))[16:]
    told = ann.nc("review", "diff", short, "--stat").out
    assert "new line\\x1b[31m +1 -0 (added)\n" in told
    assert "\x1b" not in told
    assert "lat\\u{dcff} +1 -0 (added)" in told
    assert "sub +1 -0 (added; submodule)" in told
    for name, code in {
        "bin": 2, "big": 0, "crlf": 0, "empty": 2, "new\nline\x1b[31m": 0, ODD: 0, "-x": 0,
        "nonl": 0, "link": 0, "sub": 2, "lib/b.py": 2,
    }.items():  # fmt: skip
        said = ann.nc(
            "review", "comment", short, f"--file={name}", "--line=1", "--comment=here", code=code
        )
        assert code == 0 or "hint:" in said.err or "there is no line 1" in said.err, (name, said)
    ann.nc(
        "review", "comment", short, "--file=lib/b.py", "--line=2", "--side=old", "--comment=why?"
    )
    ann.nc("review", "comment", short, f"--file={ODD}", "--line=1", "--suggest=coffee")
    shown = ann.nc("review", "show", short).out
    assert len(shown) < 10_000, "a line of a megabyte is shown by its beginning"
    assert "lat\\u{dcff}:1" in shown
    assert "    - caf\\u{dce9}\n    + coffee\n" in shown
    in_diff = ann.nc("review", "diff", short, "lib").out
    assert "why?" in in_diff
    assert "here" not in in_diff


def test_a_shallow_clone_says_what_is_missing_and_writes_nothing_wrong(box: Box) -> None:
    both = pair(box)
    url = both.ann.git("remote", "get-url", "origin").strip()
    subprocess.run(["git", "clone", "-q", "--depth", "1", url, str(box.path / "low")], check=True)
    low = Clone(box.path / "low", env=both.bob.env)
    low.nc("init")
    low.nc("sync")
    short = both.review[16:]
    assert "not in this clone" in low.nc("review", "diff", short, code=1).err
    said = low.nc("review", "comment", short, "--file=a.py", "--line=5", "--comment=x", code=1).err
    assert "the commits of the change are not in this clone" in said
    said = low.nc("review", "approve", short, code=1).err
    head = both.shown()["revisions"][0]["head"][:12]
    assert f"if you have read them elsewhere, add --head {head}" in said
    low.git("fetch", "-q", "--depth", "1", "origin", "feature:feature")
    assert "hint: git fetch --unshallow" not in low.nc("review", "show", short).out
    assert "git fetch --unshallow" in low.nc("review", "explain", short, code=1).out
    said = low.nc("review", "start", "--target=feature", "--again", code=1).err
    assert "git fetch --unshallow" in said
    low.nc("review", "approve", short, "--head", head)
    low.git("fetch", "-q", "--unshallow")
    assert len(low.nc("review", "show", short, "--json").json["revisions"]) == 1


def test_bare_linked_and_detached_places_have_reviews_too(box: Box) -> None:
    both = pair(box)
    ann, short = both.ann, both.review[16:]
    url = ann.git("remote", "get-url", "origin").strip()
    bare = Clone(box.path / "bare.git", env=both.bob.env)
    subprocess.run(["git", "clone", "-q", "--bare", url, str(bare.path)], check=True)
    bare.nc("init")
    bare.nc("sync")
    assert "+line five" in bare.nc("review", "diff", short).out
    bare.nc("review", "approve", short)
    assert "it can be merged" in bare.nc("review", "explain", short).out
    linked = Clone(box.path / "linked", env=ann.env)
    ann.git("worktree", "add", "-q", "--detach", str(linked.path))
    linked.nc("review", "comment", short, "--file=a.py", "--line=5", "--comment=linked")
    assert "linked" in ann.nc("review", "show", short).out
    root = ann.git("rev-list", "--max-parents=0", "HEAD").strip()
    assert "0 files" in linked.nc("review", "start", "--target", root).err
    said = linked.nc("review", "start").err
    assert ann.git("rev-parse", "HEAD").strip() in said, "a detached HEAD is a commit"
    assert "as in revision 1" in ann.nc("review", "update", short, code=1).err
    ann.git("branch", "-q", "-m", "feature", "other")
    ann.git("update-ref", "-d", "refs/remotes/origin/feature")
    assert "there is no branch feature" in ann.nc("review", "update", short, code=1).err
    ann.nc("review", "close", short)
    for verb in ("close", "approve", "merge", "apply", "update", "join", "submit"):
        said = ann.nc("review", verb, short, code=1).err
        assert f"git naturecode review reopen {short} opens it again" in said, verb


def test_what_waits_for_whom(box: Box) -> None:
    both = pair(box)
    ann, bob, short = both.ann, both.bob, both.review[16:]
    waits = "1 review waits for you: git naturecode review list --to-review"
    assert waits in bob.nc("status").out
    assert waits not in ann.nc("status").out
    assert bob.nc("status", "--json").json["toReview"] == 1
    assert "waits for you" in bob.nc("review", "list", "--to-review").out
    assert f"waits for {BOB}" in ann.nc("review", "list").out
    assert f"review diff {short} shows the change" in bob.nc("review", "show", short).err
    bob.nc("review", "request-changes", short, "-m", "No")
    assert "nothing waits for you" in bob.nc("review", "list", "--to-review").err
    both.sync()
    assert "waits for you" in ann.nc("review", "list", "--to-review").out
    both.push(a__py="another\n")
    both.sync()
    assert waits in bob.nc("status").out
    assert waits not in ann.nc("status").out
    assert "--since-my-last shows what is new" in bob.nc("review", "show", short).err
    bob.nc("review", "approve", short)
    assert f"git naturecode review merge {short} merges it" in bob.nc("review", "show", short).err
    assert waits not in bob.nc("status").out


def test_resolved_threads_are_one_line_each(box: Box) -> None:
    both = pair(box)
    bob, short = both.bob, both.review[16:]
    bob.nc("review", "comment", short, "--file=a.py", "--line=5", "--comment=Why five?\nTell me.")
    bob.nc("review", "comment", short, "--file=a.py", "--line=6", "--comment=Open")
    bob.nc("review", "reply", short, "t1", "Because")
    bob.nc("review", "resolve", short, "t1")
    folded = f"t1 a.py:5 · resolved · {BOB}: Why five? Tell me. (+1)\n"
    shown = bob.nc("review", "show", short).out
    assert folded in shown
    assert "Because" not in shown
    assert "Open" in shown
    assert "  | t1 · resolved · " in bob.nc("review", "diff", short).out
    whole = bob.nc("review", "show", short, "--resolved").out
    assert "    Because" in whole
    assert "    Because" in bob.nc("review", "diff", short, "--resolved").out
    only = bob.nc("review", "show", short, "t1").out
    assert "    Because" in only
    assert "Open" not in only
    bob.nc("review", "reply", short, "t1", "Not so fast")
    assert "    Not so fast" in bob.nc("review", "show", short).out, "news are not folded away"
