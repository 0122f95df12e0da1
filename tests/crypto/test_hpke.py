"""HPKE against RFC 9180: a second implementation, held to the numbers of the RFC, as the oracle.

The library seals without associated data, the vectors of the RFC have some; so the oracle is held
to the vectors first, and then opens what the library sealed and the other way round.
"""

import hashlib
import hmac
import os

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from git_naturecode.crypto import hpke
from git_naturecode.crypto.hpke import NotOpened

H = bytes.fromhex
INFO = b"Ode on a Grecian Urn"
PLAIN = b"Beauty is truth, truth beauty"
# RFC 9180 A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode.
A1 = {
    "skEm": H("52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736"),
    "enc": H("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"),
    "skRm": H("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"),
    "pkRm": H("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"),
    "shared": H("fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc"),
    "key": H("4531685d41d65f03dc48f6b8302c05b0"),
    "nonce": H("56d890e5accaaf011cff4b7d"),
    "ct": H(
        "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a"
    ),
}
# A.2.1: the same with ChaCha20-Poly1305; its ephemeral key is derived from a seed.
A2 = {
    "ikmE": H("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b"),
    "enc": H("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"),
    "skRm": H("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb"),
    "pkRm": H("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a"),
    "ct": H(
        "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"
    ),
}
AES128, AES256, CHACHA = 1, 2, 3
KEM = b"KEM" + H("0020")


def _suite(aead: int) -> bytes:
    return b"HPKE" + H("00200001") + aead.to_bytes(2)


def _extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, hashlib.sha256)


def _expand(suite: bytes, secret: bytes, label: bytes, info: bytes, size: int) -> bytes:
    info, out, block = size.to_bytes(2) + b"HPKE-v1" + suite + label + info, b"", b""
    for number in range(1, 1 + -(-size // 32)):
        block = hmac.digest(secret, block + info + bytes([number]), hashlib.sha256)
        out += block
    return out[:size]


def _public(secret: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def _shared(secret: bytes, public: bytes, enc: bytes, reader: bytes) -> bytes:
    there = X25519PublicKey.from_public_bytes(public)
    dh = X25519PrivateKey.from_private_bytes(secret).exchange(there)
    return _expand(KEM, _extract(KEM, b"", b"eae_prk", dh), b"shared_secret", enc + reader, 32)


def _schedule(shared: bytes, info: bytes, aead: int) -> tuple[bytes, bytes]:
    suite = _suite(aead)
    context = b"\0" + _extract(suite, b"", b"psk_id_hash", b"")
    context += _extract(suite, b"", b"info_hash", info)
    secret = _extract(suite, shared, b"secret", b"")
    size = 16 if aead == AES128 else 32
    key = _expand(suite, secret, b"key", context, size)
    return key, _expand(suite, secret, b"base_nonce", context, 12)


def test_the_oracle_gives_the_numbers_of_the_rfc() -> None:
    assert _public(A1["skEm"]) == A1["enc"]
    assert _public(A1["skRm"]) == A1["pkRm"]
    shared = _shared(A1["skEm"], A1["pkRm"], A1["enc"], A1["pkRm"])
    assert shared == _shared(A1["skRm"], A1["enc"], A1["enc"], A1["pkRm"]) == A1["shared"]
    key, nonce = _schedule(shared, INFO, AES128)
    assert (key, nonce) == (A1["key"], A1["nonce"])
    assert AESGCM(key).encrypt(nonce, PLAIN, b"Count-0") == A1["ct"]


def test_the_oracle_gives_the_numbers_of_the_rfc_for_keys_of_256_bits() -> None:
    seed = _extract(KEM, b"", b"dkp_prk", A2["ikmE"])
    secret = _expand(KEM, seed, b"sk", b"", 32)
    assert _public(secret) == A2["enc"]
    shared = _shared(secret, A2["pkRm"], A2["enc"], A2["pkRm"])
    key, nonce = _schedule(shared, INFO, CHACHA)
    assert ChaCha20Poly1305(key).encrypt(nonce, PLAIN, b"Count-0") == A2["ct"]


@pytest.mark.parametrize("vector", [A1, A2])
def test_what_the_oracle_seals_with_the_keys_of_the_rfc_is_unwrapped(
    vector: dict[str, bytes],
) -> None:
    shared = _shared(vector["skRm"], vector["enc"], vector["enc"], vector["pkRm"])
    key, nonce = _schedule(shared, INFO, AES256)
    wrapped = vector["enc"] + AESGCM(key).encrypt(nonce, PLAIN, b"")
    assert hpke.unwrap(wrapped, vector["skRm"], INFO) == PLAIN


def test_what_is_wrapped_the_oracle_opens() -> None:
    secret = os.urandom(32)
    public = hpke.public_of(secret)
    wrapped = hpke.wrap(PLAIN, public, INFO)
    enc, sealed = wrapped[:32], wrapped[32:]
    key, nonce = _schedule(_shared(secret, enc, enc, public), INFO, AES256)
    assert AESGCM(key).decrypt(nonce, sealed, b"") == PLAIN
    assert len(wrapped) == len(PLAIN) + 48


def test_another_info_key_or_bit_opens_nothing() -> None:
    secret = os.urandom(32)
    wrapped = hpke.wrap(bytes(32), hpke.public_of(secret), b"here")
    assert hpke.unwrap(wrapped, secret, b"here") == bytes(32)
    with pytest.raises(NotOpened):
        hpke.unwrap(wrapped, secret, b"there")
    with pytest.raises(NotOpened):
        hpke.unwrap(wrapped, os.urandom(32), b"here")
    for bit in range(8 * len(wrapped)):
        changed = bytearray(wrapped)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(NotOpened):
            hpke.unwrap(bytes(changed), secret, b"here")


@pytest.mark.parametrize("wrapped", [b"", bytes(31), bytes(80), bytes(32) + bytes(48)])
def test_what_is_no_wrap_is_refused(wrapped: bytes) -> None:
    with pytest.raises(NotOpened):
        hpke.unwrap(wrapped, os.urandom(32), b"")


def test_a_suite_of_a_later_program_is_refused_in_words() -> None:
    secret = os.urandom(32)
    with pytest.raises(NotOpened, match="suite 2"):
        hpke.wrap(bytes(32), hpke.public_of(secret), b"", 2)
    with pytest.raises(NotOpened):
        hpke.unwrap(bytes(80), secret, b"", 2)


def test_nothing_is_wrapped_for_a_key_of_small_order() -> None:
    with pytest.raises(ValueError, match="shared key"):
        hpke.wrap(bytes(32), bytes(32), b"")
