"""Epochs of an encrypted session: who can read from then on, and the key that they get for it.

An epoch is an entry of the session whose body is one signed record (docs/design/encryption.md).
It holds a new key, wrapped for each device, and a commitment to it, so that all readers get the
same one or notice. Everything in it can be checked by those who cannot read the session.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from git_naturecode.crypto import hpke, keys, sealing
from git_naturecode.crypto.hpke import NotOpened
from git_naturecode.store.entry import Draft, Entry, Json

KIND = "epoch"
VERSION = 1
MOST_READERS = 2_000
_MOST_BEFORE = 256
_SIGNED = b"naturecode/epoch/v1\0"
_WRAPPED = b"naturecode/epoch-wrap/v1\0"
_HISTORY = b"naturecode/epoch-history/v1\0"
_KEYS = frozenset((
    "v", "suite", "session", "team", "epoch", "roster", "waiting", "prev", "commit", "device",
    "key", "wraps", "history", "sig",
))  # fmt: skip
_OUTSIDE = frozenset(("wraps", "history", "sig"))  # of what a wrap is bound to
_HEX = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_DEVICE = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")
_ENTITY = re.compile(r"[a-z]{2,16}-[0-9]{8}-[0-9a-hjkmnp-tv-z]{8}")
_text = partial(
    json.dumps, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
)

Signer = Callable[[bytes], bytes]


class Reader(NamedTuple):
    """A device that an epoch is for: whose it is (an address), its X25519 key in hex."""

    who: str
    seal: str


class Plan(NamedTuple):
    """What a new epoch shall be: for which session of which team, for whom, after which ones."""

    session: str
    team: str
    number: int
    roster: Mapping[str, Reader]
    waiting: Sequence[str] = ()
    prev: Sequence[str] = ()


@dataclass(frozen=True)
class Epoch:
    """One record whose signature is good; `digest` (of its text) is what entries call it by.

    `roster` and `wraps` are by device; `history` has, by the digest of an earlier epoch, the key
    of that one wrapped for devices that were not in it. `waiting` are people who have no device
    yet.
    """

    digest: str
    suite: int
    session: str
    team: str
    number: int
    roster: Mapping[str, Reader]
    waiting: tuple[str, ...]
    prev: tuple[str, ...]
    commit: str
    device: str
    wraps: Mapping[str, str] = field(repr=False)
    history: Mapping[str, Mapping[str, str]] = field(repr=False)
    header: bytes = field(repr=False)


def make(
    plan: Plan, key: bytes, device: str, public: bytes, sign: Signer,
    history: Mapping[str, tuple[bytes, Sequence[str]]] | None = None,
) -> str:  # fmt: skip
    """The text of the record for `plan` with the new `key`, signed by `device`.

    `history` has, by the digest of an earlier epoch, its key and the devices that get it.
    """
    said: dict[str, Json] = {
        "v": VERSION, "suite": hpke.X25519_SUITE, "session": plan.session, "team": plan.team,
        "epoch": plan.number, "waiting": sorted(plan.waiting), "prev": sorted(plan.prev),
        "roster": {name: one._asdict() for name, one in plan.roster.items()},
        "commit": sealing.commitment(key), "device": device, "key": public.hex(),
    }  # fmt: skip
    header = _text(said).encode()
    seals = {name: bytes.fromhex(one.seal) for name, one in plan.roster.items()}
    said["wraps"] = {
        name: _base64(hpke.wrap(key, seal, _info(_WRAPPED, header, name)))
        for name, seal in seals.items()
    }
    said["history"] = {
        digest: {
            name: _base64(hpke.wrap(old, seals[name], _info(_HISTORY, header, name, digest)))
            for name in names
        }
        for digest, (old, names) in (history or {}).items()
    }
    said["sig"] = sign(_SIGNED + _text(said).encode()).hex()
    return _text(said)


def draft(text: str) -> Draft:
    """The entry that says the record `text`; nothing in it is anybody's words."""
    return Draft(KIND, {}, text, clean=True)


def read(text: str) -> Epoch:
    """The record in `text`; raises NotOpened when it is not as `make` writes it, or not signed."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise NotOpened("it is no record") from None
    if not isinstance(said, dict) or said.keys() != _KEYS or _text(said) != text:
        raise NotOpened("it is not written as it should be")
    if said["v"] != VERSION or type(said["suite"]) is not int:
        raise NotOpened("it is of a later program")
    _check(said)
    public, signature = bytes.fromhex(said["key"]), bytes.fromhex(said["sig"])
    if keys.device_of(public) != said["device"]:
        raise NotOpened("its key is not that of its device")
    signed = {name: value for name, value in said.items() if name != "sig"}
    if not keys.is_signed(public, signature, _SIGNED + _text(signed).encode()):
        raise NotOpened("its signature is wrong")
    header = {name: value for name, value in said.items() if name not in _OUTSIDE}
    return Epoch(
        hashlib.sha256(text.encode()).hexdigest(), said["suite"], said["session"], said["team"],
        said["epoch"], {name: Reader(**one) for name, one in said["roster"].items()},
        tuple(said["waiting"]), tuple(said["prev"]), said["commit"], said["device"],
        said["wraps"], said["history"], _text(header).encode(),
    )  # fmt: skip


def of_entry(entry: Entry, device: str) -> Epoch:
    """The record of `entry`, written by `device`; raises NotOpened."""
    if entry.kind != KIND or entry.body is None:
        raise NotOpened("it is no record")
    found = read(entry.body)
    if found.device != device:
        raise NotOpened("it was written by another device than the one that signed it")
    return found


def key_for(epoch: Epoch, device: str, private: bytes) -> bytes:
    """The key of `epoch`, unwrapped by the X25519 secret of `device`; raises NotOpened.

    So it does when the key is not the one that the record commits to: then others got another.
    """
    wrapped = _unbase64(epoch.wraps.get(device, ""))
    key = hpke.unwrap(wrapped, private, _info(_WRAPPED, epoch.header, device), epoch.suite)
    return _committed(key, epoch)


def earlier_key(epoch: Epoch, earlier: Epoch, device: str, private: bytes) -> bytes:
    """The key of `earlier` that `epoch` gives to `device` as well; raises NotOpened."""
    wrapped = _unbase64(epoch.history.get(earlier.digest, {}).get(device, ""))
    info = _info(_HISTORY, epoch.header, device, earlier.digest)
    return _committed(hpke.unwrap(wrapped, private, info, epoch.suite), earlier)


def _committed(key: bytes, epoch: Epoch) -> bytes:
    if len(key) != hpke.KEY_BYTES or not sealing.is_committed(key, epoch.commit):
        raise NotOpened("the key is not the one that the record commits to")
    return key


def _check(said: Mapping[str, Json]) -> None:
    """Raise NotOpened unless every field has the form that `make` gives it."""
    roster, wraps, history = said["roster"], said["wraps"], said["history"]
    good = (
        _is(_ENTITY, said["session"]) and _is(_HEX, said["team"])
        and type(said["epoch"]) is int and 0 < said["epoch"] < 1 << 31
        and isinstance(roster, dict) and 0 < len(roster) <= MOST_READERS
        and all(_is(_DEVICE, name) and _is_reader(one) for name, one in roster.items())
        and _are(said["waiting"], str, MOST_READERS)
        and _are(said["prev"], str, _MOST_BEFORE) and all(_is(_HEX, one) for one in said["prev"])
        and _is(_HEX, said["commit"]) and _is(_DEVICE, said["device"])
        and _is(_HEX, said["key"]) and _is(_SIGNATURE, said["sig"])
        and isinstance(wraps, dict) and wraps.keys() == roster.keys()
        and all(isinstance(one, str) for one in wraps.values())
        and isinstance(history, dict) and all(_is(_HEX, name) for name in history)
        and all(_is_given(given, roster) for given in history.values())
    )  # fmt: skip
    if not good:
        raise NotOpened("a field of it is not as it should be")


def _is_reader(one: Json) -> bool:
    if not isinstance(one, dict) or one.keys() != {"who", "seal"}:
        return False
    return isinstance(one["who"], str) and _is(_HEX, one["seal"])


def _is_given(given: Json, roster: Mapping[str, Json]) -> bool:
    if not isinstance(given, dict) or not given.keys() <= roster.keys():
        return False
    return all(isinstance(one, str) for one in given.values())


def _is(form: re.Pattern[str], value: Json) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _are(values: Json, kind: type, most: int) -> bool:
    if not isinstance(values, list) or len(values) > most:
        return False
    return all(isinstance(one, kind) for one in values) and values == sorted(set(values))


def _info(label: bytes, header: bytes, device: str, earlier: str = "") -> bytes:
    """What a wrap is bound to: the record that it stands in, and the device that it is for."""
    return label + header + b"\0" + device.encode() + b"\0" + earlier.encode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise NotOpened("a wrapped key is not base64") from None
