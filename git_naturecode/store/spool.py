"""The spool: where an entry is safe before it is in a log, and the journal of what was drained."""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

JOURNAL_MS = 86_400_000
AGAIN = ".again"
"""Ends the name of a text that the journal gave back: it may stand anywhere in the log."""
_HOUR_MS = 3_600_000


class Spool:
    """One folder of acknowledged texts waiting to be drained; names sort by time."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.journal = folder + "-journal"
        self.unreadable = folder + "-unreadable"
        self._doubt = folder + "-doubted"

    def put(self, name: str, data: bytes) -> None:
        """Keep `data` under `name`; when this returns it survives a power cut."""
        self.put_all({name: data})

    def put_all(self, texts: Mapping[str, bytes]) -> None:
        """Keep each of `texts` under its name, as `put` does; where one cannot be written (the disk
        is full), none is kept."""
        hidden: list[str] = []
        try:
            for name, data in texts.items():
                self._hide(name, data)
                hidden.append(name)
        except BaseException:
            for name in hidden:
                os.unlink(self._hidden(name))
            raise
        for name in hidden:
            os.rename(self._hidden(name), os.path.join(self.folder, name))
        _sync_folder(self.folder)

    def _hidden(self, name: str) -> str:
        return os.path.join(self.folder, f".{name}")

    def _hide(self, name: str, data: bytes) -> None:
        """Write `data` where nobody sees it yet."""
        hidden = self._hidden(name)
        try:
            descriptor = _create(hidden)
        except FileNotFoundError:
            _make_folder(self.folder)
            descriptor = _create(hidden)
        try:
            _write_all(descriptor, data)
            os.fsync(descriptor)
        except BaseException:
            os.unlink(hidden)
            raise
        finally:
            os.close(descriptor)

    def waiting(self) -> list[str]:
        """The names of what is acknowledged and not yet drained, oldest first."""
        return sorted(name for name in _names(self.folder) if name[0] != ".")

    def read(self, name: str) -> bytes:
        """What was put under `name`; raises FileNotFoundError once it was drained."""
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()

    def drained(self, names: Iterable[str], now_ms: int) -> None:
        """Move `names` to the journal: they stand in the log now.

        The journal has a folder for each hour, so that nobody has to look at every file of a day.
        """
        hour = os.path.join(self.journal, str(now_ms // _HOUR_MS))
        if not os.path.isdir(hour):
            _make_folder(hour)
        for name in names:
            kept = os.path.join(hour, name.removesuffix(AGAIN))
            with suppress(FileNotFoundError):  # a set aside one
                os.rename(os.path.join(self.folder, name), kept)

    def set_aside(self, name: str) -> None:
        """Put a text that cannot be read where it holds nothing up; it is never deleted."""
        os.makedirs(self.unreadable, mode=0o700, exist_ok=True)
        os.rename(os.path.join(self.folder, name), os.path.join(self.unreadable, name))

    def undrain(self) -> int:
        """Put the whole journal back to be drained again; how many texts that were."""
        count = 0
        for hour in _names(self.journal):
            place = os.path.join(self.journal, hour)
            for name in _names(place):
                os.rename(os.path.join(place, name), os.path.join(self.folder, name + AGAIN))
                count += 1
        return count

    def rewrite(self, clean: Callable[[bytes], bytes], mentions: Callable[[bytes], bool]) -> None:
        """Put what `clean` makes of each text in its place, waiting or in the journal.

        Of the texts that cannot be read those that `mentions` knows go away: only a purge asks.
        """
        places = [self.folder, *(os.path.join(self.journal, hour) for hour in _names(self.journal))]
        for path in (os.path.join(place, name) for place in places for name in _names(place)):
            with suppress(FileNotFoundError):  # drained in between
                _replace(path, clean)
        for name in _names(self.unreadable):
            path = os.path.join(self.unreadable, name)
            with open(path, "rb") as file:
                known = mentions(file.read())
            if known:
                os.unlink(path)

    def doubt(self) -> None:
        """Remember that the log may have lost what was drained into it."""
        with suppress(OSError), open(self._doubt, "wb"):
            pass

    @property
    def doubted(self) -> bool:
        """True when the journal has to be drained again, once the log can be read."""
        return os.path.exists(self._doubt)

    def trust(self) -> None:
        """The journal was put back after a doubt."""
        os.unlink(self._doubt)

    def hours(self) -> dict[str, int]:
        """The folders of the journal, each with the time at which its names changed last (ns)."""
        found = {}
        for hour in _names(self.journal):
            with suppress(OSError):
                found[hour] = os.stat(os.path.join(self.journal, hour)).st_mtime_ns
        return found

    def names_of(self, hour: str) -> list[str]:
        """The names of what was drained in `hour`, in their order."""
        return sorted(_names(os.path.join(self.journal, hour)))

    def read_drained(self, hour: str, name: str) -> bytes:
        """What was drained under `name` in `hour`; raises FileNotFoundError."""
        with open(os.path.join(self.journal, hour, name), "rb") as file:
            return file.read()

    def over(self, now_ms: int) -> list[str]:
        """The folders of the journal that are older than a day."""
        names = _names(self.journal)
        return [one for one in names if one.isdigit() and _end(one) + JOURNAL_MS < now_ms]

    def sweep(self, now_ms: int) -> None:
        """Drop journal files older than a day, and half-written ones older than an hour."""
        for hour in self.over(now_ms):
            shutil.rmtree(os.path.join(self.journal, hour), ignore_errors=True)
        for name in _names(self.folder):
            if name[0] == ".":
                _drop_older(os.path.join(self.folder, name), now_ms - _HOUR_MS)


def _end(hour: str) -> int:
    """When `hour` was over, in milliseconds."""
    return (int(hour) + 1) * _HOUR_MS


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []


def _create(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def _replace(path: str, clean: Callable[[bytes], bytes]) -> None:
    """Put `clean` of the file at `path` there, unless it is the same."""
    with open(path, "rb") as file:
        before = file.read()
    after = clean(before)
    if after == before:
        return
    hidden = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.clean")
    with suppress(FileNotFoundError):
        os.unlink(hidden)
    descriptor = _create(hidden)
    try:
        _write_all(descriptor, after)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.rename(hidden, path)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _make_folder(folder: str) -> None:
    """Make `folder` and what is missing above it, each known to the disk in the one above."""
    above = os.path.dirname(folder)
    if not os.path.isdir(above):
        _make_folder(above)
    with suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    _sync_folder(above)


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _drop_older(path: str, before_ms: int) -> None:
    with suppress(FileNotFoundError):
        if os.stat(path).st_mtime_ns // 1_000_000 < before_ms:
            os.unlink(path)
