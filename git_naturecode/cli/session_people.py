"""session join, leave, invite, permit: who takes part and what he may do."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet, SessionId

if TYPE_CHECKING:
    from git_naturecode.cli.changing import Opened

Rights = Annotated[
    list[str] | None,
    typer.Option(help="read, write, invite, manage; repeated or with commas (default read,write)."),
]


def join(session: SessionId, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Take part in a session and make it the active one."""
    from git_naturecode.cli.session_say import add
    from git_naturecode.domain import drafts

    context = contexts.current(quiet)
    name = context.config.get("user.name")
    entity, _ = add(context, session, drafts.attendance("join", name))
    if as_json:
        context.json({"id": entity, "joined": True})
        return
    context.say(entity)
    context.tell(f'hint: answer with `git naturecode session say {entity[17:]} "..."`')


def leave(session: SessionId, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Take part no longer."""
    from git_naturecode.cli.changing import changing
    from git_naturecode.domain import drafts, people

    context = contexts.current(quiet)
    with changing(context, session) as here:
        entity, me = here.session.id, people.key(here.store.person)
        takes_part = any(people.key(one.id) == me for one in here.session.participants)
        if takes_part:
            here.write(drafts.attendance("leave", context.config.get("user.name")))
        here.store.forget_active(entity)
    if as_json:
        context.json({"id": entity, "joined": False})
        return
    context.tell(f"you have left {entity}" if takes_part else f"you do not take part in {entity}")


def invite(
    session: SessionId,
    who: Annotated[
        list[str], typer.Argument(help="E-mail addresses, names of members, or of teams.")
    ],
    can: Rights = None,
    with_history: Annotated[
        bool,
        typer.Option(
            "--with-history", help="Of an encrypted session: also what was said in it before."
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option(help="Of a private session: only show what would leave.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Ask people to take part. Who has no account or key yet stays invited until he joins.

    A private session is shared by that, encrypted: only they can read it.
    """
    from git_naturecode import teaming
    from git_naturecode.cli.changing import changing
    from git_naturecode.domain import drafts, people
    from git_naturecode.store.store import PRIVATE

    context = contexts.current(quiet)
    rights = _rights(can) if can else people.USUAL
    with changing(context, session) as here:
        _check_inviting(here, with_history, dry_run)
        those = here.session.people
        asked = list(dict.fromkeys(teaming.people(here.store, those, _split(who))))
        if not asked:
            raise errors.Usage("nobody is named", "write an e-mail address, or a name")
        inside = {people.key(p.id) for p in those.participants}
        new = [one for one in asked if with_history or people.key(one) not in inside]
        made = [drafts.invitation(one, rights, history=with_history) for one in new]
        # Who was permitted something before is permitted what this invitation says.
        made += [
            drafts.permission(here.entries, one, rights)
            for one in new
            if people.key(one) in those.rights
        ]
        if here.side == PRIVATE and new:
            from git_naturecode.cli.session_encrypt import publish

            publish(context, here, made, dry_run, as_json)
        elif made:
            here.write(*made)
    if as_json:
        told = {"id": here.session.id, "invited": new, "can": list(rights)}
        context.json({**told, "alreadyHere": [one for one in asked if one not in new]})
    elif dry_run:
        context.tell("nothing was shared, and nobody invited")
    else:
        _tell_invited(context, here, asked, new, with_history)
    if not new:
        raise errors.Negative("all of them take part already", _permit_hint(here.short, asked[0]))


def _check_inviting(here: "Opened", with_history: bool, dry_run: bool) -> None:
    """Raise what this session is not for, or this person may not."""
    from git_naturecode.store.store import PRIVATE

    private = here.side == PRIVATE
    if with_history and not (private or here.session.encrypted):
        raise errors.Usage(
            "--with-history is for encrypted sessions", "everybody can read this one already"
        )
    if dry_run and not private:
        raise errors.Usage("--dry-run is for private sessions", "this one is shared already")
    here.require("invite", "invite to")


def _tell_invited(
    context: contexts.Context, here: "Opened", asked: list[str], new: list[str], with_history: bool
) -> None:
    from git_naturecode.render.show import line

    for one in asked:
        context.say(f"{line(one)}  {'invited' if one in new else 'takes part already'}")
    if new:
        context.tell(
            f"hint: after `git naturecode sync` they join with: "
            f"git naturecode session join {here.short}"
        )
    if new and here.session.encrypted and here.session.messages and not with_history:
        context.tell("hint: they read what is said from now on; --with-history adds the rest")


def permit(
    session: SessionId,
    member: Annotated[str, typer.Argument(help="An e-mail address, or the name of a member.")],
    can: Annotated[
        list[str], typer.Option(help="read, write, invite, manage; repeated or with commas.")
    ],
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say what a member may do in a session from now on."""
    from git_naturecode import teaming
    from git_naturecode.cli.changing import changing
    from git_naturecode.domain import drafts, people
    from git_naturecode.render.show import line

    context = contexts.current(quiet)
    rights = _rights(can)
    with changing(context, session) as here:
        here.require("manage", "permit anything in")
        those = here.session.people
        (who,) = teaming.people(here.store, those, [member], teams=False)
        if people.key(who) == people.key(those.owner):
            raise errors.NotPermitted(f"{line(who)} owns this session and may do everything in it")
        known = {people.key(p.id) for p in those.participants}
        known |= {people.key(one.id) for one in those.invited}
        here.write(drafts.permission(here.entries, who, rights))
    if as_json:
        context.json({"id": here.session.id, "userId": who, "can": list(rights)})
        return
    context.say(f"{line(who)}  may {', '.join(rights)}")
    if people.key(who) not in known:
        from shlex import quote

        context.tell(
            f"hint: {line(who)} does not take part yet: "
            f"git naturecode session invite {here.short} {quote(line(who))}"
        )


def _rights(given: list[str]) -> tuple[str, ...]:
    """The rights in `given`; reading is always among them. Raises Usage for another word."""
    from git_naturecode.domain.people import RIGHTS, known

    words = _split(given)
    for word in words:
        if word not in RIGHTS:
            raise errors.Usage(f"{word!r} is not a permission", "use " + ", ".join(RIGHTS))
    if not words:
        raise errors.Usage("--can names nothing", "use " + ", ".join(RIGHTS))
    return known(words)


def _split(given: list[str]) -> list[str]:
    return [part.strip() for one in given for part in one.split(",") if part.strip()]


def _permit_hint(session: str, who: str) -> str:
    from shlex import quote

    word = quote(who)  # it may be what a stranger called himself, and be typed again as it stands
    return f"what they may do: git naturecode session permit {session} {word} --can read,write"
