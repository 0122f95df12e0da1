"""What need not be looked at in a commit that this program itself has put on the shared branch.

It stands on what was looked at and adds what was made here. Where a mark cannot be written, or
stands elsewhere since others moved the branch, all of it is looked at as if it had come from them.
"""

import os
from contextlib import suppress

from git_naturecode.store import noted
from git_naturecode.store.log import UNSEALED, Log

ADMITTED = "admitted"
"""The file that names the commit up to which our branch has passed the gate."""
_MOST = 100  # bytes of the name of a commit


def made(log: Log, old: str | None, new: str, *, tells: bool) -> None:
    """The commit `new` was made here on top of `old`, and says that it obeys the same purges.

    `tells` when something of it is about commits. For one who holds the lock of the clone.
    """
    if old is None:
        return
    for name in (ADMITTED, UNSEALED):
        _move(os.path.join(log.state_dir, name), old, new)
    if not tells:
        noted.pass_over(log.objects, log.state_dir, old, new)


def _move(path: str, old: str, new: str) -> None:
    """Have a file that names the commit `old` name `new`."""
    with suppress(OSError):
        with open(path, "rb") as file:
            if file.read(_MOST) != old.encode():
                return
        with open(f"{path}.own", "w", encoding="ascii") as written:
            written.write(new)
        os.replace(written.name, path)
