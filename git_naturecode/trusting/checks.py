"""The checks of the policy, whose answers are kept, so that a reader needs no cryptography."""

from git_naturecode import ids
from git_naturecode.domain.policy import parsed, proofs
from git_naturecode.store.trust_db import TrustDb


class Checks(proofs.Real):
    """Certificates and signatures, each looked at once in the life of a clone."""

    def __init__(self, db: TrustDb) -> None:
        self._db = db

    def certificate(self, cert: parsed.Certificate, device: str, key: str, seal: str) -> bool:
        """See `proofs.Checks`."""
        real, name = super().certificate, _digest("certificate", *cert, device, key, seal)
        return self._db.proof(name, lambda: real(cert, device, key, seal))

    def signature(self, key: str, signature: str, data: bytes) -> bool:
        """See `proofs.Checks`."""
        real, name = super().signature, _digest("signature", key, signature, data.hex())
        return self._db.proof(name, lambda: real(key, signature, data))


def _digest(*parts: str) -> str:
    return ids.digest(parts).hex()
