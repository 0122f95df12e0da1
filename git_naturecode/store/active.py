"""The active session of a work tree: the one that commits made there belong to.

`naturecode/active` in the git folder of the work tree (not of the clone: a linked work tree has
one of its own) holds its id on one line, so that a hook in sh can read it.
"""

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.git.repo import Repo

VARIABLE = "NATURECODE_SESSION"
ENVIRONMENT, SET, NONE = "environment", "set", "none"
_MOST = 100


class Active(NamedTuple):
    """A session, "" for none, and why it is the active one: ENVIRONMENT, SET or NONE."""

    session: str
    why: str


def look(repo: Repo, environ: Mapping[str, str]) -> Active:
    """The active session of the work tree of `repo`; the environment wins over what was set.

    NATURECODE_SESSION counts where it is a whole id; a hook in sh could not find another one.
    """
    if _is_id(told := environ.get(VARIABLE, "")):
        return Active(told, ENVIRONMENT)
    found = read(repo.git_dir)
    return Active(found, SET if found else NONE)


def unknown_in_environment(environ: Mapping[str, str]) -> str:
    """What NATURECODE_SESSION says where that is no id of a session, else ""."""
    told = environ.get(VARIABLE, "")
    return "" if _is_id(told) else told


def keep(repo: Repo, session: str, random: ids.RandomBytes) -> None:
    """Make `session` the active one of this work tree ("": none), whole or not at all."""
    where = path(repo.git_dir)
    if not session:
        _remove(where)
        return
    os.makedirs(os.path.dirname(where), mode=0o700, exist_ok=True)
    new = f"{where}.{ids.base32(random(5), 8)}"
    try:
        with open(new, "w", encoding="ascii") as file:
            file.write(session + "\n")
        os.replace(new, where)
    except OSError:
        _remove(new)
        raise


def places(repo: Repo, session: str) -> list[str]:
    """The git folders of the work trees of this clone in which `session` is the active one."""
    return [one for one in git_dirs(repo) if read(one) == session]


def forget(git_dir: str) -> None:
    """Make no session the active one of the work tree whose git folder is `git_dir`."""
    _remove(path(git_dir))


def is_anywhere(repo: Repo) -> bool:
    """True when a work tree of this clone has an active session."""
    return any(map(read, git_dirs(repo)))


def path(git_dir: str) -> str:
    """The file of the work tree whose git folder is `git_dir`."""
    return os.path.join(git_dir, "naturecode", "active")


def git_dirs(repo: Repo) -> Iterator[str]:
    """The git folders of all work trees of this clone."""
    yield repo.common_dir
    linked = os.path.join(repo.common_dir, "worktrees")
    try:
        names = sorted(os.listdir(linked))
    except OSError:
        return
    yield from (os.path.join(linked, name) for name in names)


def read(git_dir: str) -> str:
    """The active session of the work tree whose git folder is `git_dir`, or ""."""
    return _read(path(git_dir))


def _read(where: str) -> str:
    try:
        # A pipe in its place would hold whoever opens it.
        descriptor = os.open(where, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        found = os.read(descriptor, _MOST).decode("ascii", "replace").strip()
    except OSError:
        return ""
    finally:
        os.close(descriptor)
    return found if _is_id(found) else ""


def _is_id(text: str) -> bool:
    found = ids.ENTITY.fullmatch(text)
    return bool(found) and text.startswith("session-")


def _remove(where: str) -> None:
    try:
        os.unlink(where)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return
