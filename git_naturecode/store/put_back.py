"""Files of articles that were gone from the folder and were written again, until that was told."""

import os
from collections.abc import Iterable
from contextlib import suppress

from git_naturecode.store import place
from git_naturecode.store.store import Store

_FILE = "put-back"


def note(store: Store, paths: Iterable[str]) -> None:
    """Note that the files `paths` were written again in this work tree."""
    with open(_path(store), "a", encoding="utf-8", errors="surrogateescape") as file:
        file.write("".join(f"{path}\n" for path in paths))


def noted(store: Store) -> list[str]:
    """The files of which nobody was told yet."""
    with (
        suppress(OSError),
        open(_path(store), encoding="utf-8", errors="surrogateescape") as file,
    ):
        return sorted(set(file.read().splitlines()))
    return []


def forget(store: Store) -> None:
    """They were told, or somebody asked for them."""
    with suppress(OSError):
        os.unlink(_path(store))


def _path(store: Store) -> str:
    return os.path.join(place.folder_of(store.repo), _FILE)
