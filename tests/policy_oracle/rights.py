"""Which entries may count: the rights by kind, from the pages, for sessions and articles.

An answer is True (must count), False (must be in quarantine) or None (the pages leave it open).
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from policy_oracle.rules import RANK, Place, Verdicts
from policy_oracle.wire import Line
from policy_oracle.world import Said

PLAIN = {
    "message", "comment", "file", "link", "unlink", "view", "set", "add", "remove", "join", "leave",
    "react", "open",
}  # fmt: skip
OF_A_BOT = ("message", "comment")
OF_A_VIEWER = ("react",)
OF_AN_ARTICLE = {
    "open", "revision", "rename", "set", "add", "remove", "link", "unlink", "file", "comment",
}  # fmt: skip
OF_ITS_READERS = ("vote", "view", "react")


class Case(NamedTuple):
    """Everything that the verdicts on the entries of one session or article follow from."""

    said: Mapping[tuple[str, str, str], Said]
    lines: Mapping[str, Line]
    verdicts: Verdicts
    mode: str
    inherited: frozenset[str]
    emails: Mapping[str, str]  # of each member, by member id
    invited: frozenset[str]  # who was asked by a code, and may not have come
    joined: frozenset[str]  # addresses that somebody gave who took an invitation
    owners: Mapping[str, str]  # of each session, a member id
    taken_in: frozenset[str]  # lines from before the team that its founder had


def covers(case: Case, said: Said, op: str = "sign") -> list[Place]:
    """Where an entry is named, for the session that it stands in."""
    return [
        Place(line.digest, index)
        for line in case.lines.values()
        for index, one in enumerate(line.ops)
        if one.get("op") == op
        and one.get("entity") == said.entity
        and list(said.key) in [list(name) for name in one.get("names", ())]
    ]


def counts(case: Case, said: Said) -> bool | None:
    """Whether an entry must count."""
    if case.mode != "enforced":
        return True if case.mode == "open" else None
    if said.kind == "open" and not _is_the_first(case, said):
        return None  # whether its owner may say it again, and whether it can be adopted
    answers = [_adopted(case, place) for place in covers(case, said, "adopt")]
    answers += [_signed(case, said, place.line) for place in covers(case, said)]
    if said.key[1] in case.inherited:
        answers.append(True)
    return _any(answers)


def _is_the_first(case: Case, said: Said) -> bool:
    return said is _first(case, said.entity)


def _first(case: Case, entity: str) -> Said | None:
    """The entry that opened a session."""
    opened = [one for one in case.said.values() if (one.entity, one.kind) == (entity, "open")]
    return min(opened, key=lambda one: str(one.header["id"]), default=None)


def _owns(case: Case, entity: str, member: str) -> bool | None:
    """Whether the session is a member's; open where its first entry may have been withdrawn."""
    first = _first(case, entity)
    if first is None or counts(case, first) is not True:
        return None
    return case.owners.get(entity) == member


def _adopted(case: Case, place: Place) -> bool | None:
    if place.line in case.verdicts.faults:
        return False
    return case.verdicts.effects.get(place, None if case.lines[place.line].team else False)


def _signed(case: Case, said: Said, digest: str) -> bool | None:
    if digest in case.verdicts.faults:
        return False
    if not case.lines[digest].team:
        return True if digest in case.taken_in else None
    if digest not in case.verdicts.standing:
        return None
    standing = case.verdicts.standing[digest]
    if standing is None:
        return False
    member, role = standing
    signers = _signers(case, said)
    if said.kind in ("edit", "redact") and signers != {member}:
        return None  # whoever carries it along
    may = _may(case, said, member, role)
    if may is False:
        return False
    claimed = [one for one, email in case.emails.items() if email == said.by]
    if claimed and claimed != [member]:
        if claimed[0] in signers:
            return None if len(claimed) > 1 else may  # a copy
        is_in = claimed[0] in case.verdicts.members and claimed[0] not in case.invited
        return False if may and is_in else None
    if not claimed and said.by in case.joined:
        return None  # whose that address is follows from who could join
    return may


def _signers(case: Case, said: Said) -> set[str]:
    """The members who have signed an entry where it stands; "" for a line that is open."""
    found = {
        case.verdicts.standing.get(place.line, ("", ""))
        for place in covers(case, said) if place.line not in case.verdicts.faults
    }  # fmt: skip
    return {one[0] for one in found if one}


def _may(case: Case, said: Said, member: str, role: str) -> bool | None:
    kind, rank = said.kind, RANK[role]
    if said.entity.startswith("kb-"):
        return _may_in_an_article(case, said, member, role)
    if role == "bot":
        return kind in OF_A_BOT
    if kind == "delete":
        return role == "admin" or _owns(case, said.entity, member)
    if kind == "invite":
        return rank >= RANK["maintainer"] or _owns(case, said.entity, member)
    if kind == "view" and role == "viewer":
        return None
    if role == "viewer":
        return kind in OF_A_VIEWER
    if kind == "open":
        return True if case.owners.get(said.entity) == member else None
    if kind == "epoch":
        return True if rank >= RANK["maintainer"] else None
    if kind in ("edit", "redact"):
        return True if rank >= RANK["maintainer"] else _is_own(case, said, member)
    return True if kind in PLAIN else rank >= RANK["maintainer"]


def _may_in_an_article(case: Case, said: Said, member: str, role: str) -> bool | None:
    kind, rank = said.kind, RANK[role]
    if kind in OF_ITS_READERS:
        return role != "bot" or kind == "view"
    if rank < RANK["contributor"]:
        return False
    if kind == "open":
        return True if case.owners.get(said.entity) == member else None
    if kind == "delete":
        return role == "admin" or _owns(case, said.entity, member)
    if rank >= RANK["maintainer"] or kind in OF_AN_ARTICLE:
        return True
    return _is_own(case, said, member) if kind in ("edit", "redact") else False


def _is_own(case: Case, said: Said, member: str) -> bool | None:
    targets = [
        one
        for one in case.said.values()
        if one.entity == said.entity and one.header["id"] == said.header.get("target")
    ]
    if len(targets) != 1 or case.emails.get(member) is None:
        return None
    target = targets[0]
    signers = _signers(case, target)
    if "" in signers or not signers or counts(case, target) is not True:
        return None
    claimed = {one for one, email in case.emails.items() if email == target.by}
    author = claimed & signers or signers
    if len(author) > 1 or (len(claimed) > 1 and member in claimed):
        return None
    is_his = author == {member}
    return is_his if is_his == (target.by == case.emails[member]) else None


def _any(answers: Iterable[bool | None]) -> bool | None:
    answers = list(answers)
    if True in answers:
        return True
    return None if None in answers else False
