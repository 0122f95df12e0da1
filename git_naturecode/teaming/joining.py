"""Becoming a member: with the code of an invitation, or by asking for it."""

from shlex import quote
from typing import NamedTuple

from git_naturecode import trusting
from git_naturecode.domain.people import key as folded
from git_naturecode.domain.policy import ops
from git_naturecode.domain.policy.facts import Member
from git_naturecode.domain.policy.standing import Standing
from git_naturecode.errors import Negative, Usage
from git_naturecode.teaming.here import Here, admins
from git_naturecode.teaming.words import those_who_may


class Joined(NamedTuple):
    """Who somebody is now; `member` is None for one who has only asked. False: he was before."""

    member: Member | None
    new: bool


def join(here: Here, text: str) -> Joined:
    """Use the code `text`: this person, with his key, becomes the member that was invited.

    The team that the code names becomes the pinned one. Raises Usage for what is no code,
    Negative where the invitation is not here (any more) or is for somebody else.
    """
    from git_naturecode.crypto import invitation

    try:
        code = invitation.read(text)
    except ValueError as error:
        raise Usage(
            f"that code cannot be right: {error}", "copy the whole line that you were sent"
        ) from None
    _pin(here, code.team)
    standing, me = here.require_team(), here.me
    if me is not None and me.state == "active":
        return Joined(me, False)
    invited = [one for one in standing.members.values() if one.invite == code.public]
    if not invited:
        raise _unknown(here, standing)
    member = invited[0]
    if member.state == "active":
        raise Negative(
            f"that invitation was used by {member.name or member.email} already",
            f"ask {those_who_may(admins(standing))} for one of your own",
        )
    person, store = here.store.person, here.store
    if folded(person) != folded(member.email):
        raise Negative(
            f"that invitation is for {member.email}, and git says that you are {person}",
            f"if both are you: git config user.email {quote(member.email)}, then join again",
        )
    proven = ops.join_proof(standing.team, member.id, [here.key], store.device)
    name = store.config.get("user.name")
    here.say(ops.join(member.id, name, member.email, [here.key], code.sign(proven)))
    return Joined(here.standing.members[member.id], True)


def _pin(here: Here, team: str) -> None:
    """Trust the team whose digest begins with `team`, since the code came from one of its admins.

    Raises Negative where it is not here, or another one is trusted.
    """
    standing = here.standing
    pinned = trusting.pinned(here.store)
    found = [one for one in standing.geneses if one.startswith(team)]
    if pinned and not pinned.startswith(team):
        raise Negative(
            "that invitation is to another team than the one that is trusted here",
            "is it for another repository? `git naturecode trust show` says which one this is",
        )
    if not found:
        raise Negative(
            "the team of that invitation is not in this clone yet",
            "git naturecode sync, then join again; is it for this repository?",
        )
    if not pinned:
        here.pin(found[0])


def _unknown(here: Here, standing: Standing) -> Negative:
    """What is said of a code that no invitation names (any more)."""
    person = here.store.person
    same = [one for one in standing.members.values() if folded(one.email) == folded(person)]
    if same and same[0].state == "active":
        whom = those_who_may(admins(standing))
        return Negative(
            f"{person} is a member already, with another key than yours: the invitation was used",
            "if that key is yours, add this clone where it is: git naturecode device add; else "
            f"tell {whom}",
        )
    return Negative(
        "that invitation is not in this clone yet, was used, or was withdrawn",
        "git naturecode sync, then join again; whoever invited you has to sync, too",
    )


def ask(here: Here) -> Joined:
    """Ask to be made a member, with this person's key; asked once is enough."""
    standing, me = here.require_team(), here.me
    if me is not None and me.state == "active":
        if here.store.device not in standing.devices:
            here.append()
        return Joined(here.me, False)
    person = here.store.person
    mine = [one for one in standing.requests if here.key in one.keys]
    if any(folded(one.email) == folded(person) for one in mine):
        return Joined(None, False)
    here_name = here.store.config.get("user.name")
    here.append(ops.request(here_name, person, [here.key]))
    return Joined(None, True)


def is_invited(here: Here) -> bool:
    """True when somebody has invited the address of this person, and he has not joined yet."""
    known = here.standing.members.values()
    person = folded(here.store.person)
    return any(one.state == "invited" and folded(one.email) == person for one in known)
