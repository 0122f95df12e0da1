"""A tree in which some files hold something else: made by an index of its own, no work tree.

What a work tree would make of them is asked of the attributes that the tree itself holds.
"""

import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from git_naturecode.errors import Negative
from git_naturecode.git.branches import blob_of
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed


class Way(NamedTuple):
    """What changes a file on its way into a work tree and back (gitattributes): the name of a
    `filter`, and whether `$Id$` is filled in."""

    filter: str = ""
    ident: bool = False


def tree_with(repo: Repo, commit: str, files: Mapping[str, tuple[int, bytes]]) -> str:
    """The id of the tree of `commit` in which each of `files` has this mode and holds these bytes,
    as they are: no filter of a work tree changes them.

    Raises Negative where the tree holds a path that git takes into no work tree, GitFailed.
    """
    lines = b"".join(
        b"%06o %s\t%s\0" % (
            mode, blob_of(repo, data, write=True).encode(), path.encode("utf-8", "surrogateescape")
        )
        for path, (mode, data) in files.items()
    )  # fmt: skip
    with _index(repo, commit) as extra:
        repo.program.run("update-index", "-z", "--index-info", data=lines, extra=extra)
        out = repo.program.run("write-tree", "--missing-ok", extra=extra)[1]
    return out.decode().strip()


def ways(repo: Repo, commit: str, paths: Sequence[str]) -> dict[str, Way]:
    """The way of each of `paths` between the tree of `commit` and a work tree; raises as
    `tree_with`."""
    data = b"".join(one.encode("utf-8", "surrogateescape") + b"\0" for one in paths)
    found = dict.fromkeys(paths, Way())
    with _index(repo, commit) as extra:
        args = ("check-attr", "-z", "--cached", "--stdin", "filter", "ident")
        out = repo.program.run(*args, data=data, extra=extra)[1]
    words = iter(out.decode("utf-8", "surrogateescape").split("\0"))
    for path, name, value in zip(words, words, words, strict=False):
        if name == "filter" and value not in ("unspecified", "unset", "set"):
            found[path] = found[path]._replace(filter=value)
        elif name == "ident" and value == "set":
            found[path] = found[path]._replace(ident=True)
    return found


@contextmanager
def _index(repo: Repo, commit: str) -> Iterator[dict[str, str]]:
    """An index with the files of `commit`, as the environment in which git uses it."""
    with tempfile.TemporaryDirectory(prefix="naturecode-", dir=repo.git_dir) as folder:
        extra = {"GIT_INDEX_FILE": os.path.join(folder, "index")}
        status, _, err = repo.program.run("read-tree", commit, check=False, extra=extra)
        if status:
            raise _unreadable(commit, status, err)
        yield extra


def _unreadable(commit: str, status: int, err: str) -> Exception:
    path = re.search(r"invalid path (.*)", err)
    if path is None:
        return GitFailed(("read-tree", commit), status, err)
    return Negative(
        f"{commit[:12]} holds a path that git takes into no work tree: {path[1][:200]}",
        f"somebody made that on purpose: look at it with git ls-tree -r {commit[:12]}, and do not "
        "merge it",
    )
