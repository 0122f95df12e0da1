"""Getting at a private key that is locked with a passphrase, or kept in the system's keyring."""

import base64
import json
import os
from collections.abc import Callable, Mapping

from git_naturecode.crypto import locked
from git_naturecode.crypto.locked import Locked
from git_naturecode.errors import NaturecodeError

PASSPHRASE = "NATURECODE_PASSPHRASE"
_SERVICE = "git-naturecode"
_TRIES = 3

Unlock = Callable[[bytes, str], bytes]
Ask = Callable[[str], str | None]


def refuse(text: bytes, name: str) -> bytes:
    """Leave what is locked locked."""
    raise Locked(
        f"the key {name} is locked",
        f"run the command at a terminal, or give the passphrase in {PASSPHRASE}",
    )


class Unlocking:
    """Unlocks the keys of one person; asks for the passphrase once.

    `ask` gets a question and gives what was typed, None where nobody can be asked.
    """

    def __init__(self, environ: Mapping[str, str], ask: Ask | None = None) -> None:
        self._environ = environ
        self._ask = ask or at_terminal
        self._opener: locked.Opener | None = None

    def __call__(self, text: bytes, name: str) -> bytes:
        """What the locked file `name` with the content `text` holds; raises NaturecodeError."""
        if is_in_keyring(text):
            return from_keyring(name)
        if self._opener is not None:
            return self._opener.open(text, name)
        given = self._environ.get(PASSPHRASE)
        for left in range(1 if given is not None else _TRIES, 0, -1):
            typed = given if given is not None else self._ask("passphrase of your keys: ")
            if typed is None:
                break
            opener = locked.Opener(typed)
            try:
                secret = opener.open(text, name)
            except Locked:
                if left == 1:
                    raise
                continue
            self._opener = opener
            return secret
        return refuse(text, name)


def at_terminal(question: str) -> str | None:
    """What a person types at the terminal, unseen; None where there is none."""
    import getpass

    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return None
    try:
        return getpass.getpass(question)
    except EOFError:
        return None


def is_in_keyring(text: bytes) -> bool:
    """True when `text` is the content of a file whose key is in the keyring."""
    return text.startswith(b'{"keyring"')


def to_keyring(secret: bytes, name: str) -> bytes:
    """Give `secret` to the system's keyring; what its file holds instead.

    Raises NaturecodeError where there is no keyring, or it says no.
    """
    _keyring(lambda keyring: keyring.set_password(
        _SERVICE, name, base64.b64encode(secret).decode()
    ))  # fmt: skip
    if from_keyring(name) != secret:
        raise NaturecodeError("the keyring did not keep the key", "use --passphrase instead")
    return json.dumps({"keyring": _SERVICE, "name": name}).encode() + b"\n"


def from_keyring(name: str) -> bytes:
    """The secret called `name` in the keyring; raises NaturecodeError."""
    found = _keyring(lambda keyring: keyring.get_password(_SERVICE, name))
    if not found:
        raise Locked(
            f"the keyring does not hold the key {name}, or is locked",
            "unlock it; in a session without one give the key to the file: `key protect --off`",
        )
    return base64.b64decode(found)


def forget_in_keyring(name: str) -> None:
    """Take the secret called `name` out of the keyring; raises NaturecodeError."""
    _keyring(lambda keyring: keyring.delete_password(_SERVICE, name))


def _keyring(use: Callable[..., str | None]) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise NaturecodeError(
            "there is no Python package `keyring` here",
            "install it: pip install 'git-naturecode[keyring]'",
        ) from None
    try:
        return use(keyring)
    except KeyringError as error:
        raise NaturecodeError(
            f"the keyring of this system cannot be used ({error})", "use --passphrase instead"
        ) from None
