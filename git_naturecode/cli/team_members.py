"""team add, join, remove, role: who belongs to the team, and as what."""

from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet
from git_naturecode.cli.team import Member, Team

if TYPE_CHECKING:
    from git_naturecode.teaming.members import Added

Permissions = Annotated[
    list[str] | None,
    typer.Option(help="A permission that the role has not, as session:invite or shareSessions."),
]
Denied = Annotated[
    list[str] | None, typer.Option(help="A permission that the role has, and this member has not.")
]


def add(
    email: Annotated[str, typer.Argument(help="The address that git has for this person.")],
    role: Annotated[
        str, typer.Option(help="viewer, contributor (or member), maintainer, admin, or bot.")
    ] = "contributor",
    team: Team = "",
    request: Annotated[
        bool, typer.Option("--request", help="Accept the request made with `team join`.")
    ] = False,
    key: Annotated[
        str,
        typer.Option(
            help="The public key: `ssh-ed25519 AAAA...`, a file with it, or the SHA256:... of a "
            "request."
        ),
    ] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make somebody a member, or invite him.

    Whose key is not known yet gets a code to join with, once.
    """
    from git_naturecode.teaming import members
    from git_naturecode.teaming.here import Here

    context = contexts.current(quiet)
    with context.store(writing=True) as store:
        here = Here(store)
        chosen = here.team(team)
        done = members.add(here, email, role, chosen, request=request, key=_public(key))
        words = here.fingerprint
    if as_json:
        told = {"id": done.member.id, "email": done.member.email, "role": done.member.role}
        more = {"state": done.member.state, "new": done.new, "code": done.code or None}
        context.json({**told, **more, "teamId": done.team.id})
        return
    _tell_added(context, done, role, words)


def _tell_added(context: contexts.Context, done: "Added", role: str, words: str) -> None:
    from git_naturecode.domain.policy import roles
    from git_naturecode.render.show import line
    from git_naturecode.teaming import members
    from git_naturecode.teaming.here import print_of
    from git_naturecode.teaming.words import article

    member, team = done.member, line(done.team.name)
    who, typed = line(member.email), quote(line(member.email))
    if member.state == "active" and not done.new:
        context.say(f"{who} is in {team} already, as {article(member.role)}")
        if members.role_named(role) != member.role:
            context.tell(f"hint: git naturecode team role {typed} {members.role_named(role)}")
        return
    if member.state == "active":
        context.say(f"{who} is in {team} now, as {article(member.role)}")
        for one in member.keys:
            context.tell(f"key: {print_of(one) or line(one)}")
        context.tell(f"hint: git naturecode sync, and {who} does the same: nothing else to do")
        if member.role == roles.BOT:
            context.tell(
                "hint: a job gets its private key in NATURECODE_MEMBER_KEY, and says who it is: "
                f"git config user.email {typed}"
            )
        return
    role_text = article(member.role)
    context.tell(
        f"{who} is invited to {team}, as {role_text}; send him this line, and nobody else:"
    )
    context.say(f"git naturecode team join {done.code}")
    context.tell("it works once, after you have synced: git naturecode sync")
    context.tell(f"who joins sees these words, and should compare them with you: {words}")
    for asked in done.asked:
        context.tell(
            f"note: somebody asks to join as {who} with the key {print_of(asked.keys[0])}; if it "
            f"is he: git naturecode team add {typed} --request"
        )


def _public(given: str) -> str:
    """The public key that `given` is, or that stands in the file of this name."""
    from contextlib import suppress

    from git_naturecode.teaming.here import print_of

    text = given
    if not given or given.startswith("SHA256:"):
        return given
    if not given.startswith("ssh-"):
        with suppress(OSError, UnicodeDecodeError), open(given, encoding="utf-8") as file:
            text = file.read(16_384)
    key = " ".join(text.split()[:2])
    if print_of(key):
        return key
    raise errors.Usage(
        f"{given!r} is no public key",
        "write `ssh-ed25519 AAAA...`, or the name of a file such as ~/.ssh/id_ed25519.pub",
    )


def join(
    code: Annotated[
        str | None,
        typer.Argument(help="The code of your invitation; `-` reads stdin. Without: ask to join."),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Become a member by a code, or ask for it."""
    import sys

    from git_naturecode.render.show import line
    from git_naturecode.teaming import joining
    from git_naturecode.teaming.here import Here, admins
    from git_naturecode.teaming.words import article, those_who_may

    context = contexts.current(quiet)
    with context.store(writing=True) as store:
        here = Here(store)
        given = sys.stdin.readline() if code == "-" else code
        done = joining.ask(here) if given is None else joining.join(here, given)
        words, key, person = here.fingerprint, here.key_print, store.person
        names = [team.name for team in here.teams_of(done.member)]
        whom = those_who_may(admins(here.standing))
        invited = joining.is_invited(here)
    if as_json:
        member = done.member
        told = {"id": member.id if member else None, "role": member.role if member else None}
        context.json({**told, "asked": member is None, "new": done.new, "key": key})
        return
    if done.member is None:
        again = "asks" if done.new else "has asked before"
        context.say(f"{line(person)} {again} to join, with the key {key}")
        context.tell(f"hint: git naturecode sync, and tell {line(whom)} this key; who accepts it:")
        context.tell(f"git naturecode team add {quote(line(person))} --request")
        if invited:
            context.tell("note: you are invited already; the code that you were sent is faster")
        return
    team = line(", ".join(names)) or "this repository"
    now = "is in" if not done.new else "has joined"
    context.say(f"{line(done.member.email)} {now} {team}, as {article(done.member.role)}")
    if done.new:
        context.tell(f"fingerprint of the team: {words}")
        context.tell("compare these six words with who invited you")
        context.tell(TELL_OTHERS)


def remove(
    member: Member,
    team: Annotated[
        str, typer.Option(help="Only from this team; without: from all, with every right.")
    ] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take somebody out of the team.

    What he wrote up to now stays; what he writes from now on is held back.
    """
    from git_naturecode.domain import teams
    from git_naturecode.render.show import line
    from git_naturecode.teaming import members
    from git_naturecode.teaming.here import Here
    from git_naturecode.teaming.words import article

    context = contexts.current(quiet)
    with context.store(writing=True) as store:
        here = Here(store)
        standing = here.require_team()
        found = teams.find_member(standing, member)
        only = here.team(team) if team and len(teams.teams(standing)) > 1 else None
        members.remove(here, found, only)
    who = line(found.email)
    if as_json:
        context.json({"id": found.id, "email": found.email, "teamId": only.id if only else None})
    elif only is not None:
        context.say(f"{who} is not in {line(only.name)} any more, and stays {article(found.role)}")
    elif found.state == "invited":
        context.say(f"the invitation of {who} is withdrawn")
    else:
        context.say(f"{who} is not a member any more")
        context.tell(
            "what he wrote and you have seen stays; what he writes from now on is held back "
            "everywhere (git naturecode quarantine list)"
        )
    if not as_json:
        context.tell(TELL_OTHERS)


def role(
    member: Member,
    role: Annotated[
        str, typer.Argument(help="viewer, contributor (or member), maintainer, admin, or bot.")
    ],
    allow: Permissions = None,
    deny: Denied = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say what a member may do: role, exceptions."""
    from git_naturecode.domain import teams
    from git_naturecode.render.show import line
    from git_naturecode.render.team import exceptions
    from git_naturecode.teaming import members
    from git_naturecode.teaming.here import Here
    from git_naturecode.teaming.words import article

    context = contexts.current(quiet)
    with context.store(writing=True) as store:
        here = Here(store)
        before = teams.find_member(here.require_team(), member)
        now = members.set_role(here, before, role, _split(allow), _split(deny))
    changed = now is not before
    if as_json:
        told = {"id": now.id, "email": now.email, "role": now.role, "changed": changed}
        context.json({**told, "allow": list(now.allow), "deny": list(now.deny)})
        return
    more = exceptions(now)
    text = f"{line(now.email)} is {article(now.role)}" + (f" ({more})" if more else "")
    context.say(text + ("" if changed else " already"))
    if changed:
        context.tell(TELL_OTHERS)


def _split(given: list[str] | None) -> list[str]:
    return [part.strip() for one in given or [] for part in one.split(",") if part.strip()]
