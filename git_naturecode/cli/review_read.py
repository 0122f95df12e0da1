"""review list and show: reading."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet, ReviewId
from git_naturecode.cli.output import columns, page, paint
from git_naturecode.cli.reading import opened
from git_naturecode.domain.kinds import REVIEW
from git_naturecode.domain.people import key

if TYPE_CHECKING:
    from git_naturecode.store.described import Page
    from git_naturecode.store.entry import Json
    from git_naturecode.store.store import Store

Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]
Since = Annotated[str | None, typer.Option(help="12h, 7d, 4w, 3mo or a date.")]
_OVER = ("merged", "closed")
_APPROVED = "approved"
_PERHAPS = {"status": ["in-progress"], "approval": ["yes"]}
"""What the index knows of those that may be approved."""


def list_reviews(
    status: Annotated[
        str | None,
        typer.Option(help="open, in-progress, approved, rejected, merged or closed."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Also what was merged or closed.")] = False,
    mine: Annotated[bool, typer.Option("--mine", help="Only what I began.")] = False,
    to_do: Annotated[bool, typer.Option("--to-review", help="Only what waits for me.")] = False,
    since: Since = None,
    limit: Limit = 50,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List reviews, the latest first. Those that are over only with --all."""
    from git_naturecode import clock
    from git_naturecode.domain.review.model import STATUSES
    from git_naturecode.render import review_rows as render

    context = contexts.current(quiet)
    if status is not None and status not in STATUSES:
        raise errors.Usage(f"{status!r} is not a status", "use " + ", ".join(STATUSES))
    wanted = [status] if status else [one for one in STATUSES if every or one not in _OVER]
    asked = _PERHAPS if status == _APPROVED else {"status": wanted}
    with opened(context) as (store, index):
        me = store.person if mine or to_do else _me(store)
        asked = {
            **asked, **({"owner": [key(me)]} if mine else {}),
            **({"waiting": [key(me)]} if to_do else {}),
        }  # fmt: skip
        after = clock.iso(clock.since(since, context.now_ms())) if since else ""
        found = index.page(REVIEW, asked, after, None if status == _APPROVED else limit)
        if status == _APPROVED:
            found = _approved(store, found.rows, limit)
    if as_json:
        context.json({"items": found.rows, "total": found.total})
        return
    if not found.rows:
        narrowed = bool(status or mine or to_do or since)
        context.tell(
            "nothing waits for you; `git naturecode review list` shows what is open"
            if to_do
            else "no such reviews; `git naturecode review list --all` shows all"
            if narrowed else "no open reviews; see `git naturecode review start`"
        )  # fmt: skip
        return
    page(context, render.rows_text(found.rows, paint(context), columns(context), me))
    if found.total > limit:
        context.tell(f"hint: {found.total - limit} more; see --limit")


def _approved(store: "Store", rows: "list[dict[str, Json]]", limit: int) -> "Page":
    """Those of `rows` that somebody approves and the rules let in: each is looked at."""
    from git_naturecode.cli.review_opened import folded
    from git_naturecode.reviewing.looking import judged
    from git_naturecode.store.described import Page

    found = []
    for row in rows:
        status = judged(store, folded(store, str(row["id"]))).status
        found += [{**row, "status": status}] if status == _APPROVED else []
    return Page(found[:limit], len(found))


def _me(store: "Store") -> str:
    """Who reads; "" where git does not know."""
    try:
        return store.person
    except errors.NaturecodeError:
        return ""


def show(
    review: ReviewId,
    threads: Annotated[
        list[str] | None, typer.Argument(metavar="[THREAD]...", help="Only these, such as t2.")
    ] = None,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Resolved threads in full, too.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show who reviews, what was said and what comes next."""
    from contextlib import closing

    from git_naturecode.cli.review_opened import read_review
    from git_naturecode.domain.review import handles
    from git_naturecode.reviewing.looking import judged
    from git_naturecode.tracing.behind import Change

    context = contexts.current(quiet)
    with read_review(context, review) as (store, folded):
        found = judged(store, folded)
        with closing(Change(store, found.base, found.head)) as change:
            sessions = change.sessions() if found.here and found.head else []
        me = _me(store)
    wanted = [handles.thread(found.review, one) for one in threads or ()]
    if as_json:
        from git_naturecode.render import review_json

        context.json(review_json.json(found, sessions))
    else:
        from git_naturecode.render import review as render

        if wanted:
            page(context, render.threads_text(found, paint(context), columns(context), wanted))
            return
        told = render.text(found, paint(context), columns(context), sessions, whole=resolved)
        page(context, told)
        from git_naturecode.render.review_next import next_steps

        for text in next_steps(found, me):
            context.tell(f"hint: {text}")
