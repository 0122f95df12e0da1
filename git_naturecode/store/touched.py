"""Files of articles in the folder of a work tree that do not look as they were written."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from git_naturecode.store import place
from git_naturecode.store.place import NAME
from git_naturecode.store.store import Store

if TYPE_CHECKING:
    from git_naturecode.store.folder import Seen

FOLDERS = ("articles", "snippets", "practices", "faqs")
_ABOVE, _ENDING = "kb/", ".md"


def names(store: Store) -> list[str]:
    """Those that may have been changed, and those that somebody put there.

    Looks at each of them and reads none; starts no process, and loads nothing where none is.
    """
    if store.repo.work_tree is None or not place.is_on(store):
        return []
    there = dict(_files(os.path.join(store.repo.work_tree, NAME)))
    if not there:
        return []
    from git_naturecode.store.folder import seen

    known = _known(store)
    return sorted(
        path for path, found in there.items() if found.st_size and known.get(path) != seen(found)
    )


def _files(top: str) -> Iterator[tuple[str, os.stat_result]]:
    """The files of articles below `top`, and how they are; what editors put beside them is none.

    A folder that is a link is not looked into.
    """
    if os.path.islink(top) or os.path.islink(os.path.join(top, "kb")):
        return
    for name in FOLDERS:
        above = os.path.join(top, "kb", name)
        if not os.path.isdir(above) or os.path.islink(above):
            continue
        with os.scandir(above) as listed:
            for one in listed:
                if one.name.endswith(_ENDING) and not one.name.startswith((".", "#")):
                    yield f"{_ABOVE}{name}/{one.name}", one.stat(follow_symlinks=False)


def _known(store: Store) -> "dict[str, Seen | None]":
    """The files that were written here, and how they looked then."""
    from contextlib import closing

    from git_naturecode.store.manifest import Manifest

    path = os.path.join(place.folder_of(store.repo), "manifest")
    if not os.path.exists(path):
        return {}
    with closing(Manifest(path)) as manifest:
        return manifest.seen_below(_ABOVE)
