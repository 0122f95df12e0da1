"""What everything stands on: the git program, room on the disk, the right to write."""

import os
import re
import stat
from collections.abc import Iterator
from functools import partial

from git_naturecode.doctor.case import ERROR, OK, WARNING, Case, Finding, inside
from git_naturecode.store.device import config_folder

OLDEST_GIT = (2, 39)
_MEBI = 1 << 20
_LOW, _EMPTY = 64 * _MEBI, 4 * _MEBI
_FEW_FILES = 1000
_NOT_YET_PRIVATE = 0o077


def git_program(case: Case) -> Iterator[Finding]:
    """Old enough to be known, new enough to do what we ask."""
    said = case.repo.program.text("--version")
    found = re.search(r"(\d+)\.(\d+)", said)
    if found and (int(found[1]), int(found[2])) < OLDEST_GIT:
        oldest = ".".join(map(str, OLDEST_GIT))
        yield Finding(
            WARNING,
            f"{said} is older than {oldest}, with which this program is tested",
            f"install git {oldest} or newer",
        )
    else:
        yield Finding(OK, said)


def disk(case: Case) -> Iterator[Finding]:
    """Room for what is said next, also in the number of files."""
    found = os.statvfs(case.repo.common_dir)
    free = found.f_bavail * found.f_frsize
    if free < _LOW:
        level = ERROR if free < _EMPTY else WARNING
        yield Finding(
            level,
            f"only {free // 1024} KiB are free where {case.repo.common_dir} is",
            "make room; until then what is said may be refused, but nothing is lost",
        )
    if found.f_files and found.f_favail < _FEW_FILES:
        yield Finding(
            WARNING,
            f"the disk can take only {found.f_favail} more files",
            "remove some, or run `git gc`",
        )


def access(case: Case) -> Iterator[Finding]:
    """Who may write here, and who may read what is only ours."""
    folder = case.repo.common_dir
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        yield Finding(
            ERROR,
            f"{folder} is on a read-only file system: you can read, not write",
            "mount it writable",
        )
        return
    closed = [path for path in _written(case) if not os.access(path, os.W_OK)]
    for path in closed[:3]:
        yield from _closed(path, os.geteuid())
    for path in _own(case):
        mode = stat.S_IMODE(os.stat(path).st_mode)
        if mode & _NOT_YET_PRIVATE and os.stat(path).st_uid == os.geteuid():
            yield Finding(
                ERROR if path.endswith(("private.git", ".key", ".seal")) else WARNING,
                f"{path} can be reached by others than you (mode {mode:o})",
                fix="takes their rights away",
                mend=partial(os.chmod, path, mode & 0o700),
            )


def _written(case: Case) -> Iterator[str]:
    """What the program writes to, as far as it is there."""
    common = case.repo.common_dir
    for path in (common, os.path.join(common, "objects"), os.path.join(common, "refs", "heads")):
        yield from (one for one in (path,) if os.path.exists(one))
    yield from (one for one in inside(os.path.join(common, "objects")) if os.path.isdir(one))
    if os.path.isdir(case.state_dir):
        yield case.state_dir
        yield from (one for one in inside(case.state_dir) if not os.path.islink(one))
        yield from (one for one in inside(case.path("spool")) if os.path.isdir(one))


def _closed(path: str, me: int) -> Iterator[Finding]:
    owner = os.stat(path).st_uid
    text = f"{path} cannot be written by you"
    if owner == me:
        yield Finding(ERROR, text, fix="gives you the right to", mend=lambda: _allow(path))
    else:
        yield Finding(
            ERROR,
            f"{text}; it belongs to user {owner}",
            f"sudo chown -R {me} {path!r}: a command was once run as another user",
        )


def _allow(path: str) -> None:
    os.chmod(path, stat.S_IMODE(os.stat(path).st_mode) | 0o600 | 0o100 * os.path.isdir(path))


def _own(case: Case) -> Iterator[str]:
    """What only the owner of this clone may read."""
    keys = os.path.join(config_folder(case.environ), "keys")
    member = os.path.join(config_folder(case.environ), "member.key")
    found = (keys, *inside(keys), member, case.state_dir, case.private_dir)
    yield from (path for path in found if os.path.exists(path) and not os.path.islink(path))
