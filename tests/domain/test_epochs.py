"""An epoch's record: whole, signed, the same key for everybody, bound to its place; or refused."""

import json
import os

import pytest

from domain.crew import Person
from domain.made import ENTITY
from git_naturecode.crypto import hpke, sealing
from git_naturecode.crypto.hpke import NotOpened
from git_naturecode.domain import epochs

ADA, BEN, EVE = Person("ada"), Person("ben"), Person("eve")
KEY = os.urandom(32)


def test_everybody_in_the_roster_gets_the_same_key_and_nobody_else() -> None:
    epoch = ADA.epoch([ADA, BEN], KEY)
    for one in (ADA, BEN):
        assert epochs.key_for(epoch, one.device, one.secret) == KEY
    for device in (EVE.device, ADA.device, BEN.device):
        with pytest.raises(NotOpened):
            epochs.key_for(epoch, device, EVE.secret)
    with pytest.raises(NotOpened):  # not even with the wrap of the other one
        epochs.key_for(epoch, BEN.device, ADA.secret)
    assert KEY.hex() not in ADA.text([ADA], KEY)


def test_what_was_made_reads_as_it_was_meant() -> None:
    text = BEN.text([ADA, BEN], KEY, 3, ["0" * 64], waiting=["cy@example.com"])
    epoch = epochs.read(text)
    assert (epoch.number, epoch.prev, epoch.device) == (3, ("0" * 64,), BEN.device)
    assert (epoch.session, epoch.waiting) == (ENTITY, ("cy@example.com",))
    assert epoch.roster == {ADA.device: ADA.reader, BEN.device: BEN.reader}
    assert epoch.suite == hpke.X25519_SUITE


def test_every_flipped_bit_of_a_record_is_refused() -> None:
    text = ADA.text([ADA], KEY).encode()
    for bit in range(8 * len(text)):
        changed = bytearray(text)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(NotOpened):
            epochs.read(bytes(changed).decode("utf-8", "replace"))


def test_every_changed_field_is_refused_also_when_somebody_else_signs_it_again() -> None:
    """Whoever signs anew what he changed gives his name for it, and the wraps do not open."""
    old = ADA.epoch([ADA], bytes(32))
    text = ADA.text(
        [ADA, BEN], KEY, 2, [old.digest], waiting=["cy@example.com"],
        history={old.digest: (bytes(32), [BEN.device])},
    )  # fmt: skip
    said = json.loads(text)
    assert epochs.earlier_key(epochs.read(text), old, BEN.device, BEN.secret) == bytes(32)
    changes = {
        "session": "session-20261120-k3v9q2m8", "team": "cd" * 32, "epoch": 3, "prev": [],
        "waiting": [], "commit": sealing.commitment(bytes(32)),
        "roster": {**said["roster"], BEN.device: {"who": "x@example.com", "seal": "00" * 32}},
    }  # fmt: skip
    for field, value in changes.items():
        forged = {**said, field: value}
        with pytest.raises(NotOpened):
            epochs.read(json.dumps(forged, sort_keys=True, separators=(",", ":")))
        forged.update(device=EVE.device, key=EVE.public.hex())
        del forged["sig"]
        line = json.dumps(forged, sort_keys=True, separators=(",", ":"))
        forged["sig"] = EVE.key.sign(b"naturecode/epoch/v1\0" + line.encode()).hex()
        epoch = epochs.read(json.dumps(forged, sort_keys=True, separators=(",", ":")))
        assert epoch.device == EVE.device
        with pytest.raises(NotOpened):
            epochs.key_for(epoch, BEN.device, BEN.secret)
        with pytest.raises(NotOpened):
            epochs.earlier_key(epoch, old, BEN.device, BEN.secret)


def _signed(person: Person, said: dict[str, object]) -> epochs.Epoch:
    said = {name: value for name, value in said.items() if name != "sig"}
    line = json.dumps(said, sort_keys=True, separators=(",", ":"))
    said["sig"] = person.key.sign(b"naturecode/epoch/v1\0" + line.encode()).hex()
    return epochs.read(json.dumps(said, sort_keys=True, separators=(",", ":")))


def test_an_epoch_with_two_keys_is_refused_by_who_got_the_other() -> None:
    """Its author wraps one key for Ada and another for Ben, to show them different texts."""
    one, other = (json.loads(EVE.text([ADA, BEN, EVE], key)) for key in (KEY, bytes(32)))
    split = {**one, "wraps": {**one["wraps"], BEN.device: other["wraps"][BEN.device]}}
    # Wrapped for this very record, so that only the commitment tells.
    header = {k: v for k, v in split.items() if k not in ("wraps", "history", "sig")}
    info = b"naturecode/epoch-wrap/v1\0"
    info += json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    info += b"\0" + BEN.device.encode() + b"\0"
    wrapped = hpke.wrap(bytes(32), bytes.fromhex(BEN.reader.seal), info)
    split["wraps"][BEN.device] = epochs._base64(wrapped)
    epoch = _signed(EVE, split)
    assert epochs.key_for(epoch, ADA.device, ADA.secret) == KEY
    with pytest.raises(NotOpened, match="commits"):
        epochs.key_for(epoch, BEN.device, BEN.secret)


def test_a_wrap_does_not_open_under_another_name_or_in_another_record() -> None:
    first, second = (json.loads(ADA.text([ADA, BEN], KEY, number)) for number in (1, 2))
    moved = {**second, "wraps": {**second["wraps"], BEN.device: first["wraps"][BEN.device]}}
    with pytest.raises(NotOpened):
        epochs.key_for(_signed(ADA, moved), BEN.device, BEN.secret)
    as_other = {**first, "wraps": {**first["wraps"], ADA.device: first["wraps"][BEN.device]}}
    with pytest.raises(NotOpened):
        epochs.key_for(_signed(ADA, as_other), ADA.device, BEN.secret)


def test_nobody_signs_in_the_name_of_another_device() -> None:
    said = json.loads(ADA.text([ADA, EVE], KEY))
    with pytest.raises(NotOpened, match="not that of its device"):
        _signed(EVE, {**said, "key": EVE.public.hex()})


def test_a_record_is_of_the_device_in_whose_log_it_stands() -> None:
    entry = ADA.puts(ADA.text([ADA], KEY))
    assert epochs.of_entry(entry, ADA.device).device == ADA.device
    with pytest.raises(NotOpened):
        epochs.of_entry(entry, EVE.device)
    with pytest.raises(NotOpened):
        epochs.of_entry(ADA.says("hello"), ADA.device)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", "[" * 50_000, '{"v":1}', '{"v":NaN}', "\ud800"],
)
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(NotOpened):
        epochs.read(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2), ("suite", "1"), ("epoch", 0), ("epoch", True), ("roster", {}), ("roster", []),
        ("roster", {"x": {}}), ("waiting", [1]), ("waiting", ["b", "a"]), ("prev", ["x"]),
        ("wraps", {}), ("wraps", None), ("history", {"x": {}}), ("history", []), ("key", "zz"),
        ("session", "x"), ("team", ""), ("more", 1),
    ],
)  # fmt: skip
def test_a_field_of_another_form_is_refused(field: str, value: object) -> None:
    said = json.loads(ADA.text([ADA], KEY))
    with pytest.raises(NotOpened):
        _signed(ADA, {**said, field: value})
