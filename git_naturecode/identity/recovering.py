"""Bringing the keys of a person back by a printed code when all his devices are lost."""

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode.errors import NaturecodeError
from git_naturecode.identity import choosing
from git_naturecode.identity.places import Chosen
from git_naturecode.store.device import config_folder
from git_naturecode.store.entry import Json

if TYPE_CHECKING:
    from git_naturecode.crypto.recovery import Code
    from git_naturecode.store.store import Store


class Backup(NamedTuple):
    """A box and its code: what was put in, by name, and what the trust log gets to keep."""

    code: "Code"
    member: str
    devices: tuple[str, ...]
    operation: Json


class Restored(NamedTuple):
    """What came back: the fingerprint of the member key ("": it was not in the box), devices.

    `aside` is where a member key went that was here before.
    """

    member: str
    devices: tuple[str, ...]
    aside: str


def back_up(store: "Store") -> Backup:
    """Put the own member key and all seal keys of this machine into a box that a new code opens.

    A member key that is an SSH key stays with SSH. Raises NaturecodeError when a key is locked.
    """
    from git_naturecode.crypto import keys, member, recovery, ssh_keys

    folder = _folder(store)
    seals = {
        device: keys.seal_secret(folder, device, store.unlock) for device in keys.sealed_for(folder)
    }
    text, name = "", ""
    with suppress(FileNotFoundError):
        own = member.read(keys.read_secret(choosing.own_file(store.environ), store.unlock))
        text, name = own.text().decode(), ssh_keys.fingerprint(own.blob)
    code = recovery.new_code(store.random)
    box = recovery.seal(recovery.Kept(text, seals), code, store.random)
    return Backup(code, name, tuple(seals), {"op": "backup", "id": code.name, "box": box})


def restore(store: "Store", box: str, code: "Code") -> Restored:
    """Bring back what is in `box`; keys that are here already stay.

    A restored member key is used from now on; one that was here is set aside. Raises Negative when
    the code does not open the box.
    """
    from git_naturecode.crypto import keys, member, recovery, ssh_keys

    kept = recovery.open_box(box, code)
    back = []
    for device, private in kept.seals.items():
        if keys.restore_seal(_folder(store), device, private):
            back.append(device)
    if not kept.member:
        return Restored("", tuple(back), "")
    own = member.read(kept.member.encode())
    aside = _take(store, own)
    choosing.remember(store.environ, Chosen(own, choosing.own_file(store.environ)))
    return Restored(ssh_keys.fingerprint(own.blob), tuple(back), aside)


def _take(store: "Store", own: "object") -> str:
    """Put the member key in its place; where one that was there went."""
    from git_naturecode.crypto import keys, member

    assert isinstance(own, member.MemberKey)
    path, aside = choosing.own_file(store.environ), ""
    if os.path.isfile(path):
        with suppress(NaturecodeError):
            if member.read(keys.read_secret(path, store.unlock)).blob == own.blob:
                return ""
        aside = set_aside(path)
    keys.keep_secret(path, own.text())
    return aside


def set_aside(path: str) -> str:
    """Give the file another name beside it, where nothing is; that name."""
    number = 1
    while os.path.lexists(f"{path}.before-{number}"):
        number += 1
    os.rename(path, f"{path}.before-{number}")
    return f"{path}.before-{number}"


def _folder(store: "Store") -> str:
    return os.path.join(config_folder(store.environ), "keys")
