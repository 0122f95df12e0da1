"""session show, list, shared list, search: reading."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.cli.output import columns, page, paint
from git_naturecode.cli.reading import KIND, opened, session_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_naturecode.domain.session import Session
    from git_naturecode.render.paint import Paint
    from git_naturecode.store.described import Page
    from git_naturecode.store.entry import Json
    from git_naturecode.store.store import Store

    Text = Callable[[Sequence[dict[str, Json]], Paint, int], str]

Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]
Tags = Annotated[list[str] | None, typer.Option(help="With this tag; several: any.")]
Mine = Annotated[bool, typer.Option("--mine", help="Only those that I take part in.")]
Since = Annotated[str | None, typer.Option(help="12h, 7d, 4w, 3mo or a date.")]
_NONE = "no sessions; see `git naturecode session import --auto`"
STATUSES = ("active", "closed", "deleted")


def show(
    session: Annotated[
        str, typer.Argument(help="The session's id, or a part of it; ID#12: only that message.")
    ],
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show a session with all that was said, or one message of it."""
    from git_naturecode import ids
    from git_naturecode.domain import session as sessions

    context = contexts.current(quiet)
    name, _, wanted = session.partition("#")
    with opened(context) as (store, index):
        entity = session_id(index, name)
        found = sessions.build(store.read(ids.tail(entity), KIND))
    if wanted:
        _show_one(context, found, wanted, as_json)
    elif as_json:
        from git_naturecode.render import session_json

        context.json(session_json.json(found))
    else:
        from git_naturecode.render import session as render

        page(context, render.text(found, paint(context)))


def _show_one(context: contexts.Context, found: "Session", wanted: str, as_json: bool) -> None:
    """One message, of a tool call all that was kept, or one comment."""
    from git_naturecode.domain import handles

    said = handles.said(found, wanted)
    if as_json:
        from git_naturecode.render import session_json

        context.json({"sessionId": found.id, **session_json.said_json(said)})
    else:
        from git_naturecode.render import session as render

        page(context, render.one_text(found, said, paint(context)))


def list_sessions(
    status: Annotated[str | None, typer.Option(help="active, closed or deleted.")] = None,
    tag: Tags = None,
    mine: Mine = False,
    since: Since = None,
    deleted: Annotated[bool, typer.Option("--deleted", help="Only deleted ones.")] = False,
    limit: Limit = 50,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List sessions, the latest first."""
    from git_naturecode.render import rows as render

    context = contexts.current(quiet)
    if status is not None and status not in STATUSES:
        raise errors.Usage(f"{status!r} is not a status", "use " + ", ".join(STATUSES))
    if deleted and status not in (None, "deleted"):
        raise errors.Usage(f"--deleted and --status {status} exclude each other")
    statuses = ["deleted"] if deleted else [status] if status else ["active", "closed"]
    with opened(context) as (store, index):
        where, after = _narrowed(context, store, tag, mine, since)
        found = with_names(store, index.page(KIND, {"status": statuses, **where}, after, limit))
    narrowed = bool(status or tag or mine or since or deleted)
    none = "no such sessions; `git naturecode session list` shows all" if narrowed else _NONE
    _tell(context, found, limit, as_json, render.rows_text, none)


def list_shared(limit: Limit = 50, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """List the sessions that are shared and active. Each with the number of people who take
    part."""
    from git_naturecode.render import rows as render

    context = contexts.current(quiet)
    with opened(context) as (store, index):
        asked = {"shared": ["yes"], "status": ["active"]}
        found = with_names(store, index.page(KIND, asked, limit=limit))
    none = "nothing is shared yet; see `git naturecode session share`"
    _tell(context, found, limit, as_json, render.shared_text, none)


def search(
    query: Annotated[list[str], typer.Argument(help="Words; what has all of them comes first.")],
    tag: Tags = None,
    mine: Mine = False,
    since: Since = None,
    limit: Limit = 20,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find sessions by what was said in them. That is messages, tool calls, comments, names
    and tags."""
    from git_naturecode.cli.filling import fill
    from git_naturecode.render import rows as render

    context = contexts.current(quiet)
    words = " ".join(query)
    if not words.strip():
        raise errors.Usage("there is nothing to search for", "name a word that was said")
    with opened(context) as (store, index):
        where, after = _narrowed(context, store, tag, mine, since)
        filled, total = fill(context, store, index)
        hits = index.search(KIND, words, limit, where, after)
        sealed = index.count(KIND, {"encrypted": ["yes"]})
        if sealed:
            from git_naturecode.sealed import looking

            more = looking.search(store, index, words, limit, where, after)
            hits = sorted([*hits, *more], key=lambda hit: -hit.score)[:limit]
    if as_json:
        items = [render.hit_json(hit) for hit in hits]
        context.json({"items": items, "indexed": filled, "total": total})
    elif hits:
        page(context, render.hits_text(hits, paint(context)))
    if not hits:
        narrowed = bool(tag or mine or since)
        raise errors.Negative(f"nothing was said about {words!r}", _advice(filled, total, narrowed))


def _advice(filled: int, total: int, narrowed: bool) -> str:
    """What to try after a search that found nothing."""
    if not total:
        return "there are no sessions yet; see `git naturecode session import --auto`"
    if filled < total:
        return "not all is read yet: search again soon"
    if narrowed:
        return "search without --tag, --mine and --since"
    return (
        "words are found whole, and one of them is enough: try others; what others said comes with "
        "`git naturecode sync`"
    )


def with_names(store: "Store", found: "Page") -> "Page":
    """`found` with the names of the encrypted sessions in it that can be read here."""
    if not any(row.get("encrypted") for row in found.rows):
        return found
    from git_naturecode.sealed import looking

    return looking.with_names(store, found)


def _narrowed(
    context: contexts.Context, store: "Store", tag: list[str] | None, mine: bool, since: str | None
) -> tuple[dict[str, list[str]], str]:
    """What the options ask for: the values of facets, and the least time of the last change."""
    from git_naturecode import clock

    asked = {"tag": tag or [], "participant": [store.person.casefold()] if mine else []}
    after = clock.iso(clock.since(since, context.now_ms())) if since else ""
    return {name: values for name, values in asked.items() if values}, after


def _tell(
    context: contexts.Context, found: "Page", limit: int, as_json: bool, text: "Text", none: str
) -> None:
    """Show the rows that were `found`, in the words of `text`, or say that there are `none`."""
    if as_json:
        context.json({"items": found.rows, "total": found.total})
        return
    if not found.rows:
        context.tell(none)
        return
    page(context, text(found.rows, paint(context), columns(context)))
    if found.total > limit:
        context.tell(f"hint: {found.total - limit} more; see --limit")
