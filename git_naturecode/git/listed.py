"""Who brought the files that HEAD has in, and when."""

from typing import NamedTuple

from git_naturecode.git.repo import Repo

_HEAD = "\x01"


class Made(NamedTuple):
    """Who made a commit, by his address, and when, in milliseconds since the epoch."""

    author: str = ""
    ms: int = 0


class Story(NamedTuple):
    """The first and the last commit that changed a file."""

    first: Made = Made()
    last: Made = Made()


def stories(repo: Repo, paths: list[str]) -> dict[str, Story]:
    """What HEAD knows of all files that are or were at or below `paths` (from the top)."""
    where = [f":(top,literal){path}" if path else ":(top)" for path in paths]
    args = ("log", "-z", f"--format={_HEAD}%at %aE", "--name-only", "--no-renames")
    status, out, _ = repo.program.run(
        *args, "--no-show-signature", "--end-of-options", "HEAD", "--", *where, check=False
    )
    found: dict[str, Story] = {}
    by = Made()
    for part in out.decode("utf-8", "surrogateescape").split("\0") if not status else ():
        if part.startswith(_HEAD):
            seconds, _, author = part[1:].partition(" ")
            by = Made(author, int(seconds) * 1000)
        elif path := part.lstrip("\n"):  # the newest commit comes first
            found[path] = Story(by, found[path].last if path in found else by)
    return found
