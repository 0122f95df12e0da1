"""The folder `.naturecode/` of one work tree, written so that nothing ever lands outside of it.

Every step goes through the descriptor of the folder that was opened before, and no link is ever
followed. A file comes into being under a temporary name and gets its own in one step.
"""

import errno
import os
import re
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.store.place import NAME

CLOSED = 0o700  # a folder that holds what only this person may read
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_TEMPORARY = re.compile(r"\.writing-[0-9a-z]{8}")
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)
_MOST_READ = 64 << 20
_MOST_OPEN = 100


class Blocked(Exception):
    """Something that is not ours is in the way; its text says what, as the end of a sentence."""


class TrackedByGit(Blocked):
    """Git tracks a file there, so it is not ours."""


class Seen(NamedTuple):
    """What tells, without reading it, that a file is as it was left: bytes, ns, ns, number."""

    size: int
    mtime: int
    ctime: int
    inode: int


class Known(NamedTuple):
    """A file that was written earlier: how it looked then, and the hashes of what it may hold."""

    seen: Seen | None
    hashes: frozenset[str]


NOTHING = Known(None, frozenset())


class Folder:
    """The folder `name` in the work tree `top`; `tracks` says which paths git has a file at.

    `closed` are the folders (paths from the folder on) that only their owner may look into.
    """

    def __init__(
        self, top: str, tracks: Callable[[str], bool], random: ids.RandomBytes,
        closed: Iterable[str] = (), name: str = NAME,
    ) -> None:  # fmt: skip
        self._name = name
        self._tracks = tracks
        self._random = random
        self._closed = {f"{name}/{path}" for path in closed}
        self._open: dict[str, int] = {"": os.open(top, _OPEN)}

    def close(self) -> None:
        """Let go of the folders that were opened."""
        while self._open:
            os.close(self._open.popitem()[1])

    def obstacle(self) -> str:
        """What is wrong with the folder's place, if it cannot be one; "" when it can."""
        found = self._look(self._open[""], self._name)
        if found is None or stat.S_ISDIR(found.st_mode):
            return ""
        return f"{self._name} is not a folder"

    def sweep(self) -> None:
        """Remove what a writer that was killed left half written."""
        try:
            folder = self._folder(self._name, make=False)
        except (Blocked, FileNotFoundError):
            return
        for name in os.listdir(folder):
            if _TEMPORARY.fullmatch(name) and not self._tracks(f"{self._name}/{name}"):
                with suppress(OSError):
                    os.unlink(name, dir_fd=folder)

    def state(self, path: str, known: Known) -> Seen | None:
        """How the file at `path` looks now; None when there is none.

        Raises Blocked when what is there is not as it was written.
        """
        try:
            folder, name = self._place(path, make=False)
        except FileNotFoundError:
            return None
        return self._own(folder, name, known)

    def put(
        self, path: str, data: bytes, mode: int, known: Known, *, edited: bool = False
    ) -> tuple[Seen, bool]:
        """Have `data` at `path`: how the file looks then, and whether it had to be written.

        What is there is replaced only if `known` says that we wrote it, or if nothing is in it.
        What people may be editing (`edited`) is looked at once more when it was replaced, and put
        back if somebody has saved in between.
        Raises Blocked when something else is in the way.
        """
        self._may(path)
        folder, name = self._place(path, make=True)
        here = frozenset({_sha256(data)})
        with suppress(Blocked):
            ours = self._own(folder, name, Known(None, here))
            if ours is not None and ours.size == len(data):
                return ours, False
        there = self._own(folder, name, known)
        temporary = self._written(data, mode)
        try:
            self._may(path)  # writing takes its time
            if edited and there is not None:
                self._exchange(temporary, folder, name, known)
            else:
                self._into_place(temporary, folder, name, replace=there is not None)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary, dir_fd=self._open[self._name])
            raise
        return seen(os.stat(name, dir_fd=folder, follow_symlinks=False)), True

    def read(self, path: str, most: int) -> tuple[bytes, int]:
        """At most `most` bytes of the file at `path`, whoever wrote it, and how many it has.

        Raises FileNotFoundError where there is none, Blocked where it is none or cannot be read.
        """
        folder, name = self._place(path, make=False)
        try:
            descriptor = os.open(name, _READ, dir_fd=folder)
        except FileNotFoundError:
            raise
        except OSError as error:
            is_link = error.errno in (errno.ELOOP, errno.EMLINK)
            raise Blocked("it is a link" if is_link else str(error.strerror)) from None
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            os.close(descriptor)
            raise Blocked("something else than a file is there")
        with open(descriptor, "rb") as file:
            return file.read(most), found.st_size

    def remove(self, path: str, known: Known) -> bool:
        """Remove the file at `path` if we wrote what is in it; True when there was one.

        Raises Blocked when it holds something else.
        """
        self._may(path)
        try:
            folder, name = self._place(path, make=False)
        except FileNotFoundError:
            return False
        there = self._own(folder, name, known)
        if there is not None:
            os.unlink(name, dir_fd=folder)
        return there is not None

    def prune(self, path: str) -> None:
        """Remove the folders above `path` that have become empty."""
        while "/" in path:
            path = path.rsplit("/", 1)[0]
            try:
                folder, name = self._place(path, make=False) if path else (self._open[""], "")
                descriptor = self._open.pop(f"{self._name}/{path}", None)
                if descriptor is not None:
                    os.close(descriptor)
                os.rmdir(name, dir_fd=folder)
            except (OSError, Blocked):
                return

    def end(self) -> None:
        """Remove the folder itself when nothing is in it."""
        descriptor = self._open.pop(self._name, None)
        if descriptor is not None:
            os.close(descriptor)
        with suppress(OSError):
            os.rmdir(self._name, dir_fd=self._open[""])

    def _may(self, path: str) -> None:
        if self._tracks(f"{self._name}/{path}"):
            raise TrackedByGit("git tracks a file there")

    def _place(self, path: str, make: bool) -> tuple[int, str]:
        above, _, name = f"{self._name}/{path}".rpartition("/")
        return self._folder(above, make), name

    def _folder(self, path: str, make: bool) -> int:
        """The descriptor of the folder `path` (from the top of the work tree on).

        Raises FileNotFoundError when it is not there and shall not be made, Blocked when it is no
        folder of this work tree.
        """
        if path in self._open:
            return self._open[path]
        above, _, name = path.rpartition("/")
        parent = self._folder(above, make)
        if make:
            with suppress(FileExistsError):
                os.mkdir(name, CLOSED if path in self._closed else 0o777, dir_fd=parent)
        try:
            found = os.open(name, _OPEN, dir_fd=parent)
        except OSError as error:
            if error.errno in (errno.ENOTDIR, errno.ELOOP):
                raise Blocked(f"{path} is not a folder") from None
            raise
        if self._look(found, ".git") is not None:
            os.close(found)
            raise Blocked(f"{path} is another repository")
        self._keep_few()
        self._open[path] = found
        return found

    def _keep_few(self) -> None:
        if len(self._open) < _MOST_OPEN:
            return
        for path in [one for one in self._open if one not in ("", self._name)]:
            os.close(self._open.pop(path))

    def _look(self, folder: int, name: str) -> os.stat_result | None:
        try:
            return os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def _own(self, folder: int, name: str, known: Known) -> Seen | None:
        """How the file `name` looks; None when there is none; Blocked when it is not ours."""
        found = self._look(folder, name)
        if found is None:
            return None
        if not stat.S_ISREG(found.st_mode):
            raise Blocked("something else than a file is there")
        # Nothing is lost with an empty file; a power cut may leave one.
        ours = found.st_size == 0 or seen(found) == known.seen
        if not ours and self._hash(folder, name) not in known.hashes:
            raise Blocked("it was changed by hand" if known.seen else "it was there before")
        return seen(found)

    def _hash(self, folder: int, name: str) -> str:
        """The SHA-256 of the file `name`; "" when it cannot be read as one."""
        try:
            descriptor = os.open(name, _READ, dir_fd=folder)
        except OSError:
            return ""
        with open(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_size > _MOST_READ:
                return ""
            return _sha256(file.read())

    def _written(self, data: bytes, mode: int) -> str:
        """Write `data` under a temporary name in the folder itself; that name."""
        top = self._folder(self._name, make=True)
        name = f".writing-{ids.base32(self._random(5), 8)}"
        descriptor = os.open(name, _WRITE, mode, dir_fd=top)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
        except BaseException:
            os.unlink(name, dir_fd=top)
            raise
        return name

    def _exchange(self, temporary: str, folder: int, name: str, known: Known) -> None:
        """Put the file `temporary` in place of `name`, unless that is another one by then."""
        top = self._open[self._name]
        aside = f".writing-{ids.base32(self._random(5), 8)}"
        try:
            os.link(name, aside, src_dir_fd=folder, dst_dir_fd=top, follow_symlinks=False)
        except OSError as error:
            if error.errno not in (*_NO_LINKS, errno.ENOENT):
                raise
            self._into_place(temporary, folder, name, replace=error.errno != errno.ENOENT)
            return
        os.rename(temporary, name, src_dir_fd=top, dst_dir_fd=folder)
        found = os.stat(aside, dir_fd=top, follow_symlinks=False)
        if found.st_size and self._hash(top, aside) not in known.hashes:
            os.rename(aside, name, src_dir_fd=top, dst_dir_fd=folder)
            raise Blocked("it was changed by hand")
        os.unlink(aside, dir_fd=top)

    def _into_place(self, temporary: str, folder: int, name: str, replace: bool) -> None:
        top = self._open[self._name]
        if not replace:
            try:
                os.link(temporary, name, src_dir_fd=top, dst_dir_fd=folder, follow_symlinks=False)
            except FileExistsError:
                raise Blocked("it was there before") from None
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
            else:
                os.unlink(temporary, dir_fd=top)
                return
        os.rename(temporary, name, src_dir_fd=top, dst_dir_fd=folder)


def seen(found: os.stat_result) -> Seen:
    """What is to be known of a file, of what the system says."""
    return Seen(
        found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino & 0x7FFF_FFFF_FFFF_FFFF
    )


def _sha256(data: bytes) -> str:
    from hashlib import sha256  # who only looks how files are needs none

    return sha256(data).hexdigest()
