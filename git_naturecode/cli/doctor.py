"""doctor: look at everything that can be wrong with a clone, and mend it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.cli.output import paint

if TYPE_CHECKING:
    from git_naturecode.doctor import Report
    from git_naturecode.render.paint import Paint

_WIDTH = 8
_NOT_A_REPOSITORY = "not a git repository"


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the command `name` of this module into `tree`."""
    tree.command(name)(doctor)


def doctor(
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended.")] = False,
    remote: Annotated[bool, typer.Option("--remote", help="Ask the remote, too.")] = False,
    links: Annotated[
        bool, typer.Option("--links", help="Only the links between commits and sessions.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(help="With --links: commits since then (90d); 12mo, a date.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Check this clone; say what is wrong and what --fix would do.

    Changes nothing without --fix. Exit code 0: all is well; 1: something was found, or is left
    after --fix.
    """
    context = contexts.current(quiet)
    if since and not links:
        raise errors.Usage(
            "--since goes with --links", "git naturecode doctor --links --since 12mo"
        )
    found = _visited(context, fix, remote, links, since)
    context.progress_done()
    left = [one for one in found if one.level != "ok" and not one.fixed]
    if as_json:
        context.json({"ok": not left, "items": [_json(one) for one in found]})
    else:
        colours = _colours(context)
        for one in found:
            if not quiet or one.level != "ok":
                context.say(_text(one, colours, fix))
        _summary(context, found, left, fix, "doctor --links" if links else "doctor")
    return errors.NEGATIVE if left else 0


def _visited(
    context: contexts.Context, fix: bool, remote: bool, links: bool, since: str | None
) -> "list[Report]":
    from git_naturecode import clock
    from git_naturecode.doctor import LINKS, Case, Report, visit

    try:
        repo, config = context.repo, context.config
    except errors.NaturecodeError as failure:
        if _NOT_A_REPOSITORY in failure.message:
            raise
        advice = failure.hint or "mend that first: git itself cannot work here"
        return [Report("git", "error", failure.message, advice)]
    case = Case(
        repo, config, context.environ, context.now_ms, context.random, context.progress, remote
    )
    if since:
        case.days = (context.now_ms() - clock.since(since, context.now_ms())) / clock.DAY_MS
    try:
        return visit(case, fix=fix, checks=LINKS) if links else visit(case, fix=fix)
    finally:
        case.close()


def _colours(context: contexts.Context) -> "Paint":
    from git_naturecode.render.paint import Paint

    try:
        return paint(context)
    except errors.NaturecodeError:  # git cannot read its configuration; the report says so
        return Paint(False)


def _text(one: "Report", colours: "Paint", fix: bool) -> str:
    from git_naturecode.render.show import line

    level = "fixed" if one.fixed else one.level
    lines = [f"{_coloured(colours, level)}{one.check}: {line(one.text)}"]
    if one.fixed:
        lines.append(f"{'':{_WIDTH}}fixed: {line(one.fix)}")
    elif one.fix and not fix:
        lines.append(f"{'':{_WIDTH}}--fix: {line(one.fix)}")
    if one.advice and not one.fixed:
        lines.append(f"{'':{_WIDTH}}{line(one.advice)}")
    return "\n".join(lines)


def _coloured(colours: "Paint", level: str) -> str:
    padded = f"{level:{_WIDTH}}"
    paints = {"error": colours.red, "warning": colours.yellow}
    return paints.get(level, colours.green)(padded)


def _summary(
    context: contexts.Context,
    found: "Sequence[Report]",
    left: "Sequence[Report]",
    fix: bool,
    command: str,
) -> None:
    from git_naturecode.cli.answers import count

    mended = sum(one.fixed for one in found)
    if mended:
        context.tell(f"{count(mended, 'thing')} mended")
    if not left:
        context.tell("all is well")
        return
    can = sum(bool(one.fix) for one in left)
    errors_found = sum(one.level == "error" for one in left)
    text = f"{count(errors_found, 'error')}, {count(len(left) - errors_found, 'warning')}"
    if can and not fix:
        text += f"; `git naturecode {command} --fix` mends {can} of them"
    context.tell(text)


def _json(one: "Report") -> dict[str, object]:
    return {
        "check": one.check, "level": one.level, "message": one.text, "advice": one.advice,
        "fix": one.fix, "fixed": one.fixed,
    }  # fmt: skip
