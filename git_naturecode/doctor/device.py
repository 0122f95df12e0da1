"""Who this clone is: its device, its key, its clock."""

import json
import os
from collections.abc import Iterator

from git_naturecode import clock as clocks
from git_naturecode.clock import DAY_MS
from git_naturecode.doctor.case import ERROR, OK, WARNING, Case, Finding
from git_naturecode.errors import NaturecodeError
from git_naturecode.store import device as devices
from git_naturecode.store.device import config_folder

_FIRST_MS = 1_767_225_600_000  # 2026-01-01: this program is not older
_SMALL = ("admitted", "taken", "active")


def device(case: Case) -> Iterator[Finding]:
    """The file that says which device this is, the key to it, and what else is remembered."""
    if not case.set_up:
        yield Finding(
            ERROR,
            "this clone is not set up: nothing can be said or read here",
            "run `git naturecode init`",
        )
        return
    known = devices.read(case.state_dir)
    if known is None:
        yield Finding(
            WARNING if _is_copy(case) else ERROR,
            _why_unknown(case),
            fix="makes this clone a device of its own; what was said keeps its place",
            mend=lambda: _anew(case),
        )
    elif not os.path.isfile(_key(case, known)):
        yield Finding(
            ERROR,
            f"the key of this device ({_key(case, known)}) is gone: nothing said here could "
            "ever be signed",
            "if you have it in a backup, put it back before --fix",
            fix="makes this clone a new device with a key of its own",
            mend=lambda: _anew(case),
        )
    elif not _fits(_key(case, known), known):
        yield Finding(
            ERROR,
            f"the key in {_key(case, known)} is not that of this device, or is damaged",
            "if you have it in a backup, put it back before --fix",
            fix="sets it aside, and makes this clone a new device",
            mend=lambda: _anew(case),
        )
    else:
        yield Finding(OK, f"this clone is device {known}")
    for name in _SMALL:
        yield from _remembered(case, name)


def _is_copy(case: Case) -> bool:
    try:
        with open(case.path("device"), encoding="utf-8") as file:
            found = json.load(file)
        return isinstance(found, dict) and isinstance(found.get("place"), str)
    except (OSError, ValueError):
        return False


def _why_unknown(case: Case) -> str:
    if _is_copy(case):
        return (
            "this clone was copied from another one (or its files were moved one by one): "
            "both must not write under one name"
        )
    return f"{case.path('device')} cannot be read: this clone does not know who it is"


def _key(case: Case, known: str) -> str:
    return os.path.join(config_folder(case.environ), "keys", f"{known}.key")


def _fits(path: str, known: str) -> bool:
    from git_naturecode.crypto import keys, locked

    try:
        keys.public_key(os.path.dirname(path), known)
    except locked.Locked:
        return True
    except (NaturecodeError, OSError):
        return False
    return True


def _anew(case: Case) -> None:
    """Forget the device of before, but keep its file and a key that does not fit."""
    known = devices.read(case.state_dir)
    if known is not None and os.path.exists(_key(case, known)):
        os.replace(_key(case, known), _key(case, known) + ".damaged")
    path = case.path("device")
    if os.path.lexists(path):
        os.replace(path, path + ".before")
    devices.ensure(case.state_dir, case.environ, case.random)
    case.reload()


def _remembered(case: Case, name: str) -> Iterator[Finding]:
    """A small file of ours that is no text, or no file at all."""
    path = case.path(name)
    try:
        with open(path, encoding="ascii") as file:
            file.read()
    except FileNotFoundError:
        pass
    except PermissionError:
        yield Finding(ERROR, f"{path} cannot be read", "see who owns it")
    except (OSError, ValueError):
        yield Finding(
            WARNING,
            f"{path} is damaged; it only remembers something, and can be found out again",
            fix="sets it aside",
            mend=lambda: os.replace(path, case.path(f"{name}.damaged")),
        )


def clock(case: Case) -> Iterator[Finding]:
    """The system's clock against what was written, and our own clock against the system's."""
    now, newest = case.now_ms(), _newest_commit_ms(case)
    if now < _FIRST_MS or newest > now + DAY_MS:
        at = clocks.iso(max(newest, _FIRST_MS))
        yield Finding(
            WARNING,
            f"the system's clock says {clocks.iso(now)}, and there are commits "
            f"of {at}: one of them is wrong",
            "set the clock; what is said keeps its order, but is dated wrong until then",
        )
        return
    ours = _own(case)
    if ours is not None and ours.ms > now + DAY_MS:
        days = (ours.ms - now) // DAY_MS
        yield Finding(
            WARNING,
            f"the clock of this clone stands {days} days ahead, since the system's once "
            "did: all that is said here is dated so, and stands after what others say",
            fix="sets it to the system's; what is said from now on is dated right, and stands "
            "before what was said with the wrong date",
            mend=lambda: case.store.stamps.set_back(now),
        )


def _own(case: Case) -> clocks.Stamp | None:
    try:
        with open(case.path("clock"), encoding="ascii") as file:
            return clocks.parse(file.read(64).strip())
    except (OSError, ValueError):  # the system's clock is ahead of it anyway
        return None


def _newest_commit_ms(case: Case) -> int:
    """The time of the commit that is checked out; 0 before the first."""
    status, out, _ = case.repo.program.run("show", "-s", "--format=%ct", "HEAD", check=False)
    return int(out) * 1000 if not status and out.strip().isdigit() else 0
