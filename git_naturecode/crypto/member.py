"""Member keys: a person's key, which says once of each of his devices that it is his.

What is signed is canonical JSON of `{"device", "expires", "key", "seal"}` in the SSHSIG namespace
`naturecode-device`, by a key of our own or by an SSH key.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from git_naturecode.crypto import ssh_keys, sshsig
from git_naturecode.crypto.ssh_wire import Malformed, string
from git_naturecode.errors import NaturecodeError

NAMESPACE = "naturecode-device"
_RAW = re.compile(r"[A-Za-z0-9+/_-]{43}=?")


class MemberKey:
    """A private key in this process: a `sshsig.Signer`."""

    def __init__(self, private: Ed25519PrivateKey | RSAPrivateKey) -> None:
        self._private = private
        line = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        self.blob = ssh_keys.blob_of(line.decode())
        """Its public half, in the SSH wire format."""

    @property
    def line(self) -> str:
        """Its public half as `ssh-ed25519 AAAA...`."""
        return ssh_keys.line_of(self.blob)

    def sign(self, data: bytes) -> bytes:
        """The signature of `data` as SSH writes it."""
        if isinstance(self._private, RSAPrivateKey):
            value = self._private.sign(data, PKCS1v15(), hashes.SHA512())
            return string(ssh_keys.RSA_SHA512.encode()) + string(value)
        return string(ssh_keys.ED25519.encode()) + string(self._private.sign(data))

    def text(self) -> bytes:
        """The private key as an OpenSSH file holds it, without a passphrase."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


def new(private: bytes) -> MemberKey:
    """The Ed25519 member key with these 32 secret bytes."""
    return MemberKey(Ed25519PrivateKey.from_private_bytes(private))


def read(text: bytes) -> MemberKey:
    """The private key in an OpenSSH key file; raises NaturecodeError when it cannot be used."""
    try:
        private = load_ssh_private_key(text, None)
    except TypeError:
        raise Locked("the SSH key has a passphrase", "add it to your agent: `ssh-add`") from None
    except (ValueError, UnsupportedAlgorithm):
        private = None
    if not isinstance(private, Ed25519PrivateKey | RSAPrivateKey):
        raise NaturecodeError(
            "this is no private ed25519 or RSA key in the OpenSSH format",
            "`ssh-keygen -t ed25519` makes one",
        )
    try:
        return MemberKey(private)
    except Malformed as error:
        raise NaturecodeError(f"the SSH key cannot be used: {error}") from None


def read_given(text: str) -> MemberKey:
    """A key as a CI job gets it: an OpenSSH key file, or base64 of 32 secret bytes.

    Raises NaturecodeError when it is neither; the text is never repeated.
    """
    import base64

    bare = text.strip()
    if _RAW.fullmatch(bare):
        return new(base64.urlsafe_b64decode(bare.rstrip("=").translate(_URL_SAFE) + "="))
    return read(bare.encode("utf-8", "replace") + b"\n")


class Locked(NaturecodeError):
    """A private key that nobody has unlocked."""


def certified(device: str, key: str, seal: str, expires: str) -> bytes:
    """What a certificate signs: the device, its Ed25519 and X25519 key (hex), when it ends."""
    said = {"device": device, "key": key, "seal": seal, "expires": expires}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def certify(
    signer: sshsig.Signer, device: str, key: str, seal: str, expires: str
) -> dict[str, Any]:
    """The certificate of a device, as it stands in a `device` operation.

    `expires` is an ISO 8601 time in UTC, or "" for never. Raises Malformed when the signer (an
    agent) gives no signature.
    """
    text = certified(device, key, seal, expires)
    signature = sshsig.create(text, NAMESPACE, signer)
    return {"key": ssh_keys.line_of(signer.blob), "expires": expires, "sig": signature}


def is_certified(cert: object, device: str, key: str, seal: str) -> bool:
    """True when `cert` says of this device, by the key that it names, what it has to.

    `key` and `seal` are its keys in hex. Whether that key is a member's, and whether `expires` has
    passed, is for the policy to say. False for whatever else `cert` may be.
    """
    if not isinstance(cert, Mapping) or set(cert) != {"key", "expires", "sig"}:
        return False
    line, expires, signature = (cert[name] for name in ("key", "expires", "sig"))
    if not (isinstance(line, str) and isinstance(expires, str) and isinstance(signature, str)):
        return False
    try:
        if ssh_keys.line_of(ssh_keys.blob_of(line)) != line:
            return False
        text = certified(device, key, seal, expires)
    except (Malformed, ValueError):
        return False
    return sshsig.verify(signature, text, NAMESPACE, line)


_URL_SAFE = str.maketrans("+/", "-_")
