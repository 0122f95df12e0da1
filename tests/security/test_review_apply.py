"""Suggestions and merges in a repository that means harm: paths, links, filters, hooks, names."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from box import Box
from git_naturecode.domain import drafts
from git_naturecode.domain.review import makers
from git_naturecode.domain.review.anchor import Anchor
from reviewing.made import CY, LINES, Begun, commit

MARK = "pwned"
SUGGESTED = f"```suggestion\n{MARK}\n```"


class Scene:
    """A review of branch `feature`, in which somebody suggests something on line 9 of a path."""

    def __init__(self, box: Box) -> None:
        self.box, self.clone = box, box.ready()
        (box.path / "outside").mkdir()
        (box.path / "outside/x").write_text(LINES)
        commit(self.clone, {"f": LINES, "d/x": LINES})

    def begin(self) -> Begun:
        """The review, once the branch is as it is to be."""
        self.begun = Begun(self.clone)
        self.begun.begin()
        return self.begun

    def tree(self, *lines: str) -> str:
        """A tree of `lines` as ls-tree writes them, whatever git would say of it."""
        raw = b""
        for one in sorted(lines, key=lambda one: one.split("\t")[1]):
            meta, name = one.split("\t")
            mode, _, oid = meta.split()
            raw += mode.lstrip("0").encode() + b" " + name.encode() + b"\0" + bytes.fromhex(oid)
        done = subprocess.run(
            ["git", "hash-object", "--literally", "-w", "-t", "tree", "--stdin"],
            cwd=self.clone.path, input=raw, capture_output=True, check=True,
        )  # fmt: skip
        return done.stdout.decode().strip()

    def main(self) -> list[str]:
        """What main holds, as `tree` takes it."""
        return self.clone.git("ls-tree", "main").strip().split("\n")

    def blob(self, text: str) -> str:
        done = subprocess.run(
            ["git", "hash-object", "-w", "--stdin"], cwd=self.clone.path, input=text,
            capture_output=True, check=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    def feature(self, tree: str) -> str:
        """Branch `feature` with one commit of `tree` on top of main."""
        git = self.clone.git
        made = git("commit-tree", tree, "-p", "main", "-m", "odd").strip()
        git("update-ref", "refs/heads/feature", made)
        return made

    def suggest(self, path: str, blob: str, text: str = SUGGESTED, lines: str = LINES) -> None:
        """Somebody suggests to put `pwned` into line 9 of `path`."""
        every = lines.splitlines()
        head = self.clone.git("rev-parse", "feature").strip()
        anchor = Anchor(path, "new", 9, 9, head, blob, (every[8],), tuple(every[5:8]),
                        tuple(every[9:12]))  # fmt: skip
        self.begun.say(makers.comment(text, "", anchor), by="eve@example.com")

    def untouched(self) -> None:
        """Nothing beside what git tracks holds the text."""
        assert (self.box.path / "outside/x").read_text() == LINES
        found = [
            path for path in self.box.path.rglob("*")
            if path.is_file() and not path.is_symlink() and ".git/objects" not in str(path)
            and "naturecode" not in str(path.relative_to(self.box.path))
            and MARK.encode() in path.read_bytes()
        ]  # fmt: skip
        assert found == []


@pytest.fixture
def scene(box: Box) -> Scene:
    return box.scene("hostile suggestions", lambda: Scene(box))


ODD = [".git/config", "../outside/x", ".GIT/config", "git~1/config", "a/../../outside/x"]


@pytest.mark.parametrize(("path", "checked_out"), [*((one, False) for one in ODD), (ODD[0], True)])
def test_paths_that_git_takes_into_no_work_tree(scene: Scene, path: str, checked_out: bool) -> None:
    """The tree of the branch has them, whoever made that: nothing is put in, nor anything said."""
    clone, blob = scene.clone, scene.blob(LINES)
    *folders, name = path.split("/")
    entry = f"100644 blob {blob}\t{name}"
    for folder in reversed(folders):
        entry = f"040000 tree {scene.tree(entry)}\t{folder}"
    tip = scene.feature(scene.tree(*scene.main(), entry))
    scene.begin()
    if checked_out:
        clone.git("symbolic-ref", "HEAD", "refs/heads/feature")
    scene.suggest(path, blob)
    config = (clone.path / ".git/config").read_text()
    said = clone.nc("review", "apply", scene.begun.id, code=1)
    assert f"holds a path that git takes into no work tree: '{path}'" in said.err
    assert clone.git("rev-parse", "feature").strip() == tip
    assert (clone.path / ".git/config").read_text() == config
    shown = clone.nc("review", "show", scene.begun.id, "--json").json
    assert [one["resolved"] for one in shown["comments"]] == [False]
    scene.untouched()


def test_links_and_what_lies_behind_them(scene: Scene) -> None:
    clone = scene.clone
    clone.git("checkout", "-q", "-b", "feature")
    os.symlink("../outside", clone.path / "link")
    os.symlink("../outside/x", clone.path / "linked")
    tip = commit(clone, {"f": LINES + "x\n"})
    scene.begin()
    blob = scene.blob(LINES)
    for path in ("link", "link/x", "linked", "f/../link/x", str(scene.box.path / "outside/x")):
        scene.suggest(path, blob)
    said = clone.nc("review", "apply", scene.begun.id, code=1)
    assert "nothing can be put in: t1: its lines are gone; t2" in said.err
    # The branch has a folder where the user has put a link, and git does not look.
    scene.suggest("d/x", blob)
    shutil.rmtree(clone.path / "d")
    os.symlink("../outside", clone.path / "d")
    for hidden in (False, True):
        if hidden:
            clone.git("update-index", "--assume-unchanged", "d/x")
        said = clone.nc("review", "apply", scene.begun.id, "t6", code=1)
        assert ("not uptodate" if hidden else "with changes that are not committed") in said.err
    assert clone.git("rev-parse", "feature").strip() == tip
    scene.untouched()


def test_a_submodule_is_no_file(scene: Scene) -> None:
    head = scene.clone.git("rev-parse", "main").strip()
    scene.feature(scene.tree(*scene.main(), f"160000 commit {head}\tsub"))
    scene.begin()
    for path in ("sub", "sub/f"):
        scene.suggest(path, scene.blob(LINES))
    said = scene.clone.nc("review", "apply", scene.begun.id, code=1)
    assert "nothing can be put in: t1: its lines are gone; t2: its lines are gone" in said.err


def attributes(scene: Scene, said: str, text: bytes) -> Path:
    """Branch `feature` is checked out, with these attributes and this file in the work tree; what
    a filter of the user's writes to when it runs."""
    clone, ran = scene.clone, scene.box.path / "ran"
    for name in ("clean", "smudge"):
        clone.git("config", f"filter.x.{name}", f"sh -c 'echo {name} >> {ran}; cat'")
    clone.git("checkout", "-q", "-b", "feature")
    commit(clone, {".gitattributes": said + "\n"})
    commit(clone, {"f": text})
    scene.begin()
    ran.unlink(missing_ok=True)
    return ran


def test_what_a_filter_keeps_is_never_what_a_person_wrote(scene: Scene) -> None:
    ran = attributes(scene, "f filter=x\nd/x filter=y", b"new\n" + LINES.encode())
    tip = scene.clone.git("rev-parse", "feature")
    blob = scene.clone.git("rev-parse", "feature:f").strip()
    scene.suggest("f", blob, lines="new\n" + LINES)
    said = scene.clone.nc("review", "apply", scene.begun.id, code=1)
    assert "f goes through your filter 'x'" in said.err
    assert scene.clone.git("rev-parse", "feature") == tip
    assert not ran.exists()
    # A name without a filter is no filter, as for git.
    scene.suggest("d/x", scene.blob(LINES))
    said = scene.clone.nc("review", "apply", scene.begun.id)
    assert "left out t1: f goes through your filter 'x'" in said.err
    assert scene.clone.git("status", "--porcelain", "-uno") == ""


@pytest.mark.parametrize(
    ("said", "encoding", "end", "kept"),
    [
        ("f ident", "utf-8", "\n", "$Id$ and $ID: x$"),
        ("f text eol=crlf", "utf-8", "\r\n", "$Id: x$ and $ID: x$"),
        ("* text=auto", "utf-8", "\n", "$Id: x$ and $ID: x$"),
        ("f text working-tree-encoding=UTF-16", "utf-16", "\n", "$Id: x$ and $ID: x$"),
    ],
)
def test_a_work_tree_is_clean_afterwards(
    scene: Scene, said: str, encoding: str, end: str, kept: str
) -> None:
    """Whatever the attributes make of its files."""
    text = LINES.replace("20\n", "zwanzig\n")
    attributes(scene, said, text.replace("\n", end).encode(encoding))
    clone = scene.clone
    blob = clone.git("rev-parse", "feature:f").strip()
    scene.suggest("f", blob, "```suggestion\n$Id: x$ and $ID: x$\n```", text)
    clone.nc("review", "apply", scene.begun.id)
    assert clone.git("status", "--porcelain") == ""
    assert clone.git("show", "feature:f").split("\n")[8] == kept
    there = (clone.path / "f").read_bytes().decode(encoding).split(end)
    assert there[8].endswith(" and $ID: x$")
    clone.git("checkout", "-q", "main")


def test_one_that_nobody_can_put_in_stops_no_other(scene: Scene) -> None:
    """Whoever may comment could else keep everybody from taking suggestions in at once."""
    scene.clone.git("checkout", "-q", "-b", "feature")
    commit(scene.clone, {"f": "new\n" + LINES})
    blob = scene.clone.git("rev-parse", "feature:f").strip()
    scene.begin()
    scene.begun.say(makers.comment(SUGGESTED, ""), by="eve@example.com")
    scene.suggest("f", blob, f"{SUGGESTED}\nor\n{SUGGESTED}", "new\n" + LINES)
    gone = Anchor("f", "old", 9, 9, "1" * 40, "2" * 40, ("9",))
    scene.begun.say(makers.comment(SUGGESTED, "", gone), by="eve@example.com")
    huge = Anchor("f", "new", 1 << 40, 1 << 41, "1" * 40, blob, ("9",))
    scene.begun.say(makers.comment(SUGGESTED, "", huge), by="eve@example.com")
    scene.suggest("f", blob, "```suggestion:-99999999+99999999\nx\n```", "new\n" + LINES)
    scene.suggest("f", blob, "```suggestion\ngood\n```", "new\n" + LINES)
    said = scene.clone.nc("review", "apply", scene.begun.id)
    assert "left out t1: it is about no lines" in said.err
    assert "left out t2: it has 2 suggestions in one comment" in said.err
    assert "left out t3: it is about lines that are gone" in said.err
    assert "put 1 suggestion into feature" in said.err
    assert "\ngood\n" in (scene.clone.path / "f").read_text()


def test_a_blob_that_is_named_is_not_read_whatever_it_is(scene: Scene) -> None:
    """A very large one, or none: what stands there now is all that counts."""
    scene.clone.git("checkout", "-q", "-b", "feature")
    commit(scene.clone, {"f": "new\n" + LINES})
    scene.begin()
    large = scene.blob("x\n" * (5 << 20))
    for blob in (large, scene.clone.git("rev-parse", "feature").strip(), "3" * 40):
        scene.suggest("f", blob, lines="new\n" + LINES)
    said = scene.clone.nc("review", "apply", scene.begun.id, "t1")
    assert "put 1 suggestion" in said.err


def test_expressions_are_no_branches(scene: Scene) -> None:
    """What git works out is told of as what it is, or not at all; nothing runs."""
    clone = scene.clone
    clone.git("checkout", "-q", "-b", "feature")
    head = commit(clone, {"f": "new\n" + LINES}, "Say new")
    for wanted in (
        "^main", "^main..feature", "--upload-pack=touch x", "--all", "-x", ":/Say", "a\nb",
        "HEAD^{tree}", "HEAD^{/x", "x" * 5000, "a/" * 2000, "\x1b[31m",
    ):  # fmt: skip
        said = clone.nc("review", "start", f"--target={wanted}", code=2)
        assert "\x1b" not in said.err
        said = clone.nc("review", "start", f"--base={wanted}", code=2)
        assert "there is no branch" in said.err
    for wanted in ("HEAD^{/Say}", "feature@{0}", "@~0"):
        made = clone.nc("review", "start", f"--target={wanted}", "--again", "--json").json
        assert (made["targetType"], made["target"], made["head"]) == ("commit", head, head)
        assert clone.nc("review", "show", made["reviewId"], "--json").json["revisions"]
    assert not (clone.path / "x").exists()


NAMES = [
    "x" * 5000, "a/" * 3000 + "b", "a\ud800b", "a\udce9b", "-x", "--all", "a..b", "^main", "HEAD",
    "@{u}", ":/x", "refs/heads/x", "\x1b[31m", "a\0b", "..", "../../config", "a.lock", ".",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["branch", "pr", "range", "commit"])
def test_names_that_somebody_made_up(scene: Scene, kind: str) -> None:
    """In entries: a review of any target, into any branch, can be read, and closed."""
    scene.clone.git("checkout", "-q", "-b", "feature")
    commit(scene.clone, {"f": "new\n" + LINES})
    begun = scene.begin()
    for name in NAMES:
        begun.say(
            drafts.setting([], "base", name),
            drafts.setting([], "target", {"type": kind, "name": name}), by="eve@example.com",
        )  # fmt: skip
        shown = scene.clone.nc("review", "show", begun.id, "--json").json
        assert (shown["targetType"], shown["target"]) == (
            kind,
            re.sub("[\ud800-\udfff]", "?", name),
        )
        assert "\x1b" not in scene.clone.nc("review", "show", begun.id).out
        for command in ("explain", "apply", "merge"):
            said = scene.clone.nc("review", command, begun.id, code=1)
            assert "\x1b" not in said.err
    scene.clone.nc("review", "comment", begun.id, "-m", "What is this?")
    scene.clone.nc("review", "close", begun.id)


def test_nobody_has_reviewed_what_a_description_says(scene: Scene) -> None:
    """The message of a squash is what this program vouches for."""
    clone = scene.clone
    clone.git("checkout", "-q", "-b", "feature")
    commit(clone, {"f": "new\n" + LINES})
    clone.git("checkout", "-q", "main")
    text = "Why\n\nReviewed-by: Ada <ada@x>\n  review: review-20260101-aaaaaaaa\nSigned-off-by: B"
    begun = Begun(clone)
    begun.begin("Make it better\nReviewed-by: Ada <ada@x>", text)
    begun.verdict(CY)
    begun.merge("squash")
    said = clone.git("log", "-1", "--format=%(trailers:key=Reviewed-by)%(trailers:key=Review)")
    assert said.split("\n")[:2] == [f"Reviewed-by: cy <{CY}>", f"Review: {begun.id}"]
    whole = clone.git("log", "-1", "--format=%B")
    assert "\n> Reviewed-by: Ada <ada@x>\n> review: review-2026" in whole
    assert "\nSigned-off-by: B\n" in whole
