"""session share: what goes out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet

if TYPE_CHECKING:
    from git_naturecode.domain.session import Audience
    from git_naturecode.sharing import Leaving


Sessions = Annotated[list[str] | None, typer.Argument(help="Ids; nothing: the active session.")]
Name = Annotated[str | None, typer.Option(help="Begin a new shared session of this name instead.")]
Visibility = Annotated[
    str | None, typer.Option(help="team or public (with --name also private); default: team.")
]
Foreign = Annotated[
    str, typer.Option("--id", help="With --name: an id from elsewhere that names it too.")
]
Every = Annotated[bool, typer.Option("--all", help="All private sessions.")]
ForTeam = Annotated[
    str | None, typer.Option(help="For this team: it is theirs, and only they may write in it.")
]
Public = Annotated[bool, typer.Option("--public", help="An encrypted link for anybody who has it.")]
Encrypt = Annotated[
    bool,
    typer.Option(
        "--encrypt", help="Only those can read it who take part (with --team: that team)."
    ),
]
Expires = Annotated[
    str | None,
    typer.Option(help="Until when the link of --public works: 12h, 7d (default), 4w, 3mo."),
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output", "-o",
        help="With --public: the file to write, `-` for stdout; default: called like the session.",
    ),
]  # fmt: skip
Yes = Annotated[
    bool, typer.Option("--yes", help="With --public: do not ask before private texts leave.")
]
Serve = Annotated[
    bool,
    typer.Option(
        "--serve",
        help="With --public: serve the link from here until its date; without an id, those that "
        "were made before.",
    ),
]
Port = Annotated[int | None, typer.Option(help="With --serve: the port; default 8082.")]
Bind = Annotated[str | None, typer.Option(help="With --serve: the address; default 127.0.0.1.")]
Listed = Annotated[bool, typer.Option("--list", help="With --public: the links that are not over.")]
Revoke = Annotated[
    str | None, typer.Option(help="With --public: take this link back.", metavar="LINK")
]
DryRun = Annotated[bool, typer.Option(help="Only show what would leave.")]


def share(
    sessions: Sessions = None, name: Name = None, visibility: Visibility = None,
    foreign: Foreign = "", every: Every = False, team: ForTeam = None, public: Public = False,
    encrypt: Encrypt = False, expires: Expires = None, output: Output = None, yes: Yes = False,
    serve: Serve = False, port: Port = None, bind: Bind = None, listed: Listed = False,
    revoke: Revoke = None, dry_run: DryRun = False, as_json: AsJson = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Share private sessions with the team, or make a link. A shared one is begun with
    --name."""
    from git_naturecode.cli.session_say import check_visibility

    context = contexts.current(quiet)
    if visibility is not None:
        check_visibility(visibility)
    _check_audience(name, team, public, expires)
    if public:
        if every or foreign or encrypt or visibility is not None:
            raise errors.Usage(
                "--public makes the link of one session",
                "leave out --all, --id, --encrypt and --visibility",
            )
        from git_naturecode.cli import session_public

        asked = session_public.wanted(expires, output, yes, dry_run, as_json)
        chosen = session_public.Chosen(sessions or [], expires is not None)
        server = session_public.Serving(serve, port, bind)
        session_public.link(context, chosen, asked, server, listed, revoke)
        return
    if any((yes, serve, listed)) or (output, port, bind, revoke) != (None,) * 4:
        raise errors.Usage(
            "--output, --yes, --serve, --port, --bind, --list and --revoke belong to --public",
            "add it, or leave them out",
        )
    if name is not None:
        if sessions or every:
            raise errors.Usage("an id and --name do not go together", "leave one of them out")
        _begin(context, name, visibility, foreign, encrypt, as_json)
        return
    _check_sharing(visibility, foreign, encrypt)
    leaving, audience = _leave(
        context, sessions or [], every, visibility or "team", dry_run, team, encrypt
    )
    _report(context, leaving, as_json, dry_run, audience, encrypt)


def _begin(
    context: contexts.Context, name: str, visibility: str | None, foreign: str, encrypt: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Begin a session that is shared from the first."""
    from git_naturecode.cli.session_say import begin

    entity, visibility = begin(context, name, visibility, [], foreign, encrypt)
    if as_json:
        context.json({"id": entity, "name": name, "visibility": visibility})
        return
    context.say(entity)
    if visibility == "private":
        context.tell(f"hint: it is private; `git naturecode session share {entity}` shares it")
    else:
        context.tell(f"others join with: git naturecode session join {entity}")


def _check_sharing(visibility: str | None, foreign: str, encrypt: bool) -> None:
    """Raise what does not go together where sessions are shared that are there already."""
    if foreign:
        raise errors.Usage("--id belongs to --name", "leave it out")
    if visibility == "private":
        raise errors.Usage("sharing cannot make a session private", "use team or public")
    if encrypt and visibility == "public":
        raise errors.Usage("--encrypt and public do not go together", "leave one of them out")


def _check_audience(name: str | None, team: str | None, public: bool, expires: str | None) -> None:
    """Raise what does not go together."""
    if public and (name is not None or team is not None):
        other = "--name" if name is not None else "--team"
        raise errors.Usage(f"{other} and --public do not go together", "choose one of them")
    if expires is not None and not public:
        raise errors.Usage("--expires belongs to the link of --public", "leave it out")
    if name is not None and team is not None:
        raise errors.Usage(
            "--name and --team do not go together",
            "begin it with --name, then: git naturecode session share ID --team " + team,
        )


def _leave(
    context: contexts.Context, wanted: Sequence[str], every: bool, visibility: str, dry_run: bool,
    team: str | None, encrypt: bool,
) -> "tuple[list[Leaving], Audience | None]":  # fmt: skip
    from git_naturecode import ids, linking, sharing, teaming
    from git_naturecode.cli.reading import KIND, opened, session_id

    with opened(context, writing=True) as (store, index):
        if encrypt:
            from git_naturecode.sealed import beginning

            beginning.require_team(store)
        audience = None if team is None else teaming.audience(store, team)
        if every:
            rows = index.page(KIND, {"private": ("yes",)}).rows
            found = [str(row["id"]) for row in rows if row["status"] != "deleted"]
        else:
            active = [store.active()] if not wanted and store.active() else []
            found = [session_id(index, one) for one in wanted or active]
        if not found and every:
            raise errors.Negative("nothing to share: no session is private")
        if not found:
            raise errors.Usage(
                "which session?",
                "name sessions, or --all; `git naturecode session list` shows them",
            )
        leaving = [
            sharing.prepare(store, context.redactor, ids.tail(one)) for one in dict.fromkeys(found)
        ]
        those = [one.session for one in leaving if one.session]
        teaming.require_sharing(store, those, audience)
        if not dry_run:
            sharing.share(store, leaving, visibility, audience, encrypt=encrypt)
            linking.keep_notes(store)  # on the commits that belong to what is shared now
    return leaving, audience


def _report(
    context: contexts.Context, leaving: "Sequence[Leaving]", as_json: bool, dry_run: bool,
    audience: "Audience | None", encrypt: bool,
) -> None:  # fmt: skip
    from git_naturecode.cli.answers import count, leaving_json
    from git_naturecode.render.show import line

    for one in leaving:
        if one.too_large:
            context.tell(
                f"warning: {count(one.too_large, 'text')} of {one.id} not shared: no other clone "
                "would take in a log with so long a text"
            )
    if as_json:
        told = {"teamId": audience.id if audience else None, "dryRun": dry_run}
        context.json({"items": [leaving_json(one) for one in leaving], **told})
        return
    for one in leaving:
        context.say(
            f"{one.id}  {line(one.name)}: {count(one.messages, 'message')}, {one.size} bytes, "
            f"{count(one.redacted, 'secret')} redacted"
            + (f" ({one.more} found only now)" if one.more else "")
        )
    new = sum(bool(one.entries) for one in leaving)
    if new < len(leaving):
        context.tell(f"{count(len(leaving) - new, 'session')} shared before, with nothing new")
    if not new and audience is None:
        return
    total = count(new, "session")
    if dry_run:
        context.tell(f"{total} would be shared; nothing was")
    elif encrypt:
        whom = "those who take part and that team" if audience else "those who take part"
        context.tell(f"{total} shared encrypted: only {whom} can read what is in them")
        from git_naturecode.sealed import beginning

        context.tell(beginning.LEAKS)
    else:
        context.tell(_readers(total, len(leaving), audience))


def _readers(total: str, number: int, audience: "Audience | None") -> str:
    """Who can read what was shared, and when."""
    from git_naturecode.render.show import line

    if audience is None:
        return (
            f"{total} shared: all who can read the repository can read them after the next "
            "`git naturecode sync`"
        )
    those = "it" if number == 1 else "them"
    return (
        f"shared with {line(audience.name)}: only its members may write in {those}, but every "
        f"reader of the repository can read {those} after the next `git naturecode sync`, since "
        "the text is not encrypted (--encrypt seals it)"
    )
