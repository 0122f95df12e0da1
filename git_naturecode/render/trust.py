"""What is said of trust: whom this clone believes, what is kept out, who did what."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from git_naturecode.render.show import line, show
from git_naturecode.store.entry import Json

if TYPE_CHECKING:
    from git_naturecode.domain.policy import Standing

_UNSAFE = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "time", "memberId", "email", "userId", "device", "label", "what", "about", "detail", "state",
    "reason", "source",
)  # fmt: skip


def standing_json(
    standing: "Standing", pinned: str, since: str, words: Mapping[str, str]
) -> dict[str, Json]:
    """Whom this clone believes; `words` are those of each team that was begun here."""
    return {
        "mode": standing.mode,
        "team": standing.team or None,
        "teams": [team.name for team in standing.teams.values() if not team.deleted],
        "fingerprint": words.get(standing.team) or None,
        "pinned": pinned or None,
        "since": since or None,
        "others": [
            {"team": one, "fingerprint": words[one]}
            for one in standing.geneses if one != standing.team
        ],
        "members": sum(member.state == "active" for member in standing.members.values()),
        "devices": [
            {
                "id": device, "member": info.member or None, "label": info.label,
                "revoked": info.revoked, "expires": info.expires or None,
                "lines": standing.heads[device][0] if device in standing.heads else 0,
            }
            for device, info in standing.devices.items()
        ],
        "equivocations": [
            {"device": one.device, "seq": one.seq, "lines": list(one.digests)}
            for one in standing.equivocations
        ],
        "requests": [
            {"device": one.device, "name": one.name, "email": one.email}
            for one in standing.requests
        ],
        "refused": len(standing.refused),
    }  # fmt: skip


def standing_text(found: Mapping[str, Json]) -> str:
    """The same for people."""
    if not found["team"]:
        said = ["no team: everybody who can push is heard, and nothing is enforced"]
        said += [f"begun here, not trusted: {one['fingerprint']}" for one in found["others"]]
        if found["others"]:
            said.append("pin the one whose words you are told: git naturecode trust pin WORDS")
        else:
            said.append("begin one: git naturecode team create NAME")
        return "\n".join([*said, *_devices(found)])
    named = ", ".join(map(line, found["teams"])) or "(its teams were deleted)"
    many = "" if found["members"] == 1 else "s"
    said = [f"team {named}, {found['mode']}, {found['members']} member{many}", found["fingerprint"]]
    since = str(found["since"] or "")[:10]
    said.append(
        f"trusted since {since}; the six words are the same for everybody in the team"
        if found["pinned"] else "not pinned: git naturecode trust pin"
    )  # fmt: skip
    said += [f"not trusted: another team, {one['fingerprint']}" for one in found["others"]]
    said += [
        f"asks to join: {line(one['name'])} <{line(one['email'])}>; "
        f"git naturecode team add {line(one['email'])} --request" for one in found["requests"]
    ]  # fmt: skip
    return "\n".join([*said, *_devices(found)])


def _devices(found: Mapping[str, Json]) -> list[str]:
    said = [
        f"device {one['device']} said two things under the number {one['seq']}: nothing from there "
        "on counts" for one in found["equivocations"]
    ]  # fmt: skip
    if found["refused"]:
        number = found["refused"]
        many = "1 line does" if number == 1 else f"{number} lines do"
        said.append(f"{many} not count: git naturecode trust show --log")
    return said


def act_json(act: Sequence[str]) -> dict[str, Json]:
    """One act for programs."""
    return dict(zip(COLUMNS, act, strict=True))


def acts_text(acts: Iterable[Sequence[str]]) -> str:
    """Acts for people, a line each."""
    said = []
    for at, _, email, by, device, label, what, about, detail, state, reason, _ in acts:
        who = email or by or "?"
        where = f"{label} {device}" if label else device
        text = f"{at[:16].replace('T', ' ')}  {who} ({where})  {what}"
        text += f" {about}" if about else ""
        text += f": {detail}" if detail else ""
        if state == "refused" or reason:
            text += f"  [{state}: {reason}]"
        said.append(line(text))
    return "\n".join(said)


def acts_csv(acts: Iterable[Sequence[str]]) -> str:
    """Acts as a table; no cell of it is a formula for any spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(show(text)) for text in act] for act in acts)
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_UNSAFE) else text


def held_json(held: Mapping[str, Json]) -> dict[str, Json]:
    """An entry in quarantine for programs."""
    return {
        "entity": held["entity"], "id": held["id"], "hash": held["hash"], "kind": held["kind"],
        "reason": held["reason"], "memberId": held["signer"] or None, "dropped": held["dropped"],
    }  # fmt: skip


def held_text(items: Sequence[Mapping[str, Json]]) -> str:
    """The quarantine for people: by what it is about."""
    said, last = [], ""
    for one in items:
        if one["entity"] != last:
            last = one["entity"]
            said.append(line(last))
        said.append(f"  {line(one['id'])}  {line(one['kind'])}: {line(one['reason'])}")
    return "\n".join(said)


def held_texts(items: Sequence[tuple[Mapping[str, Json], str, str]]) -> str:
    """What entries in quarantine say: who they name, why they are there, the text indented."""
    said = []
    for one, by, text in items:
        said += [
            f"{line(one['entity'])}  {line(one['id'])}",
            f"{line(one['kind'])}, says it is by {line(by) or 'nobody'}",
            f"kept out: {line(one['reason'])}",
            "",
            *(f"    {row}" for row in show(text).split("\n")),
            "",
        ]
    return "\n".join(said).rstrip("\n")


def verified_json(found: Mapping[str, Json]) -> dict[str, Json]:
    """What a verification found, for programs."""
    return {
        "mode": found["mode"], "team": found["team"] or None, "lines": found["lines"],
        "forged": found["forged"], "entries": dict(found["states"]), "alarms": found["alarms"],
        "refused": [{"line": one, "reason": why} for one, why in sorted(found["refused"].items())],
        "quarantined": [held_json(one) for one in found["quarantined"]],
    }  # fmt: skip


def verified_text(found: Mapping[str, Json]) -> str:
    """The same for people."""
    forged = f", {found['forged']} are forged and count for nothing" if found["forged"] else ""
    lines = "1 signed line holds" if found["lines"] == 1 else f"{found['lines']} signed lines hold"
    said = [f"{lines}{forged}"]
    if found["refused"]:
        count = len(found["refused"])
        said.append(f"{count} of them do not count: git naturecode trust show --log")
    entries = ", ".join(f"{number} {state}" for state, number in sorted(found["states"].items()))
    said.append(f"entries: {entries or 'none'} (mode {found['mode']})")
    return "\n".join(said)
