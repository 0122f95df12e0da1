"""Two versions of a series of commits beside each other, as `git range-diff` shows them."""

import re

from git_naturecode.git.repo import Repo

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def range_diff(repo: Repo, old: tuple[str, str], new: tuple[str, str]) -> str:
    """What `git range-diff` says of two series of commits, each from base (exclusive) to head, by
    full ids."""
    ranges = [f"{base}..{head}" if base else head for base, head in (old, new)]
    assert all(_OID.fullmatch(one) for pair in (old, new) for one in pair if one)
    args = ("range-diff", "--no-color", "--no-ext-diff", *ranges)  # it knows no --end-of-options
    return repo.program.run(*args, check=False)[1].decode("utf-8", "surrogateescape")
