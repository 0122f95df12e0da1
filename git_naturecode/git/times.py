"""When a commit was first made, and when it was made as it is now."""

import re

from git_naturecode.git.objects import Objects

_TIME = re.compile(rb"^(author|committer) .*> (\d{1,12}) [+-]\d{4}$", re.M)


def times(objects: Objects, commit: str) -> tuple[int, int]:
    """The seconds since the epoch that author and committer of `commit` say; 0 for none.

    Raises Missing.
    """
    head = objects.read(commit)[1].partition(b"\n\n")[0]
    told = {who: int(seconds) for who, seconds in _TIME.findall(head)}
    return told.get(b"author", 0), told.get(b"committer", 0)
