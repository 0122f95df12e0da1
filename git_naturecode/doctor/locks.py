"""Locks on our refs that a killed process left; git itself never takes them away."""

import os
import time
from collections.abc import Iterator
from functools import partial

from git_naturecode.doctor.case import WARNING, Case, Finding, age, inside
from git_naturecode.errors import NaturecodeError
from git_naturecode.store.lock import alone, move_aside
from git_naturecode.store.log import STALE_SECONDS

_PAUSE = 0.2
_OURS = ("refs/naturecode", "refs/notes/naturecode")
# Not ours alone: the user's own git may hold them, and only he can know.
_SHARED = ("packed-refs.lock", "config.lock", "shallow.lock")


def locks(case: Case) -> Iterator[Finding]:
    """Of the data branch, of our own refs and notes, and all in the private repository."""
    for path in sorted(set(_of_refs(case)) | set(_of_private(case))):
        seconds = age(path)
        yield Finding(
            WARNING,
            f"{path} was left {seconds:.0f} s ago by a process that was killed, or is just held; "
            "while it is there nothing is written to what it locks",
            fix="moves it to naturecode/stale-locks once it is older than "
            f"{STALE_SECONDS:g} s and nobody touches it",
            mend=partial(_clear, case, path),
        )
    for name in _SHARED:
        path = os.path.join(case.repo.common_dir, name)
        if age(path) > STALE_SECONDS:
            yield Finding(
                WARNING,
                f"{path} is {age(path):.0f} s old; git cannot write what it locks",
                "if no git command is running here, remove it",
            )


def _of_refs(case: Case) -> Iterator[str]:
    common = case.repo.common_dir
    for log in case.logs():
        yield from _if_there(os.path.join(log.repo.common_dir, log.ref + ".lock"))
    for remote in case.config.remotes():
        for log in case.logs()[:1]:
            name = log.ref.removeprefix("refs/heads/")
            yield from _if_there(os.path.join(common, "refs/remotes", remote, name + ".lock"))
        yield from _below(os.path.join(common, "refs/notes/remotes", remote, "naturecode"))
    for folder in _OURS:
        yield from _below(os.path.join(common, folder))


def _of_private(case: Case) -> Iterator[str]:
    """Nobody but us writes there, so every lock is ours."""
    yield from (path for path in inside(case.private_dir) if path.endswith(".lock"))
    yield from _below(os.path.join(case.private_dir, "refs"))


def _if_there(path: str) -> Iterator[str]:
    if os.path.lexists(path):
        yield path


def _below(folder: str) -> Iterator[str]:
    for where, _, names in os.walk(folder):
        yield from (os.path.join(where, name) for name in names if name.endswith(".lock"))


def _clear(case: Case, path: str) -> None:
    """Move `path` aside while we hold our lock, as soon as it is surely nobody's."""
    deadline = time.monotonic() + STALE_SECONDS + 2
    with alone(case.store.lock, STALE_SECONDS, "wait for it to end"):
        while os.path.lexists(path):
            seen = os.lstat(path)
            if age(path) >= STALE_SECONDS:
                move_aside(path, seen, case.path("stale-locks"))
                return
            if time.monotonic() > deadline:
                raise NaturecodeError("somebody touches it all the time", "see which git that is")
            time.sleep(_PAUSE)
