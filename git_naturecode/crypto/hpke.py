"""Wrapping a key for one reader: HPKE in base mode, single shot (RFC 9180)."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

# 1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. 2 is kept for a hybrid one.
X25519_SUITE = 1
_SUITES = {
    X25519_SUITE: hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
}
KEY_BYTES = 32


class NotOpened(ValueError):
    """A ciphertext does not open with this key and in this place; the message says which."""


def wrap(key: bytes, public: bytes, info: bytes, suite: int = X25519_SUITE) -> bytes:
    """`key` for the owner of the X25519 key `public` (32 bytes), only to be opened under `info`.

    The encapsulated key stands before the ciphertext, 48 bytes more than `key` in suite 1. Raises
    ValueError when `public` is no key, NotOpened for a suite that this program does not know.
    """
    return _suite(suite).encrypt(key, X25519PublicKey.from_public_bytes(public), info=info)


def unwrap(wrapped: bytes, private: bytes, info: bytes, suite: int = X25519_SUITE) -> bytes:
    """What `wrap` wrapped, by the secret bytes `private`; raises NotOpened."""
    reader = X25519PrivateKey.from_private_bytes(private)
    try:
        return _suite(suite).decrypt(wrapped, reader, info=info)
    except (InvalidTag, ValueError) as error:
        raise NotOpened("a wrapped key does not open here") from error


def public_of(private: bytes) -> bytes:
    """The public key (32 raw bytes) of the X25519 key with the 32 secret bytes `private`."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _suite(number: int) -> hpke.Suite:
    found = _SUITES.get(number)
    if found is None:
        raise NotOpened(f"this program does not know encryption suite {number}")
    return found
