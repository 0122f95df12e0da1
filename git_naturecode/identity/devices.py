"""The devices of the record: what each says of itself, whose it is, and when it was seen.

Before there is a team a device belongs to whoever certified it, and whoever certified this clone
is this person. A team's own verdicts come from its policy.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode import clock
from git_naturecode.errors import Negative
from git_naturecode.git import tree
from git_naturecode.store import paths, trust
from git_naturecode.store.entry import Json

if TYPE_CHECKING:
    from git_naturecode.store.store import Store


class Line(NamedTuple):
    """A genuine line of a trust log: where it stands in its chain, when, and what it says."""

    seq: int
    digest: str
    at: str
    ops: tuple[Mapping[str, Json], ...]


class Device(NamedTuple):
    """A device as the record has it.

    `key` and `seal` are its public keys (hex); `person` is the line of the key that certified it
    ("": none did), `expires` when that ends. `added` (with the name that each gave it) and
    `revoked` are the devices that say so of it, which anybody can. `lines` is its whole chain.
    """

    id: str
    key: str
    seal: str
    label: str
    person: str
    expires: str
    added: Mapping[str, str]
    revoked: frozenset[str]
    lines: tuple[Line, ...]

    @property
    def seen(self) -> str:
        """The stamp of its newest line."""
        return max((line.at for line in self.lines), default="")


def known(store: "Store") -> dict[str, Device]:
    """Every device that has signed anything, or was added by one that has."""
    chains = dict(_chains(store))
    found = {device: _introduced(device, *chain) for device, chain in chains.items()}
    for device, (_, lines) in chains.items():
        for line in lines:
            for op in line.ops:
                _apply(found, device, op)
    return found


def mine(store: "Store", devices: Mapping[str, Device]) -> set[str]:
    """Which of `devices` are this person's, by what they say: those of the same member key.

    And those that one of them has added.
    """
    here = devices.get(store.device)
    people = {here.person} - {""} if here else set()
    found = {store.device} | {one.id for one in devices.values() if one.person in people}
    while True:
        more = {one.id for one in devices.values() if one.added.keys() & found} - found
        if not more:
            return found
        found |= more


def ended_by(devices: Mapping[str, Device], one: Device, own: set[str]) -> str:
    """Which device of the same person has revoked `one`, "" for none; `own` is what `mine` gives.

    What others say of it is for a team to weigh.
    """
    for name in sorted(one.revoked):
        person = devices[name].person if name in devices else ""
        same = person == one.person if one.person else name in one.added
        if same or {name, one.id} <= own:
            return name
    return ""


def one(devices: Mapping[str, Device], wanted: str) -> Device:
    """The device with the id, the beginning of one, or the name `wanted`.

    Raises Negative when none or several are called so.
    """
    fits = [device for device in devices.values() if device.id.startswith(wanted)]
    fits = fits or [device for device in devices.values() if device.label == wanted]
    if len(fits) != 1 or not wanted:
        raise Negative(
            f"{len(fits) or 'no'} device{'s' if len(fits) > 1 else ''} of this record "
            f"{'are' if len(fits) > 1 else 'is'} called {wanted!r}",
            "`git naturecode device list --all` lists them; a new one is known here once it has "
            "synced, and then this clone",
        )
    return fits[0]


def addition(device: Device, label: str, expires: str) -> Json:
    """The operation by which a device of this person says that `device` is his, too."""
    return {
        "op": "add-device", "device": device.id, "key": device.key, "seal": device.seal,
        "label": label or device.label, "expires": expires,
    }  # fmt: skip


def revocation(device: Device, after: str, now_ms: int) -> Json:
    """The operation that ends `device`.

    `after` is what still counts of it: the number of a line, or a time (`2d` or an ISO date, for
    the last line before that); "" for all that this clone has seen. Raises Usage or Negative.
    """
    place = None
    if after:
        last = _until(device, after, now_ms)
        place = [last.seq, last.digest] if last else [0, ""]
    return {"op": "revoke", "device": device.id, "after": place}


def _until(device: Device, after: str, now_ms: int) -> Line | None:
    if after.isdigit():
        found = [line for line in device.lines if line.seq == int(after)]
        if not found and int(after):
            raise Negative(
                f"{device.id} has no line {after}",
                f"it has lines 1 to {len(device.lines)}; 0 is before all of them",
            )
        return found[0] if found else None
    then = clock.iso(clock.since(after, now_ms))
    return max((line for line in device.lines if line.at < then), default=None)


def _chains(store: "Store") -> Iterator[tuple[str, tuple[str, tuple[Line, ...]]]]:
    """Device -> its key and its genuine lines, in order."""
    log, verify = store.team, trust.verifier(store.state_dir)
    found = tree.find(log.objects, log.tree(), "log/trust")
    texts: dict[str, list[bytes]] = {}
    for path, oid in tree.files(log.objects, found.oid).items() if found else ():
        place = paths.TRUST.fullmatch(f"log/trust/{path}")
        if place:
            texts.setdefault(place["device"], []).append(log.objects.read(oid)[1])
    for device, parts in sorted(texts.items()):
        lines, key = [], ""
        for text in b"".join(parts).split(b"\n"):
            said = trust.read(text)
            if said is not None and verify(text, device):
                key = str(said["key"])
                ops = tuple(op for op in said["ops"] if isinstance(op, dict))
                lines.append(Line(int(said["seq"]), trust.digest(text), said["at"], ops))
        if lines:
            yield device, (key, tuple(sorted(lines)))


def _introduced(device: str, key: str, lines: tuple[Line, ...]) -> Device:
    """A device by its own newest words."""
    from git_naturecode.crypto import member

    seal = label = person = expires = ""
    for op in _operations(lines, "device"):
        seal, label = str(op.get("seal", "")), str(op.get("label", ""))
        cert: Json = op.get("cert")
        good = member.is_certified(cert, device, key, seal)
        person, expires = (cert["key"], cert["expires"]) if good else ("", "")
    return Device(device, key, seal, label, person, expires, {}, frozenset(), lines)


def _operations(lines: Iterable[Line], name: str) -> Iterator[Mapping[str, Json]]:
    return (op for line in lines for op in line.ops if op.get("op") == name)


def _apply(found: dict[str, Device], by: str, op: Mapping[str, Json]) -> None:
    """What the device `by` says of another one."""
    name = op.get("device")
    if not isinstance(name, str) or name == by:
        return
    if op.get("op") == "revoke" and name in found:
        found[name] = found[name]._replace(revoked=found[name].revoked | {by})
    elif op.get("op") == "add-device" and name in found:
        label = str(op.get("label", ""))
        found[name] = found[name]._replace(added={**found[name].added, by: label})
