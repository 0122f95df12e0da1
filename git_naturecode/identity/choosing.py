"""Which key certifies the devices of this person: one that was given, or one of our own."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode.errors import NaturecodeError
from git_naturecode.store.device import config_folder

if TYPE_CHECKING:
    from git_naturecode.crypto.sshsig import Signer
    from git_naturecode.store.store import Store

GIVEN, OWN = "NATURECODE_MEMBER_KEY", "own"


class Chosen(NamedTuple):
    """A key that can sign, and where it comes from."""

    signer: "Signer"
    source: str


def choose(store: "Store") -> Chosen:
    """The key that certifies the devices of this person; his own is made where there is none."""
    from git_naturecode.crypto import member

    given = store.environ.get(GIVEN)
    if given:
        try:
            return Chosen(member.read_given(given), GIVEN)
        except NaturecodeError as error:
            raise NaturecodeError(f"{GIVEN} is of no use: {error.message}", error.hint) from None
    return Chosen(_own(store), OWN)


def own_file(environ: Mapping[str, str]) -> str:
    """Where a person's own member key stands."""
    return os.path.join(config_folder(environ), "member.key")


def _own(store: "Store") -> "Signer":
    from git_naturecode.crypto import keys, member

    path = own_file(store.environ)
    try:
        return member.read(keys.read_secret(path))
    except FileNotFoundError:
        made = member.new(store.random(32))
    try:
        keys.keep_secret(path, made.text())
    except FileExistsError:  # another process was faster
        return member.read(keys.read_secret(path))
    return made
