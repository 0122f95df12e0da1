"""session show, list, shared list, search: reading."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, SessionId
from git_naturecode.cli.output import columns, page, paint
from git_naturecode.cli.reading import KIND, opened, session_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_naturecode.store.entry import Json
    from git_naturecode.store.index import Hit, Index
    from git_naturecode.store.store import Store

Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]
Tags = Annotated[list[str] | None, typer.Option(help="With this tag; several: any.")]
Mine = Annotated[bool, typer.Option("--mine", help="Only those that I take part in.")]
Since = Annotated[str | None, typer.Option(help="12h, 7d, 4w, 3mo or a date.")]
STATUSES = ("active", "closed", "deleted")


def show(
    session: SessionId,
    as_json: AsJson = False,
) -> None:
    """Show a session with all that was said in it."""
    from git_naturecode import ids
    from git_naturecode.domain import session as sessions

    context = contexts.current()
    with opened(context) as (store, index):
        entity = session_id(index, session)
        found = sessions.build(store.read(ids.tail(entity), KIND))
    if as_json:
        from git_naturecode.render import session_json

        context.json(session_json.json(found))
    else:
        from git_naturecode.render import session as render

        page(context, render.text(found, paint(context)))


def list_sessions(
    status: Annotated[str | None, typer.Option(help="active, closed or deleted.")] = None,
    tag: Tags = None,
    mine: Mine = False,
    since: Since = None,
    deleted: Annotated[bool, typer.Option("--deleted", help="Only deleted ones.")] = False,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List sessions, the latest first."""
    from git_naturecode.render import rows as render

    context = contexts.current()
    if status is not None and status not in STATUSES:
        raise errors.Usage(f"{status!r} is not a status", "use " + ", ".join(STATUSES))
    if deleted and status not in (None, "deleted"):
        raise errors.Usage(f"--deleted and --status {status} exclude each other")
    with opened(context) as (store, index):
        chosen = _chooser(context, store, tag, mine, since)
        wanted = "deleted" if deleted else status
        rows = [row for row in index.rows(KIND) if _has_status(row, wanted) and chosen(row)]
    if as_json:
        context.json({"items": rows[:limit], "total": len(rows)})
        return
    if not rows:
        context.tell("no sessions; see `git naturecode session import --auto`")
        return
    page(context, render.rows_text(rows[:limit], paint(context), columns(context)))
    _more(context, len(rows) - limit)


def list_shared(limit: Limit = 50, as_json: AsJson = False) -> None:
    """List the active sessions that are shared, and how many take part in each."""
    from git_naturecode.render import rows as render

    context = contexts.current()
    with opened(context) as (_, index):
        rows = [r for r in index.rows(KIND) if r["shared"] and r["status"] == "active"]
    if as_json:
        context.json({"items": rows[:limit], "total": len(rows)})
        return
    if not rows:
        context.tell("nothing is shared yet; see `git naturecode session share`")
        return
    page(context, render.shared_text(rows[:limit], paint(context), columns(context)))
    _more(context, len(rows) - limit)


def search(
    query: Annotated[list[str], typer.Argument(help="Words; all of them, else any.")],
    tag: Tags = None,
    mine: Mine = False,
    since: Since = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Find sessions by what was said in them: messages, tool calls, comments, names, tags."""
    from git_naturecode.render import rows as render

    context = contexts.current()
    words = " ".join(query)
    with opened(context) as (store, index):
        hits = _found(index, words, limit, _chooser(context, store, tag, mine, since))
    if as_json:
        context.json({"items": [render.hit_json(hit) for hit in hits]})
    elif hits:
        page(context, render.hits_text(hits, paint(context)))
    if not hits:
        raise errors.Negative(f"nothing was said about {words!r}")


def _found(
    index: "Index", words: str, limit: int, chosen: "Callable[[dict[str, Json]], bool]"
) -> "list[Hit]":
    """The best `limit` matches in sessions that are `chosen`, looking on until there are enough."""
    asked = limit
    while True:
        hits = index.search(KIND, words, asked)
        kept = [hit for hit in hits if chosen(hit.row)]
        if len(kept) >= limit or len(hits) < asked:
            return kept[:limit]
        asked *= 8


def _chooser(
    context: contexts.Context, store: "Store", tag: list[str] | None, mine: bool, since: str | None
) -> "Callable[[dict[str, Json]], bool]":
    """Whether a session is among those that the options ask for."""
    from git_naturecode import clock

    after = clock.iso(clock.since(since, context.now_ms())) if since else ""
    person = store.person.casefold() if mine else ""

    def chosen(row: "dict[str, Json]") -> bool:
        return bool(
            row["updatedAt"] >= after
            and (not tag or set(tag) & set(row["tags"]))
            and (not mine or any(who.casefold() == person for who in row["participants"]))
        )

    return chosen


def _has_status(row: "dict[str, Json]", wanted: str | None) -> bool:
    return bool(row["status"] == wanted if wanted else row["status"] != "deleted")


def _more(context: contexts.Context, left: int) -> None:
    if left > 0:
        context.tell(f"hint: {left} more; see --limit")
