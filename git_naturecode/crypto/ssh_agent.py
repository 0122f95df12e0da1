"""Asking an SSH agent which keys it has, and to sign with one of them.

The protocol is that of the OpenSSH agent (draft-ietf-sshm-ssh-agent). Whatever stands behind the
socket is not trusted: answers are bounded in size and time, and what it says is a signature is
checked by whoever asked for it (`sshsig.create`).
"""

import socket
import time
from typing import NamedTuple

from git_naturecode.crypto import ssh_keys
from git_naturecode.crypto.ssh_wire import Malformed, Reader, number, string
from git_naturecode.errors import NaturecodeError

SECONDS = 10.0  # for one question: a person may have to say yes to it
_MOST_ANSWER = 256 * 1024  # bytes; OpenSSH takes no more either
_MOST_KEYS = 1000
_LIST, _LISTED, _SIGN, _SIGNED, _FAILED = 11, 12, 13, 14, 5
_SHA512 = 4  # flag: an RSA key shall sign by rsa-sha2-512


class AgentFailed(NaturecodeError):
    """The agent cannot be reached, says no, or says what makes no sense."""


class Held(NamedTuple):
    """A key that an agent holds: in the SSH wire format, and what its owner calls it."""

    blob: bytes
    comment: str


class Agent:
    """The agent behind a socket; each question may take `seconds`."""

    def __init__(self, path: str, seconds: float = SECONDS) -> None:
        self._path = path
        self._seconds = seconds

    def held(self) -> list[Held]:
        """The ed25519 and RSA keys that it holds, in its order; raises AgentFailed."""
        try:
            reader = self._ask(bytes([_LIST]), _LISTED)
            found = [self._held(reader) for _ in range(min(reader.number(), _MOST_KEYS))]
        except Malformed as error:
            raise _senseless(error) from None
        return [one for one in found if one is not None]

    def sign(self, blob: bytes, data: bytes) -> bytes:
        """What the agent says is the signature of `data` by the key `blob`.

        As SSH writes it: `string algorithm, string value`. Raises AgentFailed.
        """
        flags = _SHA512 if ssh_keys.type_of(blob) == ssh_keys.RSA else 0
        said = bytes([_SIGN]) + string(blob) + string(data) + number(flags)
        try:
            outer = self._ask(said, _SIGNED)
            signed = Reader(outer.string())
            outer.end()
            algorithm, value = signed.string(), signed.string()
            signed.end()
        except Malformed as error:
            raise _senseless(error) from None
        return string(algorithm) + string(ssh_keys.padded(blob, value))

    @staticmethod
    def _held(reader: Reader) -> Held | None:
        blob, comment = reader.string(), reader.string()
        try:
            ssh_keys.line_of(blob)
        except Malformed:  # of a kind that we cannot check: a security key, a certificate
            return None
        return Held(blob, comment.decode("utf-8", "replace"))

    def _ask(self, said: bytes, wanted: int) -> Reader:
        """What stands in the answer to `said`, which must be of the kind `wanted`."""
        deadline = time.monotonic() + self._seconds
        try:
            with socket.socket(socket.AF_UNIX) as channel:
                channel.settimeout(self._seconds)
                channel.connect(self._path)
                channel.sendall(string(said))
                size = int.from_bytes(_receive(channel, 4, deadline), "big")
                if not 1 <= size <= _MOST_ANSWER:
                    raise Malformed(f"an answer of {size} bytes")
                answer = _receive(channel, size, deadline)
        except TimeoutError:
            raise AgentFailed(
                f"the SSH agent did not answer within {self._seconds:g} s",
                "it may be waiting for you to say yes, or stuck: `ssh-add -l` tells",
            ) from None
        except (OSError, ValueError) as error:
            if isinstance(error, Malformed):
                raise
            raise AgentFailed(
                f"the SSH agent cannot be reached ({error})", "`ssh-add -l` tells what it says"
            ) from None
        if answer[0] == _FAILED:
            raise AgentFailed("the SSH agent said no", "`ssh-add -l` lists what it holds")
        if answer[0] != wanted:
            raise Malformed("an answer of another kind")
        return Reader(answer[1:], _MOST_ANSWER)


class AgentKey:
    """A key in an agent: a `sshsig.Signer`."""

    def __init__(self, agent: Agent, blob: bytes) -> None:
        self._agent = agent
        self.blob = blob
        """Its public half, in the SSH wire format."""

    def sign(self, data: bytes) -> bytes:
        """The signature of `data` as SSH writes it; raises AgentFailed."""
        return self._agent.sign(self.blob, data)


def _receive(channel: socket.socket, size: int, deadline: float) -> bytes:
    """Exactly `size` bytes; raises TimeoutError after `deadline`, however slowly they drip in."""
    data = bytearray()
    while len(data) < size:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        channel.settimeout(left)
        more = channel.recv(size - len(data))
        if not more:
            raise Malformed("an answer that breaks off")
        data += more
    return bytes(data)


def _senseless(error: Malformed) -> AgentFailed:
    return AgentFailed(
        f"what the SSH agent says makes no sense ({error})",
        "see what SSH_AUTH_SOCK leads to; `ssh-add -l` asks the same",
    )
