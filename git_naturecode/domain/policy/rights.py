"""What it takes to say each kind of entry: the table, and the one place that looks it up."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from git_naturecode.domain.people import FIELD, NOBODY, USUAL, People, key
from git_naturecode.domain.policy import kb_rights, review_rights, roles
from git_naturecode.domain.policy.facts import Authority, lacks, same, texts
from git_naturecode.store.entry import Json

_ORDINARY = frozenset(
    {
        "message", "comment", "file", "link", "unlink", "view", "set", "add", "remove", "join",
        "leave", "open", "epoch", "edit", "redact", "fork",
    }
)  # fmt: skip
_OF_BOTS = frozenset({"message", "comment"})
_CHANGING = frozenset({"edit", "redact"})
ABOUT = _CHANGING | review_rights.SETTLING
"""Kinds that are about what somebody said: who did, is to be known."""
_NOUNS = {"project": "project"}


class Facts(NamedTuple):
    """What is to be known about a thing before somebody may say something about it.

    `owner`: the id of the member (or the address) who opened it; `people`: who takes part with
    which permissions; `teams`: whom it is for, nothing: everybody; `author_of`: the member who
    said the entry with this id, "" for nobody known; `noun`: the kind of its id; `asked`: whether
    others have asked somebody to review it.
    """

    owner: str = ""
    people: People = NOBODY
    teams: tuple[str, ...] = ()
    author_of: Callable[[str], str] = lambda _: ""
    noun: str = "session"
    asked: Callable[[Authority], bool] = lambda _: False

    def is_owner(self, who: Authority) -> bool:
        """True when `who` opened it."""
        return bool(self.owner) and (
            self.owner == who.member_id or same(self.owner) in who.emails
        )  # fmt: skip

    def may(self, who: Authority, right: str) -> bool:
        """True when `who` takes part with `right`; one of his addresses may forbid him to write."""
        said = (self.people.can(address, right) for address in who.emails)
        return all(said) if right in USUAL else any(said)


def objection(who: Authority, kind: str, header: Mapping[str, Json], facts: Facts) -> str:
    """Why `who` may not say an entry of this `kind` with this `header`; "" when he may."""
    if not who.role or who.role == roles.NONE:
        return "its signer has no role"
    if facts.noun == review_rights.NOUN:
        author = _author(kind, header, facts)
        return review_rights.objection(
            who, kind, header, owns=facts.is_owner(who), author=author,
            asked=lambda: facts.asked(who),
        )  # fmt: skip
    if facts.noun == kb_rights.NOUN:
        author = _author(kind, header, facts)
        return kb_rights.objection(who, kind, header, owns=facts.is_owner(who), author=author)
    if who.role == roles.BOT and kind not in _OF_BOTS:
        return "a bot may only say messages and comments"
    noun = _NOUNS.get(facts.noun, "session")
    owns = facts.is_owner(who)
    if not owns and facts.teams and not who.teams.intersection(facts.teams):
        return "it is for a team that its signer does not belong to"
    if kind == "react":
        return lacks(who, f"{noun}:view")
    if kind == "delete":
        return "" if owns else lacks(who, f"{noun}:delete")
    if kind == "invite" or _permits(kind, header) or _for_another(who, kind, header):
        return _invite_objection(who, kind, header, facts, noun)
    if kind not in _ORDINARY:
        least = roles.RANK[roles.MAINTAINER]
        return "" if roles.RANK[who.role] >= least else f"{kind[:40]!r} needs a maintainer"
    return _write_objection(who, kind, header, facts, noun)


def _write_objection(
    who: Authority, kind: str, header: Mapping[str, Json], facts: Facts, noun: str
) -> str:
    why = lacks(who, f"{noun}:edit")
    if why:
        return why
    if not facts.is_owner(who) and not facts.may(who, "write"):
        return "its signer may only read there"
    needs = {"open": "createSessions", "join": "joinSessions"}.get(kind, "")
    if kind == "set" and header.get("field") in ("visibility", "team"):
        needs = "shareSessions"
    if needs and facts.noun == "session":
        return lacks(who, needs)
    leads = roles.RANK[who.role] >= roles.RANK[roles.MAINTAINER]
    if kind in _CHANGING and not leads and _author(kind, header, facts) != who.member_id:
        return f"only a maintainer may {kind} what another said"
    return ""


def _author(kind: str, header: Mapping[str, Json], facts: Facts) -> str:
    """Who said what this is about; asked of nothing else, or a word about itself had no end."""
    target = header.get("target") if kind in ABOUT else None
    return facts.author_of(target) if isinstance(target, str) else ""


def _invite_objection(
    who: Authority, kind: str, header: Mapping[str, Json], facts: Facts, noun: str
) -> str:
    if facts.is_owner(who) or f"{noun}:invite" in who.permissions:
        return ""
    if roles.RANK[who.role] < roles.RANK[roles.CONTRIBUTOR]:
        return f"a {who.role} may not invite"
    if not facts.may(who, "write"):
        return "its signer may only read there"
    manages = facts.may(who, "manage")
    invites = kind in ("invite", "join") and facts.may(who, "invite")
    if not manages and not invites:
        return f"needs {noun}:invite, and a {who.role} has it not"
    given = {*texts(header.get("can")), *texts(header.get("value"))}
    if not all(facts.may(who, right) for right in given):
        return "its signer gives what he has not himself"
    changes = str(header.get("who", ""))
    if kind == "invite" and not manages and key(changes) in facts.people.rights:
        return "its signer may not change what others may do"
    return ""


def _permits(kind: str, header: Mapping[str, Json]) -> bool:
    field = header.get("field")
    return kind == "set" and isinstance(field, str) and field.startswith(FIELD)


def _for_another(who: Authority, kind: str, header: Mapping[str, Json]) -> bool:
    """True for joining or leaving in somebody else's name."""
    named = header.get("who")
    if kind not in ("join", "leave") or not isinstance(named, str):
        return False
    return bool(named) and same(named) not in who.emails
