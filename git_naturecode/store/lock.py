"""The lock of one clone: held by whoever drains, released by the kernel if he dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from git_naturecode.errors import NaturecodeError

_PAUSE = 0.01


@contextmanager
def hold(path: str, wait: float) -> Iterator[bool]:
    """Hold the lock file `path`; yields False when others held it for `wait` seconds.

    flock works on local file systems of Linux and macOS; Windows would need msvcrt.locking.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        descriptor = os.open(path, flags, 0o600)
    try:
        yield _take(descriptor, wait)
    finally:
        os.close(descriptor)


@contextmanager
def alone(
    path: str, wait: float, hint: str = "wait for it, then run the command again"
) -> Iterator[None]:
    """Hold the lock file `path`; raises NaturecodeError, with `hint`, when others held it for
    `wait` seconds."""
    with hold(path, wait) as held:
        if not held:
            raise NaturecodeError("another git naturecode is writing here", hint)
        yield


def _take(descriptor: int, wait: float) -> bool:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_PAUSE)
        else:
            return True


def move_aside(path: str, seen: os.stat_result, folder: str) -> str:
    """Move the lock file of another program to `folder`, if it is still the one that was `seen`.

    Its new path; "" where a living process had made a new one in between, which is put back.
    Raises FileNotFoundError when it is gone.
    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    aside = os.path.join(folder, f"{time.time_ns()}-{os.path.basename(path)}")
    os.rename(path, aside)
    now = os.stat(aside)
    if (now.st_ino, now.st_mtime_ns) == (seen.st_ino, seen.st_mtime_ns):
        return aside
    os.link(aside, path)
    os.unlink(aside)
    return ""
