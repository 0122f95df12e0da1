"""session share: what goes out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet

if TYPE_CHECKING:
    from git_naturecode.sharing import Leaving


def register(group: typer.Typer) -> None:
    """Hang the commands of this module into the session group."""
    group.command()(share)


def share(
    sessions: Annotated[
        list[str] | None, typer.Argument(help="Ids; nothing: the active session.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Begin a new shared session of this name instead.")
    ] = None,
    visibility: Annotated[str, typer.Option(help="team or public.")] = "team",
    every: Annotated[bool, typer.Option("--all", help="All private sessions.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only show what would leave.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Share private sessions with the team, or begin a shared one with --name."""
    from git_naturecode.cli.session import begin, check_visibility

    context = contexts.current(quiet)
    check_visibility(visibility)
    if name is not None:
        if sessions or every:
            raise errors.Usage("an id and --name do not go together", "leave one of them out")
        entity = begin(context, name, visibility, [])
        if as_json:
            context.json({"id": entity, "name": name, "visibility": visibility})
            return
        context.say(entity)
        context.tell(f"others join with: git naturecode session join {entity}")
        return
    if visibility == "private":
        raise errors.Usage("sharing cannot make a session private", "use team or public")
    leaving = _leave(context, sessions or [], every, visibility, dry_run)
    _report(context, leaving, as_json, dry_run)


def _leave(
    context: contexts.Context, wanted: Sequence[str], every: bool, visibility: str, dry_run: bool
) -> "list[Leaving]":
    from git_naturecode import ids, sharing
    from git_naturecode.cli.reading import opened, session_id
    from git_naturecode.domain import session as domain

    with opened(context, writing=True) as (store, index):
        if every:
            rows = index.rows(domain.KIND)
            found = [str(row["id"]) for row in rows if row["hasPrivate"]]
        else:
            active = [store.active()] if not wanted and store.active() else []
            found = [session_id(index, one) for one in wanted or active]
        if not found:
            raise errors.Usage(
                "nothing to share" if every else "which session?",
                "name sessions, or --all; `git naturecode session list` shows them",
            )
        leaving = [
            sharing.prepare(store, context.redactor, ids.tail(one)) for one in dict.fromkeys(found)
        ]
        if not dry_run:
            sharing.share(store, leaving, visibility)
    return leaving


def _report(
    context: contexts.Context, leaving: "Sequence[Leaving]", as_json: bool, dry_run: bool
) -> None:
    from git_naturecode.cli.answers import count, leaving_json
    from git_naturecode.render.show import line

    if as_json:
        context.json({"items": [leaving_json(one) for one in leaving], "dryRun": dry_run})
        return
    for one in leaving:
        context.say(
            f"{one.id}  {line(one.name)}: {count(one.messages, 'message')}, {one.size} bytes, "
            f"{count(one.redacted, 'secret')} redacted"
            + (f" ({one.more} found only now)" if one.more else "")
        )
    total = count(len(leaving), "session")
    if dry_run:
        context.tell(f"{total} would be shared; nothing was")
    else:
        context.tell(
            f"{total} shared: all who can read the repository can read them after the next "
            "`git naturecode sync`"
        )
