"""Files of articles that were gone or empty and were written again, until that was told."""

import os
from collections.abc import Mapping
from contextlib import suppress

from git_naturecode.store import place
from git_naturecode.store.store import Store

_FILE = "put-back"
_EMPTY = "/"  # no file is called so


def note(store: Store, paths: Mapping[str, bool]) -> None:
    """Note that the files `paths` were written again in this work tree; True: they were empty."""
    with open(_path(store), "a", encoding="utf-8", errors="surrogateescape") as file:
        file.write("".join(f"{path}{_EMPTY * was}\n" for path, was in paths.items()))


def noted(store: Store) -> dict[str, bool]:
    """The files of which nobody was told yet, and whether they were empty or gone."""
    return _read(_path(store))


def take(store: Store) -> dict[str, bool]:
    """The same for one who tells of them now: they are noted no more, and what another process
    notes from now on is left to the next."""
    taken = f"{_path(store)}.told"
    with suppress(OSError):
        os.replace(_path(store), taken)
        found = _read(taken)
        os.unlink(taken)
        return found
    return {}


def forget(store: Store) -> None:
    """Somebody asked for them."""
    with suppress(OSError):
        os.unlink(_path(store))


def _read(path: str) -> dict[str, bool]:
    with suppress(OSError), open(path, encoding="utf-8", errors="surrogateescape") as file:
        rows = sorted(set(file.read().splitlines()))
        return {row.removesuffix(_EMPTY): row.endswith(_EMPTY) for row in rows}
    return {}


def _path(store: Store) -> str:
    return os.path.join(place.folder_of(store.repo), _FILE)
