"""What has to be computed to believe a line: certificates and invitations, each looked at once."""

from typing import Protocol

from git_naturecode.domain.policy import ops, parsed


class Checks(Protocol):
    """The arithmetic behind the policy; `Real` in life."""

    def certificate(self, cert: parsed.Certificate, device: str, key: str, seal: str) -> bool:
        """True when the member key in `cert` signed it for the device with these keys (hex)."""
        ...

    def signature(self, key: str, signature: str, data: bytes) -> bool:
        """True when `signature` (hex) of `data` is by the Ed25519 key `key` (hex)."""
        ...

    def device(self, key: str) -> str:
        """The id of the device with the Ed25519 key `key` (hex)."""
        ...


class Real:
    """The checks as they are: cryptography is loaded when the first one is asked for."""

    def certificate(self, cert: parsed.Certificate, device: str, key: str, seal: str) -> bool:
        """See `Checks`."""
        from git_naturecode.crypto import member

        shown = {"key": cert.key, "expires": cert.expires, "sig": cert.signature}
        return member.is_certified(shown, device, key, seal)

    def signature(self, key: str, signature: str, data: bytes) -> bool:
        """See `Checks`."""
        from git_naturecode.crypto import keys

        return keys.is_signed(bytes.fromhex(key), bytes.fromhex(signature), data)

    def device(self, key: str) -> str:
        """See `Checks`."""
        import hashlib

        from git_naturecode import ids

        return ids.base32(hashlib.sha256(bytes.fromhex(key)).digest(), 16)


class Proofs:
    """Checks that remember: `known` says by a name for each question what the answer was."""

    def __init__(self, checks: Checks) -> None:
        self.checks = checks
        self.known: dict[str, bool] = {}

    def is_certified(
        self, name: str, cert: parsed.Certificate, device: str, key: str, seal: str
    ) -> bool:
        """True when `cert`, in the operation called `name`, is good for a device with these."""
        if name not in self.known:
            self.known[name] = self.checks.certificate(cert, device, key, seal)
        return self.known[name]

    def is_invited(self, name: str, op: parsed.Join, invite: str, team: str, device: str) -> bool:
        """True when the operation called `name` was made with the code whose key is `invite`."""
        name = f"{name} {invite}"
        if name not in self.known:
            data = ops.join_proof(team, op.member, op.keys, device)
            self.known[name] = self.checks.signature(invite, op.proof, data)
        return self.known[name]

    def is_device(self, device: str, key: str) -> bool:
        """True when `key` (hex) is the key of `device`."""
        return self.checks.device(key) == device
