"""The keys of a device: made whole or not at all, and read by their owner only."""

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from git_naturecode.crypto import keys
from git_naturecode.errors import NaturecodeError, NotPermitted


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "config/keys")


def test_a_device_has_one_key_to_seal_for(folder: str) -> None:
    device = keys.make_device(folder, b"1" * 32)
    public = keys.make_seal(folder, device, b"2" * 32)
    assert keys.make_seal(folder, device, b"3" * 32) == public
    assert keys.seal_public(folder, device) == public
    assert keys.seal_secret(folder, device) == b"2" * 32
    assert keys.sealed_for(folder) == [device]
    assert keys.public_key(folder, device) != public


def test_two_devices_agree_on_a_secret(folder: str) -> None:
    devices = [keys.make_device(folder, letter * 32) for letter in (b"1", b"2")]
    public = [keys.make_seal(folder, one, one.encode() * 2) for one in devices]
    private = [X25519PrivateKey.from_private_bytes(keys.seal_secret(folder, d)) for d in devices]
    one, two = (
        private[at].exchange(X25519PublicKey.from_public_bytes(public[1 - at])) for at in (0, 1)
    )
    assert one == two != private[0].exchange(private[0].public_key())


def test_only_the_owner_can_read_what_is_there(folder: str) -> None:
    device = keys.make_device(folder, b"1" * 32)
    keys.make_seal(folder, device, b"2" * 32)
    assert os.stat(folder).st_mode & 0o777 == 0o700
    assert sorted(os.listdir(folder)) == [f"{device}.key", f"{device}.seal"]
    for name in os.listdir(folder):
        assert os.stat(os.path.join(folder, name)).st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o611])
def test_a_key_that_others_can_reach_is_refused(folder: str, mode: int) -> None:
    device = keys.make_device(folder, b"1" * 32)
    keys.make_seal(folder, device, b"2" * 32)
    for name, use in ((f"{device}.key", keys.public_key), (f"{device}.seal", keys.seal_secret)):
        path = os.path.join(folder, name)
        os.chmod(path, mode)
        with pytest.raises(NotPermitted) as caught:
            use(folder, device)
        assert f"chmod 600 {path}" in caught.value.hint
        os.chmod(path, 0o600)
        use(folder, device)


def test_a_key_is_never_written_over(folder: str) -> None:
    device = keys.make_device(folder, b"1" * 32)
    with pytest.raises(FileExistsError):
        keys.make_device(folder, b"1" * 32)
    assert os.listdir(folder) == [f"{device}.key"]


@pytest.mark.parametrize("text", [b"", b"rubbish", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_damaged_key_is_named(folder: str, text: bytes) -> None:
    device = keys.make_device(folder, b"1" * 32)
    keys.make_seal(folder, device, b"2" * 32)
    for end in ("key", "seal"):
        Path(folder, f"{device}.{end}").write_bytes(text)
    for use in (keys.public_key, keys.seal_public):
        with pytest.raises(NaturecodeError, match="damaged"):
            use(folder, device)


def test_keys_do_not_stand_for_each_other(folder: str) -> None:
    device, other = (keys.make_device(folder, letter * 32) for letter in (b"1", b"2"))
    keys.make_seal(folder, device, b"2" * 32)
    seal, key = Path(folder, f"{device}.seal"), Path(folder, f"{device}.key")
    (text, mine), theirs = (seal.read_bytes(), key.read_bytes()), Path(folder, f"{other}.key")
    seal.write_bytes(mine)
    key.write_bytes(theirs.read_bytes())
    for use in (keys.public_key, keys.seal_public):
        with pytest.raises(NaturecodeError, match="damaged"):
            use(folder, device)
    key.write_bytes(text)
    with pytest.raises(NaturecodeError, match="damaged"):
        keys.public_key(folder, device)


def test_what_is_missing_is_said(folder: str) -> None:
    assert keys.sealed_for(folder) == []
    with pytest.raises(NaturecodeError, match="missing") as caught:
        keys.seal_public(folder, "0" * 16)
    assert "key restore" in caught.value.hint
