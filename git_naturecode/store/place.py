"""Where the state of one work tree's folder lies, and whether the folder is behind the logs."""

import json
import os
import shutil
from typing import NamedTuple

from git_naturecode import clock
from git_naturecode.git.repo import Repo
from git_naturecode.store.store import Store

NAME = ".naturecode"
VERSION = 3  # of what views look like; another one has all of them written anew
DAYS = 90
_LINKED = "tree-"


class State(NamedTuple):
    """What the last update left: `tips` that it showed, what it could not write and why.

    `head` is where HEAD was where git tracks files there; `exists` whether there is a folder.
    """

    tips: str
    head: str
    exists: bool
    why: str
    kept: dict[str, str]


def folder_of(repo: Repo) -> str:
    """The folder in which the state of this work tree is kept."""
    if os.path.realpath(repo.git_dir) == os.path.realpath(repo.common_dir):
        return os.path.join(repo.state_dir, "folders", "main")
    return os.path.join(repo.state_dir, "folders", _LINKED + os.path.basename(repo.git_dir))


def is_on(store: Store) -> bool:
    """True when this work tree is to have a folder."""
    return store.repo.work_tree is not None and store.config.flag("naturecode.folder", True)


def days(store: Store) -> int:
    """For how many days after its last change something has a view of its own."""
    return max(store.config.number("naturecode.folderDays", DAYS), 0)


def tips(store: Store) -> str:
    """What the folder would have to show now: where the logs stand, which day it is."""
    heads = [f"{log.name}={log.head()}" for log in store.sides]
    return " ".join([f"{VERSION}", f"{days(store)}", clock.iso(store.now_ms())[:10], *heads])


def read(repo: Repo) -> State:
    """What the last update left; as before the first where that cannot be read."""
    try:
        with open(_file(repo), encoding="utf-8") as file:
            return State(**json.load(file))
    except (OSError, ValueError, TypeError):
        return State("", "", False, "", {})


def write(repo: Repo, state: State) -> None:
    """Remember `state`."""
    path = _file(repo)
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(state._asdict(), file)
    os.replace(path + ".new", path)


def notes(store: Store) -> dict[str, str]:
    """What the last update had to leave alone in this work tree, and why."""
    if not is_on(store):
        return {}
    state = read(store.repo)
    return {**({f"{NAME}/": state.why} if state.why else {}), **state.kept}


def is_stale(store: Store) -> bool:
    """True when the folder of this work tree is behind; reads a few small files, starts nothing."""
    if not is_on(store) or not os.access(store.state_dir, os.W_OK):
        return False
    state = read(store.repo)
    if state.tips != tips(store) or state.exists != exists(store.repo):
        return True
    if not state.head:
        return False
    from git_naturecode.git import worktree  # where code branches track files there

    return state.head != worktree.head(store.repo)


def exists(repo: Repo) -> bool:
    """True when something stands at the folder's place in the work tree."""
    return repo.work_tree is not None and os.path.lexists(os.path.join(repo.work_tree, NAME))


def forget_gone(repo: Repo) -> None:
    """Drop the state of work trees that are no more."""
    above = os.path.join(repo.state_dir, "folders")
    for name in os.listdir(above) if os.path.isdir(above) else ():
        tree = name.removeprefix(_LINKED)
        if tree != name and not os.path.isdir(os.path.join(repo.common_dir, "worktrees", tree)):
            shutil.rmtree(os.path.join(above, name), ignore_errors=True)


def _file(repo: Repo) -> str:
    return os.path.join(folder_of(repo), "state")
