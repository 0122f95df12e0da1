"""Branches of the user's own as git has them: which one is checked out where."""

import os

from git_naturecode.git.repo import Repo

HEADS = "refs/heads/"


def current(repo: Repo) -> str:
    """The branch that this work tree is on, without `refs/heads/`; "" when on none."""
    try:
        with open(os.path.join(repo.git_dir, "HEAD"), encoding="utf-8", errors="replace") as file:
            text = file.read().strip()
    except OSError:
        return ""
    ref = text.removeprefix("ref: ")
    return ref.removeprefix(HEADS) if ref != text and ref.startswith(HEADS) else ""
