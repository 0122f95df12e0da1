"""Public SSH keys (ssh-ed25519 and ssh-rsa): as lines, as bytes, and checking what they signed.

A key is known by its line `ssh-ed25519 AAAA...`, two words without a comment. Formats: RFC 4253
section 6.6 (ssh-rsa), RFC 8709 (ssh-ed25519), RFC 8332 (rsa-sha2-256 and -512).
"""

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from git_naturecode.crypto.ssh_wire import Malformed, Reader

ED25519, RSA = "ssh-ed25519", "ssh-rsa"
RSA_SHA512, RSA_SHA256 = "rsa-sha2-512", "rsa-sha2-256"
_LEAST_BITS, _MOST_BITS = 2048, 16_384
_MOST_EXPONENT_BITS = 64  # a longer one only costs time
_MOST_BLOB = 4096
_ED25519_BYTES = 32


def blob_of(line: str) -> bytes:
    """The key of a line as it stands in an `.pub` file; a comment after it is left out.

    Raises Malformed for all but a sound ssh-ed25519 or ssh-rsa key.
    """
    words = line.split(None, 2)
    if len(words) < 2 or len(line) > 4 * _MOST_BLOB:
        raise Malformed("it is no line with an SSH key")
    blob = strict_base64(words[1])
    if type_of(blob) != words[0]:
        raise Malformed(f"it says {words[0][:40]!r}, and holds another kind of key")
    _load(blob)
    return blob


def line_of(blob: bytes) -> str:
    """The line of a key; raises Malformed for all but a sound one."""
    _load(blob)
    return f"{type_of(blob)} {base64.b64encode(blob).decode()}"


def fingerprint(blob: bytes) -> str:
    """`SHA256:...` as ssh-keygen prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def type_of(blob: bytes) -> str:
    """What kind of key `blob` says that it is."""
    return Reader(blob).string().decode("ascii", "replace")


def is_signed(blob: bytes, algorithm: str, value: bytes, data: bytes) -> bool:
    """True when `value` is the signature of `data` by the key `blob` in the way `algorithm`.

    False too for keys and algorithms that are not among those of this module.
    """
    try:
        key = _load(blob)
        if isinstance(key, Ed25519PublicKey) and algorithm == ED25519:
            key.verify(value, data)
        elif isinstance(key, RSAPublicKey) and algorithm == RSA_SHA512:
            key.verify(value, data, PKCS1v15(), hashes.SHA512())
        elif isinstance(key, RSAPublicKey) and algorithm == RSA_SHA256:
            key.verify(value, data, PKCS1v15(), hashes.SHA256())
        else:
            return False
    except (InvalidSignature, Malformed):
        return False
    return True


def padded(blob: bytes, value: bytes) -> bytes:
    """The signature `value` by the key `blob` at its full length.

    Some agents leave the zeros before an RSA signature out; RFC 8332 wants them.
    """
    key = _load(blob)
    return value.rjust(-(-key.key_size // 8), b"\0") if isinstance(key, RSAPublicKey) else value


def strict_base64(text: str) -> bytes:
    """The bytes of `text`, in which nothing is left to taste; raises Malformed."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Malformed("it is not base64") from None
    if base64.b64encode(data) != text.encode():
        raise Malformed("its base64 is not written as it should be")
    return data


def _load(blob: bytes) -> Ed25519PublicKey | RSAPublicKey:
    if len(blob) > _MOST_BLOB:
        raise Malformed("the key is too long")
    reader = Reader(blob)
    kind = reader.string()
    if kind == ED25519.encode():
        raw = reader.string()
        reader.end()
        if len(raw) != _ED25519_BYTES:
            raise Malformed("an ed25519 key has 32 bytes")
        return Ed25519PublicKey.from_public_bytes(raw)
    if kind == RSA.encode():
        exponent, modulus = reader.natural(), reader.natural()
        reader.end()
        return _rsa(exponent, modulus)
    raise Malformed(f"{kind[:40].decode('ascii', 'replace')!r} is not ssh-ed25519 or ssh-rsa")


def _rsa(exponent: int, modulus: int) -> RSAPublicKey:
    if not _LEAST_BITS <= modulus.bit_length() <= _MOST_BITS:
        raise Malformed(f"an RSA key has {_LEAST_BITS} to {_MOST_BITS} bits")
    if exponent.bit_length() > _MOST_EXPONENT_BITS:
        raise Malformed("the exponent of the RSA key is too long")
    try:
        return RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError:
        raise Malformed("it is no RSA key") from None
