"""Trust logs: lines that only their device can have written."""

import json
from pathlib import Path

import pytest

from git_naturecode.crypto import keys
from git_naturecode.errors import NaturecodeError
from git_naturecode.store import trust

AT = "2026-11-22T10:30:05.123Z/0000"
OPS = [{"op": "purge", "names": [["m1", "0" * 64]]}]


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "keys")


def line(folder: str, device: str, before: bytes = b"", ops: list[object] | None = None) -> bytes:
    public = keys.public_key(folder, device)
    return trust.line(
        before, device, public, AT, OPS if ops is None else ops,
        lambda data: keys.sign(folder, device, data),
    )  # fmt: skip


def test_a_line_is_canonical_and_chained(folder: str) -> None:
    device = keys.make_device(folder, b"1" * 32)
    one = line(folder, device)
    two = line(folder, device, one + b"\n")
    first, second = json.loads(one), json.loads(two)
    assert trust.read(one) == first
    assert (first["seq"], first["prev"], first["root"]) == (1, "", "")
    assert (second["seq"], second["prev"], second["root"]) == (2, *[trust.digest(one)] * 2)
    assert trust.is_genuine(one, device)
    assert trust.is_genuine(two, device)


def test_nothing_in_a_line_can_be_changed(folder: str) -> None:
    device, other = (keys.make_device(folder, n * 32) for n in (b"1", b"2"))
    good = json.loads(line(folder, device))
    theirs = json.loads(line(folder, other))
    changes = {
        "at": "2026-11-22T10:30:05.124Z/0000", "seq": 2, "prev": "x", "deps": ["y"], "ops": [],
        "dev": other, "key": theirs["key"], "sig": theirs["sig"], "root": "z", "more": 1, "v": 2,
    }  # fmt: skip
    for key, value in changes.items():
        assert not trust.is_genuine(trust.canonical({**good, key: value}), device), key
    assert not trust.is_genuine(trust.canonical({**theirs, "dev": device}), device)
    assert not trust.is_genuine(trust.canonical(theirs), device)
    assert trust.is_genuine(trust.canonical(theirs), other)
    assert not trust.is_genuine(json.dumps(good).encode(), device)  # not as we write it
    for rubbish in (b"", b"[]", b"{}", b"null", b"[" * 100_000, b"\xff", b'{"v":1}'):
        assert not trust.is_genuine(rubbish, device)


def test_nobody_can_spell_a_signature_in_another_way(folder: str) -> None:
    device = keys.make_device(folder, b"1" * 32)
    good = line(folder, device)
    sig = json.loads(good)["sig"]
    for other in (sig.upper(), sig[:64] + " " + sig[64:], " " + sig, sig + "00", sig[2:], ""):
        assert other == sig or not trust.is_genuine(
            good.replace(sig.encode(), other.encode()), device
        )
    key = json.loads(good)["key"]
    assert not trust.is_genuine(good.replace(key.encode(), key.upper().encode()), device)
    assert trust.is_genuine(good, device)


def test_a_signature_among_the_operations_is_not_the_one_of_the_line(folder: str) -> None:
    device = keys.make_device(folder, b"1" * 32)
    first = line(folder, device)
    sig = json.loads(first)["sig"]
    second = line(folder, device, ops=[{"op": "note", "sig": sig, "z": 1}])
    assert trust.is_genuine(second, device)
    mixed = json.loads(second)
    assert not trust.is_genuine(trust.canonical({**mixed, "sig": sig}), device)


def test_what_was_genuine_once_is_remembered(folder: str, tmp_path: Path) -> None:
    device = keys.make_device(folder, b"1" * 32)
    good, place = line(folder, device), tmp_path / "known"
    assert trust.Remembered(str(place))(good, device)
    assert not trust.Remembered(str(place))(good, "0" * 16)
    assert place.read_text().split() == [device, trust.digest(good)]
    assert trust.Remembered(str(place), tries=0)(good, device)


def test_a_flood_of_forged_lines_stands_before_a_genuine_one_only_once(
    folder: str, tmp_path: Path
) -> None:
    device = keys.make_device(folder, b"1" * 32)
    good, place = line(folder, device), str(tmp_path / "known")
    forged = [good.replace(b'"seq":1', b'"seq":%d' % n) for n in range(2, 7)]
    for _ in range(3):
        verify = trust.Remembered(place, tries=2)
        assert not any(verify(one, device) for one in forged)
        found = verify(good, device)
    assert found


def test_what_cannot_be_remembered_is_found_out_again(folder: str, tmp_path: Path) -> None:
    device = keys.make_device(folder, b"1" * 32)
    verify = trust.Remembered(str(tmp_path / "no-such-folder" / "known"))
    assert verify(line(folder, device), device)


def test_a_missing_or_damaged_key_is_said(folder: str) -> None:
    with pytest.raises(NaturecodeError, match="missing"):
        keys.public_key(folder, "0" * 16)
    device = keys.make_device(folder, b"1" * 32)
    other = keys.make_device(folder, b"2" * 32)
    Path(folder, f"{device}.key").write_bytes(Path(folder, f"{other}.key").read_bytes())
    with pytest.raises(NaturecodeError, match="damaged"):
        keys.public_key(folder, device)
    Path(folder, f"{device}.key").write_text("rubbish")
    with pytest.raises(NaturecodeError, match="damaged"):
        keys.sign(folder, device, b"x")


def test_a_flood_of_lines_is_not_verified_to_its_end(folder: str, tmp_path: Path) -> None:
    device = keys.make_device(folder, b"1" * 32)
    first, second = line(folder, device), line(folder, device, line(folder, device) + b"\n")
    verify = trust.Remembered(str(tmp_path / "known"), tries=2)
    assert verify(first, device)
    assert not verify(b"rubbish", device)  # costs nothing, and is no try
    assert not verify(first.replace(b'"seq":1', b'"seq":9'), device)
    assert not verify(second, device)
    assert verify(first, device)  # what is known needs no try
    assert trust.Remembered(str(tmp_path / "known"))(second, device)
