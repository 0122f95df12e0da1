"""Secrets under a passphrase: Argon2id makes a key of it, AES-256-GCM locks with that.

A locked file is one line of JSON: `{"box", "kdf": {"m", "p", "salt", "t"}, "locked": 1, "name"}`,
where `box` is base64 of 12 bytes of nonce and the ciphertext; everything else is bound to it.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from git_naturecode.errors import NaturecodeError, NotPermitted
from git_naturecode.ids import RandomBytes

VERSION = 1
_MARK = b"{"
_NONCE, _SALT = 12, 16
_LANES, _MEMORY, _TIMES = 4, 64 * 1024, 3  # RFC 9106's second choice; memory in KiB
_MOST_LANES, _MOST_MEMORY, _MOST_TIMES = 16, 1 << 20, 16  # a file may not ask for more


class Locked(NotPermitted):
    """A secret that nobody has unlocked."""


class Stretched(NamedTuple):
    """A key made of a passphrase, and how."""

    salt: bytes
    key: bytes


def is_locked(text: bytes) -> bool:
    """True when `text` is the content of a locked file."""
    return text.startswith(_MARK)


def stretch(passphrase: str, random: RandomBytes) -> Stretched:
    """The key of a passphrase under a new salt; takes about a second and 64 MiB."""
    salt = random(_SALT)
    return Stretched(salt, _derive(passphrase, salt, _TIMES, _MEMORY, _LANES))


def lock(secret: bytes, name: str, key: Stretched, random: RandomBytes) -> bytes:
    """The content of the locked file called `name` that holds `secret`."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    kdf = {"t": _TIMES, "m": _MEMORY, "p": _LANES, "salt": key.salt.hex()}
    said: dict[str, Any] = {"locked": VERSION, "name": name, "kdf": kdf}
    nonce = random(_NONCE)
    box = nonce + AESGCM(key.key).encrypt(nonce, secret, _canonical(said))
    return _canonical({**said, "box": base64.b64encode(box).decode()}) + b"\n"


class Opener:
    """Opens files that are locked with one passphrase; each salt is stretched once."""

    def __init__(self, passphrase: str) -> None:
        self._passphrase = passphrase
        self._keys: dict[tuple[bytes, int, int, int], bytes] = {}

    def open(self, text: bytes, name: str) -> bytes:
        """The secret in the locked file `name`, whose content is `text`.

        Raises Locked when it is another passphrase, NaturecodeError when the file is damaged.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        said, how = _read(text, name)
        key = self._keys.get(how)
        if key is None:
            key = self._keys[how] = _derive(self._passphrase, *how)
        box = base64.b64decode(said.pop("box"))
        try:
            return AESGCM(key).decrypt(box[:_NONCE], box[_NONCE:], _canonical(said))
        except InvalidTag:
            raise Locked(
                f"the passphrase does not open {name}", "type it again; it is that of `key protect`"
            ) from None


def _read(text: bytes, name: str) -> tuple[dict[str, Any], tuple[bytes, int, int, int]]:
    """The fields of a locked file, and how its passphrase is stretched."""
    try:
        said = json.loads(text)
        kdf = said["kdf"]
        salt, times, memory, lanes = bytes.fromhex(kdf["salt"]), kdf["t"], kdf["m"], kdf["p"]
        good = (
            said["locked"] == VERSION and said["name"] == name and len(salt) == _SALT
            and all(type(one) is int for one in (times, memory, lanes))
            and 1 <= times <= _MOST_TIMES and 1 <= lanes <= _MOST_LANES
            and 8 * lanes <= memory <= _MOST_MEMORY
            and len(base64.b64decode(said["box"], validate=True)) > _NONCE
        )  # fmt: skip
    except (ValueError, LookupError, TypeError):
        good = False
    if not good:
        raise NaturecodeError(f"the locked key {name} is damaged", "bring it back from a copy")
    return said, (salt, times, memory, lanes)


def _derive(passphrase: str, salt: bytes, times: int, memory: int, lanes: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    kdf = Argon2id(salt=salt, length=32, iterations=times, lanes=lanes, memory_cost=memory)
    return kdf.derive(passphrase.encode("utf-8", "surrogateescape"))


def _canonical(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
