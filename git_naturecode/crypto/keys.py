"""The key of a device: made once by `init`, kept in the user's configuration directory."""

import hashlib
import os

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from git_naturecode import ids


def make_device(folder: str, private: bytes) -> str:
    """Keep the Ed25519 key with the 32 secret bytes `private` in `folder`; give the device id.

    The id is the first 16 base-32 characters of the SHA-256 of the public key (DESIGN 4), so
    nobody can take another's. The file can be read by its owner only.
    """
    key = Ed25519PrivateKey.from_private_bytes(private)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    device = ids.base32(hashlib.sha256(public).digest(), 16)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(os.path.join(folder, f"{device}.key"), flags, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return device
