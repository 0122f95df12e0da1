"""kb link, unlink, links, check: what articles are about, what refers to what, what is broken."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import answer, count
from git_naturecode.cli.options import TELL_OTHERS, ArticleId, AsJson, Quiet
from git_naturecode.cli.output import page, paint
from git_naturecode.domain.kinds import KB
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.cli.kb_target import Meant
    from git_naturecode.domain.kb.model import Article, Link
    from git_naturecode.kb.checking import Checked, Checker
    from git_naturecode.render.kb_links import Of
    from git_naturecode.store.entry import Draft, Json
    from git_naturecode.store.index import Index
    from git_naturecode.store.store import Store

Target = Annotated[
    str,
    typer.Argument(
        help="A commit (`HEAD`), lines (`FILE:10-20`) or a file, a session (`session-ID#3` for a "
        "message), a review, an article."
    ),
]
Commit = Annotated[
    str | None, typer.Option("--commit", help="Of files: as they are in this commit, not in HEAD.")
]


def link(
    article: ArticleId,
    target: Target,
    commit: Commit = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say which commit, code, session or article an article is about. A commit gets a line
    in the notes that git log can show."""
    from git_naturecode import kb
    from git_naturecode.cli.kb_opened import folded, gone, reading_kb
    from git_naturecode.cli.kb_target import fields, meant
    from git_naturecode.cli.reading import entity_id
    from git_naturecode.domain.kb import makers

    context = contexts.current(quiet)
    with reading_kb(context, writing=True) as (store, index):
        here = folded(store, entity_id(index, article, KB, whole=True))
        if here.article.deleted:
            raise gone(here.article)
        wanted = meant(context, store, index, target, commit, whole=True)
        to = f"{wanted.to}#{wanted.part}" if wanted.part else wanted.to
        if to == here.article.id:
            raise errors.Negative("an article is not linked to itself")
        said = fields(store, wanted)
        same = (to, str(said.get("path", "")), str(said.get("lines", "")))
        if any((one.to, one.path, one.lines) == same for one in here.article.links):
            raise errors.Negative(f"{here.article.slug} is linked to {wanted.told} already")
        here.write(makers.link(to, **said)._replace(clean=True))
        kb.keep_notes(store)
    facts = {"id": here.article.id, "kind": wanted.kind, "to": to, **_told(said)}
    notes = [f"warning: {line(wanted.note)}"] if wanted.note else []
    answer(
        context, as_json, facts, line(f"{here.article.slug} is linked to {wanted.told}"), *notes,
        TELL_OTHERS,
    )  # fmt: skip


def _told(said: "dict[str, Json]") -> "dict[str, Json]":
    return {key: said.get(key) for key in ("path", "lines", "blob")}


def unlink(
    article: ArticleId,
    target: Target,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take a link away again that was made with `kb link`."""
    from git_naturecode import kb
    from git_naturecode.cli.kb_opened import folded, reading_kb
    from git_naturecode.cli.reading import entity_id

    context = contexts.current(quiet)
    with reading_kb(context, writing=True) as (store, index):
        here = folded(store, entity_id(index, article, KB, whole=True))
        chosen = _chosen(context, store, index, here.article, target)
        here.write(*_undoing(chosen))
        kb.keep_notes(store)
    facts = {"id": here.article.id, "unlinked": [_link_json(one) for one in chosen]}
    slug = line(here.article.slug)
    told = [f"{slug} is no longer linked to {_called(one)}" for one in chosen]
    answer(context, as_json, facts, *told, TELL_OTHERS)


def _chosen(
    context: contexts.Context, store: "Store", index: "Index", article: "Article", target: str
) -> "list[Link]":
    """The links of `article` that `target` means, as they are written or as they were made."""
    from git_naturecode.cli.kb_target import meant

    links = article.links
    found = [
        one for one in links
        if target in (one.to, one.path, f"{one.path}:{one.lines}")
        or (len(target) >= 4 and not one.path and one.to.startswith(target))
    ]  # fmt: skip
    if not found:
        try:
            wanted = meant(context, store, index, target, whole=True)
        except errors.NaturecodeError:
            wanted = None
        found = [one for one in links if wanted is not None and _is(one, wanted)]
    if not found:
        linked = ", ".join(_called(one) for one in links[:5]) or "nothing"
        raise errors.Negative(
            f"{article.slug} is not linked to that", f"it is linked to {linked}; what its text "
            "refers to is changed with `kb edit`"
        )  # fmt: skip
    return found


def _is(link: "Link", wanted: "Meant") -> bool:
    if wanted.anchor is None:
        whole = f"{wanted.to}#{wanted.part}" if wanted.part else wanted.to
        return not link.path and link.to == whole
    lines = f"{wanted.anchor.line}" if wanted.anchor.line else ""
    lines += f"-{wanted.anchor.end}" if wanted.anchor.end > wanted.anchor.line else ""
    return link.path == wanted.anchor.path and link.lines == lines


def _undoing(chosen: "Sequence[Link]") -> "list[Draft]":
    """One entry for each target, which takes away just those."""
    from git_naturecode.store.entry import Draft

    by_target: dict[str, list[str]] = {}
    for one in chosen:
        by_target.setdefault(one.to, []).extend(one.entries)
    return [
        Draft("unlink", {"to": to, "over": sorted(over)}, clean=True)
        for to, over in by_target.items()
    ]


def _called(one: "Link") -> str:
    if one.path:
        return line(f"{one.path}:{one.lines}" if one.lines else one.path)
    return line(one.to[:12] if len(one.to) in (40, 64) else one.to)


def _link_json(one: "Link") -> dict[str, str | None]:
    return {"to": one.to, "path": one.path or None, "lines": one.lines or None}


def links(
    thing: Annotated[
        str,
        typer.Argument(
            metavar="ARTICLE", help="An article; or a commit, FILE:10-20, a session, a review."
        ),
    ],
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show what an article refers to, and what refers to it. Of anything else: which
    articles do."""
    from git_naturecode.cli.kb_opened import folded, reading_kb
    from git_naturecode.cli.kb_target import meant
    from git_naturecode.domain.kb import references as refer
    from git_naturecode.kb.checking import Checker
    from git_naturecode.kb.mentions import Sought, mentions
    from git_naturecode.render import kb_links as render

    context = contexts.current(quiet)
    with reading_kb(context) as (store, index):
        target = meant(context, store, index, thing)
        checker = Checker(store, index)
        out: list[Checked] = []
        if target.kind == refer.ARTICLE:
            out = checker.check(folded(store, target.to).article)
        sought = Sought(target.kind, target.to)
        if target.anchor is not None:
            sought = Sought(refer.CODE, target.anchor.path, (target.anchor.line, target.anchor.end))
        into = mentions(store, index, checker.shelf, sought)
    if as_json:
        context.json({
            "kind": sought.kind, "target": sought.target,
            "links": [render.checked_json(one) for one in out],
            "linkedFrom": [render.mention_json(one) for one in into],
        })  # fmt: skip
    elif out or into:
        page(context, render.text(out, into, paint(context), is_cut=context.out.isatty()))
    else:
        context.tell(_nothing(target.kind == refer.ARTICLE))


def _nothing(is_article: bool) -> str:
    if not is_article:
        return "no article refers to that; `git naturecode kb link ARTICLE TARGET` makes a link"
    return "it refers to nothing, and nothing to it; git naturecode kb link ARTICLE TARGET"


def check(
    article: Annotated[
        str | None, typer.Argument(help="Only this article (slug or id); left out: all.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List links that lead nowhere. The articles, files, lines, commits or attachments are
    gone.

    What has another name now, and lines that moved or were changed, are told as well; only links
    that lead nowhere make it end with 1.
    """
    from git_naturecode.cli.kb_opened import reading_kb
    from git_naturecode.cli.reading import entity_id
    from git_naturecode.kb.checking import Checker
    from git_naturecode.render import kb_links as render

    context = contexts.current(quiet)
    with reading_kb(context) as (store, index):
        checker = Checker(store, index)
        names = [entity_id(index, article, KB)] if article else list(checker.shelf.names)
        total, found = _checked(context, checker, names)
    bad = [one for each in found for one in each.found if one.state == "broken"]
    if as_json:
        context.json({"items": [
            {"id": each.id, "slug": each.name, "title": each.title, **render.checked_json(one)}
            for each in found for one in each.found
        ], "articles": len(names), "links": total, "broken": len(bad)})  # fmt: skip
    elif found:
        page(context, render.broken_text(found, paint(context), alone=article is not None))
    if bad:
        articles = count(len({each.id for each in found if set(each.found) & set(bad)}), "article")
        raise errors.Negative(
            f"{len(bad)} of {count(total, 'link')} to mend in {articles}",
            "git naturecode kb edit ARTICLE, or kb unlink ARTICLE TARGET",
        )
    context.tell(f"{count(total, 'link')} in {count(len(names), 'article')}: nothing is broken")


def _checked(
    context: contexts.Context, checker: "Checker", names: "Sequence[str]"
) -> "tuple[int, list[Of]]":
    """How many links there are, and what is wrong in which article."""
    from git_naturecode.cli.kb_opened import folded
    from git_naturecode.kb.checking import wrong
    from git_naturecode.render.kb_links import Of

    total, found = 0, []
    for number, name in enumerate(names):
        if number % 100 == 99:
            context.progress(f"{number} of {len(names)} articles")
        try:
            article = folded(checker.store, name).article
        except errors.Negative:
            continue
        told = checker.check(article) if not article.deleted else []
        total += len(told)
        if bad := list(wrong(told)):
            found.append(Of(name, checker.shelf.names.get(name, article.slug), article.title, bad))
    context.progress_done()
    return total, found
