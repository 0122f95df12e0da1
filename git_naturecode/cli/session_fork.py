"""session fork, file: going on elsewhere, pointing to files."""

from typing import Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.activating import activate
from git_naturecode.cli.options import AsJson, Quiet, SessionId


def fork(
    session: SessionId,
    name: Annotated[str, typer.Option(help="The name of the new session.")],
    at: Annotated[
        str | None,
        typer.Option(
            help="The last message to take along (its number, or the beginning of its id)."
        ),
    ] = None,
    visibility: Annotated[
        str | None, typer.Option(help="private, team or public; default: as the session.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Begin a session of your own that goes on from another one. It holds what was said
    there, up to a message of it."""
    from git_naturecode import forking, teaming
    from git_naturecode.cli.answers import count
    from git_naturecode.cli.changing import changing
    from git_naturecode.cli.session_say import check_visibility
    from git_naturecode.domain import drafts, handles
    from git_naturecode.store.store import PRIVATE, TEAM

    context = contexts.current(quiet)
    if not name.strip():
        raise errors.Usage("a session needs a name")
    if visibility is not None:
        check_visibility(visibility)
    with changing(context, session) as here:
        usual = here.session.visibility if here.session.shared else "private"
        wanted = visibility or usual
        if wanted != "private" and here.side == PRIVATE:
            raise errors.NotPermitted(
                f"{here.session.id} is private, so its fork is too",
                f"fork it, then `git naturecode session share` the fork, or share {here.short}",
            )
        if wanted != "private":
            teaming.Gate(here.store).require([drafts.forking(name, wanted, "", "", "")])
        last = handles.message(here.session, at) if at else None
        side = PRIVATE if wanted == "private" else TEAM
        entity, copies = forking.fork(here.store, here.placed, name, side, wanted, last)
        activate(here.store, entity)
    if as_json:
        told = {"id": entity, "name": name, "visibility": wanted, "entries": copies}
        context.json({**told, "forkedFrom": here.session.id})
        return
    context.say(entity)
    context.tell(f"forked from {here.session.id} with {count(copies, 'entry')}")


def file(
    session: SessionId,
    path: Annotated[str, typer.Argument(help="A file of this repository.")],
    lines: Annotated[str, typer.Option(help="Which lines: 7 or 7-20.")] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Share a file in a session: its path, lines, content as of now."""
    import re

    from git_naturecode.cli.changing import changing
    from git_naturecode.domain import drafts
    from git_naturecode.render.show import line

    context = contexts.current(quiet)
    found = re.fullmatch(r"([1-9]\d{0,8})(?:-([1-9]\d{0,8}))?", lines)
    if lines and (not found or int(found[2] or found[1]) < int(found[1])):
        raise errors.Usage(f"{lines!r} does not name lines", "write 7 or 7-20")
    with changing(context, session) as here:
        here.require("write", "share files in")
        inside, blob = here.store.repo.tracked(context.cwd, path)
        here.write(drafts.file(inside, lines, blob))
    if as_json:
        context.json({"id": here.session.id, "path": inside, "lines": lines, "blob": blob})
        return
    context.tell(f"shared {line(inside)} in {here.session.id}")
