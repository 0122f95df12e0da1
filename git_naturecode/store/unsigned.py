"""What this clone wrote on the shared branch and has not signed yet, by entity, id and hash.

Noted before the branch moves, so that nothing is forgotten; what is not noted here was not
written by this clone, whatever log of the branch it stands in, and is never signed for it.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from git_naturecode import ids

NOBODY = "webpage000000000"
"""The device in whose log stands what was written on a host's page: nobody has a key of it."""
_FILE = "unsigned"
_MARK = "signed"
_READ = 1 << 20  # about 7,000 entries


class Written(NamedTuple):
    """An entry that this clone wrote into the log of `device` (mostly its own) about `entity`."""

    device: str
    entity: str
    id: str
    hash: str


def note(state_dir: str, written: Iterable[Written], *, safe: bool = False) -> None:
    """Remember `written`, but for what is of NOBODY; for one who holds the lock of the clone.

    Raises OSError.

    Not `safe`, a power cut may lose it: `drained` then finds it in the journal, and who writes in
    bulk syncs the whole disk.
    """
    text = "".join(f"{' '.join(one)}\n" for one in written if one.device != NOBODY)
    if text:
        with open(os.path.join(state_dir, _FILE), "a", encoding="ascii") as file:
            file.write("\n" + text)  # on a line of its own, should the last one have no end
            if safe:
                file.flush()
                os.fsync(file.fileno())


def is_behind(state_dir: str) -> bool:
    """True when something may be waiting for its signature, or a signature for its log."""
    try:
        return os.stat(os.path.join(state_dir, _FILE)).st_size > 0
    except OSError:
        return is_marked(state_dir)


def mark(state_dir: str) -> None:
    """Note that a line is about to be signed here; until `unmark` it may be in no log."""
    with open(os.path.join(state_dir, _MARK), "wb"):
        pass


def is_marked(state_dir: str) -> bool:
    """True when a line may have been signed here and be in no log."""
    return os.path.exists(os.path.join(state_dir, _MARK))


def unmark(state_dir: str) -> None:
    """Note that all that was signed here is in its log."""
    with suppress(FileNotFoundError):
        os.unlink(os.path.join(state_dir, _MARK))


def read(state_dir: str) -> list[Written]:
    """All that was noted, in its order; a line that a power cut tore is left out."""
    try:
        with open(os.path.join(state_dir, _FILE), encoding="ascii", errors="replace") as file:
            lines = [line.split(" ") for line in file.read().split("\n")[:-1]]
    except FileNotFoundError:
        return []
    return list(dict.fromkeys(Written(*one) for one in lines if _is_good(one)))


def count(state_dir: str) -> int:
    """How many were noted; as far as `_READ` bytes tell, where more of them are noted.

    So a first import of 200,000 entries makes nobody wait who asks how things stand. A line that
    a power cut tore counts too.
    """
    try:
        with open(os.path.join(state_dir, _FILE), "rb") as file:
            size, noted = os.fstat(file.fileno()).st_size, file.read(_READ)
    except FileNotFoundError:
        return 0
    lines = sum(map(bool, noted.split(b"\n")))
    return lines if size <= _READ else lines * size // _READ


def drop(state_dir: str, done: Iterable[Written]) -> None:
    """Forget `done`; for one who holds the lock of the clone."""
    gone = set(done)
    left = [one for one in read(state_dir) if one not in gone]
    path = os.path.join(state_dir, _FILE)
    if not left:
        with suppress(FileNotFoundError):
            os.unlink(path)
        return
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write("".join(f"{' '.join(one)}\n" for one in left))
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def _is_good(parts: list[str]) -> bool:
    return len(parts) == 4 and bool(ids.DEVICE.fullmatch(parts[0])) and len(parts[3]) == 64
