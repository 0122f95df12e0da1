"""What the latest commits before one have changed, and what of it has changed since."""

import os
from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.git.repo import Repo

_MANY = 500  # paths; a command line cannot hold any number of them


class Step(NamedTuple):
    """A commit: its time (of the committer, seconds), the paths that it changes."""

    seconds: int
    is_merge: bool
    paths: frozenset[str]


def steps(repo: Repo, commit: str, most: int) -> list[Step]:
    """`commit` and what stands before it on its first line of descent, at most `most` in all.

    A merge changes what it does against its first parent. None where the commit is not here.
    """
    out = repo.program.run(
        "log", "-z", "--first-parent", "--diff-merges=first-parent", "--name-only", "--no-renames",
        f"--max-count={most}", "--format=%x01%ct %P", "--end-of-options", commit, "--", check=False,
    )[1]  # fmt: skip
    found = []
    for part in out.split(b"\x01")[1:]:
        head, _, rest = part.partition(b"\0")
        seconds, *parents = head.split()
        names = (os.fsdecode(path) for path in rest.lstrip(b"\n").split(b"\0") if path)
        found.append(Step(int(seconds), len(parents) > 1, frozenset(names)))
    return found


def changed_since(repo: Repo, top: str, commit: str, paths: Sequence[str]) -> frozenset[str]:
    """Those of `paths` that are otherwise in the work tree at `top` than in `commit`."""
    few = paths if len(paths) <= _MANY else ()
    out = repo.program._replace(cwd=top).run(
        "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules",
        "--end-of-options", commit, "--", *(f":(top,literal){path}" for path in few), check=False,
        extra={"GIT_WORK_TREE": top},
    )[1]  # fmt: skip
    return frozenset(os.fsdecode(path) for path in out.split(b"\0") if path).intersection(paths)
