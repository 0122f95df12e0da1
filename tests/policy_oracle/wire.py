"""Signed lines as the pages describe them, written anew: nothing here comes from the product."""

import base64
import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Op = Mapping[str, Any]
GENUINE: dict[str, tuple[str, ...]] = {}
"""Of each certificate that is not forged: by its signature, who vouches for what."""

_LINE = b"naturecode/log/v1\0"
_JOIN = b"naturecode/join/v1\0"
_CERTIFICATE = b"naturecode-device"
_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True)
class Line:
    """One line of a trust log, and the bytes that stand in the file."""

    digest: str
    device: str
    key: str
    seq: int
    prev: str
    root: str
    team: str
    deps: tuple[str, ...]
    at: str
    ops: tuple[Op, ...]
    raw: bytes


@dataclass(frozen=True)
class Device:
    """A key of a clone, its id, and its sealing key (32 bytes in hex that nobody opens here)."""

    name: str
    private: Ed25519PrivateKey
    key: str
    id: str
    seal: str


def canonical(said: object) -> bytes:
    """JSON with sorted keys, no blanks, only ASCII."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sha256(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


@cache
def private(name: str) -> Ed25519PrivateKey:
    """The key that belongs to `name`, the same at every run."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"key {name}".encode()).digest())


def public(key: Ed25519PrivateKey) -> bytes:
    """Its 32 public bytes."""
    return key.public_key().public_bytes_raw()


@cache
def device(name: str) -> Device:
    """The device called `name`."""
    key = private(f"device {name}")
    hashed = int.from_bytes(hashlib.sha256(public(key)).digest()[:10], "big")
    letters = "".join(_BASE32[hashed >> shift & 31] for shift in range(75, -1, -5))
    return Device(name, key, public(key).hex(), letters, sha256(f"seal {name}".encode()))


def member_key(name: str) -> str:
    """The public member key of `name`, as OpenSSH writes it."""
    blob = _string(b"ssh-ed25519") + _string(public(private(f"member {name}")))
    return f"ssh-ed25519 {base64.b64encode(blob).decode()}"


@cache
def certificate(holder: str, name: str, expires: str = "") -> Op:
    """What `holder`'s member key says of the device `name`."""
    told = device(name)
    text = canonical(
        {"device": told.id, "key": told.key, "seal": told.seal, "expires": expires}
    )  # fmt: skip
    signature = ssh_signature(holder, text)
    GENUINE[signature] = (member_key(holder), told.id, told.key, told.seal, expires)
    return {"key": member_key(holder), "expires": expires, "sig": signature}


def ssh_signature(holder: str, message: bytes, namespace: bytes = _CERTIFICATE) -> str:
    """An armoured SSHSIG (PROTOCOL.sshsig of OpenSSH) by `holder`'s member key."""
    key = private(f"member {holder}")
    hashed = hashlib.sha512(message).digest()
    signed = b"SSHSIG" + b"".join(map(_string, (namespace, b"", b"sha512", hashed)))
    signature = _string(b"ssh-ed25519") + _string(key.sign(signed))
    blob = _string(b"ssh-ed25519") + _string(public(key))
    whole = b"SSHSIG" + struct.pack(">I", 1)
    whole += b"".join(map(_string, (blob, namespace, b"", b"sha512", signature)))
    text = base64.b64encode(whole).decode()
    rows = "\n".join(text[at : at + 70] for at in range(0, len(text), 70))
    return f"-----BEGIN SSH SIGNATURE-----\n{rows}\n-----END SSH SIGNATURE-----\n"


def code_key(code: str) -> str:
    """The public half, in hex, of the one-time code of an invitation."""
    return public(private(f"code {code}")).hex()


def join_proof(code: str, team: str, member: str, keys: Sequence[str], joining: str) -> str:
    """What only somebody who was given `code` can say about his device `joining` (its id)."""
    text = canonical({"team": team, "member": member, "keys": list(keys), "device": joining})
    return private(f"code {code}").sign(_JOIN + text).hex()


def signed(
    by: Device, seq: int, prev: str, root: str, team: str, deps: Sequence[str], at: str,
    ops: Sequence[Op],
) -> Line:  # fmt: skip
    """A line with these fields, whatever they say, signed by `by`."""
    said: dict[str, Any] = {
        "v": 1, "dev": by.id, "key": by.key, "seq": seq, "prev": prev, "root": root,
        "deps": sorted(deps), "at": at, "ops": list(ops),
    }  # fmt: skip
    if team:
        said["team"] = team
    said["sig"] = by.private.sign(_LINE + canonical(said)).hex()
    raw = canonical(said)
    return Line(
        sha256(raw), by.id, by.key, seq, prev, root, team, tuple(said["deps"]), at,
        tuple(said["ops"]), raw,
    )  # fmt: skip


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data
