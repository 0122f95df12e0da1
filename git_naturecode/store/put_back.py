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
    with (
        suppress(OSError),
        open(_path(store), encoding="utf-8", errors="surrogateescape") as file,
    ):
        rows = sorted(set(file.read().splitlines()))
        return {row.removesuffix(_EMPTY): row.endswith(_EMPTY) for row in rows}
    return {}


def forget(store: Store) -> None:
    """They were told, or somebody asked for them."""
    with suppress(OSError):
        os.unlink(_path(store))


def _path(store: Store) -> str:
    return os.path.join(place.folder_of(store.repo), _FILE)
