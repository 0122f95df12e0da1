"""Where comments are after what people do to a repository: rebase, squash, moves, odd files."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.domain.review.anchor import Anchor, at, lines_of
from git_naturecode.domain.review.following import EDITED, GONE, MOVED, SAME, Place
from git_naturecode.git import repo as repos
from git_naturecode.git.door import open_objects
from git_naturecode.git.objects import Missing
from git_naturecode.reviewing import placing

TEXT = [f"line {n} of the file" for n in range(1, 31)]
ODD = ['q"uote', "tab\there", "line\nbreak", "ü", "[glob]*", "-x", "b\udcffd"]


def commit(clone: Clone, files: Mapping[str, str | bytes | None], *args: str) -> str:
    for name, content in files.items():
        path = Path(clone.path, name)
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    clone.git("add", "-A")
    clone.git("commit", "-q", "--allow-empty", "-m", "change", *args)
    return head(clone)


def head(clone: Clone) -> str:
    return clone.git("rev-parse", "HEAD").strip()


def joined(lines: list[str], end: str = "\n") -> str:
    return "".join(line + end for line in lines)


def anchored(
    clone: Clone, oid: str, path: str, line: int, end: int = 0, side: str = "new"
) -> Anchor:
    blob = clone.git("ls-tree", "-z", oid, "--", path).split("\t")[0].split(" ")[2]
    data = clone.git("cat-file", "blob", blob).encode("utf-8", "surrogateescape")
    anchor = Anchor(path, side, commit=oid, blob=blob)
    return at(lines_of(data) or [], anchor, line, end) if line else anchor


def place(clone: Clone, anchors: list[Anchor], new: str, base: str = "") -> list[Place]:
    repo = repos.find(str(clone.path), dict(os.environ))
    objects = open_objects(repo, many=False)
    try:
        named = {str(n): anchor for n, anchor in enumerate(anchors)}
        found = placing.place(repo, objects, named, new, base)
        return [found[name] for name in named]
    finally:
        objects.close()


def where(places: list[Place]) -> list[tuple[str, str, int]]:
    return [(one.state, one.path, one.line) for one in places]


@pytest.fixture
def repo(box: Box) -> Clone:
    return box.repo()


def test_names_of_every_kind_and_folders(repo: Clone) -> None:
    names = [*ODD, "folder/sub/file"]
    old = commit(repo, dict.fromkeys(names, joined(TEXT)))
    anchors = [anchored(repo, old, name, 5) for name in names]
    assert where(place(repo, anchors, old)) == [(SAME, name, 5) for name in names]
    new = commit(repo, dict.fromkeys(names, joined(["new", *TEXT])))
    assert where(place(repo, anchors, new)) == [(MOVED, name, 6) for name in names]


def test_both_sides_at_once(repo: Clone) -> None:
    base = commit(repo, {"a": joined(TEXT)})
    old = commit(repo, {"a": joined(TEXT[:9] + TEXT[10:])})
    repo.git("checkout", "-q", base)
    later = commit(repo, {"a": joined(["new", *TEXT])})
    new = commit(repo, {"a": joined(["new", *TEXT[:9], *TEXT[10:]])})
    removed = anchored(repo, base, "a", 10, side="old")
    kept = anchored(repo, old, "a", 10)
    assert where(place(repo, [removed, kept], new, later)) == [(MOVED, "a", 11), (MOVED, "a", 11)]
    assert where(place(repo, [removed], new, "")) == [(GONE, "", 0)]


def test_a_rebase(repo: Clone) -> None:
    base = commit(repo, {"a": joined(TEXT), "b": joined(TEXT)})
    repo.git("checkout", "-q", "-b", "topic")
    old = commit(repo, {"a": joined([*TEXT[:20], "mine", *TEXT[20:]])})
    repo.git("checkout", "-q", "main")
    commit(repo, {"a": joined(["theirs", *TEXT]), "b": None})
    repo.git("mv", "a", "c")
    upstream = commit(repo, {})
    repo.git("checkout", "-q", "topic")
    repo.git("rebase", "-q", "main")
    anchors = [
        anchored(repo, old, "a", 21),
        anchored(repo, old, "b", 3),
        anchored(repo, old, "a", 0),
    ]
    anchors.append(anchored(repo, base, "a", 4, side="old"))
    assert where(place(repo, anchors, head(repo), upstream)) == [
        (MOVED, "c", 22), (GONE, "", 0), (MOVED, "c", 0), (MOVED, "c", 5),
    ]  # fmt: skip


def test_a_squash(repo: Clone) -> None:
    commit(repo, {"a": joined(TEXT)})
    repo.git("checkout", "-q", "-b", "topic")
    commit(repo, {"a": joined([*TEXT, "one"])})
    old = commit(repo, {"a": joined(["two", *TEXT, "one"])})
    repo.git("checkout", "-q", "main")
    commit(repo, {"other": "x\n"})
    repo.git("merge", "-q", "--squash", "topic")
    new = commit(repo, {})
    anchors = [anchored(repo, old, "a", 1), anchored(repo, old, "a", 32)]
    assert where(place(repo, anchors, new)) == [(SAME, "a", 1), (SAME, "a", 32)]


def test_a_file_is_moved_and_then_changed_beyond_knowing(repo: Clone) -> None:
    old = commit(repo, {"src/a": joined(TEXT)})
    repo.git("mv", "src/a", "a")
    commit(repo, {})
    text = [*(f"other {n}" for n in range(60)), *TEXT[:5], "x"]
    commit(repo, {"a": joined(text[:40] + TEXT)})
    new = commit(repo, {"a": joined(text)})
    assert where(place(repo, [anchored(repo, old, "src/a", 3)], new)) == [(MOVED, "a", 63)]


def test_a_file_that_is_like_another_is_not_taken_for_it(repo: Clone) -> None:
    """At the two ends `b` looks like what `a` was; the commits between know better."""
    old = commit(repo, {"a": joined(TEXT)})
    repo.git("mv", "a", "c")
    commit(repo, {})
    changed = [line if n < 12 else f"other {n}" for n, line in enumerate(TEXT)]
    new = commit(repo, {"c": joined(changed), "b": joined(TEXT[:25])})
    assert where(place(repo, [anchored(repo, old, "a", 3)], new)) == [(MOVED, "c", 3)]


def test_a_copy_leaves_the_comment_on_the_original(repo: Clone) -> None:
    old = commit(repo, {"a": joined(TEXT)})
    new = commit(repo, {"a": joined(["x", *TEXT]), "copy": joined(TEXT)})
    assert where(place(repo, [anchored(repo, old, "a", 3)], new)) == [(MOVED, "a", 4)]


def test_lines_are_moved_to_another_file(repo: Clone) -> None:
    block = [f"    do_something_special(number={n})" for n in range(8)]
    old = commit(repo, {"a": joined([*TEXT, *block]), "b": "first\nlast\n"})
    new = commit(repo, {"a": joined(TEXT), "b": joined(["first", *block, "last"])})
    anchors = [anchored(repo, old, "a", 33), anchored(repo, old, "a", 32, 35)]
    assert where(place(repo, anchors, new)) == [(MOVED, "b", 4), (MOVED, "b", 3)]
    twice = commit(repo, {"c": joined(block)})
    assert where(place(repo, anchors, twice)) == [(GONE, "", 0)] * 2


def test_a_file_is_deleted_and_made_again(repo: Clone) -> None:
    old = commit(repo, {"a": joined(TEXT), "other": "x\n"})
    gone = commit(repo, {"a": None})
    anchors = [
        anchored(repo, old, "a", 3),
        anchored(repo, old, "a", 25),
        anchored(repo, old, "a", 0),
    ]
    assert where(place(repo, anchors, gone)) == [(GONE, "", 0)] * 3
    again = commit(repo, {"a": joined(["new", *TEXT[:10]])})
    assert where(place(repo, anchors, again)) == [(MOVED, "a", 4), (GONE, "", 0), (SAME, "a", 0)]


def test_a_change_is_taken_back_and_done_again(repo: Clone) -> None:
    commit(repo, {"a": joined(TEXT[:15])})
    old = commit(repo, {"a": joined([*TEXT[:8], *TEXT[20:24], *TEXT[8:15]])})
    repo.git("revert", "--no-edit", "HEAD")
    anchor = anchored(repo, old, "a", 10)
    assert where(place(repo, [anchor], head(repo))) == [(GONE, "", 0)]
    repo.git("revert", "--no-edit", "HEAD")
    assert where(place(repo, [anchor], head(repo))) == [(SAME, "a", 10)]


def test_ends_of_lines_and_blanks(repo: Clone) -> None:
    old = commit(repo, {"a": joined(TEXT), "b": joined(TEXT, "\r\n"), "c": joined(TEXT)})
    anchors = [anchored(repo, old, name, 7, 9) for name in "abc"]
    assert anchors[1].text == tuple(TEXT[6:9])
    new = commit(repo, {
        "a": joined(["x", *TEXT], "\r\n"), "b": joined(TEXT),
        "c": joined([f"\t{line}" for line in TEXT]),
    })  # fmt: skip
    assert where(place(repo, anchors, new)) == [(MOVED, "a", 8), (SAME, "b", 7), (EDITED, "c", 7)]


def test_no_line_feed_at_the_end(repo: Clone) -> None:
    old = commit(repo, {"a": joined(TEXT).rstrip("\n"), "b": joined(TEXT)})
    anchors = [anchored(repo, old, name, 30) for name in "ab"]
    new = commit(repo, {"a": joined(TEXT), "b": joined(TEXT).rstrip("\n")})
    assert where(place(repo, anchors, new)) == [(SAME, "a", 30), (SAME, "b", 30)]


def test_mode_type_and_what_has_no_lines(repo: Clone) -> None:
    names = ["mode", "link", "binary", "empty", "sub"]
    old = commit(repo, dict.fromkeys(names, joined(TEXT)))
    anchors = [anchored(repo, old, name, 2) for name in names]
    files = [anchor._replace(line=0, end=0, text=()) for anchor in anchors]
    os.chmod(repo.path / "mode", 0o755)
    for name in ("link", "sub"):
        (repo.path / name).unlink()
    (repo.path / "link").symlink_to("mode")
    (repo.path / "sub").mkdir()
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    new = commit(repo, {"binary": b"\0\1\2" * 99, "empty": ""})
    assert where(place(repo, anchors, new)) == [(SAME, "mode", 2), *[(GONE, "", 0)] * 4]
    assert where(place(repo, files, new)) == [(SAME, name, 0) for name in names]
    back = commit(repo, {"binary": joined(TEXT)})
    assert where(place(repo, [anchors[2]], back)) == [(SAME, "binary", 2)]


def test_a_submodule_has_its_comments_as_a_whole(repo: Clone) -> None:
    (repo.path / "sub").mkdir()
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    old = commit(repo, {"a": "x\n"})
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'2' * 40},sub")
    new = commit(repo, {})
    whole = Anchor("sub", commit=old, blob="1" * 40)
    lined = whole._replace(line=1, end=1, text=("x",))
    assert where(place(repo, [whole, lined], new)) == [(SAME, "sub", 0), (GONE, "", 0)]


def test_a_commit_that_is_not_here(repo: Clone) -> None:
    old = commit(repo, {"a": joined(TEXT)})
    anchor = anchored(repo, old, "a", 5)
    new = commit(repo, {"a": joined(["x", *TEXT])})
    away = anchor._replace(commit="1" * 40)
    (found,) = place(repo, [away], new)
    assert (found.state, found.line, found.alone) == (MOVED, 6, True)
    (text,) = place(repo, [away._replace(blob="2" * 40)], new)
    assert (text.state, text.line, text.alone) == (MOVED, 6, True)
    assert text.confidence < found.confidence
    (nowhere,) = place(repo, [away._replace(path="other")], new)
    assert (nowhere.state, nowhere.alone) == (GONE, True)
    with pytest.raises(Missing):
        place(repo, [anchor], "3" * 40)


def test_an_anchor_that_lies(repo: Clone) -> None:
    """What it says of itself is not believed: its text is looked for."""
    old = commit(repo, {"a": joined(TEXT)})
    new = commit(repo, {"a": joined(["x", *TEXT])})
    anchor = anchored(repo, old, "a", 5)
    lies = [
        anchor._replace(line=9, end=9), anchor._replace(line=2**31 - 1, end=2**31 - 1),
        anchor._replace(end=2**31 - 1), anchor._replace(path="no such"),
        anchor._replace(text=("x",)), anchor._replace(path="../../etc/passwd"),
        anchor._replace(path="a/b"), anchor._replace(commit=new, line=1, end=1),
    ]  # fmt: skip
    found = place(repo, lies, new)
    assert where(found)[:2] == [(MOVED, "a", 6)] * 2
    assert {one.state for one in found[3:7]} == {GONE}
    assert all(one.line == 0 or 1 <= one.line <= one.end <= 31 for one in found)


def test_a_step_that_could_have_kept_either_keeps_none(repo: Clone) -> None:
    """Forwards and backwards git keeps different brackets of what was rewritten."""
    old = ["top", "x", "}", "}", "}", "x", "}", "x", "a7", "x", "a9", "x", "x", "a12", "bottom"]
    new = ["top", "x", "b1", "x", "b3", "b4", "x", "b6", "}", "x", "b9", "}", "x", "bottom"]
    was = commit(repo, {"a": joined(old)})
    later = commit(repo, {"a": joined(new)})
    anchors = [anchored(repo, was, "a", n) for n in (1, 6, 8, 12, 13, 15)]
    assert [one.state for one in place(repo, anchors, later)] == [SAME, *[GONE] * 4, MOVED]


def test_many_comments_cost_few_processes(repo: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    from git_naturecode import trace

    names = [f"f{n:03}" for n in range(150)]
    old = commit(repo, {name: joined([*TEXT, name]) for name in names})
    anchors = [anchored(repo, old, name, line) for name in names[:40] for line in (1, 9, 31)]
    new = commit(repo, {name: joined(["x", *TEXT, name]) for name in names})
    started: list[str] = []
    monkeypatch.setattr(trace, "note", lambda *args: started.append(" ".join(args)))
    found = place(repo, anchors, new)
    assert {one.state for one in found} == {MOVED}
    assert len(started) < 12, started
