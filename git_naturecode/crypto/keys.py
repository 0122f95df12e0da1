"""The keys of a device, one to sign and one to open what is sealed, in the user's configuration.

Where a key file may be locked, `unlock` says how to get at it (see `unlocking`).
"""

import hashlib
import os
import tempfile
from contextlib import suppress

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from git_naturecode import ids
from git_naturecode.crypto.locked import is_locked
from git_naturecode.crypto.unlocking import Unlock, refuse
from git_naturecode.errors import NaturecodeError, NotPermitted

_SIGN, _SEAL = "key", "seal"  # the ends of their files' names
_MOST = 64 * 1024  # bytes of a file with a key
Private = Ed25519PrivateKey | X25519PrivateKey


def make_device(folder: str, private: bytes) -> str:
    """Keep the Ed25519 key with the 32 secret bytes `private` in `folder`; give the device id.

    The id is the first 16 base-32 characters of the SHA-256 of the public key (DESIGN 4), so
    nobody can take another's. The file can be read by its owner only.
    """
    key = Ed25519PrivateKey.from_private_bytes(private)
    device = device_of(_public(key))
    _keep(_file(folder, device, _SIGN), key)
    return device


def make_seal(folder: str, device: str, private: bytes, unlock: Unlock = refuse) -> bytes:
    """The X25519 public key (32 raw bytes) of `device`.

    It gets the key with the 32 secret bytes `private` where it has none yet.
    """
    with suppress(FileExistsError):
        _keep(_file(folder, device, _SEAL), X25519PrivateKey.from_private_bytes(private))
    return seal_public(folder, device, unlock)


def restore_seal(folder: str, device: str, private: bytes) -> bool:
    """Keep the X25519 key of a device that came out of a backup; False when it is here already.

    Raises NaturecodeError when `device` cannot be the name of one.
    """
    if not ids.DEVICE.fullmatch(device):
        raise NaturecodeError("the backup names a device that cannot be one")
    try:
        _keep(_file(folder, device, _SEAL), X25519PrivateKey.from_private_bytes(private))
    except FileExistsError:
        return False
    return True


def device_of(public: bytes) -> str:
    """The id of the device whose public key (32 raw bytes) this is."""
    return ids.base32(hashlib.sha256(public).digest(), 16)


def sign(folder: str, device: str, data: bytes, unlock: Unlock = refuse) -> bytes:
    """The Ed25519 signature (64 bytes) of `data` by the key of `device`; see `public_key`."""
    return _load(folder, device, unlock).sign(data)


def public_key(folder: str, device: str, unlock: Unlock = refuse) -> bytes:
    """The public key (32 raw bytes) of `device`; raises NaturecodeError when its key is gone."""
    return _public(_load(folder, device, unlock))


def seal_public(folder: str, device: str, unlock: Unlock = refuse) -> bytes:
    """The X25519 public key (32 raw bytes) of `device`; raises NaturecodeError when it is gone."""
    return _public(_read(folder, device, _SEAL, unlock))


def seal_secret(folder: str, device: str, unlock: Unlock = refuse) -> bytes:
    """Its secret half (32 raw bytes); raises NaturecodeError when it is gone."""
    raw, nothing = (Encoding.Raw, PrivateFormat.Raw), NoEncryption()
    return _read(folder, device, _SEAL, unlock).private_bytes(*raw, nothing)


def sealed_for(folder: str) -> list[str]:
    """The devices whose X25519 keys are in `folder`: this one, others here, and restored ones."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    return [name[: -len(_SEAL) - 1] for name in names if name.endswith(f".{_SEAL}")]


def is_signed(public: bytes, signature: bytes, data: bytes) -> bool:
    """True when `signature` of `data` is by the key `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def keep_secret(path: str, data: bytes, *, replace: bool = False) -> None:
    """Write a file that only its owner can read, whole or not at all.

    Raises FileExistsError when there is one, unless it shall be replaced.
    """
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    descriptor, new = tempfile.mkstemp(dir=folder, prefix=".", suffix=".new")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(new, path)
        else:
            os.link(new, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(new)


def read_secret(path: str, unlock: Unlock = refuse) -> bytes:
    """The private key in a file, which `unlock` unlocks where it is locked.

    Raises NotPermitted when anybody else can read it, FileNotFoundError when there is none.
    """
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise NotPermitted(
                f"others on this machine can read the private key {path}",
                f"`chmod 600 {path}`; if somebody may have copied it, use another: "
                "`git naturecode device revoke`, `git naturecode key rotate`",
            )
        text = file.read(_MOST)
    return unlock(text, os.path.basename(path)) if is_locked(text) else text


def _load(folder: str, device: str, unlock: Unlock) -> Ed25519PrivateKey:
    key = _read(folder, device, _SIGN, unlock)
    if not isinstance(key, Ed25519PrivateKey) or device_of(_public(key)) != device:
        raise _damaged(_file(folder, device, _SIGN))
    return key


def _read(folder: str, device: str, end: str, unlock: Unlock) -> Private:
    path = _file(folder, device, end)
    try:
        key = load_pem_private_key(read_secret(path, unlock), None)
    except FileNotFoundError:
        raise NaturecodeError(
            f"the key of this device is missing ({path})",
            "bring it back from a copy; nothing can be signed by this device without it"
            if end == _SIGN
            else "bring it back from a copy, or `git naturecode key restore`",
        ) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _damaged(path) from None
    if not isinstance(key, Ed25519PrivateKey if end == _SIGN else X25519PrivateKey):
        raise _damaged(path)
    return key


def _damaged(path: str) -> NaturecodeError:
    return NaturecodeError(
        f"the key of this device is damaged ({path})", "bring it back from a copy"
    )


def _keep(path: str, key: Private) -> None:
    """Write a key that only its owner can read; raises FileExistsError when there is one."""
    keep_secret(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _public(key: Private) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _file(folder: str, device: str, end: str) -> str:
    return os.path.join(folder, f"{device}.{end}")
