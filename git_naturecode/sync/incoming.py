"""The refs below which fetched data waits for the gate; each process has a place of its own."""

import os
import time

from git_naturecode import ids
from git_naturecode.git.objects import RefLocked
from git_naturecode.git.run import alive
from git_naturecode.store.remotes import component
from git_naturecode.store.store import Store

_PATIENCE, _PAUSE = 5.0, 0.1  # seconds, while git packs refs
INCOMING = "refs/naturecode/incoming/"


def place(store: Store, name: str) -> str:
    """A new prefix for what this process fetches from the remote `name`."""
    unique = ids.base32(store.random(5), 8)
    return f"{INCOMING}{component(name)}/{os.getpid()}-{unique}/"


def below(store: Store, prefix: str) -> dict[str, str]:
    """Full name -> id of all refs below `prefix`; no process is needed where there are none."""
    repo, objects = store.repo, store.team.objects
    if repo.ref_format != "files" or _is_packed(repo.common_dir, prefix):
        return objects.refs(prefix)
    found: dict[str, str] = {}
    for folder, _, files in os.walk(os.path.join(repo.common_dir, prefix)):
        for name in files:
            ref = os.path.relpath(os.path.join(folder, name), repo.common_dir)
            if not ref.endswith(".lock") and (oid := objects.resolve(ref)):
                found[ref] = oid
    return found


def _is_packed(common_dir: str, prefix: str) -> bool:
    try:
        with open(os.path.join(common_dir, "packed-refs"), "rb") as file:
            return f" {prefix}".encode() in file.read()
    except FileNotFoundError:
        return False


def forget(store: Store, refs: dict[str, str]) -> None:
    """Delete `refs` (name -> id) where they are still that.

    Those that a `git gc` (or the lock of a killed one) holds for longer than a moment stay:
    `forget_dead` takes them later.
    """
    deadline = time.monotonic() + _PATIENCE
    left = list(refs.items())
    while left:
        try:
            store.team.objects.move(left[-1][0], None, left[-1][1])
            left.pop()
        except RefLocked:
            if time.monotonic() > deadline:
                return
            time.sleep(_PAUSE)


def forget_dead(store: Store) -> None:
    """Delete incoming refs whose process has ended without deleting them."""
    found = below(store, INCOMING)
    parts = {ref: ref.removeprefix(INCOMING).split("/") for ref in found}
    owners = {ref: part[1].split("-")[0] if len(part) > 1 else "" for ref, part in parts.items()}
    dead = {ref for ref, owner in owners.items() if not (owner.isdigit() and alive(int(owner)))}
    forget(store, {ref: found[ref] for ref in dead})
