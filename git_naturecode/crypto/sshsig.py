"""SSHSIG: the signatures of `ssh-keygen -Y sign` and of `git commit -S`, made and checked.

The format is OpenSSH's PROTOCOL.sshsig: in armour a blob `SSHSIG version key namespace reserved
hash signature`; signed is `SSHSIG namespace reserved hash H(message)`. What is read here anybody
may have sent: every length is bounded, and nothing beside the format is taken.
"""

import base64
import hashlib
from typing import NamedTuple, Protocol

from git_naturecode.crypto import ssh_keys
from git_naturecode.crypto.ssh_wire import Malformed, Reader, number, string

MOST = 16 * 1024  # characters in armour; RSA with 16,384 bits needs 6 KiB
_MAGIC, _VERSION = b"SSHSIG", 1
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_COLUMNS = 70
_HASHES = ("sha512", "sha256")


class Signature(NamedTuple):
    """What a signature says of itself; whether that is true, only `verify` tells."""

    key: bytes
    namespace: str
    hash: str
    algorithm: str
    value: bytes


class Signer(Protocol):
    """A private SSH key, wherever it may be."""

    @property
    def blob(self) -> bytes:
        """Its public half, in the SSH wire format."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The signature of `data` as SSH writes it: `string algorithm, string value`."""
        ...


def create(message: bytes, namespace: str, signer: Signer) -> str:
    """The signature of `message` for the purpose `namespace`, in armour.

    Raises Malformed when what the signer gives is no signature by its key: it may be an agent.
    """
    signed = string(signer.sign(_signed(message, namespace, _HASHES[0])))
    blob = b"".join((
        _MAGIC, number(_VERSION), string(signer.blob), string(namespace.encode()), string(b""),
        string(_HASHES[0].encode()), signed,
    ))  # fmt: skip
    text = base64.b64encode(blob).decode()
    lines = [text[at : at + _COLUMNS] for at in range(0, len(text), _COLUMNS)]
    armoured = "\n".join((_BEGIN, *lines, _END, ""))
    if not verify(armoured, message, namespace, ssh_keys.line_of(signer.blob)):
        raise Malformed("what the key gave is no signature by it")
    return armoured


def parse(armoured: str) -> Signature:
    """The parts of a signature in armour; raises Malformed for all that is not exactly one."""
    reader = Reader(_out_of_armour(armoured))
    if reader.take(len(_MAGIC)) != _MAGIC or reader.number() != _VERSION:
        raise Malformed("it is no SSH signature of version 1")
    key, namespace, reserved = reader.string(), reader.string(), reader.string()
    chosen, signature = reader.string(), Reader(reader.string())
    reader.end()
    algorithm, value = signature.string(), signature.string()
    signature.end()
    if not namespace or reserved:
        raise Malformed("it names no purpose" if reserved == b"" else "it holds what nobody signed")
    if chosen not in (one.encode() for one in _HASHES):
        raise Malformed("it is not over sha512 or sha256")
    ssh_keys.line_of(key)
    return Signature(key, _ascii(namespace), chosen.decode(), _ascii(algorithm), value)


def verify(armoured: str, message: bytes, namespace: str, key: str) -> bool:
    """True when `armoured` is the signature of `message` for `namespace` by `key`, a line.

    False for whatever cannot be read, too.
    """
    try:
        found, wanted = parse(armoured), ssh_keys.blob_of(key)
    except Malformed:
        return False
    if found.key != wanted or found.namespace != namespace:
        return False
    data = _signed(message, namespace, found.hash)
    return ssh_keys.is_signed(found.key, found.algorithm, found.value, data)


def _signed(message: bytes, namespace: str, chosen: str) -> bytes:
    hashed = hashlib.new(chosen, message).digest()
    parts = (namespace.encode(), b"", chosen.encode(), hashed)
    return _MAGIC + b"".join(map(string, parts))


def _out_of_armour(armoured: str) -> bytes:
    if len(armoured) > MOST:
        raise Malformed("it is too long for a signature")
    lines = armoured.strip().replace("\r\n", "\n").split("\n")
    if len(lines) < 3 or lines[0] != _BEGIN or lines[-1] != _END:
        raise Malformed("it is no SSH signature")
    return ssh_keys.strict_base64("".join(lines[1:-1]))


def _ascii(data: bytes) -> str:
    try:
        return data.decode("ascii")
    except UnicodeDecodeError:
        raise Malformed("a name in it is not ASCII") from None
