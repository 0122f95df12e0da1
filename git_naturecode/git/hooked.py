"""The user's own hooks, where this program does what his git would do: run, or told as not run."""

import os
import tempfile
from collections.abc import Iterable

from git_naturecode.errors import Negative
from git_naturecode.git.branches import as_the_user
from git_naturecode.git.repo import Repo

_QUIET = {"NATURECODE": "0", "GIT_EDITOR": ":"}  # hooks of ours have nothing to say, nobody edits
_MOST = 1 << 20
_OURS = b"git naturecode"


def message(repo: Repo, text: str, kind: str) -> str:
    """`text` as the hooks prepare-commit-msg and commit-msg leave it; `kind` as git calls it.

    Raises Negative where one of them refuses it.
    """
    program = as_the_user(repo)
    with tempfile.TemporaryDirectory(prefix="naturecode-", dir=repo.git_dir) as folder:
        path = os.path.join(folder, "COMMIT_EDITMSG")
        with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text + "\n")
        for name, more in (("prepare-commit-msg", (kind,)), ("commit-msg", ())):
            args = ("hook", "run", "--ignore-missing", name, "--", path, *more)
            status, out, err = program.run(*args, check=False, extra=_QUIET)
            if status:
                said = (err.strip() or out.decode("utf-8", "replace").strip()).split("\n")[-1]
                raise Negative(
                    f"your {name} hook refused the message of the commit"
                    + (f": {said}" if said else ""),
                    "nothing was changed; give another one: --message TEXT",
                )
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read(_MOST).rstrip() or text


def after_merge(repo: Repo, work_tree: str) -> str:
    """Run the hook post-merge in `work_tree`; what it said when it failed, which changes nothing"""
    program = as_the_user(repo)._replace(cwd=work_tree)
    args = ("hook", "run", "--ignore-missing", "post-merge", "--", "0")
    status, _, err = program.run(*args, check=False, extra=_QUIET)
    return (err.strip().split("\n")[-1] or "it failed") if status else ""


def standing(repo: Repo, names: Iterable[str]) -> list[str]:
    """Those of the hooks `names` that the user has, apart from this program's own."""
    program = as_the_user(repo)
    found = []
    for name in names:
        path = os.path.join(program.cwd, program.text("rev-parse", "--git-path", f"hooks/{name}"))
        if os.path.isfile(path) and os.access(path, os.X_OK):
            with open(path, "rb") as file:
                if _OURS not in file.read(_MOST):
                    found.append(name)
    return found
