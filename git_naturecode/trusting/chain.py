"""What a key of this user has signed, kept beside the key, so that it never signs twice.

Two different lines with one number freeze a device for everybody. So each line is on the disk
before it is committed anywhere: whoever comes next, after a crash, a branch that was set back, or
in another clone of the same user, brings that line along in place of signing another one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from git_naturecode.store import trust
from git_naturecode.store.trust_db import Tip

_MOST = 512 * 1024  # bytes of lines that are kept; older ones are in the log for long


@contextmanager
def alone(folder: str, device: str) -> Iterator[list[bytes]]:
    """The last lines that `device` has signed, for the only one who signs with it meanwhile."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    lock = os.open(_path(folder, device) + ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield read(folder, device)
    finally:
        os.close(lock)


def keep(folder: str, device: str, lines: list[bytes]) -> None:
    """Have `lines`, all that is known of the chain's end, on the disk before they go anywhere."""
    kept, size = list[bytes](), 0
    for line in reversed(lines):
        size += len(line)
        if kept and size > _MOST:
            break
        kept.append(line)
    path = _path(folder, device)
    with suppress(FileNotFoundError):
        os.unlink(path + ".new")
    descriptor = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b"".join(line + b"\n" for line in reversed(kept)))
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def end(lines: list[bytes], known: Tip) -> Tip:
    """Where the chain ends: in its kept `lines`, or later where a log is `known` to go on."""
    said = trust.read(lines[-1]) if lines else None
    if said is None or said["seq"] < known.seq:
        return known
    digest = trust.digest(lines[-1])
    return Tip(said["seq"], digest, said["root"] or digest)


def read(folder: str, device: str) -> list[bytes]:
    """The last lines that `device` has signed, as far as they are kept."""
    try:
        with open(_path(folder, device), "rb") as file:
            lines = file.read().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    return [line for line in lines if (said := trust.read(line)) and said.get("dev") == device]


def _path(folder: str, device: str) -> str:
    return os.path.join(folder, f"{device}.chain")
