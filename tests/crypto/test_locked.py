"""Keys under a passphrase: the right one opens, nothing else does."""

import json
import os
from pathlib import Path

import pytest

from git_naturecode.crypto import keys, locked, unlocking
from git_naturecode.crypto.locked import Locked
from git_naturecode.errors import NaturecodeError

KEY = locked.stretch("correct horse", os.urandom)
MADE = locked.lock(b"the secret", "a.key", KEY, os.urandom)
OPENER = locked.Opener("correct horse")


def changed(**fields: object) -> bytes:
    """The locked file with other fields."""
    return json.dumps({**json.loads(MADE), **fields}).encode()


def test_the_right_passphrase_opens() -> None:
    assert locked.is_locked(MADE)
    assert b"secret" not in MADE
    assert OPENER.open(MADE, "a.key") == b"the secret"
    assert locked.lock(b"the secret", "a.key", KEY, os.urandom) != MADE
    kdf = json.loads(MADE)["kdf"]
    assert (kdf["t"], kdf["m"], kdf["p"]) == (3, 65536, 4)


def test_a_wrong_one_does_not() -> None:
    with pytest.raises(Locked, match="does not open"):
        locked.Opener("correct horsf").open(MADE, "a.key")


def test_nothing_in_the_file_can_be_changed() -> None:
    said = json.loads(MADE)
    box = bytearray(json.dumps(said["box"]).encode())
    kdf = said["kdf"]
    box[20] ^= 3
    for text, name in (
        (MADE, "b.key"), (changed(name="b.key"), "b.key"), (changed(locked=2), "a.key"),
        (changed(more=1), "a.key"), (changed(box=json.loads(box)), "a.key"),
        (changed(box=""), "a.key"), (changed(box="!"), "a.key"), (changed(kdf=None), "a.key"),
        (changed(kdf={**kdf, "salt": kdf["salt"][2:]}), "a.key"),
        (b"{", "a.key"), (b"[]", "a.key"), (b"{}", "a.key"), (b'{"locked":1}', "a.key"),
    ):  # fmt: skip
        with pytest.raises(NaturecodeError):
            OPENER.open(text, name)


@pytest.mark.parametrize(
    "more",
    [{"m": 1 << 21}, {"t": 17}, {"p": 17}, {"m": 8}, {"t": 0}, {"p": 0}, {"t": True}, {"m": "x"}],
)
def test_a_file_cannot_ask_for_more_than_a_key_is_worth(more: dict[str, object]) -> None:
    kdf = {**json.loads(MADE)["kdf"], **more}
    with pytest.raises(NaturecodeError, match="damaged"):
        OPENER.open(changed(kdf=kdf), "a.key")


def answers(*typed: str | None) -> unlocking.Ask:
    """A person who types these, one after the other."""
    left = list(typed)
    return lambda question: left.pop(0)


def test_a_person_is_asked_once_and_may_mistype() -> None:
    unlock = unlocking.Unlocking({}, answers("typo", "correct horse"))
    other = locked.lock(b"another", "b.key", KEY, os.urandom)
    assert unlock(MADE, "a.key") == b"the secret"
    assert unlock(other, "b.key") == b"another"


def test_after_three_tries_it_is_enough() -> None:
    with pytest.raises(Locked, match="does not open"):
        unlocking.Unlocking({}, answers("a", "b", "c"))(MADE, "a.key")


def test_where_nobody_can_be_asked_the_key_stays_locked() -> None:
    for unlock in (unlocking.Unlocking({}, answers(None)), unlocking.refuse):
        with pytest.raises(Locked) as caught:
            unlock(MADE, "a.key")
        assert "NATURECODE_PASSPHRASE" in caught.value.hint


def test_the_passphrase_can_come_from_the_environment() -> None:
    environ = {"NATURECODE_PASSPHRASE": "correct horse"}
    assert unlocking.Unlocking(environ, answers())(MADE, "a.key") == b"the secret"
    environ["NATURECODE_PASSPHRASE"] = "wrong"
    with pytest.raises(Locked):
        unlocking.Unlocking(environ, answers("correct horse"))(MADE, "a.key")


def test_a_locked_device_key_signs_once_it_is_unlocked(tmp_path: Path) -> None:
    folder = str(tmp_path)
    device = keys.make_device(folder, b"1" * 32)
    path = tmp_path / f"{device}.key"
    text = locked.lock(path.read_bytes(), path.name, KEY, os.urandom)
    public, signature = keys.public_key(folder, device), keys.sign(folder, device, b"x")
    keys.keep_secret(str(path), text, replace=True)
    with pytest.raises(Locked):
        keys.sign(folder, device, b"x")
    unlock = unlocking.Unlocking({}, answers("correct horse"))
    assert keys.sign(folder, device, b"x", unlock) == signature
    assert keys.public_key(folder, device, unlock) == public
    # The key of another device under the same passphrase does not stand for it.
    other = locked.lock(b"rubbish", path.name, KEY, os.urandom)
    keys.keep_secret(str(path), other, replace=True)
    with pytest.raises(NaturecodeError, match="damaged"):
        keys.sign(folder, device, b"x", unlock)
