"""Names that somebody else put into a tree are names to both ways of reaching git, and no more."""

import os
import subprocess

import pytest

from box import Box, Way
from git_naturecode.git import repo as repos
from git_naturecode.git import tree
from git_naturecode.git.door import open_objects
from git_naturecode.git.objects import Change

REF = "refs/heads/data"
HOSTILE = [
    b'x\nM 100644 inline injected\ndata 1\n1\n', b'"quoted"', b"\xff\xfe", b"back\\slash", b"a b",
    "\u00e4".encode(), b"\x01", b"tab\tbed",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_can_be_taken_away(box: Box, way: Way, name: bytes) -> None:
    clone = box.repo(way=way)

    def mktree(data: bytes) -> str:
        done = subprocess.run(
            ["git", "mktree", "-z"], input=data, cwd=clone.path, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    blob = clone.git("hash-object", "-w", "--stdin").strip()
    root = mktree(b"100644 blob %s\tkeep\x00100644 blob %s\t%s\0" % (*[blob.encode()] * 2, name))
    repo = repos.find(str(clone.path), {**os.environ, "NATURECODE_GIT": way.name})
    objects = open_objects(repo, many=way.name == "library")
    path = name.decode("utf-8", "surrogateescape")
    commit = objects.commit(Change(root, {path: None, "new": b"n"}, (), 5, "without\n"))
    found = tree.files(objects, tree.tree_of(objects, commit))
    objects.close()
    assert set(found) == {"keep", "new"}
