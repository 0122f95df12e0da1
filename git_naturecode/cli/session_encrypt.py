"""session encrypt, session remove: who can read a session, and who no longer."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet, SessionId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.cli.changing import Opened
    from git_naturecode.domain.readers import Readers
    from git_naturecode.store.entry import Draft, Json


def encrypt(
    session: SessionId,
    rewrite: Annotated[
        bool,
        typer.Option(
            "--rewrite",
            help="Also seal what you said in the clear, and take that out of every clone and "
            "remote.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before a rewrite.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Encrypt what is said from now on, for those who take part."""
    from git_naturecode.cli.changing import changing
    from git_naturecode.cli.redact import rewrite_found
    from git_naturecode.sealed import beginning
    from git_naturecode.store.store import PRIVATE

    context = contexts.current(quiet)
    with changing(context, session) as here:
        if here.side == PRIVATE:
            raise errors.Negative(
                f"{here.session.id} is private: nothing of it leaves this clone",
                f"`git naturecode session share {here.short} --encrypt` shares it encrypted; "
                f"`git naturecode session invite {here.short} EMAIL` with single people",
            )
        if here.session.encrypted and not rewrite:
            raise errors.Negative(
                f"{here.session.id} is encrypted already",
                f"`git naturecode session invite {here.short} EMAIL` lets somebody in",
            )
        here.require("manage", "encrypt")
        if not here.session.encrypted:
            begun = beginning.encrypt(here.store, here.session, here.placed)
            readers, plain = begun.readers, begun.plain
        else:
            readers, plain = here.session.readers, len(beginning.plain(here.placed))
        told: dict[str, Json] = {"id": here.session.id, "readers": list(readers.here)}
        told |= {"waiting": list(readers.waiting), "plain": plain}
        if not as_json:
            context.say(f"{here.session.id}  encrypted from now on")
            tell_readers(context, readers, here.short)
            if plain and not rewrite:
                _tell_plain(context, plain, here.short)
        if rewrite:
            from git_naturecode import purging

            found = purging.in_the_clear(here.store, here.session.id, context.progress)
            context.progress_done()
            rewrite_found(context, here.store, found, yes)
    if as_json:
        context.json(told)


def tell_readers(context: contexts.Context, readers: "Readers", short: str) -> None:
    """Say who can read a session now, who waits, and what everybody goes on seeing."""
    from git_naturecode.render.show import line
    from git_naturecode.sealed import beginning

    context.tell("for: " + ", ".join(map(line, readers.here)))
    if readers.waiting:
        context.tell(
            f"waiting: {', '.join(map(line, readers.waiting))} (no device is known yet: they get "
            "the key at the next sync of somebody who has it, once they have joined the team)"
        )
    context.tell(beginning.LEAKS)
    context.tell(beginning.KEEPS)
    context.tell(f"hint: git naturecode session invite {short} EMAIL lets somebody in")


def _tell_plain(context: contexts.Context, plain: int, short: str) -> None:
    from git_naturecode.cli.answers import count

    context.tell(
        f"warning: {count(plain, 'entry')} from before can be read by all who can read the "
        "repository: encrypting covers what is said from now on"
    )
    context.tell(
        f"hint: git naturecode session encrypt {short} --rewrite seals what you said before too, "
        "and takes it out of every clone and remote"
    )


def remove(
    session: SessionId,
    who: Annotated[list[str], typer.Argument(help="E-mail addresses, or names of members.")],
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Have people take part no longer. An encrypted session gets a new key without them."""
    from git_naturecode.cli.changing import changing, refused
    from git_naturecode.domain import drafts, people
    from git_naturecode.render.show import line

    context = contexts.current(quiet)
    with changing(context, session) as here:
        here.require("manage", "send anybody away from")
        those = here.session.people
        asked = list(dict.fromkeys(people.named(those, one) for one in _split(who)))
        if not asked:
            raise errors.Usage("nobody is named", "write an e-mail address, or a name")
        inside = {people.key(one.id) for one in those.participants}
        inside |= {people.key(one.id) for one in those.invited}
        gone = [one for one in asked if people.key(one) in inside]
        if here.session.encrypted and not those.can(here.store.person, "manage"):
            raise refused(here.store.person, those.owner, here.short, "manage", "send anybody from")
        if people.key(those.owner) in map(people.key, gone):
            raise errors.NotPermitted(f"{line(those.owner)} owns this session and stays in it")
        if not gone:
            names = ", ".join(line(one.id) for one in those.participants)
            raise errors.Negative("none of them takes part", f"in it are {names}")
        here.write(*(drafts.removal(one) for one in gone))
        encrypted = here.session.encrypted
        had_key = {people.key(one) for one in gone} & set(here.session.readers.here)
    if as_json:
        context.json(
            {"id": here.session.id, "removed": gone, "newKey": bool(encrypted and had_key)}
        )
        return
    for one in gone:
        context.say(f"{line(one)}  takes part no longer")
    if encrypted and had_key:
        context.tell("a new key is used from now on; what they could read until now, they keep")


def _split(given: list[str]) -> list[str]:
    return [part.strip() for one in given for part in one.split(",") if part.strip()]


def publish(
    context: contexts.Context, here: "Opened", invitations: "Sequence[Draft]", dry_run: bool,
    quietly: bool,
) -> None:  # fmt: skip
    """Share the private session `here` encrypted with those whom `invitations` name, and only them.

    What leaves is shown before. Nothing is changed where it is only tried.
    """
    from git_naturecode import ids, sharing
    from git_naturecode.cli.answers import count
    from git_naturecode.domain.readers import readers
    from git_naturecode.render.show import line
    from git_naturecode.sealed import beginning
    from git_naturecode.store.store import PRIVATE, TEAM

    if not beginning.has_team(here.store):
        raise errors.NotPermitted(
            f"{here.session.id} is private, and only a team says whose devices it could be "
            "encrypted for",
            "`git naturecode team create NAME` makes one; or "
            f"`git naturecode session share {here.short}` lets everybody read it who can read the "
            "repository",
        )
    one = sharing.prepare(here.store, context.redactor, ids.tail(here.session.id))
    if not quietly:
        context.say(
            f"{one.id}  {line(one.name)}: {count(one.messages, 'message')}, {one.size} bytes, "
            f"{count(one.redacted, 'secret')} redacted"
        )
    if dry_run:
        return
    here.store.write(PRIVATE, one.id, invitations)
    one = sharing.prepare(here.store, context.redactor, ids.tail(here.session.id))
    sharing.share(here.store, [one], "team", encrypt=True)
    placed = here.store.read(ids.tail(one.id), "session", sealed=True)
    shared = [p.entry for p in placed if p.side == TEAM]
    if not quietly:
        tell_readers(context, readers(shared, one.id), here.short)
