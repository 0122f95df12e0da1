"""kb list and show: reading."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AnyArticle, AsJson, Quiet
from git_naturecode.cli.output import columns, page, paint
from git_naturecode.domain.kinds import KB

if TYPE_CHECKING:
    from git_naturecode.domain.kb.model import Article, Revision
    from git_naturecode.store.entry import Json
    from git_naturecode.store.index import Index
    from git_naturecode.store.store import Store

Types = Annotated[
    list[str] | None,
    typer.Option("--type", help="article, snippet, practice or faq; several: any."),
]
Tags = Annotated[list[str] | None, typer.Option(help="With this tag; several: any.")]
Author = Annotated[
    str | None, typer.Option(help="Begun by this person: an address, or the part before the @.")
]
Since = Annotated[str | None, typer.Option(help="Changed since: 12h, 7d, 4w, 3mo or a date.")]
Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]


def list_articles(
    type: Types = None,
    tag: Tags = None,
    author: Author = None,
    since: Since = None,
    limit: Limit = 50,
    deleted: Annotated[bool, typer.Option("--deleted", help="Only deleted ones.")] = False,
    marked: Annotated[
        bool, typer.Option("--marked", help="Only those in which somebody has to decide.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List what is in the knowledge base, the latest changed first."""
    from git_naturecode import clock
    from git_naturecode.cli import kb_named
    from git_naturecode.cli.kb_opened import reading_kb

    context = contexts.current(quiet)
    where = {"state": ["deleted" if deleted else "live"], **narrowed(type, tag)}
    if marked:
        where["marked"] = ["yes"]
    after = clock.iso(clock.since(since, context.now_ms())) if since else ""
    with reading_kb(context) as (_, index):
        if author:
            where["author"] = kb_named.authors(index, author)
        found = index.page(KB, where, after, limit)
        names = kb_named.shown(index, found.rows)
    if as_json:
        items = [{**row, "slug": names[str(row["id"])]} for row in found.rows]
        context.json({"items": items, "total": found.total})
        return
    if not found.rows:
        is_narrowed = bool(type or tag or author or since or deleted or marked)
        context.tell(
            "no such articles; `git naturecode kb list` shows all" if is_narrowed
            else "nothing is here yet: `git naturecode kb add` writes something, "
            "`git naturecode kb import PATH` takes in what there is"
        )  # fmt: skip
        return
    from git_naturecode.render import kb as render

    page(context, render.rows_text(found.rows, names, paint(context), columns(context)))
    if found.total > limit:
        context.tell(f"hint: {found.total - limit} more; see --limit")


def narrowed(types: list[str] | None, tags: list[str] | None) -> dict[str, list[str]]:
    """What the options ask of an article: the values of facets; raises Usage for no type."""
    check_types(types or [])
    asked = {"type": types or [], "tag": [one for tag in tags or [] for one in words_of(tag)]}
    return {name: values for name, values in asked.items() if values}


def check_types(types: list[str]) -> None:
    """Raise Usage unless each is a type of article."""
    from git_naturecode.domain.kb.model import TYPES

    for one in types:
        if one not in TYPES:
            raise errors.Usage(f"{one!r} is not a type", "use " + ", ".join(TYPES))


def words_of(listed: str) -> list[str]:
    """What stands between the commas of an option, each once."""
    return list(dict.fromkeys(one.strip() for one in listed.split(",") if one.strip()))


def show(
    article: AnyArticle,
    revision: Annotated[
        str | None, typer.Option(help="As it was then: r3, or the beginning of a revision's id.")
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="The text alone, byte by byte.")] = False,
    attachment: Annotated[
        str | None, typer.Option(metavar="NAME", help="The bytes of this attachment instead.")
    ] = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", help="Write the attachment into this file.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show an article."""
    from git_naturecode import ids
    from git_naturecode.cli import kb_named
    from git_naturecode.cli.kb_opened import read_article
    from git_naturecode.domain.kb import handles

    context = contexts.current(quiet)
    if raw and as_json:
        raise errors.Usage("--raw and --json exclude each other")
    if output is not None and attachment is None:
        raise errors.Usage("-o is for an attachment", "name it with --attachment NAME")
    with read_article(context, article) as (store, index, found):
        if attachment is not None:
            from git_naturecode.cli.kb_attach import show_attachment

            show_attachment(context, store, found, attachment, output)
            return
        name = kb_named.shown(index, [{"id": found.id, "slug": found.slug}])[found.id]
        _count(context, store, found, looked=not (as_json or raw or revision))
        chosen = handles.revision(found, revision) if revision else None
        others = _linked(index, found)
        if found.marked and not (as_json or raw or chosen):
            from git_naturecode.kb import seen_texts

            seen_texts.note(store.state_dir, ids.tail(found.id), found.text)
    if as_json:
        context.json(_json(found, name, chosen))
    elif raw:
        _raw(context, found, chosen)
    else:
        _text(context, found, name, chosen, others)


def _linked(index: "Index", article: "Article") -> dict[str, str]:
    """What the articles are called that this one is linked to, by id."""
    from git_naturecode import ids
    from git_naturecode.cli import kb_named

    named = {one.to for one in article.links if one.to.startswith(f"{KB}-")}
    rows = [row for one in sorted(named) if (row := index.row(KB, ids.tail(one)))]
    return kb_named.shown(index, rows) if rows else {}


def _count(context: contexts.Context, store: "Store", article: "Article", *, looked: bool) -> None:
    """Count that a person `looked` at it (no program, no job), and add what waits to be said."""
    from git_naturecode import ids
    from git_naturecode.kb import viewed

    tail = ids.tail(article.id)
    if looked and context.out.isatty() and not context.environ.get("CI") and not article.deleted:
        viewed.count(store, tail)
    for day, number in viewed.counted(store, tail).items():
        article.views += max(0, number - article.viewed.get((store.device, day), 0))


def _json(article: "Article", name: str, chosen: "Revision | None") -> "dict[str, Json]":
    from git_naturecode.render import kb_json

    told = kb_json.json(article, name)
    if chosen is not None:
        told["content"] = chosen.text or ""
        told["revision"] = kb_json.revision_json(chosen, content=False)
    return told


def _raw(context: contexts.Context, article: "Article", chosen: "Revision | None") -> None:
    if chosen is None and article.deleted:
        from git_naturecode.cli.kb_opened import gone

        raise gone(article)
    text = article.text if chosen is None else readable(article, chosen)
    context.out.flush()
    buffer = getattr(context.out, "buffer", None)
    if buffer is None:
        context.out.write(text)
    else:  # whatever the locale's encoding is
        from git_naturecode.domain.kb.texts import bytes_of

        buffer.write(bytes_of(text))


def readable(article: "Article", revision: "Revision") -> str:
    """The text of a revision; raises Negative where it has none that may be seen."""
    if revision.text is not None:
        return revision.text
    why = ", ".join(revision.flags) or "it says that the article was deleted"
    raise errors.Negative(f"r{revision.number} of {article.id} has no text: {why}")


def _text(
    context: contexts.Context, article: "Article", name: str, chosen: "Revision | None",
    others: dict[str, str],
) -> None:  # fmt: skip
    from git_naturecode.render import kb as render

    colours = paint(context)
    if chosen is not None:
        head = render.history_text(article, [chosen], colours)
        page(context, f"{head}\n\n{render.shown(readable(article, chosen))}")
        return
    page(context, render.text(article, name, colours, others))
    if article.marked:
        context.tell(
            f"hint: git naturecode ai resolve {name} shows them and takes one; git naturecode "
            f"kb edit {name} is by hand"
        )
