"""Where the notes of git-appraise are: in this repository, in another one, or at a remote."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from git_naturecode import ids
from git_naturecode.appraise.lines import ARCHIVES, NAMES, PREFIX
from git_naturecode.errors import Negative, Usage
from git_naturecode.git import repo as repos
from git_naturecode.git.door import open_objects
from git_naturecode.git.objects import Objects
from git_naturecode.git.remote import TIMEOUT, Link, check_name
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import foreign_environment
from git_naturecode.store.store import Store

_INCOMING = "refs/naturecode/incoming/appraise/"
_MOST_FETCHED = 2 << 30  # bytes of a pack
_KEPT_BY_FETCH = "refs/notes/remotes/"


@dataclass(frozen=True)
class Source:
    """Notes by name -> the commit at their tip, and the repository that has them and the code."""

    repo: Repo
    objects: Objects
    tips: dict[str, str]
    where: str


@contextmanager
def opened(store: Store, where: str) -> Iterator[Source]:
    """What `where` means: "" for this repository, one of its refs (or what stands before the names
    of several), the folder of another repository, a bundle, or the name of a remote.

    Raises Negative where no notes are, Usage where it means nothing, Remote and Unsafe as a fetch.
    """
    if not where or where.startswith("refs/"):
        yield _local(store, where)
    elif os.path.isdir(where) and where not in store.config.remotes():
        yield from _beside(store, where)
    else:
        yield from _fetched(store, where)


def _local(store: Store, where: str) -> Source:
    objects = store.team.objects
    if where:
        head, _, name = where.rstrip("/").rpartition("/")
        tips = _below(objects, (head if name in NAMES else where.rstrip("/")) + "/")
    else:
        tips = _below(objects, PREFIX)
        for remote in store.config.remotes() if not tips else ():
            tips = tips or _below(objects, f"{_KEPT_BY_FETCH}{remote}/devtools/")
    if not tips:
        raise _nothing(where or "this repository", store)
    return Source(store.repo, objects, tips, where)


def _below(objects: Objects, prefix: str) -> dict[str, str]:
    found = {name: objects.resolve(prefix + name) for name in NAMES}
    return {name: tip for name, tip in found.items() if tip}


def _beside(store: Store, where: str) -> Iterator[Source]:
    # Whatever that repository says about its remotes: nothing is fetched.
    environ = {**foreign_environment(store.environ), "GIT_ALLOW_PROTOCOL": "none"}
    repo = repos.find(os.path.abspath(where), environ)
    if repo.object_format != store.repo.object_format:
        raise Negative(f"{where} has other object ids than this repository")
    objects = open_objects(repo, many=True)
    try:
        tips = _below(objects, PREFIX)
        if not tips:
            raise _nothing(where, store)
        yield Source(repo, objects, tips, where)
    finally:
        objects.close()


def _fetched(store: Store, where: str) -> Iterator[Source]:
    link = Link(store.repo, _address(store, where), _patience(store))
    objects = store.team.objects
    theirs = link.list_refs([PREFIX + "*", ARCHIVES])
    wanted = [ref for ref in theirs if ref == ARCHIVES or ref.removeprefix(PREFIX) in NAMES]
    if not any(ref != ARCHIVES for ref in wanted):
        raise _nothing(where, store)
    space = f"{_INCOMING}{os.getpid()}-{ids.base32(store.random(5), 8)}/"
    places = {ref: space + ref.rsplit("/", 1)[1] for ref in wanted}
    if ARCHIVES in places:
        places[ARCHIVES] = space + "archives"
    try:
        link.fetch([f"+{ref}:{place}" for ref, place in places.items()])
        objects.close()  # a process that was there before does not know the new pack
        _keep_archives(objects, objects.resolve(space + "archives"))
        yield Source(store.repo, objects, _below(objects, space), where)
    finally:
        for ref, oid in objects.refs(space).items():
            objects.move(ref, None, oid)


def _keep_archives(objects: Objects, theirs: str | None) -> None:
    """Keep earlier states of reviews where git-appraise keeps them, unless ours has others."""
    ours = objects.resolve(ARCHIVES)
    if theirs and theirs != ours and (ours is None or objects.is_ancestor(ours, theirs)):
        objects.move(ARCHIVES, theirs, ours)


def _address(store: Store, where: str) -> str:
    known = store.config.remotes()
    if where not in known and os.path.isfile(where):
        return os.path.abspath(where)
    if where not in known and ("/" in where or ":" in where):
        raise Usage(
            f"{where!r} is no repository on this disk, no remote and no ref",
            "give it a name first: git remote add NAME ADDRESS",
        )
    check_name(where, known)
    return where


def _patience(store: Store) -> float:
    return store.config.number("naturecode.timeout", TIMEOUT)


def _nothing(where: str, store: Store) -> Negative:
    remote = next(iter(store.config.remotes()), "origin")
    return Negative(
        f"there are no reviews of git-appraise in {where}",
        f"git naturecode review import --from git-appraise {remote}",
    )
