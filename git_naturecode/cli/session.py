"""The session commands: begin, say, read, take part."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet, SessionId
from git_naturecode.cli.output import columns, page, paint, written
from git_naturecode.cli.reading import opened, opened_at, session_id

if TYPE_CHECKING:
    from git_naturecode.store.entry import Draft, Entry

Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]


def register(tree: typer.Typer, name: str, wanted: list[str]) -> None:
    """Hang the session commands into `tree`; only the one `wanted` where it is here."""
    group = typer.Typer(
        help="Conversations of people and AI assistants.", no_args_is_help=True,
        rich_markup_mode=None,
    )  # fmt: skip
    here: dict[str, Callable[..., None]] = {
        "start": start, "say": say, "show": show, "search": search, "join": join, "leave": leave,
        "list": list_sessions,
    }  # fmt: skip
    names = [one for one in wanted[:1] if one in here]
    for one in names or here:
        group.command(one)(here[one])
    if not names:
        from git_naturecode.cli import session_import, session_share

        session_share.register(group)
        session_import.register(group)
    tree.add_typer(group, name=name)


def start(
    name: Annotated[str, typer.Argument(help="What it is about.")],
    visibility: Annotated[
        str, typer.Option(help="private (this clone only), team, or public.")
    ] = "team",
    tag: Annotated[list[str] | None, typer.Option(help="A tag; may be repeated.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Begin a session."""
    context = contexts.current(quiet)
    entity = begin(context, name, visibility, tag or [])
    if as_json:
        context.json({"id": entity, "name": name, "visibility": visibility})
    else:
        context.say(entity)
        context.tell(f'hint: say something with `git naturecode session say {entity[17:]} "..."`')


def begin(context: contexts.Context, name: str, visibility: str, tags: list[str]) -> str:
    """Write the first entries of a session and make it the active one; its id."""
    from git_naturecode import ids
    from git_naturecode.domain import drafts
    from git_naturecode.domain import session as sessions
    from git_naturecode.store.store import PRIVATE, TEAM

    check_visibility(visibility)
    if not name.strip():
        raise errors.Usage("a session needs a name")
    with context.store(writing=True) as store:
        entity = ids.new_entity(sessions.KIND, context.now_ms(), context.random)
        first = [drafts.opening(name, visibility, context.config.get("user.name"))]
        first += [drafts.element([], "tags", tag, there=True) for tag in tags]
        store.write(PRIVATE if visibility == "private" else TEAM, entity, first)
        store.settle()
        store.make_active(entity)
    return entity


def check_visibility(visibility: str) -> None:
    """Raise Usage unless it is one of the three."""
    from git_naturecode.domain.session import VISIBILITIES

    if visibility not in VISIBILITIES:
        raise errors.Usage(f"{visibility!r} is not a visibility", "use " + ", ".join(VISIBILITIES))


def say(
    session: SessionId,
    text: Annotated[
        str | None, typer.Argument(help="What to say; `-` reads stdin; nothing: your editor.")
    ] = None,
    role: Annotated[str, typer.Option(help="user, assistant, system, tool or note.")] = "user",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Add a message to a session."""
    from git_naturecode.domain import drafts
    from git_naturecode.domain import session as sessions

    context = contexts.current(quiet)
    if role not in sessions.ROLES:
        raise errors.Usage(f"{role!r} is not a role", "use " + ", ".join(sessions.ROLES))
    advice = f"What do you want to say in {session}? Lines like this one are left out."
    body = written(context, text, advice)
    if not body.strip():
        raise errors.Usage("there is nothing to say in an empty text")
    entity, entry = add(context, session, drafts.message(body, role))
    if as_json:
        context.json({"id": entity, "messageId": entry.id, "redacted": entry.header.get("red", [])})
        return
    if entry.header.get("red"):
        context.tell(f"warning: replaced what looked secret: {', '.join(entry.header['red'])}")
    context.tell(f"said in {entity}")


def show(
    session: SessionId,
    as_json: AsJson = False,
) -> None:
    """Show a session with all that was said in it."""
    from git_naturecode import ids
    from git_naturecode.domain import session as sessions
    from git_naturecode.render import session as render
    from git_naturecode.render import session_json

    context = contexts.current()
    with opened(context) as (store, index):
        entity = session_id(index, session)
        found = sessions.build(store.read(ids.tail(entity), sessions.KIND))
    if as_json:
        context.json(session_json.json(found))
    else:
        page(context, render.text(found, paint(context)))


def list_sessions(
    status: Annotated[str | None, typer.Option(help="active or closed.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="With this tag; several: any.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only those that I take part in.")] = False,
    since: Annotated[str | None, typer.Option(help="12h, 7d, 4w, 3mo or a date.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List sessions, the latest first."""
    from git_naturecode import clock
    from git_naturecode.domain import session as sessions
    from git_naturecode.render import rows as render

    context = contexts.current()
    after = clock.iso(clock.since(since, context.now_ms())) if since else ""
    with opened(context) as (store, index):
        person = store.person if mine else ""
        rows = [
            row
            for row in index.rows(sessions.KIND)
            if (not status or row["status"] == status)
            and (not tag or set(tag) & set(row["tags"]))
            and (not mine or person in row["participants"])
            and row["updatedAt"] >= after
        ]
    if as_json:
        context.json({"items": rows[:limit], "total": len(rows)})
        return
    if not rows:
        context.tell("no sessions; see `git naturecode session import --auto`")
        return
    page(context, render.rows_text(rows[:limit], paint(context), columns(context)))
    if len(rows) > limit:
        context.tell(f"hint: {len(rows) - limit} more; see --limit")


def search(
    query: Annotated[list[str], typer.Argument(help="Words; all of them, else any.")],
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Find sessions by what was said in them."""
    from git_naturecode.domain import session as sessions
    from git_naturecode.render import rows as render

    context = contexts.current()
    words = " ".join(query)
    with opened(context) as (_, index):
        hits = index.search(sessions.KIND, words, limit)
    if as_json:
        context.json({"items": [render.hit_json(hit) for hit in hits]})
    elif hits:
        page(context, render.hits_text(hits, paint(context)))
    if not hits:
        raise errors.Negative(f"nothing was said about {words!r}")


def join(session: SessionId, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Take part in a session and make it the active one."""
    _attend("join", session, as_json, quiet)


def leave(session: SessionId, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Take part no longer."""
    _attend("leave", session, as_json, quiet)


def _attend(kind: str, session: str, as_json: bool, quiet: bool) -> None:
    from git_naturecode.domain import drafts

    context = contexts.current(quiet)
    name = context.config.get("user.name")
    entity, _ = add(context, session, drafts.attendance(kind, name))
    if as_json:
        context.json({"id": entity, "joined": kind == "join"})
        return
    if kind == "leave":
        context.tell(f"you have left {entity}")
        return
    context.say(entity)
    context.tell(f'hint: answer with `git naturecode session say {entity[17:]} "..."`')


def add(context: contexts.Context, session: str, draft: "Draft") -> "tuple[str, Entry]":
    """Write one entry about an existing session, on the side where it lives."""
    from git_naturecode import ids
    from git_naturecode.domain import session as sessions
    from git_naturecode.store.store import PRIVATE, TEAM

    with opened_at(context, session) as (store, entity):
        shared = store.has(TEAM, sessions.KIND, ids.tail(entity))
        entries = store.write(TEAM if shared else PRIVATE, entity, [draft])
        store.settle()
        if draft.kind in ("join", "leave"):
            store.make_active(entity if draft.kind == "join" else "")
    return entity, entries[0]
