"""Files of articles in the folder of a work tree that look otherwise than written, or are gone."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from git_naturecode.store import place
from git_naturecode.store.place import NAME
from git_naturecode.store.store import Store

_Looks = tuple[int, int, int, int]
_ABOVE, _ENDING = "kb/", ".md"


class Looked(NamedTuple):
    """Files of articles, by path: those that may have been changed or that somebody put there, and
    those that were written there and are gone."""

    changed: list[str]
    gone: list[str]


def names(store: Store) -> list[str]:
    """Those that may have been changed, and those that somebody put there."""
    return look(store).changed


def look(store: Store) -> Looked:
    """How the files of articles in this work tree are.

    Looks at each of them and reads none; starts no process, and loads nothing where none is.
    Where a whole folder was taken away, nothing was deleted in it.
    """
    if store.repo.work_tree is None or not place.is_on(store):
        return Looked([], [])
    above = os.path.join(store.repo.work_tree, NAME)
    if os.path.islink(above) or not os.path.isdir(os.path.join(above, "kb")):
        return Looked([], [])
    known = _known(store)
    changed: list[str] = []
    folders = set()
    for name in _folders(above):
        folder = os.path.join(above, name)
        if not os.path.isdir(folder) or os.path.islink(folder):
            continue
        folders.add(name)
        changed += _changed(folder, name, known)
    gone = [path for path in known if os.path.dirname(path) in folders]
    return Looked(sorted(changed), sorted(gone))


def _folders(above: str) -> Iterator[str]:
    """The folders in which somebody may have put an article, also where none belongs."""
    if os.path.islink(os.path.join(above, "kb")):
        return
    yield "kb"
    with os.scandir(os.path.join(above, "kb")) as listed:
        yield from (f"{_ABOVE}{one.name}" for one in listed if one.name[0] != ".")


def _changed(folder: str, name: str, known: "dict[str, _Looks]") -> Iterator[str]:
    """The files of articles in one folder that look otherwise; what editors put beside them is
    none. What is there is taken out of `known`."""
    with os.scandir(folder) as listed:
        for one in listed:
            if not one.name.endswith(_ENDING) or one.name[0] in ".#":
                continue
            found = one.stat(follow_symlinks=False)
            inode = found.st_ino & 0x7FFF_FFFF_FFFF_FFFF
            looks = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, inode)
            path = f"{name}/{one.name}"
            if known.pop(path, None) != looks and found.st_size:
                yield path


def _known(store: Store) -> "dict[str, _Looks]":
    """The files that were written here, and how they looked then."""
    from contextlib import closing

    from git_naturecode.store.manifest import Manifest

    path = os.path.join(place.folder_of(store.repo), "manifest")
    if not os.path.exists(path):
        return {}
    with closing(Manifest(path)) as manifest:
        return manifest.seen_below(_ABOVE)
