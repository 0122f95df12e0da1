"""The join of whole trees, which reconciling states of the branch has to come to."""

from collections.abc import Mapping

from git_naturecode.store import join


def join_trees(
    a: Mapping[str, bytes], b: Mapping[str, bytes], purged: join.Purged = join.NOTHING
) -> dict[str, bytes]:
    """The join of two whole trees, given as path to content. Absence never means deleted."""
    joined = {**a, **b}
    for path in joined:
        ours, theirs = a.get(path), b.get(path)
        one = theirs if ours is None else ours
        other = one if theirs is None else theirs
        if one is not None and other is not None and (one != other or purged):
            joined[path] = join.join_file(path, one, other, purged)
    return joined
