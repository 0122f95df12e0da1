"""A tree in which some files hold something else: made by an index of its own, no work tree."""

import os
import tempfile
from collections.abc import Mapping

from git_naturecode.git.branches import blob_of
from git_naturecode.git.repo import Repo


def tree_with(repo: Repo, commit: str, files: Mapping[str, tuple[int, bytes]]) -> str:
    """The id of the tree of `commit` in which each of `files` has this mode and holds these bytes,
    as they are: no filter of a work tree changes them. Raises GitFailed."""
    lines = b"".join(
        b"%06o %s\t%s\0" % (
            mode, blob_of(repo, data, write=True).encode(), path.encode("utf-8", "surrogateescape")
        )
        for path, (mode, data) in files.items()
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="naturecode-", dir=repo.git_dir) as folder:
        extra = {"GIT_INDEX_FILE": os.path.join(folder, "index")}
        repo.program.run("read-tree", commit, extra=extra)
        repo.program.run("update-index", "-z", "--index-info", data=lines, extra=extra)
        out = repo.program.run("write-tree", "--missing-ok", extra=extra)[1]
    return out.decode().strip()
