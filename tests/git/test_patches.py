"""Patch ids of files: what they are blind to, what they see, and that no setting changes them."""

import os
from pathlib import Path

import pytest

from box import Box, Clone, Way
from git_naturecode.domain.review import keeping
from git_naturecode.git import patches
from git_naturecode.git import repo as repos
from git_naturecode.git.run import GitFailed
from reviewing.made import commit

ODD = ['q"uote', "tab\there", "line\nbreak", "blank at end ", "ü", "back\\slash", "-dash", "[x]*"]
PROGRAM = Way("program")
TEXT = "".join(f"line {number}\n" for number in range(1, 41))


def table(clone: Clone, base: str = "main", head: str = "HEAD") -> patches.Table:
    with clone.entered():
        repo = repos.find(str(clone.path), dict(os.environ))
        oids = [clone.git("rev-parse", name).strip() if name else "" for name in (base, head)]
        return patches.table(repo, *oids)


def ids(clone: Clone, base: str = "main", head: str = "HEAD") -> dict[str, str]:
    return {path: row.id for path, row in keeping.rows(table(clone, base, head).text).items()}


def begun(box: Box, files: dict[str, str | bytes | None], way: Way = PROGRAM) -> Clone:
    """A clone with `files` on main, on a branch of its own."""
    clone = box.repo(way=way)
    commit(clone, files)
    clone.git("checkout", "-q", "-b", "feature")
    return clone


def test_the_table_says_what_happened_to_each_file(box: Box, way: Way) -> None:
    clone = begun(box, {"a": TEXT, "gone": "x\n", "old": TEXT.upper(), "file": "t\n"}, way)
    Path(clone.path, "file").unlink()
    Path(clone.path, "file").symlink_to("a")
    Path(clone.path, "z").mkdir()
    clone.git("mv", "old", "z/new")
    commit(clone, {"a": TEXT + "more\n", "gone": None, **dict.fromkeys(ODD, "1\n")})
    told = table(clone)
    rows = keeping.rows(told.text)
    assert {path: row.status for path, row in rows.items()} == {
        "a": "M", "gone": "D", "file": "T", "z/new": "R", **dict.fromkeys(ODD, "A"),
    }  # fmt: skip
    assert rows["z/new"].old == "old"
    assert told.count == len(rows)
    assert list(rows) == sorted(rows, key=os.fsencode)
    assert told.text.isascii()


def test_a_rebase_of_twenty_commits_keeps_every_id(box: Box) -> None:
    body = "".join(
        f"def f{n}():\n    one = {n}\n    two = {n}\n    three = {n}\n" for n in range(60)
    )
    files = {f"src/{name}.py": body for name in "abcdefghij"}
    clone = begun(box, {**files, "bin": b"\0" * 100, "moved": TEXT})
    for number in range(20):
        name = f"src/{'abcdefghij'[number % 10]}.py"
        text = Path(clone.path, name).read_text()
        old = f"    two = {20 + number}\n"
        assert old in text
        commit(clone, {name: text.replace(old, old + "    more = 1\n")}, f"change {number}")
    clone.git("mv", "moved", "there")
    commit(clone, {"bin": b"\0" * 99 + b"\1", "there": TEXT.replace("line 20\n", "")})
    before = ids(clone)
    clone.git("checkout", "-q", "main")
    # Everything moves down, and the function that a hunk stands in has another name.
    upstream = body.replace("def f18(", "def renamed(")
    upstream = "# a new beginning\n" * 30 + upstream + "# and an end\n"
    commit(clone, {**dict.fromkeys(files, upstream), "other": "x\n", "moved": "new\n" + TEXT})
    clone.git("checkout", "-q", "feature")
    clone.git("rebase", "-q", "main")
    assert ids(clone) == before
    assert len(before) == 12


def test_one_more_change_shows_in_one_file_alone(box: Box) -> None:
    clone = begun(box, dict.fromkeys("abcdefghij", TEXT))
    commit(clone, dict.fromkeys("abcdefghij", TEXT.replace("line 9\n", "line nine\n")))
    before = ids(clone)
    commit(clone, {"d": TEXT.replace("line 9\n", "line nine \n")})
    now = ids(clone)
    assert [path for path in now if now[path] != before[path]] == ["d"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a\nb\n", "a\nb"),  # no line break at the end
        ("a\nb\n", "a\r\nb\r\n"),
        ("a\nb\n", "a\nb \n"),
        ("a\n", "a\n\n"),
        ("a\0b", "a\0c"),  # binary
        ("a\nb\n", "b\na\n"),
        ("", "\n"),
    ],
)
def test_what_differs_by_one_byte_has_another_id(box: Box, one: str, other: str) -> None:
    clone = begun(box, {"f": "begin\n"})
    found = set()
    for text in (one, other):
        commit(clone, {"f": text, "new": text})
        found.add((ids(clone)["f"], ids(clone)["new"]))
        clone.git("reset", "-q", "--hard", "main")
    assert len({a for a, _ in found}) == len({b for _, b in found}) == 2


def test_modes_links_and_submodules_count(box: Box) -> None:
    clone = begun(box, {"f": TEXT, "g": TEXT})
    seen = []

    def look() -> None:
        clone.git("commit", "-q", "-m", "look")
        seen.append(ids(clone).get("f"))
        clone.git("reset", "-q", "--hard", "main")

    blob = clone.git("rev-parse", "HEAD:f").strip()
    for cacheinfo in (
        f"100755,{blob},f", f"120000,{blob},f", f"160000,{'1' * 40},f", f"160000,{'2' * 40},f",
    ):  # fmt: skip
        clone.git("update-index", "--cacheinfo", cacheinfo)
        look()
    Path(clone.path, "f").write_text(TEXT + "more\n")
    clone.git("update-index", "--add", "f")
    look()
    Path(clone.path, "f").write_text(TEXT + "more\n")
    clone.git("add", "f")
    clone.git("update-index", "--chmod=+x", "f")
    look()
    assert None not in seen
    assert len(set(seen)) == len(seen)


def test_a_mode_that_does_not_change_is_no_part_of_it(box: Box) -> None:
    """Somebody else makes the file executable upstream; the change is what it was."""
    clone = begun(box, {"f": TEXT})
    commit(clone, {"f": TEXT.replace("line 30", "line thirty")})
    before = ids(clone)
    clone.git("checkout", "-q", "main")
    clone.git("update-index", "--chmod=+x", "f")
    clone.git("commit", "-q", "-m", "executable")
    clone.git("reset", "-q", "--hard")
    clone.git("checkout", "-q", "feature")
    clone.git("rebase", "-q", "main")
    assert ids(clone) == before


def test_what_stands_around_a_change_is_part_of_it(box: Box) -> None:
    clone = begun(box, {"f": TEXT})
    commit(clone, {"f": TEXT.replace("line 30\n", "line thirty\n")})
    before = ids(clone)
    clone.git("checkout", "-q", "main")
    commit(clone, {"f": TEXT.replace("line 33\n", "line 33!\n")})
    clone.git("checkout", "-q", "feature")
    clone.git("-c", "merge.conflictStyle=merge", "rebase", "-q", "main")
    assert ids(clone) != before


def test_text_that_looks_like_a_diff_is_text(box: Box) -> None:
    clone = begun(box, {"f": TEXT, "g": TEXT})
    fake = (
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\nBinary files a and b differ\n"
    )
    commit(clone, {"f": fake, "g": fake + TEXT, "h": "@@ -1,9 +1,9 @@ one\n"})
    before = ids(clone)
    assert set(before) == {"f", "g", "h"}
    commit(clone, {"h": "@@ -1,9 +1,9 @@ two\n"})
    now = ids(clone)
    assert {path for path in now if now[path] != before[path]} == {"h"}


def test_no_setting_of_a_user_changes_an_id(box: Box) -> None:
    clone = begun(box, {"f": TEXT + "\n\n\n", "g.txt": TEXT, "old": TEXT * 2, "sub/x": "1\n"})
    clone.git("mv", "old", "new")
    commit(clone, {"f": TEXT.replace("line 9\n", "\n") + "\n\n\n", "g.txt": TEXT * 2, "ü": "1\n"})
    before = table(clone)
    order = Path(clone.path, "..", "order")
    order.write_text("ü\nnew\n")
    for name, value in {
        "diff.noprefix": "true", "diff.mnemonicPrefix": "true", "diff.context": "0",
        "diff.interHunkContext": "50", "diff.algorithm": "patience", "diff.renames": "false",
        "diff.renameLimit": "1", "diff.external": "false", "diff.suppressBlankEmpty": "true",
        "color.ui": "always", "core.quotePath": "false", "diff.indentHeuristic": "false",
        "diff.orderFile": str(order), "core.bigFileThreshold": "10", "diff.relative": "true",
        "diff.x.textconv": "tr a-z A-Z <", "diff.x.xfuncname": "line", "diff.x.binary": "true",
        "core.attributesFile": str(order.with_name("attributes")), "core.whitespace": "cr-at-eol",
        "diff.submodule": "log", "diff.wsErrorHighlight": "all", "diff.colorMoved": "zebra",
    }.items():  # fmt: skip
        clone.git("config", name, value)
    order.with_name("attributes").write_text("* -diff\n")
    Path(clone.path, ".gitattributes").write_text("*.txt diff=x\nf -diff\n")
    Path(clone.path, ".git/info").mkdir(exist_ok=True)
    Path(clone.path, ".git/info/attributes").write_text("* binary\n")
    inside = Clone(clone.path / "sub", env={"GIT_DIFF_OPTS": "-u1", "GIT_EXTERNAL_DIFF": "false"})
    assert table(inside) == before
    assert b"Binary" not in before.text.encode()


@pytest.mark.parametrize("block", [1, 7, 64, 1000])
def test_it_is_the_same_however_git_hands_it_over(
    box: Box, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = begun(box, {"a": TEXT, "b": TEXT, "c": b"\0"})
    commit(clone, {"a": TEXT[5:], "b": TEXT[:-1] + "x", "c": b"\1", "d": "long " * 100})
    whole = table(clone)
    monkeypatch.setattr(patches, "_BLOCK", block)
    assert table(clone) == whole


def test_against_nothing_and_without_a_difference(box: Box, way: Way) -> None:
    clone = begun(box, {"a": "1\n", "b": "2\n"}, way)
    assert {path: row.status for path, row in keeping.rows(table(clone, "").text).items()} == {
        "a": "A", "b": "A",
    }  # fmt: skip
    assert table(clone) == patches.Table("", 0)
    assert table(clone).digest == keeping.digest("")


def test_what_is_not_here_is_told(box: Box) -> None:
    clone = begun(box, {"a": "1\n"})
    repo = repos.find(str(clone.path), dict(os.environ))
    with pytest.raises(GitFailed):
        patches.table(repo, "1" * 40, clone.git("rev-parse", "HEAD").strip())


def test_a_partial_clone_gets_what_it_lacks(box: Box) -> None:
    hub = box.remote()
    seed = box.clone(hub, "seed")
    commit(seed, {"a": TEXT})
    seed.git("checkout", "-q", "-b", "feature")
    commit(seed, {"a": TEXT + "x\n"})
    seed.git("push", "-q", "origin", "main", "feature")
    Clone(hub).git("config", "uploadpack.allowFilter", "true")
    part = box.clone(hub, "part", PROGRAM, "--filter=blob:none")
    assert table(part, "origin/main", "origin/feature") == table(seed)
