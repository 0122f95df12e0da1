"""why: the session, the message and the request behind a line."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.cli.output import page, paint

if TYPE_CHECKING:
    from git_naturecode.tracing.trace import Traced

_PLACE = re.compile(r"(.+?):(\d+)(?:[-,](\d+))?", re.S)
_NAMED = re.compile(r"(.+):([^:\s/]+)", re.S)
Rev = Annotated[str | None, typer.Option(help="The file as it is in this commit.")]
Blanks = Annotated[bool, typer.Option("-w", help="Look past changes of blanks, as git blame -w.")]
Moved = Annotated[bool, typer.Option("-M", help="Look past moves within the file.")]
Copied = Annotated[bool, typer.Option("-C", help="Look past moves from other files.")]


def why(
    place: Annotated[str, typer.Argument(help="FILE:LINE, FILE:FROM-TO or FILE:FUNCTION.")],
    rev: Rev = None,
    blanks: Blanks = False,
    moved: Moved = False,
    copied: Copied = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Tell why a line is so: who asked for it, and what was said. It shows the commit, the
    session, the message that wrote the line, the request, the reviews and what was said
    there of it, and the articles about it."""
    from git_naturecode.cli.tracing import git_options, traced
    from git_naturecode.tracing import told, trace

    context = contexts.current(quiet)
    file, lines = _asked(place)
    with traced(context, file, [lines], rev, git_options(blanks, moved, copied)) as found:
        notes = found.tracer.notes({one.line.commit.oid for one in found.traced} - {""})
        reviews, articles = found.reviews(), found.articles()
        if as_json:
            items = [
                told.json(
                    one, notes, reviews.get(one.line.number, ()), articles.get(one.line.number, ())
                )
                for one in found.traced
            ]
            context.json({"path": found.path, "rev": found.rev, "items": items})
        else:
            from git_naturecode.render import why as render

            at_work = found.tracer.at_work(found.path)
            pieces = told.pieces(found.path, found.traced, notes, at_work, reviews, articles)
            page(context, render.text(pieces, paint(context)))
    known = [one for one in found.traced if one.how in trace.FOUND]
    if not known and not any(reviews.values()) and not any(articles.values()):
        raise errors.Negative("no session is known for that", _advice(found.traced, context))
    here = next((one.session_id for one in known if one.session is not None), "")
    if here and not as_json:
        context.tell(f"hint: all that was said: git naturecode session show {here[17:]}")


def _asked(place: str) -> tuple[str, str]:
    """The file and the range of lines that `place` means."""
    if (found := _PLACE.fullmatch(place)) and int(found[2]):
        last = found[3] or found[2]
        return found[1], f"{found[2]},{last}"
    if found and not int(found[2]):
        raise errors.Usage("lines are counted from 1")
    if named := _NAMED.fullmatch(place):
        return named[1], f":{re.escape(named[2])}"
    raise errors.Usage(f"{place} names no line", "write FILE:LINE, FILE:FROM-TO or FILE:FUNCTION")


def _advice(found: "list[Traced]", context: contexts.Context) -> str:
    if all(not one.line.commit.oid for one in found):
        return "commit it while a session is active: git naturecode session use ID"
    oid = next(one.line.commit.oid for one in found if one.line.commit.oid)
    return f"if you know the session: git naturecode session attach ID {oid[:12]}"


def register(tree: typer.Typer, name: str, _: list[str]) -> None:
    """Hang the command into `tree`."""
    tree.command(name)(why)
