"""Where git looks for the hooks of a work tree, and whose folder that is."""

import os
from typing import NamedTuple

from git_naturecode.config import Config
from git_naturecode.errors import NeedsConsent
from git_naturecode.git.repo import Repo
from git_naturecode.hooks import HOOKS_PATH, set_path

OWN, IGNORED, TRACKED, SHARED, OFF = "own", "ignored", "tracked", "shared", "off"


class Place(NamedTuple):
    """The folder of the hooks, and whose it is; `setting` is what core.hooksPath says, or "".

    own: inside of the git directory; ignored: in the work tree, and git does not track it (husky);
    tracked: in the work tree, for everybody who works on the code; shared: elsewhere, perhaps for
    many repositories; off: no folder, by which hooks are switched off.
    """

    folder: str
    kind: str
    setting: str


def folder(repo: Repo, config: Config) -> str:
    """The folder in which git looks for the hooks of this work tree; "" for none."""
    value = set_path(config)
    if value is None:
        return os.path.join(repo.common_dir, "hooks")
    top = repo.work_tree or repo.git_dir
    return os.path.normpath(os.path.join(top, os.path.expanduser(value))) if value else ""


def find(repo: Repo, config: Config) -> Place:
    """Where git looks for the hooks of the work tree of `repo`, and whose that is."""
    where, setting = folder(repo, config), set_path(config) or ""
    if not where or (os.path.exists(where) and not os.path.isdir(where)):
        return Place(where, OFF, setting)
    return Place(where, _kind(repo, where), setting)


def _kind(repo: Repo, folder: str) -> str:
    if _is_in(folder, repo.common_dir):
        return OWN
    if repo.work_tree is None or not _is_in(folder, repo.work_tree):
        return SHARED
    inside = os.path.relpath(os.path.realpath(folder), os.path.realpath(repo.work_tree))
    where = {"GIT_WORK_TREE": repo.work_tree}
    path = f"{inside}/commit-msg.before-naturecode"
    at_top = ("-C", repo.work_tree)
    status, _, _ = repo.program.run(
        *at_top, "check-ignore", "-q", "--", path, check=False, extra=where
    )
    return IGNORED if status == 0 else TRACKED


def _is_in(path: str, folder: str) -> bool:
    above = os.path.realpath(folder)
    return os.path.commonpath([os.path.realpath(path), above]) == above


def refuse(place: Place) -> NeedsConsent:
    """Why nothing is written to `place`, and what to do about it."""
    if place.kind == OFF:
        return NeedsConsent(
            f"{HOOKS_PATH} is {place.setting!r}: git runs no hooks here",
            f"`git config --unset {HOOKS_PATH}` switches them on, then run this again",
        )
    whose = (
        "which git tracks, so that everybody who works on this code would get our hooks"
        if place.kind == TRACKED
        else "which other repositories may use too"
    )
    said = f"{HOOKS_PATH} is {place.setting!r}" if place.setting else "the hooks are elsewhere"
    return NeedsConsent(
        f"{said}: the hooks are in {place.folder}, {whose}",
        "`git naturecode hooks install --shared` writes them there all the same; hooks of "
        "repositories without git naturecode do nothing",
    )
