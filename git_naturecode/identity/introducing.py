"""What a device says first in its trust log: its keys, its name, and whose it is."""

import json
import os
from typing import TYPE_CHECKING

from git_naturecode import clock
from git_naturecode.errors import NaturecodeError
from git_naturecode.identity import choosing
from git_naturecode.store.device import config_folder
from git_naturecode.store.entry import Json

if TYPE_CHECKING:
    from git_naturecode.store.store import Store

_GIVEN_FOR = "1d"  # how long a device lives that was certified by a key given to a job


def first_ops(store: "Store") -> list[Json]:
    """The operations that the first signed line of this clone carries: one `device`.

    What was said once is said again in the same way. A device that no key certifies at this moment
    is introduced without a certificate; `init` tries again.
    """
    known = _read(store)
    if known is not None:
        return [known]
    try:
        return [certify(store)]
    except NaturecodeError:
        return [_operation(store, None)]


def certify(store: "Store") -> Json:
    """The `device` operation with a new certificate, remembered for `first_ops`.

    Raises NaturecodeError when the key of this person cannot be used.
    """
    found = _operation(store, choosing.choose(store))
    _keep(store, found)
    return found


def _operation(store: "Store", chosen: choosing.Chosen | None) -> Json:
    from git_naturecode.crypto import keys, member

    folder, device = os.path.join(config_folder(store.environ), "keys"), store.device
    key = keys.public_key(folder, device).hex()
    seal = keys.make_seal(folder, device, store.random(32)).hex()
    said: dict[str, Json] = {"op": "device", "seal": seal, "label": label(store)}
    if chosen is not None:
        expires = _expires(store, chosen)
        said["cert"] = member.certify(chosen.signer, device, key, seal, expires)
    return said


def label(store: "Store") -> str:
    """What people call this device: `naturecode.deviceLabel`, else the name of the machine."""
    return store.config.get("naturecode.deviceLabel") or os.uname().nodename.split(".")[0]


def _expires(store: "Store", chosen: choosing.Chosen) -> str:
    """When the certificate ends: never, but for a device of a job."""
    short = _GIVEN_FOR if chosen.source == choosing.GIVEN else ""
    lasts = store.config.get("naturecode.deviceExpires", short)
    if not lasts:
        return ""
    return clock.iso(clock.until(lasts, store.now_ms()))


def _read(store: "Store") -> Json:
    """The operation that this device was introduced with; None before, and for another device."""
    try:
        with open(_file(store), encoding="utf-8") as file:
            found = json.load(file)
        good = found["device"] == store.device and found["operation"]["op"] == "device"
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return found["operation"] if good else None


def _keep(store: "Store", operation: Json) -> None:
    path = _file(store)
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump({"device": store.device, "operation": operation}, file)
    os.replace(path + ".new", path)


def _file(store: "Store") -> str:
    return os.path.join(store.state_dir, "introduced")
