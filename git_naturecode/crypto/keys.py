"""The key of a device: made once by `init`, kept in the user's configuration directory."""

import hashlib
import os

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from git_naturecode import ids
from git_naturecode.errors import NaturecodeError


def make_device(folder: str, private: bytes) -> str:
    """Keep the Ed25519 key with the 32 secret bytes `private` in `folder`; give the device id.

    The id is the first 16 base-32 characters of the SHA-256 of the public key (DESIGN 4), so
    nobody can take another's. The file can be read by its owner only.
    """
    key = Ed25519PrivateKey.from_private_bytes(private)
    device = device_of(_public(key))
    os.makedirs(folder, mode=0o700, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(_file(folder, device), flags, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return device


def device_of(public: bytes) -> str:
    """The id of the device whose public key (32 raw bytes) this is."""
    return ids.base32(hashlib.sha256(public).digest(), 16)


def sign(folder: str, device: str, data: bytes) -> bytes:
    """The Ed25519 signature (64 bytes) of `data` by the key of `device`; see `public_key`."""
    return _load(folder, device).sign(data)


def public_key(folder: str, device: str) -> bytes:
    """The public key (32 raw bytes) of `device`; raises NaturecodeError when its key is gone."""
    return _public(_load(folder, device))


def is_signed(public: bytes, signature: bytes, data: bytes) -> bool:
    """True when `signature` of `data` is by the key `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _load(folder: str, device: str) -> Ed25519PrivateKey:
    path = _file(folder, device)
    try:
        with open(path, "rb") as file:
            key = load_pem_private_key(file.read(), None)
    except FileNotFoundError:
        raise NaturecodeError(
            f"the key of this device is missing ({path})",
            "bring it back from a copy; nothing can be signed by this device without it",
        ) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey) or device_of(_public(key)) != device:
        raise NaturecodeError(
            f"the key of this device is damaged ({path})", "bring it back from a copy"
        )
    return key


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _file(folder: str, device: str) -> str:
    return os.path.join(folder, f"{device}.key")
