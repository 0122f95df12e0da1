"""Where an agent works: the work tree around a folder, found without starting git."""

import os
import stat
from collections.abc import Iterator

_MOST = 4096
_LEVELS = 200


class Ground:
    """A work tree: its git folder, that of its clone, and its top (all with links resolved)."""

    __slots__ = ("common_dir", "git_dir", "top")

    def __init__(self, git_dir: str, common_dir: str, top: str) -> None:
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.top = top

    @property
    def is_captured(self) -> bool:
        """True where capture was switched on for this clone, which is set up."""
        state = os.path.join(self.common_dir, "naturecode")
        return os.path.exists(os.path.join(state, "capture")) and os.path.exists(
            os.path.join(state, "device")
        )


def around(folder: str) -> Ground | None:
    """The work tree that `folder`, which need not exist, lies in; None outside of one."""
    here = os.path.realpath(folder)
    for _ in range(_LEVELS):
        if found := _at(here):
            return found
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
    return None


def inside(ground: Ground, path: str) -> str | None:
    """`path` (absolute) from the top of `ground` as git prints it; None where it is not a file
    that git could commit there, or its name cannot stand on a line."""
    folder, name = os.path.split(path)
    full = os.path.join(os.path.realpath(folder), name)
    start = ground.top.rstrip("/") + "/"
    found = full[len(start) :] if full.startswith(start) else ""
    if not found or name in ("", ".", "..") or found.split("/")[0].lower() == ".git":
        return None
    return None if any(each in found for each in "\n\r\0") else found


def git_dirs(common_dir: str) -> Iterator[str]:
    """The git folders of all work trees of a clone."""
    yield common_dir
    linked = os.path.join(common_dir, "worktrees")
    try:
        names = sorted(os.listdir(linked))
    except OSError:
        return
    yield from (os.path.join(linked, name) for name in names)


def _at(folder: str) -> Ground | None:
    """The work tree whose top is `folder`, if it is one."""
    link = os.path.join(folder, ".git")
    try:
        mode = os.stat(link).st_mode
    except OSError:
        return None
    if stat.S_ISDIR(mode):
        return Ground(link, os.path.realpath(link), folder) if _is_git(link) else None
    told = small(link)
    if not told.startswith("gitdir: "):
        return None
    git_dir = os.path.realpath(os.path.join(folder, told[8:]))
    common = small(os.path.join(git_dir, "commondir"))
    if not _is_git(git_dir):
        return None
    return Ground(git_dir, os.path.realpath(os.path.join(git_dir, common)), folder)


def _is_git(folder: str) -> bool:
    return os.path.lexists(os.path.join(folder, "HEAD"))


def small(path: str) -> str:
    """The text of a small file without the blanks at its end; "" where it is no such file."""
    return read_plain(path, _MOST).decode("utf-8", "surrogateescape").rstrip("\r\n")


def read_plain(path: str, most: int) -> bytes:
    """The first `most` bytes of `path`; none where it is no plain file (a pipe would hold us)."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return b""
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return b""
        parts = []
        while most > 0 and (part := os.read(descriptor, most)):
            parts.append(part)
            most -= len(part)
        return b"".join(parts)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
