"""Files of articles in the folder of a work tree that do not look as they were written."""

import os
from collections.abc import Iterator

from git_naturecode.store import place
from git_naturecode.store.place import NAME
from git_naturecode.store.store import Store

_Looks = tuple[int, int, int, int]
_ABOVE, _ENDING = "kb/", ".md"


def names(store: Store) -> list[str]:
    """Those that may have been changed, and those that somebody put there.

    Looks at each of them and reads none; starts no process, and loads nothing where none is.
    """
    if store.repo.work_tree is None or not place.is_on(store):
        return []
    above = os.path.join(store.repo.work_tree, NAME)
    if os.path.islink(above) or not os.path.isdir(os.path.join(above, "kb")):
        return []
    known = _known(store)
    return sorted(path for name in _folders(above) for path in _changed(above, name, known))


def _folders(above: str) -> Iterator[str]:
    """The folders in which somebody may have put an article, also where none belongs."""
    yield "kb"
    with os.scandir(os.path.join(above, "kb")) as listed:
        yield from (f"{_ABOVE}{one.name}" for one in listed if one.name[0] != ".")


def _changed(top: str, folder: str, known: "dict[str, _Looks]") -> Iterator[str]:
    """The files of articles in one folder that look otherwise; what editors put beside them is
    none. A folder that is a link is not looked into."""
    above = os.path.join(top, folder)
    if not os.path.isdir(above) or os.path.islink(above) or os.path.islink(os.path.dirname(above)):
        return
    with os.scandir(above) as listed:
        for one in listed:
            name = one.name
            if not name.endswith(_ENDING) or name[0] in ".#":
                continue
            found = one.stat(follow_symlinks=False)
            inode = found.st_ino & 0x7FFF_FFFF_FFFF_FFFF
            looks = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, inode)
            path = f"{folder}/{name}"
            if known.get(path) != looks and found.st_size:
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
