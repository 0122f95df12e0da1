"""A change on top of another state, without a work tree: `git merge-tree`, where git has it."""

import re

from git_naturecode.git.repo import Repo

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def carried(repo: Repo, change: str, onto: str) -> str:
    """The tree that merging commit `change` into commit `onto` gives; "" where both touch the same
    lines, where git is too old (before 2.38), and where nothing can be written."""
    args = ("merge-tree", "--write-tree", "--no-messages", "--end-of-options", onto, change)
    status, out, _ = repo.program.run(*args, check=False)
    found = out.decode("ascii", "replace").strip()
    return found if not status and _OID.fullmatch(found) else ""


def range_diff(repo: Repo, old: tuple[str, str], new: tuple[str, str]) -> str:
    """What `git range-diff` says of two series of commits, each from base (exclusive) to head, by
    full ids."""
    ranges = [f"{base}..{head}" if base else head for base, head in (old, new)]
    assert all(_OID.fullmatch(one) for pair in (old, new) for one in pair if one)
    args = ("range-diff", "--no-color", "--no-ext-diff", *ranges)  # it knows no --end-of-options
    return repo.program.run(*args, check=False)[1].decode("utf-8", "surrogateescape")
