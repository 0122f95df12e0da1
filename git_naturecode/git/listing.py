"""Which files of a work tree git would keep: those it tracks, and new ones not ignored."""

import os
from collections.abc import Sequence

from git_naturecode.git.repo import Repo

_MANY = 500  # paths on a command line


def files(repo: Repo, paths: Sequence[str]) -> list[str]:
    """The paths, from the top of the work tree and in order, of the files at and below `paths`.

    `paths` are from the top, too; "" is all. What a submodule holds is not among them, nor what git
    ignores. A file that is tracked and gone stands among them.
    """
    assert repo.work_tree is not None
    found: dict[str, None] = {}
    for at in range(0, len(paths), _MANY):
        named = [f":(top,literal){one}" for one in paths[at : at + _MANY] if one]
        wanted = named if all(paths[at : at + _MANY]) else []
        out = repo.program._replace(cwd=repo.work_tree).run(
            "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--full-name",
            "--", *wanted, extra={"GIT_WORK_TREE": repo.work_tree},
        )[1]  # fmt: skip
        found |= dict.fromkeys(os.fsdecode(one) for one in out.split(b"\0") if one)
    return sorted(found)
