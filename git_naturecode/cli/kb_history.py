"""kb history and diff: how an article came to be what it is."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AnyArticle, AsJson, Quiet
from git_naturecode.cli.output import columns, page, paint

if TYPE_CHECKING:
    from git_naturecode.domain.kb.changes import Change
    from git_naturecode.domain.kb.model import Article, Revision


def history(
    article: AnyArticle,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List the revisions of an article, the latest first. Also tells what else was changed:
    title, type, tags, name."""
    from git_naturecode.cli.kb_opened import folded, read_article
    from git_naturecode.domain.kb.changes import changes

    context = contexts.current(quiet)
    with read_article(context, article) as (store, _index, found):
        others = changes(folded(store, found.id).placed)
    chosen = found.revisions[::-1][:limit]
    if as_json:
        from git_naturecode.render import kb_json

        items = [kb_json.revision_json(one, content=False) for one in chosen]
        context.json({
            "id": found.id, "items": items, "total": len(found.revisions),
            "changes": [kb_json.change_json(one) for one in others[::-1][:limit]],
        })  # fmt: skip
        return
    from git_naturecode.render import kb as render

    rows: list[Revision | Change] = [*found.revisions, *others]
    rows.sort(key=lambda one: one.order, reverse=True)
    page(context, render.history_text(found, rows[:limit], paint(context)))
    if len(rows) > limit:
        context.tell(f"hint: {len(rows) - limit} more; see --limit")


def diff(
    article: AnyArticle,
    old: Annotated[
        str | None, typer.Argument(help="From this revision (r2); left out: the last change.")
    ] = None,
    new: Annotated[
        str | None, typer.Argument(help="To this revision; left out: the article as it is now.")
    ] = None,
    context_lines: Annotated[
        int, typer.Option("--context", min=0, max=1000, help="Lines around what changed.")
    ] = 3,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show what changed between two revisions, by line and by word."""
    from git_naturecode.cli.kb_opened import read_article
    from git_naturecode.git.two_texts import compared

    context = contexts.current(quiet)
    with read_article(context, article) as (store, _, found):
        before, after = _two(found, old, new)
        change = compared(store.repo, before.text, after.text, found.slug, context_lines)
    if as_json:
        from git_naturecode.render.review_diff import files_json

        (told,) = files_json([change])
        context.json({"id": found.id, "old": before.name, "new": after.name, **told})
        return
    from git_naturecode.render.diff import Look, file_text

    if not change.hunks:
        context.tell(f"{before.name} and {after.name} have the same text")
        return
    head = f"{before.name} -> {after.name}"
    shown = file_text(change, Look(paint(context), columns(context)))
    page(context, "\n".join([paint(context).dim(head), *shown]))


class _Text:
    """A text of an article and what it is called."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name


def _two(article: "Article", old: str | None, new: str | None) -> tuple[_Text, _Text]:
    """The two texts that are to be compared."""
    from git_naturecode.domain.kb import handles

    if old is None:
        return _last(article)
    before = _text(article, handles.revision(article, old))
    if new is not None:
        return before, _text(article, handles.revision(article, new))
    return before, _Text(article.text, "now")


def _last(article: "Article") -> tuple[_Text, _Text]:
    """What the last change changed: the newest revision and what it was made of."""
    shown = [one for one in article.revisions if one.text is not None]
    if not shown:
        raise errors.Negative(f"{article.id} has no text to compare")
    newest = shown[-1]
    last = _text(article, newest)
    if len(article.heads) > 1 and article.text != last.text:
        return last, _Text(article.text, "now, with what others wrote")
    parents = _shown_before(article, newest)
    if not parents:
        return _Text("", "nothing"), last
    if len(parents) == 1:
        return _text(article, parents[0]), last
    from git_naturecode.domain.kb.build import joined

    known = article.revisions[: newest.number - 1]
    names = " and ".join(f"r{one.number}" for one in parents)
    return _Text(joined(known, [one.id for one in parents]), names), last


def _shown_before(article: "Article", newest: "Revision") -> "list[Revision]":
    """The revisions with a text that `newest` was made of; for one without, a deletion, what that
    was made of."""
    by_id = {one.id: one for one in article.revisions}
    found: dict[str, Revision] = {}
    seen, waiting = set[str](), list(newest.parents)
    while waiting:
        one = by_id.get(waiting.pop())
        if one is None or one.id in seen:
            continue
        seen.add(one.id)
        if one.text is None:
            waiting += one.parents
        else:
            found[one.id] = one
    return sorted(found.values(), key=lambda one: one.number)


def _text(article: "Article", revision: "Revision") -> _Text:
    from git_naturecode.cli.kb_read import readable

    return _Text(readable(article, revision), f"r{revision.number}")
