"""What waits and could not be written to its log, told so that a person can mend it."""

from git_naturecode.errors import NaturecodeError
from git_naturecode.git.run import GitFailed, tells_of_full_disk
from git_naturecode.store.log import Log


class Undone(NaturecodeError):
    """What waits could not be written to its log; it goes on waiting, and can be read."""


def undone(log: Log, error: OSError | GitFailed) -> Undone:
    """Why what waits could not be written to its log, in words."""
    reason = error.stderr or error.message if isinstance(error, GitFailed) else str(error)
    if tells_of_full_disk(reason):
        return Undone(
            "the disk is full: what was said is kept, but is not in its log yet",
            "make room; the next command goes on",
        )
    last = [line for line in reason.split("\n") if line.strip()][-1:]
    return Undone(
        f"what was said is kept, but could not be written to {log.ref} ({''.join(last)})",
        "nothing is lost; the next command tries again",
    )
