"""kb import: Markdown files, folders, wikis and records of decisions become articles."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import count
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.domain.kb.model import Article
    from git_naturecode.kb.importing import Imported, One
    from git_naturecode.store.entry import Draft, Json
    from git_naturecode.store.store import Store

_MOST_TOLD = 20
_MOST_UNASKED = 20  # new articles


def import_articles(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files or folders with Markdown.")
    ],
    type: Annotated[
        str,
        typer.Option("--type", help="article, snippet, practice or faq; else what each file says."),
    ] = "",
    tags: Annotated[
        list[str] | None,
        typer.Option("--tags", "--tag", help="More tags for all of them, with commas or repeated."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what is hidden, vendored or ignored by git.")
    ] = False,
    encoding: Annotated[
        str, typer.Option(help="What files that are not UTF-8 are written in, such as gb18030.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be done, and write nothing.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Also make many new ones without being asked.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make articles of Markdown files, folders, a wiki, ADRs. Once again, only of what
    changed.

    Title, type, tags, author and date come from the front matter, else from the first heading, the
    folder and git. Links between the files lead to the articles, pictures are attached.
    """
    from git_naturecode.cli.kb_add import tags_of
    from git_naturecode.cli.kb_opened import reading_kb
    from git_naturecode.cli.kb_read import check_types
    from git_naturecode.kb.importing import Options, import_files
    from git_naturecode.kb.walking import listed

    context = contexts.current(quiet)
    check_types([type] if type else [])
    _check_encoding(encoding)
    options = Options(type, tuple(tags_of(tags or [])), encoding, dry_run)
    found = listed(context.repo, context.cwd, paths, everything=everything)
    with reading_kb(context, writing=True) as (store, index):
        done = import_files(
            store, index, found, options, _Permit(store), context.progress,
            partial(_agree, context, yes=yes),
        )  # fmt: skip
        context.progress_done()
    _require_any(context, done)
    if as_json:
        context.json(_json(done, dry_run=dry_run))
    else:
        _say(context, done, dry_run=dry_run)
    _tell(context, done)


def _require_any(context: contexts.Context, done: "Imported") -> None:
    """Raise Negative where no file was found that could become an article."""
    if not done.items and not done.gone:
        _tell_skipped(context, done)
        raise errors.Negative(
            "there is no Markdown there", "name files that end in .md, or folders with such files"
        )


def _agree(context: contexts.Context, new: int, *, yes: bool) -> None:
    """Ask whoever sits at a terminal whether so many are meant; raises Negative for a no."""
    import sys

    from git_naturecode.cli.agreeing import agree

    if new > _MOST_UNASKED and sys.stdin.isatty() and context.err.isatty():
        context.progress_done()
        agree(context, f"make {new} new articles? --dry-run lists them", yes=yes,
              why=f"{new} articles would be new", refused="nothing was imported")  # fmt: skip


class _Permit:
    """Asks whether the team would let entries count; raises NotPermitted where it would not."""

    def __init__(self, store: "Store") -> None:
        from git_naturecode.teaming import Gate

        self._gate = Gate(store)

    def __call__(self, drafts: "Sequence[Draft]", article: "Article | None") -> None:
        self._gate.require_article(drafts, article)


def _check_encoding(encoding: str) -> None:
    import codecs

    try:
        known = codecs.lookup(encoding)._is_text_encoding if encoding else True
    except LookupError:
        known = False
    if not known:
        raise errors.Usage(f"{encoding!r} is no encoding that I know", "such as gb18030 or cp1252")


def _say(context: contexts.Context, done: "Imported", *, dry_run: bool) -> None:
    shown = [one for one in done.items if dry_run or one.state in ("merged", "left")]
    for one in shown if dry_run else ():
        context.say(f"{one.state:<9}  {line(one.path)} -> {line(one.slug)}  {line(one.title)}")
    context.say(_sum(done, dry_run=dry_run))


def _sum(done: "Imported", *, dry_run: bool) -> str:
    new, changed = done.count("new"), done.count("changed", "merged")
    same, left = done.count("unchanged"), done.count("left")
    if not new and not changed:
        return f"nothing new in {count(len(done.items), 'file')}"
    parts = [f"{new} new, {changed} changed"] if changed else [f"{new} new"]
    parts += [f"{same} unchanged"] if same else []
    parts += [f"{left} left as they are"] if left else []
    parts += [f"{count(done.attached, 'file')} attached"] if done.attached else []
    parts += [f"{count(done.redacted, 'secret')} redacted"] if done.redacted else []
    what = "would import" if dry_run else "imported"
    return f"{what} {count(new + changed, 'article')}: {', '.join(parts)}"


def _tell(context: contexts.Context, done: "Imported") -> None:
    for one in (*(i for i in done.items if i.note), *done.gone)[:_MOST_TOLD]:
        context.tell(f"note: {line(one.path)}: {line(one.note)} ({line(one.slug)})")
    _tell_skipped(context, done)
    for note in done.notes[:_MOST_TOLD]:
        context.tell(f"note: {line(note.path)}: {line(note.why)}")
    if len(done.notes) > _MOST_TOLD:
        context.tell(f"note: and {len(done.notes) - _MOST_TOLD} more such notes; --json has all")
    if done.entries:
        context.tell(TELL_OTHERS)


def _tell_skipped(context: contexts.Context, done: "Imported") -> None:
    for one in done.skipped[:_MOST_TOLD]:
        context.tell(f"warning: passed over {line(one.path)}: {line(one.why)}")
    if len(done.skipped) > _MOST_TOLD:
        context.tell(f"warning: and {len(done.skipped) - _MOST_TOLD} more; --json names them")


def _json(done: "Imported", *, dry_run: bool) -> "dict[str, Json]":
    def pairs(some: "Sequence[tuple[str, str]]") -> "list[dict[str, Json]]":
        return [{"path": path, "why": why} for path, why in some]

    return {
        "items": [_one(one) for one in done.items], "gone": [_one(one) for one in done.gone],
        "new": done.count("new"), "changed": done.count("changed", "merged"),
        "unchanged": done.count("unchanged"), "left": done.count("left"),
        "attached": done.attached, "entries": done.entries, "redacted": done.redacted,
        "skipped": pairs(done.skipped), "notes": pairs(done.notes), "dryRun": dry_run,
    }  # fmt: skip


def _one(one: "One") -> "dict[str, Json]":
    return {
        "path": one.path, "source": one.source, "state": one.state, "id": one.id, "slug": one.slug,
        "title": one.title, "type": one.type, "note": one.note or None,
    }  # fmt: skip
