"""Commits that git signed with an SSH key verify here, and git agrees on those that do not."""

import os
import subprocess
from pathlib import Path

import pytest

from box import Box, Clone, Way
from crypto import agents, openssh
from git_naturecode.crypto import sshsig
from git_naturecode.git import signed
from git_naturecode.git.door import open_objects
from git_naturecode.git.repo import find


def signing(box: Box, way: Way, key: Path) -> Clone:
    """A repository in which git signs each commit with the key in a file."""
    clone = box.repo(way=way)
    settings = openssh.git_settings(key, box.path / "allowed", "ada@example.com")
    for name, value in settings.items():
        clone.git("config", name, value)
    return clone


def verifies_here(clone: Clone, commit: str, line: str) -> bool:
    """True when our reading of the signature finds it good."""
    with clone.entered():
        repo = find(str(clone.path), dict(os.environ))
        objects = open_objects(repo, many=False)
        try:
            found = signed.signed(objects, commit)
        finally:
            objects.close()
    return found is not None and sshsig.verify(
        found.signature, found.payload, signed.NAMESPACE, line
    )


def verifies_there(clone: Clone, commit: str) -> bool:
    """True when git finds it good."""
    done = subprocess.run(
        ["git", "verify-commit", commit], cwd=clone.path, capture_output=True, check=False
    )
    return done.returncode == 0


def with_object(clone: Clone, data: bytes) -> str:
    """A commit object of these bytes."""
    done = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin"], cwd=clone.path,
        input=data, capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout.decode().strip()


@pytest.mark.parametrize("kind", openssh.KINDS)
def test_what_git_signs_verifies_here(box: Box, way: Way, kind: str) -> None:
    openssh.require()
    line = openssh.make_key(box.path / "id", kind)
    other = openssh.make_key(box.path / "other", kind)
    clone = signing(box, way, box.path / "id")
    clone.git("commit", "-q", "--allow-empty", "-m", "gpgsig is\n\n a word\ngpgsig here too")
    tip = clone.git("rev-parse", "HEAD").strip()
    assert verifies_there(clone, tip)
    assert verifies_here(clone, tip, line)
    assert not verifies_here(clone, tip, other)
    first = clone.git("rev-parse", "HEAD^").strip()
    assert not verifies_here(clone, first, line)
    tree = clone.git("rev-parse", "HEAD^{tree}").strip()
    assert not verifies_here(clone, tree, line)


def test_what_an_agent_signed_for_git_verifies_here(box: Box) -> None:
    with agents.running(box.path) as path:
        line = openssh.make_key(box.path / "id", "ed25519")
        agents.add(path, box.path / "id")
        clone = signing(box, Way("program"), box.path / "id")
        (box.path / "id").unlink()
        clone.env["SSH_AUTH_SOCK"] = path
        clone.git("commit", "-q", "--allow-empty", "-m", "second")
    assert verifies_here(clone, clone.git("rev-parse", "HEAD").strip(), line)


def test_we_and_git_agree_on_what_was_changed(box: Box, way: Way) -> None:
    openssh.require()
    line = openssh.make_key(box.path / "id", "ed25519")
    clone = signing(box, way, box.path / "id")
    clone.git("commit", "-q", "--allow-empty", "-m", "second")
    good = subprocess.run(
        ["git", "cat-file", "commit", "HEAD"], cwd=clone.path, capture_output=True, check=True
    ).stdout
    mine, other = (b"gpgsig", b"gpgsig-sha256")[:: 1 if way.objects == "sha1" else -1]
    head, _, rest = good.partition(mine + b" ")
    block = mine + b" " + rest.partition(b"\n\n")[0]
    changes = {
        good: True,
        good.replace(b"second", b"third"): False,
        good.replace(b"Ada", b"Eve"): False,
        good.replace(block + b"\n", b""): False,
        head + other + b" x\n y\n" + good[len(head) :]: True,
        head + other + b" x\n y\n" + head[-10:] + good[len(head) :]: False,
        good.replace(block, block.replace(mine, other, 1)): False,
        good.replace(b"\n\nsecond", b"\nmore x\n\nsecond"): False,
    }
    for data, wanted in changes.items():
        commit = with_object(clone, data)
        assert verifies_here(clone, commit, line) == wanted, data
        assert verifies_there(clone, commit) == wanted, data
    # Where there are two, git takes the first; here there has to be one.
    twice = with_object(clone, good.replace(block, block + b"\n" + block))
    assert not verifies_here(clone, twice, line)


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"gpgsig", b"gpgsig ", b" gpgsig x", b"gpgsig\n x", b"tree x\n y"]
)
def test_any_object_can_be_looked_at(data: bytes) -> None:
    found = signed.split(data)
    assert found is None or not sshsig.verify(found.signature, found.payload, "git", "ssh-rsa x")
