"""What people changed in the folder: files of articles that are not as they were written."""

import hashlib
import os
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import NamedTuple

from git_naturecode.domain.kb.edited import MOST_BYTES, too_long
from git_naturecode.folder.views import FILE, NO_TIME
from git_naturecode.git import worktree
from git_naturecode.store import place
from git_naturecode.store.folder import Blocked, Folder
from git_naturecode.store.lock import alone
from git_naturecode.store.manifest import Manifest
from git_naturecode.store.place import NAME
from git_naturecode.store.store import Store

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
                data, size = folder.read(path, MOST_BYTES)
            except FileNotFoundError:
                continue
            except Blocked as why:
                found.append(Changed(path, None, str(why), row is not None))
                continue
            if size > MOST_BYTES:
                found.append(Changed(path, None, too_long(size).why, row is not None))
            elif row is None or hashlib.sha256(data).hexdigest() not in row.known.hashes:
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
