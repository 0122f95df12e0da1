"""The links of this clone: what is served, and which files were made.

One file for each in `<state>/links/`, which only this user can read: of a served link the sealed
page and half of its key, of a file where it was written. The other half, or the key, is in no file.
What is over is deleted by whoever looks next.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from git_naturecode import clock
from git_naturecode.errors import Negative, NotPermitted
from git_naturecode.ids import ENTITY
from git_naturecode.render.share_page import Sealed

_FOLDER = "links"


@dataclass(frozen=True)
class Kept:
    """A link: of which session, till when; `file` is "" where it is served."""

    id: str
    session: str
    expires: str
    file: str = ""
    nonce: str = field(default="", repr=False)
    box: str = field(default="", repr=False)
    half: str = field(default="", repr=False)
    v: int = 1

    @property
    def is_served(self) -> bool:
        """True when half of its key is here."""
        return not self.file

    @property
    def sealed(self) -> Sealed:
        """The page to serve."""
        return Sealed(self.id, self.expires, self.v, self.nonce, self.box, self.half)

    def is_over(self, now_ms: int) -> bool:
        """True from its date on."""
        return now_ms >= clock.parse_iso(self.expires)


def keep(state: str, kept: Kept) -> None:
    """Write a link down, on the disk before this returns."""
    folder = os.path.join(state, _FOLDER)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    path = _path(state, kept.id)
    with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(kept), file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def get(state: str, name: str, now_ms: int) -> Kept | None:
    """The link `name`, if it is there and not over; one that is over is deleted."""
    kept = _read(state, name) if ENTITY.fullmatch(name) else None
    if kept is not None and kept.is_over(now_ms):
        drop(state, kept)
        return None
    return kept


def every(state: str, now_ms: int) -> list[Kept]:
    """All links that are not over, the first to end first; those that are over are deleted."""
    found = [kept for name in _names(state) if (kept := get(state, name, now_ms))]
    return sorted(found, key=lambda kept: (kept.expires, kept.id))


def drop(state: str, kept: Kept) -> None:
    """Delete what is kept of a link: with it goes, of a served one, half of its key."""
    with suppress(FileNotFoundError):
        os.unlink(_path(state, kept.id))


def find(state: str, wanted: str, now_ms: int) -> Kept:
    """The link that `wanted` means: the link itself, its file, or its id or a part of that.

    Raises Negative where there is none, or more than one.
    """
    address = wanted.partition("#")[0]
    if not address:
        raise Negative("that names no link", "`git naturecode session share --public --list`")
    last = address.rstrip("/").rpartition("/")[2]
    found = [
        kept
        for kept in every(state, now_ms)
        if kept.id == last
        or kept.id.rpartition("-")[2].startswith(last.removeprefix("share-"))
        or (kept.file and kept.file in (os.path.abspath(address), _of_url(address)))
    ]
    if len(found) != 1:
        raise Negative(
            f"{len(found)} links fit" if found else "there is no such link, or not any more",
            "`git naturecode session share --public --list` shows those that are there",
        )
    return found[0]


def take_file(kept: Kept) -> bool:
    """Delete the file of a link, if it is still there and still that one; True when it was.

    Raises NotPermitted where this user may not delete it.
    """
    try:
        with open(kept.file, encoding="utf-8") as file:
            if f'"id": "{kept.id}"' not in file.read():
                return False
        os.unlink(kept.file)
    except (FileNotFoundError, UnicodeDecodeError, IsADirectoryError):
        return False
    except PermissionError:
        raise NotPermitted(f"{kept.file} may not be deleted by this user") from None
    return True


def _of_url(address: str) -> str:
    from urllib.parse import unquote, urlsplit

    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return unquote(parts.path) if parts.scheme == "file" else ""


def _names(state: str) -> Iterator[str]:
    try:
        names = sorted(os.listdir(os.path.join(state, _FOLDER)))
    except FileNotFoundError:
        return
    yield from (name.removesuffix(".json") for name in names if name.endswith(".json"))


def _path(state: str, name: str) -> str:
    return os.path.join(state, _FOLDER, name + ".json")


def _read(state: str, name: str) -> Kept | None:
    """None where it is gone, or no link: somebody has damaged it, and nothing opens by it."""
    try:
        with open(_path(state, name), encoding="utf-8") as file:
            kept = Kept(**json.load(file))
        clock.parse_iso(kept.expires)
    except (OSError, ValueError, TypeError):
        return None
    return kept if kept.id == name else None
