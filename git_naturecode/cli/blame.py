"""blame: a file with the session and the message behind each line."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.cli.output import columns, page, paint
from git_naturecode.cli.why import Blanks, Copied, Moved, Rev

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.cli.tracing import Found
    from git_naturecode.domain.kb.behind import About
    from git_naturecode.domain.review.lines import Reviewed
    from git_naturecode.render.blame import Row
    from git_naturecode.tracing.trace import Traced

FORMATS = ("text", "json", "agent-trace")


def blame(
    file: Annotated[str, typer.Argument(help="The file.")],
    lines: Annotated[
        list[str] | None, typer.Option("-L", help="Only these lines, as git blame: 10,20 :main.")
    ] = None,
    rev: Rev = None,
    blanks: Blanks = False,
    moved: Moved = False,
    copied: Copied = False,
    format: Annotated[str, typer.Option(help="text, json or agent-trace.")] = "text",
    output: Annotated[
        str | None, typer.Option("-o", "--output", help="Write it into this file.")
    ] = None,
    write_git_ai: Annotated[
        bool,
        typer.Option(
            "--write-git-ai",
            help="Note for git-ai (refs/notes/ai) what shared sessions wrote of these commits.",
        ),
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show a file with the session and review behind each line. Named are the message, the
    review threads and the articles."""
    from git_naturecode.cli.tracing import git_options, traced

    context = contexts.current(quiet)
    if format not in FORMATS:
        raise errors.Usage(f"{format!r} is not a format", "use " + ", ".join(FORMATS))
    format = "json" if as_json else format
    with traced(context, file, lines or [], rev, git_options(blanks, moved, copied)) as found:
        shown = _shown(context, found, format, output)
        if write_git_ai:
            _write_git_ai(context, found)
    if output is None:
        page(context, shown)
        return
    try:
        with open(output, "w", encoding="utf-8", errors="replace") as target:
            target.write(shown + "\n")
    except OSError as error:
        raise errors.NaturecodeError(f"{output} cannot be written: {error.strerror}") from None
    context.tell(f"{output} written")


def _write_git_ai(context: contexts.Context, found: "Found") -> None:
    from git_naturecode.cli.answers import count
    from git_naturecode.tracing import git_ai_notes

    oids = [one.line.commit.oid for one in found.traced if one.line.commit.oid]
    done = git_ai_notes.write(found.tracer, oids)
    context.tell(f"{count(len(done.written), 'note')} of git-ai written")
    if done.there:
        context.tell(f"{count(len(done.there), 'commit')} had one already, which stays")
    if done.private:
        context.tell(f"{count(len(done.private), 'commit')} left out: the session is private")


def _shown(context: contexts.Context, found: "Found", format: str, output: str | None) -> str:
    if format == "text":
        from git_naturecode.render import blame as render

        reviews, articles = found.reviews(), found.articles()
        rows = [
            _row(one, reviews.get(one.line.number, ()), articles.get(one.line.number, ()))
            for one in found.traced
        ]
        width = columns(context) if output is None else 1000
        return render.text(rows, paint(context), width)
    from git_naturecode.cli.context import json_text

    if format == "agent-trace":
        from git_naturecode.tracing import agent_trace

        return agent_trace.text(found.path, found.rev, found.tracer, found.traced, context.now_ms())
    from git_naturecode.tracing import told

    reviews, articles = found.reviews(), found.articles()
    items = [
        told.json(one, {}, reviews.get(one.line.number, ()), articles.get(one.line.number, ()))
        for one in found.traced
    ]
    return json_text({"path": found.path, "rev": found.rev, "items": items})


def _row(one: "Traced", reviews: "Sequence[Reviewed]", articles: "Sequence[About]") -> "Row":
    from git_naturecode import clock
    from git_naturecode.domain.kb.behind import LINES
    from git_naturecode.render.blame import Row

    line = one.line
    day = clock.iso(line.commit.seconds * 1000)[:10] if line.commit.oid else "-"
    author = line.commit.author if line.commit.oid else "not committed"
    said = [f"{r.review.id[16:]} {handle}" for r in reviews for handle in r.handles]
    said += [each.article.slug for each in articles if each.how == LINES]
    told = " ".join(said)
    return Row(line.commit.oid, _behind(one), author, day, line.number, line.text, told)


def _behind(one: "Traced") -> str:
    from git_naturecode import ids
    from git_naturecode.domain.handles import handles
    from git_naturecode.tracing import trace

    if one.how == trace.GIT_AI and one.said_by_git_ai:
        return f"git-ai {one.said_by_git_ai.tool or 'person'}"
    if one.how == trace.AWAY:
        return "deleted" if one.deleted else "private"
    if not one.session_id:
        return ""
    name = ids.tail(one.session_id)
    if one.session is None or one.message is None:
        return name
    unsure = "~" if one.how == trace.LIKELY else ""
    return f"{name} {unsure}{handles(one.session)[one.message.id]}"


def register(tree: typer.Typer, name: str, _: list[str]) -> None:
    """Hang the command into `tree`."""
    tree.command(name)(blame)
