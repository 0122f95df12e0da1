"""What differs between two commits: every kind of change, exact numbers, nobody's configuration."""

import os
import random
from pathlib import Path

import pytest

from box import Box, Clone, Way
from git_naturecode.git import changes as diff
from git_naturecode.git import repo as repos
from git_naturecode.git.changes import FileChange, changes, listed, summary
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed

ODD = ['q"uote', "tab\there", "line\nbreak", "blank at end ", "ü", "back\\slash", "[glob]*", "-x"]


def opened(clone: Clone) -> Repo:
    return repos.find(str(clone.path), dict(os.environ))


def commit(clone: Clone, **files: str | bytes) -> str:
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        Path(clone.path, name).write_bytes(data)
    clone.git("add", "-A")
    clone.git("commit", "-q", "--allow-empty", "-m", "change")
    return clone.git("rev-parse", "HEAD").strip()


def one(clone: Clone, base: str, head: str) -> FileChange:
    (found,) = changes(opened(clone), base, head)
    return found


def rebuilt(old: bytes, change: FileChange) -> bytes:
    """The new content out of the old one and the hunks, whose line numbers are checked."""
    lines = old.decode().splitlines(keepends=True) if old else []
    new: list[str] = []
    at = 0
    for hunk in change.hunks:
        first = hunk.old - 1 if hunk.old_count else hunk.old
        new += lines[at:first]
        at = first
        assert len(new) == (hunk.new - 1 if hunk.new_count else hunk.new)
        for line in hunk.lines():
            text = line.text + ("\n" if line.ended else "")
            if line.old is not None:
                assert (line.old, lines[at]) == (at + 1, text)
                at += 1
            if line.new is not None:
                new.append(text)
                assert line.new == len(new)
        assert at == first + hunk.old_count
    return "".join(new + lines[at:]).encode()


def some_text(rng: random.Random) -> list[str]:
    return [rng.choice(["a", "b", "", " x", "@@ -1 +1 @@", "diff --git a/x b/x", "--- a", "c\r"])
            for _ in range(rng.randint(0, 30))]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_the_hunks_make_the_new_file_out_of_the_old_one(box: Box, way: Way, seed: int) -> None:
    clone = box.repo(way=way)
    rng = random.Random(seed)
    texts = {name: some_text(rng) for name in ODD}
    base = commit(clone, **{name: content(rng, text) for name, text in texts.items()})
    before = {name: Path(clone.path, name).read_bytes() for name in ODD}
    for text in texts.values():
        for _ in range(rng.randint(0, 4)):
            at = rng.randint(0, len(text))
            text[at : at + rng.randint(0, 3)] = some_text(rng)[: rng.randint(0, 4)]
    head = commit(clone, **{name: content(rng, text) for name, text in texts.items()})
    context = rng.choice([0, 1, 3])
    found = {one.path: one for one in changes(opened(clone), base, head, context=context)}
    for name in ODD:
        after = Path(clone.path, name).read_bytes()
        assert (name in found) == (before[name] != after)
        if name in found:
            assert rebuilt(before[name], found[name]) == after
    counted = summary(opened(clone), base, head)
    assert counted == [change._replace(hunks=()) for change in found.values()]
    plain = [change._replace(hunks=(), added=0, removed=0) for change in found.values()]
    assert listed(opened(clone), base, head) == plain


def content(rng: random.Random, lines: list[str]) -> str:
    return "\n".join(lines) + ("\n" if lines and rng.random() < 0.7 else "")


def test_every_kind_of_change(box: Box) -> None:
    clone = box.repo()
    text = "".join(f"line {n}\n" for n in range(20))
    Path(clone.path, "link").symlink_to("kept")
    base = commit(clone, kept="1\n", gone="2\n", moved=text, mode="3\n", bin=b"\0\1", turns="4\n")
    clone.git("mv", "moved", "moved there")
    os.unlink(clone.path / "gone")
    os.chmod(clone.path / "mode", 0o755)
    os.unlink(clone.path / "turns")
    Path(clone.path, "turns").symlink_to("kept")
    head = commit(clone, new="5", bin=b"\0\2", **{"moved there": text + "one more\n"})
    found = {change.path: change for change in changes(opened(clone), base, head)}
    assert {path: change.status for path, change in found.items()} == {
        "new": "A", "gone": "D", "moved there": "R", "mode": "M", "bin": "M", "turns": "T",
    }  # fmt: skip
    moved = found["moved there"]
    assert (moved.old_path, moved.added, moved.removed) == ("moved", 1, 0)
    assert 90 <= moved.similarity < 100
    assert (found["mode"].old_mode, found["mode"].new_mode, found["mode"].hunks) == (
        0o100644, 0o100755, (),
    )  # fmt: skip
    assert found["bin"].binary
    assert not found["bin"].hunks
    assert (found["new"].old_path, found["new"].old_blob, found["new"].old_mode) == ("", "", 0)
    assert [line.ended for line in found["new"].hunks[0].lines()] == [False]
    assert (found["gone"].old_path, found["gone"].new_blob) == ("gone", "")
    assert [line.text for hunk in found["turns"].hunks for line in hunk.lines()] == ["4", "kept"]
    assert found["turns"].new_mode == diff.LINK_MODE


def test_a_submodule_names_its_commits(box: Box) -> None:
    clone = box.repo()
    Path(clone.path, "sub").mkdir()
    commits = []
    for digit in "12":
        clone.git("update-index", "--add", "--cacheinfo", f"160000,{digit * 40},sub")
        commits.append(commit(clone))
    change = one(clone, *commits)
    assert change.submodule
    assert (change.path, change.new_blob, change.binary) == ("sub", "2" * 40, False)
    assert [line.kind for line in change.hunks[0].lines()] == ["-", "+"]


def test_no_configuration_changes_it(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    clone = box.repo()
    text = "".join(f"line {n}\n\n" for n in range(20))
    attributes = "d diff=own\na -diff\n"
    base = commit(clone, a=text, b=text, d="x\n", **{".gitattributes": attributes})
    clone.git("mv", "b", "ü")
    head = commit(clone, a=text.replace("line 7", "seven"), d="y\n")
    before = list(changes(opened(clone), base, head))
    for setting in (
        "diff.external=false", "diff.noprefix=true", "diff.mnemonicPrefix=true", "color.ui=always",
        "color.diff=always", "diff.renames=false", "diff.context=0", "diff.algorithm=patience",
        "diff.suppressBlankEmpty=true", "core.quotePath=true", "diff.interHunkContext=99",
        "diff.own.textconv=false", "diff.own.command=false", "diff.renameLimit=1", "core.abbrev=4",
        "diff.indentHeuristic=false", "diff.wsErrorHighlight=all", "diff.orderFile=/nowhere",
    ):  # fmt: skip
        clone.git("config", *setting.split("=", 1))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    monkeypatch.setenv("GIT_DIFF_OPTS", "-u0")
    assert list(changes(opened(clone), base, head)) == before
    assert [change.path for change in before] == ["a", "d", "ü"]
    assert [len(change.hunks) for change in before] == [1, 1, 0]


def test_paths_choose_files_as_they_are_named(box: Box) -> None:
    clone = box.repo()
    base = commit(clone, **dict.fromkeys(ODD, "1\n"))
    head = commit(clone, **dict.fromkeys(ODD, "2\n"))
    for name in ODD:
        assert [f.path for f in changes(opened(clone), base, head, paths=[name])] == [name]
    sub = Clone(clone.path / "folder")
    sub.path.mkdir()
    repo = repos.find(str(sub.path), dict(os.environ))
    assert len(list(changes(repo, base, head, paths=ODD[:3]))) == 3


def test_what_a_side_shows(box: Box) -> None:
    clone = box.repo()
    text = [f"line {n}\n" for n in range(1, 41)]
    base = commit(clone, a="".join(text))
    text[19:20] = ["new\n", "new too\n"]
    change = one(clone, base, commit(clone, a="".join(text)))
    assert [n for n in range(50) if change.shows("old", n)] == list(range(17, 24))
    assert [n for n in range(50) if change.shows("new", n)] == list(range(17, 25))
    assert change.shows("new", 17, 24)
    assert not change.shows("new", 17, 25)


def test_a_base_of_nothing(box: Box, way: Way) -> None:
    clone = box.repo(way=way)
    change = one(clone, "", commit(clone, a="1\n2\n"))
    assert (change.status, change.added) == ("A", 2)
    assert list(changes(opened(clone), "", clone.git("rev-parse", "HEAD~1").strip())) == []


def children() -> set[str]:
    """The processes that this one has started and that it has not yet heard the end of."""
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


def test_who_stops_early_leaves_no_process(box: Box) -> None:
    clone = box.repo()
    head = commit(clone, **{f"f{n:04}": f"{n}\n" * 500 for n in range(300)})
    before = children()  # of tests before this one
    reading = changes(opened(clone), "", head)
    assert next(reading).path == "f0000"
    assert children() - before
    reading.close()  # type: ignore[attr-defined]
    assert children() <= before


def test_a_commit_that_is_not_here(box: Box) -> None:
    clone = box.repo()
    head = commit(clone, a="1\n")
    for name in ("0123456789" * 4, "--output=x"):
        with pytest.raises(GitFailed):
            list(changes(opened(clone), name, head))
        with pytest.raises(GitFailed):
            summary(opened(clone), head, name)
    assert not Path(clone.path, "x").exists()


def test_a_line_without_end_is_cut(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff, "_MOST_LINE", 100)
    clone = box.repo()
    base = commit(clone, a="1\n" + "x" * 250 + "\n2\n", b="1\n")
    change, other = changes(opened(clone), base, commit(clone, a="1\ny\n2\n", b="2\n"))
    assert [line.text for line in change.hunks[0].lines()] == ["1", "x" * 99, "y", "2"]
    assert (other.added, other.removed) == (1, 1)


def test_a_file_with_too_much_is_cut(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff, "_MOST_FILE", 300)
    clone = box.repo()
    base = commit(clone, a="".join(f"line {n}\n" for n in range(400)), b="1\n")
    text = "".join(f"line {n}\n" * (2 if n % 40 == 0 else 1) for n in range(400))
    change, other = changes(opened(clone), base, commit(clone, a=text, b="1"))
    assert change.cut
    assert (change.added, 1 <= len(change.hunks) < 10) == (10, True)
    assert [line.ended for line in other.hunks[0].lines()] == [True, False]
