"""What a device says first in its trust log: its keys, its name, and whose it is."""

import json
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode import clock
from git_naturecode.errors import NaturecodeError, Usage
from git_naturecode.git import tree
from git_naturecode.identity import choosing
from git_naturecode.identity.places import Chosen
from git_naturecode.store import paths
from git_naturecode.store.device import config_folder
from git_naturecode.store.entry import Json

if TYPE_CHECKING:
    from git_naturecode.store.store import Store

_LABEL = "naturecode.deviceLabel"
_LONGEST = 100  # characters of a name
_SYSTEMS = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}
_GIVEN_FOR = "1d"  # how long a device lives that was certified by a key given to a job


class Linked(NamedTuple):
    """A device that was certified: by which key (its fingerprint), where that is.

    `passed` says which keys would have come first; `operation` is what the device says of itself.
    """

    key: str
    place: str
    passed: tuple[str, ...]
    operation: Json


def first_ops(store: "Store") -> list[Json]:
    """The operations that the first signed line of this clone carries: one `device`.

    What was said once is said again in the same way. A device that no key certifies at this moment
    is introduced without a certificate; `init` tries again.
    """
    known = _read(store)
    if known is not None:
        return [known]
    try:
        return [certify(store).operation]
    except NaturecodeError:
        return [_operation(store, None)]


def certify(store: "Store", chosen: Chosen | None = None) -> Linked:
    """A new certificate for this device, remembered for `first_ops`.

    It is by the key `chosen`, else by the usual one. Raises NaturecodeError when the key of this
    person cannot be used.
    """
    chosen = chosen or choosing.choose(store)
    found = _operation(store, chosen)
    _keep(store, found)
    return Linked(_name_of(found), chosen.place, chosen.passed, found)


def renamed(store: "Store", name: str) -> list[Json]:
    """The operations that give this device another name, which it keeps in what it says later."""
    store.repo.program.run("config", "--local", _LABEL, name)
    (said,) = first_ops(store)
    said = {**said, "label": name}
    _keep(store, said)
    return [said]


def certificate(store: "Store") -> Json:
    """The certificate of this device as its `device` operation holds it; None without one."""
    (said,) = first_ops(store)
    return said.get("cert")


def is_introduced(store: "Store") -> bool:
    """True when the record has a trust log of this device."""
    return (
        tree.find(store.team.objects, store.team.tree(), paths.trust_path(store.device)) is not None
    )


def linked(store: "Store") -> str:
    """The fingerprint of the key that certifies this device; "" where none does (any more).

    And where a job was given another key than that.
    """
    known = _read(store)
    cert = known.get("cert") if known else None
    if not cert or (cert["expires"] and cert["expires"] <= clock.iso(store.now_ms())):
        return ""
    if store.environ.get(choosing.GIVEN):
        try:
            if choosing.member_key(store) != cert["key"]:
                return ""
        except NaturecodeError:
            return ""
    return _name_of(known)


def _name_of(operation: Json) -> str:
    from git_naturecode.crypto import ssh_keys

    return ssh_keys.fingerprint(ssh_keys.blob_of(operation["cert"]["key"]))


def _operation(store: "Store", chosen: Chosen | None) -> Json:
    from git_naturecode.crypto import keys, member
    from git_naturecode.crypto.ssh_wire import Malformed

    folder, device = os.path.join(config_folder(store.environ), "keys"), store.device
    key = keys.public_key(folder, device, store.unlock).hex()
    seal = keys.make_seal(folder, device, store.random(32), store.unlock).hex()
    said: dict[str, Json] = {"op": "device", "seal": seal, "label": label(store)}
    if chosen is not None:
        expires = _expires(store, chosen)
        try:
            said["cert"] = member.certify(chosen.signer, device, key, seal, expires)
        except Malformed as error:
            raise NaturecodeError(f"the key {chosen.place} did not sign: {error}") from None
    return said


def label(store: "Store") -> str:
    """What people call this device: `naturecode.deviceLabel`, else whose it is and its system.

    Everybody who can fetch reads it, so that the name of the machine is not told unasked.
    """
    chosen = _one_line(store.config.get(_LABEL))[:_LONGEST]
    if chosen:
        return chosen
    try:
        name = store.environ.get("GIT_AUTHOR_NAME") or store.config.get("user.name")
        whose = _one_line(name) or store.person.partition("@")[0]
    except NaturecodeError:  # git does not know; whoever says something is told
        whose = ""
    system = _SYSTEMS.get(sys.platform, sys.platform)
    return f"{whose}, {system}"[:_LONGEST] if whose else system


def as_label(text: str) -> str:
    """`text` as the name of a device: on one line; raises Usage where it cannot be one."""
    found = _one_line(text)
    if not found or len(found) > _LONGEST:
        raise Usage(f"the name of a device has 1 to {_LONGEST} characters")
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _expires(store: "Store", chosen: Chosen) -> str:
    """When the certificate ends: never, but for a device of a job."""
    short = _GIVEN_FOR if chosen.place == choosing.GIVEN else ""
    lasts = store.config.get("naturecode.deviceExpires", short)
    if not lasts:
        return ""
    return clock.iso(clock.until(lasts, store.now_ms()))


def _read(store: "Store") -> Json:
    """The operation that this device was introduced with; None before, and for another device."""
    try:
        with open(_file(store), encoding="utf-8") as file:
            found = json.load(file)
        said = found["operation"]
        good = found["device"] == store.device and said["op"] == "device"
        cert = said.get("cert")
        good = good and (cert is None or all(isinstance(cert[k], str) for k in ("key", "expires")))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return said if good else None


def _keep(store: "Store", operation: Json) -> None:
    path = _file(store)
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump({"device": store.device, "operation": operation}, file)
    os.replace(path + ".new", path)


def _file(store: "Store") -> str:
    return os.path.join(store.state_dir, "introduced")
