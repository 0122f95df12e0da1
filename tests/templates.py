"""What many tests begin with: made once by the real commands, laid down anew for each test."""

import hashlib
import io
import json
import os
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest

from git_naturecode.store import device

T = TypeVar("T")
# All folders of tests have paths of one length, so that one can take the other's place in a file.
_LENGTH = 40
# What git and the program heed in the environment.
_HEEDED = ("GIT_", "NATURECODE", "XDG_", "SSH_", "PATH", "TZ")
_DEVICE = "/naturecode/device"


class File(NamedTuple):
    """A file or (without data) a folder: its mode, when it was written, what is in it."""

    mode: int
    at: int
    data: bytes | None


@dataclass(frozen=True)
class Template:
    """What was added or changed, and removed, in the places of a test, and what was answered."""

    changed: dict[str, File]
    removed: list[str]
    answer: bytes
    places: "Places"


class Places(NamedTuple):
    """Where a test works: its folder and its home."""

    folder: str
    home: str

    def within(self, data: bytes, other: "Places") -> bytes:
        """`data`, in which the paths of `other` were, with these."""
        for old, new in zip(other, self, strict=True):
            data = data.replace(os.fsencode(old), os.fsencode(new))
        return data


_ANYWHERE = Places("<folder>", "<home>")
_made: dict[tuple[str, ...], Template] = {}
# States of the places that another test will come to as well, by what is in them.
_usual: set[str] = set()


class Real:
    """Whether the program is as it is: what a patched one makes is no template."""

    patch: pytest.MonkeyPatch | None = None
    number = 0

    @classmethod
    def holds(cls) -> bool:
        """True while nothing was patched since `begin`."""
        return cls.patch is not None and len(cls.patch._setattr) == cls.number

    @classmethod
    def begin(cls, patch: pytest.MonkeyPatch) -> None:
        """From here on, patches by `patch` count."""
        cls.patch, cls.number = patch, len(patch._setattr)


def padded(folder: Path) -> Path:
    """A folder in `folder`, of which the path is as long as that for any other test."""
    made = folder / "b".ljust(_LENGTH - len(folder.name), "-")
    made.mkdir()
    return made


def lay(folder: Path, kind: str, make: Callable[[], T], within: str = "") -> T:
    """What `make` makes in `folder` and answers: made the first time, then laid down as it was.

    It may go on from what is in `folder` and the home before; another state of those is another
    template, as are other settings of git. With a name `within` `folder` it does not depend on
    what is there beside that.
    """
    places = Places(str(folder), os.environ["HOME"])
    if not Real.holds() or (within and os.path.lexists(folder / within)):
        return make()
    before = _look(places)
    state = _state(before, places)
    usual = state in _usual or not any(name.startswith("/") for name in before)
    key = (kind, within or state, *_ground(places))
    known = _made.get(key)
    if known is None:
        answer = make()
        after = _look(places)
        if usual or within:
            changed = {name: file for name, file in after.items() if before.get(name) != file}
            gone = [name for name in before if name not in after]
            _made[key] = Template(changed, gone, _pickled(answer), places)
        if usual:
            _usual.add(_state(after, places))
        return answer
    _write(known, places)
    if usual and within:
        _usual.add(_state(_look(places), places))
    answered: T = pickle.loads(places.within(known.answer, known.places))
    return answered


class _Pickler(pickle.Pickler):
    """Keeps a path as one string, in which the folder that it begins with can be replaced."""

    def reducer_override(self, found: Any) -> Any:
        return (Path, (str(found),)) if isinstance(found, Path) else NotImplemented


def _pickled(answer: object) -> bytes:
    out = io.BytesIO()
    _Pickler(out).dump(answer)
    return out.getvalue()


def _ground(places: Places) -> list[str]:
    with open(os.path.join(places.home, ".gitconfig"), encoding="utf-8") as file:
        settings = file.read()
    env = sorted(f"{name}={value}" for name, value in os.environ.items()
                 if name.startswith(_HEEDED))  # fmt: skip
    day = str(int(time.time() // 86_400))  # what says "today" in it would be of yesterday
    return [settings, day, *env, *(str(len(one)) for one in places)]


def _look(places: Places) -> dict[str, File]:
    """All that is in the folder ("/...") and in the home ("~/..."), but the settings of git."""
    found: dict[str, File] = {}
    for sign, top in zip(("", "~"), places, strict=True):
        _walk(top, f"{sign}/", found)
    del found["~/.gitconfig"]
    return found


def _walk(folder: str, name: str, found: dict[str, File]) -> None:
    with os.scandir(folder) as inside:
        for one in inside:
            status = one.stat(follow_symlinks=False)
            mode, at = status.st_mode & 0o7777, status.st_mtime_ns
            if one.is_dir(follow_symlinks=False):
                found[name + one.name] = File(mode, 0, None)
                _walk(one.path, f"{name}{one.name}/", found)
            elif one.is_file(follow_symlinks=False):
                with open(one.path, "rb") as file:
                    found[name + one.name] = File(mode, at, file.read())
            else:
                found[name + one.name] = File(mode, at, b"")


def _state(found: dict[str, File], places: Places) -> str:
    """A digest of the contents, wherever they are."""
    digest = hashlib.sha256()
    for name in sorted(found):
        mode, _, data = found[name]
        digest.update(f"{name}\0{mode}\0{data is None}\0".encode("utf-8", "surrogateescape"))
        if data and "/objects/" not in name:
            # A device also knows which folder it was made in.
            seen = data.partition(b'"place"')[0] if name.endswith(_DEVICE) else data
            digest.update(hashlib.sha256(_ANYWHERE.within(seen, places)).digest())
    return digest.hexdigest()


def _write(known: Template, places: Places) -> None:
    tops = {"/": places.folder, "~": places.home}
    mask = os.umask(0)
    try:
        for name in reversed(known.removed):
            path = tops[name[0]] + name.removeprefix("~")
            (os.rmdir if os.path.isdir(path) else os.unlink)(path)
        for name, file in known.changed.items():
            path = tops[name[0]] + name.removeprefix("~")
            if file.data is None:
                os.makedirs(path, file.mode, exist_ok=True)
                continue
            data = file.data if "/objects/" in name else places.within(file.data, known.places)
            if os.path.lexists(path):
                os.unlink(path)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file.mode)
            os.write(descriptor, data)
            os.close(descriptor)
            os.utime(path, ns=(file.at, file.at))
    finally:
        os.umask(mask)
    for name, file in known.changed.items():
        if name.endswith(_DEVICE) and file.data:
            said: Any = json.loads(file.data)
            path = tops[name[0]] + name.removeprefix("~")
            device._keep(os.path.dirname(path), said["device"])
