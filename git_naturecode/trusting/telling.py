"""Who did what: every signed line and every entry, with who is behind it and what was refused."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode import ids, trusting
from git_naturecode.errors import Unsupported
from git_naturecode.store import format, paths, purge
from git_naturecode.store.entry import Entry, Json
from git_naturecode.store.store import TEAM, Placed, Store

if TYPE_CHECKING:
    from git_naturecode.domain.policy import Standing


class Act(NamedTuple):
    """One thing that somebody did.

    `at` is the stamp that its writer gave it; `member` and `device` are who is behind it as far as
    signatures tell, `by` whom the entry itself names; `what` the kind of entry or operation,
    `about` what it concerns, `detail` the rest in a few words. `state` is `counts`, `refused` or
    what is thought of an entry, `reason` says why where it is not plainly so.
    """

    at: str
    member: str
    email: str
    by: str
    device: str
    label: str
    what: str
    about: str
    detail: str
    state: str
    reason: str
    source: str


def lines(store: Store) -> list[Act]:
    """Every operation of every line that has a good signature, in the order of their stamps."""
    from git_naturecode.domain.policy import ops

    standing = trusting.standing(store)
    found = []
    for _, known in trusting.keeper(store).db.lines():
        why = standing.refused.get(known.digest)
        for index, op in enumerate(known.said["ops"]):
            if not isinstance(op, dict):
                continue
            denied = why.text if why and why.op in (-1, index) else ops.problem(op)
            found.append(_act(standing, known.digest, known.said, op, denied))
    return sorted(found, key=lambda act: (act.at, act.source))


def entries(store: Store) -> Iterator[Act]:
    """Every shared entry, by what it is about, with what is thought of it."""
    standing, keeper = trusting.standing(store), trusting.keeper(store)
    for entity, placed in everything(store):
        marks = keeper.marks(entity.split("-")[0], ids.tail(entity), placed)
        signers = keeper.db.signers({one.entity for one in placed})
        for key, one in {one.entry.key: one for one in placed}.items():
            mark = marks.get(key)
            device = next(iter(signers.get(key, ())), "")
            member = mark.signer if mark and mark.signer else _member_of(standing, device)
            yield Act(
                one.entry.at, member, _email(standing, member), _text(one.entry, "by"), device,
                _label(standing, device), one.entry.kind, one.entity, one.entry.id,
                mark.state if mark else "verified" if device else "unverified",
                mark.reason if mark else "", one.entry.hash,
            )  # fmt: skip


def everything(store: Store) -> Iterator[tuple[str, list[Placed]]]:
    """Each entity of the shared branch with all that was said about it."""
    log = store.team
    entity, placed = "", list[Placed]()
    for path, _, data in purge.segments(log.objects, log.tree()):
        place = paths.parse_segment_path(path)
        assert place is not None
        if place[0] != entity and placed:
            yield entity, placed
            placed = []
        entity = place[0]
        try:
            segment = format.parse(data)
        except Unsupported:  # of a later program
            continue
        placed += [Placed(e, segment.entity, segment.device, TEAM) for e in segment.entries]
    if placed:
        yield entity, placed


def _act(
    standing: "Standing", digest: str, said: Mapping[str, Json], op: Mapping[str, Json], why: str
) -> Act:
    device = str(said["dev"])
    member = _member_of(standing, device)
    what = str(op.get("op", ""))
    return Act(
        str(said["at"]), member, _email(standing, member), "", device, _label(standing, device),
        what, _about(standing, op), _detail(op), "refused" if why else "counts", why, digest,
    )  # fmt: skip


def _about(standing: "Standing", op: Mapping[str, Json]) -> str:
    record = op.get("member")
    if isinstance(record, dict):
        return str(record.get("email") or record.get("id") or "")
    if isinstance(record, str) and record:
        return _email(standing, record) or record
    for key in ("entity", "device", "team", "id", "email", "name"):
        value = op.get(key)
        if isinstance(value, str) and value:
            return value
    team = op.get("team")
    return str(team.get("name", "")) if isinstance(team, dict) else ""


def _detail(op: Mapping[str, Json]) -> str:
    """What an operation says besides, in a few words."""
    what = op.get("op")
    if what in ("sign", "adopt", "drop"):
        return _entries(op.get("count", 0)) + (f": {op['reason']}" if op.get("reason") else "")
    if what == "purge":
        return _entries(len(op["names"]) if isinstance(op.get("names"), list) else 0)
    if what == "set":
        return f"{op.get('key')} = {op.get('value')}"
    if what == "team-member":
        return "joins" if op.get("in") else "leaves"
    record = op.get("member")
    source = record if isinstance(record, dict) else op
    said = [f"role {source['role']}"] if isinstance(source.get("role"), str) else []
    for key in ("allow", "deny"):
        given = source.get(key)
        if isinstance(given, list) and given:
            said.append(f"{key} {' '.join(map(str, given))}")
    said += [f"{key} {op[key]}" for key in ("mode", "label") if isinstance(op.get(key), str)]
    return ", ".join(said)


def _member_of(standing: "Standing", device: str) -> str:
    known = standing.devices.get(device)
    return known.member if known else ""


def _email(standing: "Standing", member: str) -> str:
    known = standing.members.get(member)
    return known.email if known else ""


def _label(standing: "Standing", device: str) -> str:
    known = standing.devices.get(device)
    return known.label if known else ""


def _text(entry: Entry, key: str) -> str:
    value = entry.header.get(key)
    return value if isinstance(value, str) else ""


def _entries(number: Json) -> str:
    return f"{number} entr{'y' if number == 1 else 'ies'}"
