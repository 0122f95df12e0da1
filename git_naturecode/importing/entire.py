"""What Entire keeps in a repository, laid out for an import, and the commits that it belongs to."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from git_naturecode.capture import Found, entire
from git_naturecode.errors import Negative
from git_naturecode.git import repo as repos
from git_naturecode.git.door import open_objects
from git_naturecode.git.objects import Missing, Objects
from git_naturecode.git.run import alive, foreign_environment
from git_naturecode.git.says import commits_saying
from git_naturecode.store.store import Store

Links = dict[tuple[str, str], list[str]]
_FOLDER = "entire-"


@dataclass
class FromEntire:
    """The conversations, and by (tool, session) the commits that each is linked to."""

    found: list[Found] = field(default_factory=list)
    links: Links = field(default_factory=dict)


@contextmanager
def laid_out(store: Store, where: str, after_ms: int, *, needed: bool) -> Iterator[FromEntire]:
    """The checkpoints of Entire in `where`: a folder in another repository, a ref of this one, or
    "" for the usual refs of this one. Files stand until the block ends.

    Only sessions with a checkpoint since `after_ms`. Raises Negative when there is none and one is
    `needed`, NaturecodeError when `where` is no repository.
    """
    repo, ref = store.repo, where
    if where and os.path.isdir(where):
        # Whatever that repository says about its remotes: nothing is fetched.
        environ = {**foreign_environment(store.environ), "GIT_ALLOW_PROTOCOL": "none"}
        repo, ref = repos.find(os.path.abspath(where), environ), ""
    folder = _make_folder(store.state_dir)
    objects = open_objects(repo, many=True)
    try:
        kept = list(entire.checkpoints(objects, ref))
        if not kept and needed:
            place = where or "this repository"
            raise Negative(
                f"there are no checkpoints of Entire in {place}",
                "git fetch origin entire/checkpoints/v1 or "
                "git fetch origin 'refs/entire/checkpoints/*:refs/entire/checkpoints/*'",
            )
        yield _found(store, objects, _recent(kept, after_ms), folder)
    finally:
        objects.close()
        shutil.rmtree(folder, ignore_errors=True)


def _recent(kept: list[entire.Kept], after_ms: int) -> list[entire.Kept]:
    """All of the sessions of which there is a checkpoint since then."""
    late = {one.session for one in kept if one.created_ms >= after_ms}
    return [one for one in kept if one.session in late]


def _found(store: Store, objects: Objects, kept: list[entire.Kept], folder: str) -> FromEntire:
    result = FromEntire()
    commits: dict[str, list[str]] = {}
    for commit, message in commits_saying(store.repo, entire.TRAILER) if kept else ():
        for checkpoint in entire.named_in(message):
            commits.setdefault(checkpoint, []).append(commit)
    for laid in entire.lay_out(objects, kept, folder):
        told = {commit for commit in laid.commits if _is_here(store, commit)}
        for checkpoint in laid.checkpoints:
            told.update(commits.get(checkpoint, ()))
        for found in laid.conversations():
            result.found.append(found)
            links = result.links.setdefault((found.tool, found.session), [])
            links.extend(sorted(told.difference(links)))
    return result


def _is_here(store: Store, commit: str) -> bool:
    try:
        return store.team.objects.header(commit)[0] == "commit"
    except Missing:
        return False


def _make_folder(state_dir: str) -> str:
    """An empty folder for this process, that nobody else can read; those of dead ones go."""
    for name in os.listdir(state_dir):
        owner = name.removeprefix(_FOLDER)
        if name.startswith(_FOLDER) and owner.isdigit() and not alive(int(owner)):
            shutil.rmtree(os.path.join(state_dir, name), ignore_errors=True)
    folder = os.path.join(state_dir, f"{_FOLDER}{os.getpid()}")
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder, 0o700)
    return folder
