"""What people changed in the folder: files of articles that are not as they were written."""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import NamedTuple

from git_naturecode.domain.kb.edited import MOST_BYTES
from git_naturecode.domain.kb.model import FOLDERS
from git_naturecode.folder.views import FILE, NO_TIME
from git_naturecode.git import worktree
from git_naturecode.store import place
from git_naturecode.store.folder import Blocked, Folder, Seen
from git_naturecode.store.lock import alone
from git_naturecode.store.manifest import Manifest
from git_naturecode.store.place import NAME
from git_naturecode.store.store import Store

_ABOVE = "kb/"
_ENDING = ".md"
_WAIT = 60.0
_STILL_NS, _PAUSE, _PAUSES = 50_000_000, 0.02, 25  # an editor may be writing at this moment


class Changed(NamedTuple):
    """A file below `.naturecode/`; `data` is None where it cannot be read, and `why` says why.

    `was_ours` when something that we wrote stood there.
    """

    path: str
    data: bytes | None
    why: str
    was_ours: bool


def names(store: Store) -> list[str]:
    """The files of articles that may have been changed, and those that somebody put there.

    Looks at each of them and reads none; starts no process.
    """
    if not place.is_on(store) or store.repo.work_tree is None:
        return []
    top = os.path.join(store.repo.work_tree, NAME)
    there = dict(_files(top))
    if not there:
        return []
    known = _known(store)
    return sorted(path for path, seen in there.items() if known.get(path) != seen and seen.size)


def read(store: Store, paths: Iterable[str]) -> list[Changed]:
    """The content of those of the files `paths` that are ours to read: git tracks none of them,
    and no link leads there. One that is just being written is waited for."""
    wanted = list(paths)
    if not wanted or store.repo.work_tree is None:
        return []
    repo = store.repo
    tracked = worktree.Tracked(repo, NAME)
    if tracked.holds(NAME) or not worktree.ignores(repo, NAME):
        return []
    own = place.folder_of(repo)
    found = []
    with (
        alone(os.path.join(own, "lock"), _WAIT),
        closing(Manifest(os.path.join(own, "manifest"))) as manifest,
        closing(Folder(store.repo.work_tree, tracked.covers, store.random)) as folder,
    ):
        for path in wanted:
            if tracked.covers(f"{NAME}/{path}"):
                continue
            row = manifest.row(path)
            try:
                _wait_for_the_editor(store, path)
                data = folder.read(path, MOST_BYTES + 1)
            except FileNotFoundError:
                continue
            except Blocked as why:
                found.append(Changed(path, None, str(why), row is not None))
                continue
            if row is None or hashlib.sha256(data).hexdigest() not in row.known.hashes:
                found.append(Changed(path, data, "", row is not None))
    return found


def give_up(store: Store, taken: Mapping[str, bytes]) -> None:
    """Let the writer of the folder put what is right in place of these files (path -> content).

    Only while they hold just this.
    """
    own = place.folder_of(store.repo)
    with (
        alone(os.path.join(own, "lock"), _WAIT),
        closing(Manifest(os.path.join(own, "manifest"))) as manifest,
    ):
        manifest.intend(
            (path, FILE + path, NO_TIME, hashlib.sha256(data).hexdigest())
            for path, data in taken.items()
        )


def _files(top: str) -> Iterator[tuple[str, Seen]]:
    """The files of articles below `top`, and how they look; what editors put beside them is none.

    A folder that is a link is not looked into.
    """
    if os.path.islink(top) or os.path.islink(os.path.join(top, "kb")):
        return
    for name in FOLDERS.values():
        above = os.path.join(top, "kb", name)
        try:
            if os.path.islink(above):
                continue
            with os.scandir(above) as listed:
                for one in listed:
                    if one.name.endswith(_ENDING) and not one.name.startswith((".", "#")):
                        yield f"{_ABOVE}{name}/{one.name}", _seen(one)
        except (FileNotFoundError, NotADirectoryError):
            continue


def _seen(entry: "os.DirEntry[str]") -> Seen:
    from git_naturecode.store.folder import seen

    return seen(entry.stat(follow_symlinks=False))


def _known(store: Store) -> dict[str, Seen | None]:
    """The files that were written here, and how they looked then."""
    path = os.path.join(place.folder_of(store.repo), "manifest")
    if not os.path.exists(path):
        return {}
    with closing(Manifest(path)) as manifest:
        return manifest.seen_below(_ABOVE)


def _wait_for_the_editor(store: Store, path: str) -> None:
    """Wait a moment for one that has just written to the file, and may not have ended."""
    assert store.repo.work_tree is not None
    file = os.path.join(store.repo.work_tree, NAME, path)
    for _ in range(_PAUSES):
        try:
            written = os.lstat(file).st_mtime_ns
        except OSError:
            return
        if abs(time.time_ns() - written) > _STILL_NS:
            return
        time.sleep(_PAUSE)
