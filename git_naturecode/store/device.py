"""Which device this clone is, and noticing that a clone was copied."""

import json
import os
from collections.abc import Mapping

from git_naturecode import ids
from git_naturecode.errors import NaturecodeError, NotPermitted
from git_naturecode.git.run import Program, foreign_environment
from git_naturecode.store.lock import hold

_WAIT = 10.0


def read(state_dir: str) -> str | None:
    """The id of this clone's device; None when it has none, or was copied from another clone.

    Two copies must not write under one name (DESIGN 7), so the id counts only in the folder
    that it was made for.
    """
    try:
        with open(_file(state_dir), encoding="utf-8") as file:
            known = json.load(file)
            place = _place(state_dir, file.fileno())
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(known, dict) or known.get("place") != place:
        return None
    device = known.get("device")
    return device if isinstance(device, str) and ids.DEVICE.fullmatch(device) else None


def ensure(state_dir: str, environ: Mapping[str, str], random: ids.RandomBytes) -> str:
    """The id of this clone's device, made (with its key) where it is missing."""
    return read(state_dir) or _make(state_dir, environ, random)


def require(state_dir: str, environ: Mapping[str, str], random: ids.RandomBytes) -> str:
    """The id of this clone's device; a new one in a copied clone.

    Raises NaturecodeError where `init` was never run.
    """
    known = read(state_dir)
    if known is None and not os.path.exists(_file(state_dir)):
        raise NaturecodeError("this clone is not set up yet", "run `git naturecode init`")
    return known or _make(state_dir, environ, random)


def config_folder(environ: Mapping[str, str]) -> str:
    """The user's configuration directory for our keys."""
    base = environ.get("XDG_CONFIG_HOME") or os.path.join(environ.get("HOME", "~"), ".config")
    return os.path.join(os.path.expanduser(base), "naturecode")


def tracked_in(folder: str, environ: Mapping[str, str]) -> str:
    """The work tree whose next commit would take `folder` along; "" for none that would."""
    above = folder
    while not os.path.isdir(above):
        above = os.path.dirname(above)
    program = Program(above, None, foreign_environment(environ))
    status, out, _ = program.run("rev-parse", "--show-toplevel", check=False)
    file = os.path.join(folder, "keys", "device.key")
    if status or not program.run("check-ignore", "-q", "--", file, check=False)[0]:
        return ""
    return out.decode("utf-8", "surrogateescape").rstrip("\n")


def _make(state_dir: str, environ: Mapping[str, str], random: ids.RandomBytes) -> str:
    """A new device, unless another process makes one at this moment."""
    from git_naturecode.crypto import keys  # 40 ms that only a new device pays

    folder = config_folder(environ)
    with hold(os.path.join(state_dir, "device.lock"), _WAIT):
        known = read(state_dir)
        if known is not None:
            return known
        around = tracked_in(folder, environ)
        if around:
            raise NotPermitted(
                f"private keys would lie in the work tree {around}, and a commit take them along",
                f"have git ignore {folder} there, or set XDG_CONFIG_HOME to another place",
            )
        device = keys.make_device(os.path.join(folder, "keys"), random(32))
        _keep(state_dir, device)
    return device


def _keep(state_dir: str, device: str) -> None:
    new = _file(state_dir) + ".new"
    with open(new, "w", encoding="utf-8") as file:
        json.dump({"device": device, "place": _place(state_dir, file.fileno())}, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, _file(state_dir))


def _file(state_dir: str) -> str:
    return os.path.join(state_dir, "device")


def _place(state_dir: str, descriptor: int) -> str:
    """What changes when a clone is copied and stays when it is moved: which inodes it has.

    Of two, since a copy on a fresh file system may well give a folder the number that it had.
    """
    return f"{os.stat(state_dir).st_ino}.{os.fstat(descriptor).st_ino}"
