"""Codes of invitations: what they hold, and that a wrong one is never taken for another."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.crypto import invitation

TEAM = "5d" * 32
SECRET = bytes(range(16))


def test_a_code_is_what_it_was_made_of() -> None:
    code = invitation.make(SECRET, TEAM)
    assert code.text == "nc-invite1:AAECAwQFBgcICQoLDA0OD11dXV1dXV1dXV1dXV1dXV1AyQ"
    assert code.public == "482fefc8f6841f139547ddb5e097d2bb08ee6656cc73f1a45de3b71b7d1bbc2e"
    assert invitation.read(code.text) == code
    assert invitation.read(f"  {code.text}\n").public == code.public
    assert invitation.read(code.text.removeprefix("nc-invite1:")) == code


def test_its_proof_holds_for_what_was_signed_alone() -> None:
    code = invitation.make(SECRET, TEAM)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(code.public))
    key.verify(bytes.fromhex(code.sign(b"me")), b"me")
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(code.sign(b"me")), b"you")


@pytest.mark.parametrize("text", ["", "nc-invite1:", "hello", "nc-invite1:é", "nc-invite1:AAAA"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"code|missing|mistyped"):
        invitation.read(text)


@given(st.integers(11, 54), st.sampled_from("ABCxyz019-_"))
def test_a_typing_error_is_noticed(at: int, instead: str) -> None:
    text = invitation.make(SECRET, TEAM).text
    typed = text[:at] + instead + text[at + 1 :]
    if typed != text:
        with pytest.raises(ValueError, match="mistyped"):
            invitation.read(typed)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32))
def test_every_code_reads_back(secret: bytes, team: bytes) -> None:
    code = invitation.make(secret, team.hex())
    assert invitation.read(code.text) == code
    assert code.team == team.hex()[:32]
