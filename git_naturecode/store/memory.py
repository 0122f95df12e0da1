"""What is remembered in this clone: small files in the state folder."""

import os
import re

from git_naturecode import ids
from git_naturecode.store.store import Store

_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_MOST = 1000  # bytes of a state


def recall(store: Store, name: str) -> str:
    """The commit that was remembered as `name`, or ""."""
    try:
        with open(os.path.join(store.state_dir, name), "rb") as file:
            found = file.read(100).decode("ascii", "replace").strip()
    except (FileNotFoundError, IsADirectoryError):
        return ""
    return found if _COMMIT.fullmatch(found) else ""


def remember(store: Store, name: str, commit: str) -> None:
    """Remember `commit` as `name`."""
    if recall(store, name) != commit:
        _write(store, name, commit)


def was_done(store: Store, name: str, state: str) -> bool:
    """True when `done` was called last with this `state`, which has something in it."""
    try:
        with open(os.path.join(store.state_dir, name), "rb") as file:
            return bool(state) and file.read(_MOST) == state.encode()
    except OSError:
        return False


def done(store: Store, name: str, state: str) -> None:
    """Remember that `name` has nothing to do any more while all that it looks at is `state`.

    For one who took `state` before it looked: what came meanwhile is then looked at.
    """
    if not was_done(store, name, state):
        _write(store, name, state)


def _write(store: Store, name: str, text: str) -> None:
    path = os.path.join(store.state_dir, name)
    os.makedirs(store.state_dir, mode=0o700, exist_ok=True)
    with open(f"{path}.{ids.base32(store.random(5), 8)}", "w", encoding="ascii") as file:
        file.write(text)
    os.replace(file.name, path)
