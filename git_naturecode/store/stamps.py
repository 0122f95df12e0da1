"""The hybrid clock of one clone, kept in a file so that no two processes give one stamp."""

import fcntl
import os

from git_naturecode import clock
from git_naturecode.clock import NowMs, Stamp

_AHEAD_MS = 1_000


class Stamps:
    """Gives each entry of this clone its stamp; `path` is the file that remembers the last."""

    def __init__(self, path: str, now_ms: NowMs) -> None:
        self._path = path
        self._now_ms = now_ms

    def take(self, count: int = 1) -> list[Stamp]:
        """`count` new stamps, each above all that this clone has given or seen."""
        descriptor, last = self._open()
        try:
            stamps = []
            for _ in range(count):
                last = clock.tick(self._now_ms(), last)
                stamps.append(last)
            self._write(descriptor, last)
            return stamps
        finally:
            os.close(descriptor)

    def witness(self, seen: str) -> None:
        """Move past `seen`, a stamp found in somebody's entry (not if it is a day ahead)."""
        try:
            stamp = clock.parse(seen)
        except ValueError:
            return
        descriptor, last = self._open()
        try:
            later = clock.witness(last, stamp, self._now_ms())
            if later != last:
                self._write(descriptor, later)
        finally:
            os.close(descriptor)

    def set_back(self, ms: int) -> None:
        """Go on from `ms`, once a wrong clock of the system has been set right.

        Safe as to ids while `ms` is past every stamp that was given with a right clock.
        """
        descriptor, _ = self._open()
        try:
            self._write(descriptor, Stamp(ms, 0))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _open(self) -> tuple[int, Stamp]:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        try:
            descriptor = os.open(self._path, flags, 0o600)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
            descriptor = os.open(self._path, flags, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            return descriptor, clock.parse(os.pread(descriptor, 64, 0).decode().strip())
        except ValueError:  # new, or torn by a power cut: the system's clock is ahead, see _write
            return descriptor, clock.ZERO

    def _write(self, descriptor: int, stamp: Stamp) -> None:
        """Remember `stamp`; on the disk where the system's clock would not get past it itself.

        Else a power cut could set us back to a stamp that was given before.
        """
        os.pwrite(descriptor, f"{stamp}\n".encode(), 0)
        if stamp.ms > self._now_ms() + _AHEAD_MS:
            os.fsync(descriptor)
