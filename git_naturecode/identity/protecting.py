"""How private keys lie on the disk: open to their owner, under a passphrase, or in the keyring."""

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from git_naturecode.errors import NaturecodeError, Usage
from git_naturecode.identity.choosing import own_file
from git_naturecode.store.device import config_folder

if TYPE_CHECKING:
    from git_naturecode.store.store import Store

OPEN, PASSPHRASE, KEYRING = "open", "passphrase", "keyring"
EXPOSED = "exposed"  # readable by others, so that nothing here uses it
_LEAST = 8  # characters of a passphrase


def choose(store: "Store", how: str) -> list[str]:
    """`protect`, with a passphrase that is asked for where one is needed."""
    for path in _files(store) if how == PASSPHRASE else ():
        from git_naturecode.crypto import keys

        keys.read_secret(path, store.unlock)  # the old passphrase is asked for before the new one
    return protect(store, how, new_passphrase(store) if how == PASSPHRASE else "")


def protect(store: "Store", how: str, passphrase: str = "") -> list[str]:
    """Keep the keys of this clone's device and the own member key in the way `how`.

    Gives the names of the files that were written. Raises NaturecodeError when a key cannot be
    read as it is kept now, Usage when `passphrase` is too short for one.
    """
    from git_naturecode.crypto import keys, locked, unlocking

    files = list(_files(store))
    secrets = {path: keys.read_secret(path, store.unlock) for path in files}
    if how == PASSPHRASE:
        if len(passphrase) < _LEAST:
            raise Usage(f"a passphrase has at least {_LEAST} characters")
        key = locked.stretch(passphrase, store.random)
        make: Callable[[bytes, str], bytes] = lambda secret, name: locked.lock(  # noqa: E731
            secret, name, key, store.random
        )
    elif how == KEYRING:
        make = unlocking.to_keyring
    else:
        make = _as_it_is
    done = []
    for path, secret in secrets.items():
        was = _content(path)
        keys.keep_secret(path, make(secret, os.path.basename(path)), replace=True)
        if unlocking.is_in_keyring(was) and how != KEYRING:
            unlocking.forget_in_keyring(os.path.basename(path))
        done.append(path)
    return done


def how_kept(path: str) -> str:
    """How the private key in the file `path` is kept; "" where there is none."""
    from git_naturecode.crypto import locked, unlocking

    try:
        text = _content(path)
    except OSError:
        return ""
    if unlocking.is_in_keyring(text):
        return KEYRING
    if locked.is_locked(text):
        return PASSPHRASE
    return EXPOSED if os.stat(path).st_mode & 0o077 else OPEN


def key_files(store: "Store") -> list[str]:
    """The files with private keys of this clone's device and of its person."""
    return list(_files(store))


def _files(store: "Store") -> Iterator[str]:
    folder = os.path.join(config_folder(store.environ), "keys")
    wanted = [os.path.join(folder, f"{store.device}.{end}") for end in ("key", "seal")]
    yield from (path for path in (*wanted, own_file(store.environ)) if os.path.isfile(path))


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _as_it_is(secret: bytes, _name: str) -> bytes:
    return secret


def new_passphrase(store: "Store") -> str:
    """The passphrase to lock with: from the environment, else typed twice.

    Raises NaturecodeError where nobody can be asked.
    """
    from git_naturecode.crypto import unlocking

    given = store.environ.get(unlocking.PASSPHRASE)
    if given is not None:
        return given
    typed = unlocking.at_terminal("new passphrase: ")
    if typed is None:
        raise NaturecodeError(
            "there is nobody to ask for a passphrase",
            f"run this at a terminal, or give it in {unlocking.PASSPHRASE}",
        )
    if unlocking.at_terminal("the same again: ") != typed:
        raise Usage("the two are not the same", "nothing was changed")
    return typed
