"""Sealing texts under a key that several readers share (research/security.md D).

Each text has a key of its own, derived from the shared one and from its context (what stands
beside it in the clear), and the context is authenticated too: moved elsewhere, a text does not
open. The shared key is committed to, since AES-GCM alone would let one ciphertext open
differently under two keys.
"""

import base64
import binascii
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from git_naturecode.crypto.hpke import NotOpened

KEY_BYTES = 32
NONCE_BYTES = 12
_TAG_BYTES = 16
_LEAST = 256
_MOST = 64 * 1024
_END = b"\x80"
_COMMIT = b"naturecode/commit/v1\0"
_ENTRY = b"naturecode/entry/v1\0"


def commitment(key: bytes) -> str:
    """What says in public which `key` is meant, and nothing else about it; in hex."""
    return _derived(key, _COMMIT).hex()


def is_committed(key: bytes, said: str) -> bool:
    """True when `said` is the commitment to `key`."""
    return hmac.compare_digest(commitment(key).encode(), said.encode("utf-8", "replace"))


def seal(key: bytes, context: bytes, plain: bytes, nonce: bytes) -> str:
    """`plain` under `key`, to be opened with the same `context` only; base64 in one line.

    `nonce` are 12 random bytes. The length that can be seen is rounded up to 256 bytes or the
    next power of two; above 64 KiB it is the true one.
    """
    box = AESGCM(_derived(key, _ENTRY + context))
    return base64.b64encode(nonce + box.encrypt(nonce, padded(plain), context)).decode("ascii")


def unseal(key: bytes, context: bytes, text: str) -> bytes:
    """What `seal` sealed; raises NotOpened for anything else, whatever `text` is."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise NotOpened("it is not base64") from None
    # One text, one way to write it: else its hash could be changed without its meaning.
    if base64.b64encode(data).decode("ascii") != text or len(data) < NONCE_BYTES + _TAG_BYTES:
        raise NotOpened("it is not written as it should be")
    box = AESGCM(_derived(key, _ENTRY + context))
    try:
        return unpadded(box.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], context))
    except InvalidTag:
        raise NotOpened("it does not open in this place") from None


def padded(plain: bytes) -> bytes:
    """`plain`, an end mark, and zeros up to the size of its class."""
    size = len(plain) + 1
    if size <= _MOST:
        size = max(_LEAST, 1 << (size - 1).bit_length())
    return plain + _END + bytes(size - len(plain) - 1)


def unpadded(data: bytes) -> bytes:
    """What `padded` was given; raises NotOpened when it was not made by it."""
    plain = data.rstrip(b"\0")
    if not plain.endswith(_END) or len(padded(plain[:-1])) != len(data):
        raise NotOpened("its padding is wrong")
    return plain[:-1]


def _derived(key: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, None, info).derive(key)
