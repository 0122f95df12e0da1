"""Which device this clone is, and noticing that a clone was copied."""

import json
import os
from collections.abc import Mapping

from git_naturecode import ids
from git_naturecode.errors import NaturecodeError


def read(state_dir: str) -> str | None:
    """The id of this clone's device; None when it has none, or was copied from another clone.

    Two copies must not write under one name (DESIGN 7), so the id counts only in the folder
    that it was made for.
    """
    try:
        with open(os.path.join(state_dir, "device"), encoding="utf-8") as file:
            known = json.load(file)
    except (FileNotFoundError, ValueError):
        return None
    device = known.get("device")
    if not isinstance(device, str) or not ids.DEVICE.fullmatch(device):
        return None
    return device if known.get("place") == _place(state_dir) else None


def ensure(state_dir: str, environ: Mapping[str, str], random: ids.RandomBytes) -> str:
    """The id of this clone's device, made (with its key) where it is missing."""
    known = read(state_dir)
    return known or _make(state_dir, environ, random)


def require(state_dir: str, environ: Mapping[str, str], random: ids.RandomBytes) -> str:
    """The id of this clone's device; a new one in a copied clone.

    Raises NaturecodeError where `init` was never run.
    """
    known = read(state_dir)
    if known is None and not os.path.exists(os.path.join(state_dir, "device")):
        raise NaturecodeError("this clone is not set up yet", "run `git naturecode init`")
    return known or _make(state_dir, environ, random)


def config_folder(environ: Mapping[str, str]) -> str:
    """The user's configuration directory for our keys."""
    base = environ.get("XDG_CONFIG_HOME") or os.path.join(environ.get("HOME", "~"), ".config")
    return os.path.join(os.path.expanduser(base), "naturecode")


def _make(state_dir: str, environ: Mapping[str, str], random: ids.RandomBytes) -> str:
    from git_naturecode.crypto import keys  # 40 ms that only a new device pays

    device = keys.make_device(os.path.join(config_folder(environ), "keys"), random(32))
    os.makedirs(state_dir, mode=0o700, exist_ok=True)
    path = os.path.join(state_dir, "device")
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump({"device": device, "place": _place(state_dir)}, file)
    os.replace(path + ".new", path)
    return device


def _place(state_dir: str) -> str:
    """What changes when a clone is copied and stays when it is moved."""
    return str(os.stat(state_dir).st_ino)
