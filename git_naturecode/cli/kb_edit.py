"""kb edit: give an article another text, or another title."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import warn_of_secrets
from git_naturecode.cli.options import TELL_OTHERS, ArticleId, AsJson, Quiet

if TYPE_CHECKING:
    from git_naturecode.cli.kb_opened import Opened
    from git_naturecode.cli.kb_text import Kept
    from git_naturecode.domain.kb.model import Article
    from git_naturecode.store.entry import Draft, Entry


def edit(
    article: ArticleId,
    file: Annotated[
        str | None,
        typer.Option(help="Where the new text is; - reads stdin; left out: your editor."),
    ] = None,
    title: Annotated[str | None, typer.Option(help="A new title.")] = None,
    type: Annotated[
        str | None, typer.Option("--type", help="article, snippet, practice or faq.")
    ] = None,
    begun_from: Annotated[
        str | None,
        typer.Option("--from", help="The revision that the text was made of, unless the latest."),
    ] = None,
    note: Annotated[str, typer.Option("-m", "--note", help="What was changed, and why.")] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Change the text of an article. What others write meanwhile is merged with it.

    With --title or --type alone the text stays as it is.
    """
    from git_naturecode.cli.kb_add import title_of
    from git_naturecode.cli.kb_opened import opened_article
    from git_naturecode.cli.kb_read import check_types
    from git_naturecode.cli.kb_text import Kept, is_asked
    from git_naturecode.domain.kb.texts import normal

    context = contexts.current(quiet)
    check_types([type] if type else [])
    name = title_of(title) if title is not None else None
    fields = _Fields(name, type)
    texts = file is not None or begun_from is not None or bool(note) or not fields.any
    asked = texts and is_asked(file)
    with opened_article(context, article) as before:
        parents = _parents(before, begun_from)
        before.require_permitted(*_drafts(before, fields, "" if texts else None, parents, note))
    if not texts:
        with opened_article(context, before.article.id) as here:
            made = fields.changed(here)
            _require_any(made)
            _answer(context, here, here.write(*made), before.article, as_json)
        return
    kept = Kept(context, before.article.slug)
    text = _edited(kept, before) if asked else kept.given(str(file))
    with kept.until_written(), opened_article(context, before.article.id, deleted=True) as here:
        same = text == normal(before.article.text) and begun_from is None
        made = _drafts(here, fields, None if same else text, parents, note)
        if not made:
            kept.forget()
        _require_any(made)
        _answer(context, here, here.write(*made), before.article, as_json)


class _Fields:
    """What an article is to be called and to be, where that is said."""

    def __init__(self, title: str | None, type: str | None) -> None:
        self.title, self.type = title, type

    @property
    def any(self) -> bool:
        """True when one of them is said."""
        return self.title is not None or self.type is not None

    def changed(self, here: "Opened") -> "list[Draft]":
        """The entries that say so, where it is another."""
        from git_naturecode.domain.kb import makers

        made = []
        if self.title is not None and self.title != here.article.title:
            made.append(makers.title(here.entries, self.title))
        if self.type is not None and self.type != here.article.type:
            made.append(makers.type(here.entries, self.type))
        return made


def _drafts(
    here: "Opened", fields: _Fields, text: str | None, parents: list[str], note: str
) -> "list[Draft]":
    from git_naturecode.domain.kb import makers
    from git_naturecode.domain.kb.build import joined
    from git_naturecode.domain.kb.texts import retitled

    made = fields.changed(here)
    if text is None:
        return made
    before = joined(here.article.revisions, parents)
    if fields.title is None and (title := retitled(here.article.title, before, text)):
        made.append(makers.title(here.entries, title))
    return [*made, makers.revision(text, parents, note)]


def _require_any(made: "list[Draft]") -> None:
    if not made:
        raise errors.Negative("all is as it was; nothing was changed")


def _parents(here: "Opened", begun_from: str | None) -> list[str]:
    """What the new text stands in place of: what its writer saw."""
    from git_naturecode.domain.kb import handles

    if begun_from is not None:
        return [handles.revision(here.article, begun_from).id]
    return list(here.article.heads)


def _edited(kept: "Kept", before: "Opened") -> str:
    article = before.article
    advice = [f"{article.title} ({article.type} {article.id}).",
              "What others write while you do is merged with it."]  # fmt: skip
    if article.marked:
        advice.append("Where two texts stand between lines with a warning sign, keep one of them "
                      "or join them, and delete these lines.")  # fmt: skip
    text = kept.edited(article.text, "\n".join(advice))
    if not text.strip():
        kept.forget()
        raise errors.Negative(
            "nothing was written, so nothing was changed",
            f"git naturecode kb rm {before.short} deletes the article",
        )
    return kept.checked(text)


def _answer(
    context: contexts.Context, here: "Opened", entries: "list[Entry]", before: "Article",
    as_json: bool,
) -> None:  # fmt: skip
    """Say what was done, and what became of what others did meanwhile."""
    from git_naturecode.render.kb import undecided
    from git_naturecode.render.show import line

    after = here.again().article
    tail = here.short
    if as_json:
        ids = [one.id for one in entries if one.kind == "revision"]
        facts = {"id": after.id, "slug": after.slug, "title": after.title, "type": after.type}
        context.json({
            **facts, "revisionId": ids[0] if ids else None, "heads": list(after.heads),
            "marked": after.marked,
        })  # fmt: skip
    else:
        for entry in entries:
            warn_of_secrets(context, entry)
        shows = "diff" if any(one.kind == "revision" for one in entries) else "history"
        context.tell(f"changed {after.slug}: git naturecode kb {shows} {tail} shows what")
        _tell_others(context, after, before, {one.id for one in entries})
        _tell_heading(context, after, before, tail)
        context.tell(TELL_OTHERS)
    if after.marked:
        raise errors.NeedsPerson(
            f"not all is decided in {line(after.slug)}: {undecided(after)}",
            f"git naturecode ai resolve {tail} shows them and takes one; "
            f"git naturecode kb edit {tail} is by hand",
        )


def _tell_heading(
    context: contexts.Context, after: "Article", before: "Article", tail: str
) -> None:  # fmt: skip
    """Say so where the title was the heading of the text, and is not any more."""
    from git_naturecode.domain.kb.texts import title_of
    from git_naturecode.render.show import line

    heading = title_of(after.text)
    if heading not in ("", after.title) and title_of(before.text) == before.title:
        context.tell(
            f"hint: its heading still is {line(heading)!r}: git naturecode kb edit {tail} "
            "changes the text"
        )


def _tell_others(
    context: contexts.Context, after: "Article", before: "Article", mine: set[str]
) -> None:
    from git_naturecode.render.show import line

    known = mine | {one.id for one in before.revisions}
    others = [one for one in after.revisions if one.id not in known]
    if others:
        who = ", ".join(dict.fromkeys(line(one.by) for one in others))
        context.tell(f"merged with what {who} wrote meanwhile")
