"""The spool: where an entry is safe before it is in a log, and the journal of what was drained."""

import os
from collections.abc import Callable

JOURNAL_MS = 86_400_000
_ABANDONED_MS = 3_600_000


class Spool:
    """One folder of acknowledged texts waiting to be drained; names sort by time."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.journal = folder + "-journal"

    def put(self, name: str, data: bytes) -> None:
        """Keep `data` under `name`; when this returns it survives a power cut."""
        hidden = os.path.join(self.folder, f".{name}")
        try:
            descriptor = _create(hidden)
        except FileNotFoundError:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            descriptor = _create(hidden)
        try:
            _write_all(descriptor, data)
            os.fsync(descriptor)
        except BaseException:
            os.unlink(hidden)
            raise
        finally:
            os.close(descriptor)
        os.rename(hidden, os.path.join(self.folder, name))
        _sync_folder(self.folder)

    def waiting(self) -> list[str]:
        """The names of what is acknowledged and not yet drained, oldest first."""
        try:
            return sorted(name for name in os.listdir(self.folder) if name[0] != ".")
        except FileNotFoundError:
            return []

    def read(self, name: str) -> bytes:
        """What was put under `name`; raises FileNotFoundError once it was drained."""
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()

    def drained(self, names: list[str]) -> None:
        """Move `names` to the journal: they stand in the log now."""
        os.makedirs(self.journal, mode=0o700, exist_ok=True)
        for name in names:
            os.rename(os.path.join(self.folder, name), os.path.join(self.journal, name))

    def undrain(self) -> int:
        """Put the whole journal back to be drained again; how many texts that were."""
        try:
            names = os.listdir(self.journal)
        except FileNotFoundError:
            return 0
        for name in names:
            os.rename(os.path.join(self.journal, name), os.path.join(self.folder, name))
        return len(names)

    def sweep(self, now_ms: int) -> None:
        """Drop journal files older than a day, and half-written ones older than an hour."""
        _drop(self.journal, now_ms - JOURNAL_MS, lambda name: True)
        _drop(self.folder, now_ms - _ABANDONED_MS, lambda name: name[0] == ".")


def _create(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _drop(folder: str, before_ms: int, which: Callable[[str], bool]) -> None:
    try:
        found = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in found:
        if which(entry.name) and entry.stat().st_mtime_ns // 1_000_000 < before_ms:
            os.unlink(entry.path)
