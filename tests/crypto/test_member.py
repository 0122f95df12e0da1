"""A member key certifies devices, and nothing else passes for it."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import openssh
from git_naturecode.crypto import member
from git_naturecode.errors import NaturecodeError

ADA = member.new(b"a" * 32)
SAID = ("7f3kq0abx2m4c9vd", "11" * 32, "22" * 32)
EXPIRES = "2027-01-01T00:00:00.000Z"


def test_a_certificate_says_whose_a_device_is() -> None:
    cert = member.certify(ADA, *SAID, EXPIRES)
    assert cert["key"] == ADA.line
    assert cert["expires"] == EXPIRES
    assert member.is_certified(cert, *SAID)
    assert member.is_certified(json.loads(json.dumps(cert)), *SAID)


def test_a_certificate_is_a_signature_that_openssh_verifies(tmp_path: Path) -> None:
    openssh.require()
    cert = member.certify(ADA, *SAID, "")
    text = (
        b'{"device":"7f3kq0abx2m4c9vd","expires":"","key":"' + b"11" * 32
        + b'","seal":"' + b"22" * 32 + b'"}'
    )  # fmt: skip
    assert openssh.verifies(tmp_path, ADA.line, "naturecode-device", text, cert["sig"])


def test_nothing_in_a_certificate_can_be_changed() -> None:
    cert = member.certify(ADA, *SAID, EXPIRES)
    eve = member.new(b"e" * 32)
    theirs = member.certify(eve, *SAID, EXPIRES)
    changes: list[object] = [
        {**cert, "expires": ""},
        {**cert, "expires": "2028-01-01T00:00:00.000Z"},
        {**cert, "key": eve.line},
        {**theirs, "key": ADA.line},
        {**cert, "sig": theirs["sig"]},
        {**cert, "key": f"{ADA.line} ada"},
        {**cert, "more": 1},
        {"key": ADA.line, "expires": ""},
        {**cert, "sig": 1},
        {**cert, "expires": None},
        {**cert, "key": []},
        {},
        [],
        None,
        "",
        1,
    ]
    for changed in changes:
        assert not member.is_certified(changed, *SAID), changed
    for at in range(3):
        other = [*SAID]
        other[at] = other[at].replace("2", "3").replace("1", "4").replace("7", "8")
        assert not member.is_certified(cert, *other)


def test_a_signature_for_another_purpose_is_no_certificate() -> None:
    from git_naturecode.crypto import sshsig

    cert = member.certify(ADA, *SAID, "")
    other = sshsig.create(member.certified(*SAID, ""), "git", ADA)
    assert not member.is_certified({**cert, "sig": other}, *SAID)


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["key", "expires", "sig", "x"]), inner, max_size=4),
    max_leaves=12,
))  # fmt: skip
def test_whatever_stands_for_a_certificate_is_looked_at_calmly(value: object) -> None:
    assert not member.is_certified(value, *SAID)
    assert not member.is_certified({"key": value, "expires": value, "sig": value}, *SAID)


def test_a_key_comes_back_from_its_text(tmp_path: Path) -> None:
    assert member.read(ADA.text()).line == ADA.line
    for given_key in (
        ADA.text().decode(), f"\n{ADA.text().decode().strip()} ",
        base64.b64encode(b"a" * 32).decode(),
        base64.urlsafe_b64encode(b"a" * 32).decode().rstrip("=") + "\n",
    ):  # fmt: skip
        assert member.read_given(given_key).line == ADA.line
    odd = bytes(range(224, 256))  # + and / in one alphabet, - and _ in the other
    assert member.read_given(base64.b64encode(odd).decode()).line == member.new(odd).line
    assert member.read_given(base64.urlsafe_b64encode(odd).decode()).line == member.new(odd).line


SECRET = "c2VjcmV0IHRleHQgdGhhdCBubyBtZXNzYWdlIHJlcGVhdHM"


@pytest.mark.parametrize(
    "text",
    [
        "", "x", SECRET, "-----BEGIN OPENSSH PRIVATE KEY-----\n", "ssh-ed25519 AAAA", "é", "\ud800",
        f"-----BEGIN OPENSSH PRIVATE KEY-----\n{SECRET}\n-----END OPENSSH PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(NaturecodeError) as caught:
        member.read_given(text)
    assert SECRET not in caught.value.message + caught.value.hint


def test_a_key_with_a_passphrase_is_left_to_the_agent(tmp_path: Path) -> None:
    openssh.require()
    openssh.make_key(tmp_path / "id", "ed25519")
    openssh.run("ssh-keygen", "-q", "-p", "-N", "secret", "-f", str(tmp_path / "id"))
    with pytest.raises(member.Locked) as caught:
        member.read((tmp_path / "id").read_bytes())
    assert "ssh-add" in caught.value.hint


def test_keys_of_other_kinds_are_refused(tmp_path: Path) -> None:
    openssh.require()
    openssh.make_key(tmp_path / "id", "ecdsa")
    with pytest.raises(NaturecodeError, match="no private ed25519 or RSA"):
        member.read((tmp_path / "id").read_bytes())
