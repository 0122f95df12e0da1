"""The operations of trust lines, built; docs/design/policy.md lists them, `parsed` reads them."""

import json
from collections.abc import Iterable, Mapping, Sequence

from git_naturecode.domain.policy.parsed import ENFORCED, OPEN, Malformed, parse
from git_naturecode.store.entry import Json

_NAMESPACE_JOIN = b"naturecode/join/v1\0"


def problem(said: Json) -> str:
    """Why `said` is no operation that anybody would accept; "" when nothing is wrong with it."""
    found = parse(said)
    return f"{found.name}: {found.why}" if isinstance(found, Malformed) else ""


def record(
    id: str, name: str, email: str, role: str, keys: Sequence[str] = (),
    teams: Sequence[str] = (), allow: Sequence[str] = (), deny: Sequence[str] = (),
    devices: Sequence[str] = (),
) -> dict[str, Json]:  # fmt: skip
    """What a team says of a member, for `genesis` and `member`."""
    return {
        "id": id, "name": name, "email": email, "role": role, "keys": list(keys),
        "teams": list(teams), "allow": list(allow), "deny": list(deny), "devices": list(devices),
    }  # fmt: skip


def device(
    seal: str, label: str, key: str = "", expires: str = "", signature: str = ""
) -> dict[str, Json]:
    """The device tells of itself; `key`, `expires` and `signature` are its certificate, if any."""
    said: dict[str, Json] = {"op": "device", "seal": seal, "label": label}
    if signature:
        said["cert"] = {"key": key, "expires": expires, "sig": signature}
    return said


def genesis(
    id: str, name: str, founder: Mapping[str, Json], heads: Mapping[str, str], nonce: str,
    settings: Mapping[str, Json] | None = None, mode: str = ENFORCED,
    inherited: Sequence[str] = (),
) -> dict[str, Json]:  # fmt: skip
    """A team begins. `heads`: device -> digest of its newest line here; `inherited`: sha256 names
    of the files that list the hashes of entries which no line covers.
    """
    team = {"id": id, "name": name, "settings": dict(settings or {})}
    return {
        "op": "genesis", "team": team, "founder": dict(founder), "mode": mode,
        "heads": dict(heads), "inherited": sorted(inherited), "nonce": nonce,
    }  # fmt: skip


def member(record: Mapping[str, Json], invite: str = "") -> dict[str, Json]:
    """Somebody is added (`keys` or `devices` in his record), or asked by a code with key `invite`.

    For a member who was removed: he is brought back; for one who has not joined: a new code.
    """
    return {"op": "member", "member": dict(record), "invite": invite}


def join(member: str, name: str, email: str, keys: Sequence[str], proof: str) -> dict[str, Json]:
    """Somebody joins; `proof` is the signature (hex) by the code's key of `join_proof`."""
    return {
        "op": "join", "member": member, "name": name, "email": email, "keys": list(keys),
        "proof": proof,
    }  # fmt: skip


def join_proof(team: str, member: str, keys: Sequence[str], device: str) -> bytes:
    """What the key of an invitation signs for `device` to join `team` (its digest) as `member`."""
    said = {"team": team, "member": member, "keys": list(keys), "device": device}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return _NAMESPACE_JOIN + text.encode()


def request(name: str, email: str, keys: Sequence[str]) -> dict[str, Json]:
    """Somebody who was not asked would like to join."""
    return {"op": "request", "name": name, "email": email, "keys": list(keys)}


def role(
    member: str, role: str, allow: Sequence[str] = (), deny: Sequence[str] = (),
    over: Iterable[str] = (),
) -> dict[str, Json]:  # fmt: skip
    """A member gets a role; `over`: `Member.role_ops` as its author saw them."""
    return {
        "op": "role", "member": member, "role": role, "allow": list(allow), "deny": list(deny),
        "over": sorted(over),
    }  # fmt: skip


def remove(member: str) -> dict[str, Json]:
    """A member is removed."""
    return {"op": "remove", "member": member}


def revoke(device: str, after: tuple[int, str] | None = None) -> dict[str, Json]:
    """A device is one no more, from `after` (seq, digest) on; None: from what is seen of it."""
    return {"op": "revoke", "device": device, "after": list(after) if after else None}


def add_device(
    device: str, key: str, seal: str = "", label: str = "", expires: str = "", member: str = ""
) -> dict[str, Json]:
    """Another device of the same member; by an admin one of `member`."""
    said = {
        "op": "add-device", "device": device, "key": key, "seal": seal, "label": label,
        "expires": expires,
    }  # fmt: skip
    return {**said, "member": member} if member else said


def policy(mode: str) -> dict[str, Json]:
    """The mode changes: ENFORCED or OPEN."""
    return {"op": "policy", "mode": mode}


def team(id: str, name: str) -> dict[str, Json]:
    """A further team, or another name for one."""
    return {"op": "team", "id": id, "name": name}


def team_delete(id: str) -> dict[str, Json]:
    """A team ends."""
    return {"op": "team-delete", "id": id}


def team_member(team: str, member: str, belongs: bool) -> dict[str, Json]:
    """A member belongs to a team, or does no more."""
    return {"op": "team-member", "team": team, "member": member, "in": belongs}


def set(team: str, key: str, value: Json, over: Iterable[str] = ()) -> dict[str, Json]:
    """A setting of a team; `over`: `Team.setting_ops[key]` as its author saw them."""
    return {"op": "set", "team": team, "key": key, "value": value, "over": sorted(over)}


def keys(keys: Sequence[str], member: str = "") -> dict[str, Json]:
    """A member replaces his keys."""
    return {"op": "keys", "member": member, "keys": list(keys)}


def sign(entity: str, names: Iterable[tuple[str, str]]) -> dict[str, Json]:
    """These entries (id, hash) of `entity` are what this device says."""
    return {"op": "sign", "entity": entity, "names": sorted(map(list, names))}


def adopt(entity: str, names: Iterable[tuple[str, str]], reason: str) -> dict[str, Json]:
    """A maintainer takes these entries (id, hash) of `entity` in."""
    return {"op": "adopt", "entity": entity, "names": sorted(map(list, names)), "reason": reason}


def drop(entity: str, names: Iterable[tuple[str, str]], reason: str) -> dict[str, Json]:
    """A maintainer has looked at these entries (id, hash) of `entity`: they stay out, unasked."""
    return {"op": "drop", "entity": entity, "names": sorted(map(list, names)), "reason": reason}


__all__ = [
    "ENFORCED", "OPEN", "add_device", "adopt", "device", "drop", "genesis", "join", "join_proof",
    "keys",
    "member", "policy", "problem", "record", "remove", "request", "revoke", "role", "set", "sign",
    "team", "team_delete", "team_member",
]  # fmt: skip
