"""Small and read-only file systems, mounted for one test where this user may."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from box import Clone, Said
from git_naturecode.__main__ import run

NO_MOUNT = "this user may not mount a small file system"


def mount(*args: str) -> bool:
    """`mount ARGS`; False where that is not allowed."""
    if os.geteuid() or shutil.which("mount") is None:
        return False
    return subprocess.run(["mount", *args], capture_output=True, check=False).returncode == 0


@contextmanager
def small(folder: Path, size: str) -> Iterator[Path]:
    """A file system of `size` at `folder`; skips where none can be mounted."""
    folder.mkdir(exist_ok=True)
    if not mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)):
        pytest.skip(NO_MOUNT)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, room: int) -> None:
    """Leave `room` bytes free."""
    with open(folder / "filler", "wb") as file:
        found = os.statvfs(folder)
        os.posix_fallocate(file.fileno(), 0, found.f_bavail * found.f_frsize - room)


def free(folder: Path) -> None:
    """Make room again."""
    (folder / "filler").unlink(missing_ok=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """`folder` as a read-only mount of itself; the rest of the disk stays as it is."""
    if not mount("--bind", str(folder), str(folder)):
        pytest.skip(NO_MOUNT)
    try:
        assert mount("-o", "remount,bind,ro", str(folder))
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def attempt(clone: Clone, *args: str) -> Said:
    """Run a command, whatever comes of it."""
    out, err = StringIO(), StringIO()
    with clone.entered(), redirect_stdout(out), redirect_stderr(err):
        code = run(list(args))
    return Said(code, out.getvalue(), err.getvalue())
