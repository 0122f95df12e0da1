"""Merges and suggestions of somebody who signs: with a real key, and with a signer that fails."""

from pathlib import Path

import pytest

from box import Box, Clone
from crypto import openssh
from reviewed import ANN, Pair, pair, write

ALL = ("for-each-ref", "--format=%(refname) %(objectname)")


@pytest.fixture
def two(box: Box) -> Pair:
    """Ann's change in two commits on a main that has gone on, approved, and Bob's suggestion."""

    def make() -> Pair:
        made = pair(box)
        made.push(b__py="b = 1\n")
        made.bob.nc("review", "comment", made.review, "--file", "a.py", "--line", "7",
                    "--suggest", "line seven")  # fmt: skip
        made.bob.nc("review", "approve", made.review)
        made.ann.git("checkout", "-q", "main")
        write(made.ann, "c.py", "c = 1\n")
        made.ann.git("commit", "-q", "-m", "C")
        made.ann.git("push", "-q", "origin", "main")
        made.sync()
        return made

    return box.scene("a change of somebody who signs", make)


def signing(clone: Clone, box: Box) -> None:
    """Ann signs each commit with an SSH key from now on."""
    openssh.require()
    openssh.make_key(box.path / "id", "ed25519")
    settings = openssh.git_settings(box.path / "id", box.path / "allowed", ANN)
    for name, value in settings.items():
        clone.git("config", name, value)


def failing(clone: Clone, box: Box, good: int) -> None:
    """Her signer signs so many commits, then it can no more."""
    program = box.path / "signer"
    program.write_text(
        f"#!/bin/sh\necho x >> '{box.path}/signed'\n"
        f"[ $(wc -l < '{box.path}/signed') -gt {good} ] || exec ssh-keygen \"$@\"\n"
        "echo 'the card was drawn' >&2\nexit 1\n"
    )
    program.chmod(0o755)
    clone.git("config", "gpg.ssh.program", str(program))


def all_of(two: Pair) -> object:
    """Whatever a half-done act could leave behind: refs here and there, work tree, the review."""
    clone = two.ann
    folder = Path(clone.path, ".git")
    half = sorted(one.name for one in folder.iterdir() if one.name.endswith(("HEAD", ".lock")))
    shown = two.shown()
    return (
        clone.git(*ALL), clone.git("ls-remote", "origin"), clone.git("status", "--porcelain"),
        clone.git("reflog", "--all"), half, shown["status"], shown["merged"],
        [one["resolved"] for one in shown["comments"]], len(shown["revisions"]),
    )  # fmt: skip


@pytest.mark.parametrize(("strategy", "made"), [("merge", 1), ("squash", 1), ("rebase", 2)])
def test_what_a_merge_makes_is_signed(two: Pair, box: Box, strategy: str, made: int) -> None:
    signing(two.ann, box)
    old = two.ann.git("rev-parse", "main").strip()
    two.ann.nc("review", "merge", two.review, "--strategy", strategy, "--push")
    new = two.ann.git("rev-list", "--first-parent", f"{old}..main").split()
    assert len(new) == made
    two.ann.git("verify-commit", *new)
    assert two.ann.git("ls-remote", "origin", "main").split()[0] == new[0]
    for unsigned in ("feature", old):  # what was there stays as it was
        assert "gpgsig" not in two.ann.git("cat-file", "commit", unsigned)


def test_suggestions_are_signed(two: Pair, box: Box) -> None:
    signing(two.ann, box)
    two.ann.git("checkout", "-q", "feature")
    commit = two.ann.nc("review", "apply", two.review).out.strip()
    two.ann.git("verify-commit", commit)
    assert two.ann.git("rev-parse", "feature").strip() == commit


@pytest.mark.parametrize(
    ("strategy", "good"), [("merge", 0), ("squash", 0), ("rebase", 0), ("rebase", 1)]
)
@pytest.mark.parametrize("push", [(), ("--push",)])
def test_a_signer_that_fails_leaves_nothing_half_done(
    two: Pair, box: Box, strategy: str, good: int, push: tuple[str, ...]
) -> None:
    signing(two.ann, box)
    failing(two.ann, box, good)
    before = all_of(two)
    said = two.ann.nc("review", "merge", two.review, "--strategy", strategy, *push, code=1)
    assert said.err.startswith(
        "error: the commit could not be signed, and nothing was changed: the card was drawn\nhint: "
    )
    assert said.out == ""
    assert all_of(two) == before
    two.ann.git("config", "--unset", "gpg.ssh.program")
    two.ann.nc("review", "merge", two.review, "--strategy", strategy, *push)
    two.ann.git("verify-commit", "main")


def test_suggestions_that_cannot_be_signed_are_not_put_in(two: Pair, box: Box) -> None:
    signing(two.ann, box)
    (box.path / "id").unlink()
    two.ann.git("checkout", "-q", "feature")
    before = all_of(two)
    said = two.ann.nc("review", "apply", two.review, code=1)
    assert "could not be signed, and nothing was changed" in said.err
    assert all_of(two) == before
    # As the hint says.
    # git hands such a setting on to the program by this variable.
    two.ann.env["GIT_CONFIG_PARAMETERS"] = "'commit.gpgsign'='false'"
    two.ann.nc("review", "apply", two.review)
    assert "gpgsig" not in two.ann.git("cat-file", "commit", "feature")
