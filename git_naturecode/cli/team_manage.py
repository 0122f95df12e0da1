"""team manage: the same acts line by line, at a prompt or from stdin."""

import shlex
import sys

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import Quiet
from git_naturecode.cli.team import Team

HELP = """\
/team add EMAIL [--role ROLE]   make somebody a member
/team remove EMAIL              take somebody out
/team role EMAIL ROLE           viewer, contributor, maintainer or admin
/team show                      who is in it, and as what
/team set KEY VALUE             a setting
/invite EMAIL [SESSION]         ask somebody to take part in a session (without: the active one)
/project create NAME            (there are no team projects in this version)
/sync                           bring it to the others
/help, /quit"""
_PROMPT = "team> "
_VERBS = ("add", "remove", "role", "set", "show", "list", "join")
_OF_TEAM = ("add", "set", "show")


def manage(team: Team = "", quiet: Quiet = False) -> None:
    """Manage the team line by line; /help tells how.

    /team add EMAIL, /team remove EMAIL, /team role EMAIL ROLE, /invite EMAIL. The same lines can
    come from stdin. Each is one command; one that fails does not stop the others, and the exit
    code is that of the first that failed.
    """
    context = contexts.current(quiet)
    at_terminal = sys.stdin.isatty()
    if at_terminal:
        context.tell("/help tells what you can write, /quit ends")
    worst = 0
    while (text := _next(at_terminal)) is not None:
        if text.strip() in ("/quit", "/exit", "quit", "exit"):
            break
        code = _run(context, text, team, quiet)
        worst = worst or code
    if worst and not at_terminal:
        raise typer.Exit(worst)


def _next(at_terminal: bool) -> str | None:
    """The next line, or None at the end."""
    if not at_terminal:
        return sys.stdin.readline() or None
    import readline  # noqa: F401  (gives input() its history and editing)

    try:
        return input(_PROMPT)
    except EOFError:
        print()
        return None


def _run(context: contexts.Context, text: str, team: str, quiet: bool) -> int:
    """Do what one line says; its exit code. What goes wrong is told as always."""
    from git_naturecode.cli.app import dispatch

    try:
        words = shlex.split(text, comments=True)
    except ValueError as error:
        return _wrong(context, f"{error} in {text.strip()!r}", "close the quote")
    if not words:
        return 0
    if words[0].lstrip("/") in ("help", "?"):
        context.say(HELP)
        return 0
    if words[0].lstrip("/") == "project":
        return _wrong(context, "this version has no team projects yet", "/help tells what there is")
    if words[0].lstrip("/") == "invite" and len(words) == 2:
        with context.store() as store:
            words += [active] if (active := store.active()) else []
        if not active:
            return _wrong(context, "no session is active", "/invite EMAIL SESSION")
    arguments = _meaning(words, team)
    if arguments is None:
        return _wrong(
            context, f"{text.strip()!r} is not understood", "/help tells what you can write"
        )
    try:
        return dispatch([*arguments, *(["-q"] if quiet else [])])
    except errors.NaturecodeError as failure:
        return _wrong(context, failure.message, failure.hint, failure.code)


def _meaning(words: list[str], team: str) -> list[str] | None:
    """The command line that the words of one line mean; None where they mean none."""
    noun, rest = words[0].removeprefix("/"), words[1:]
    if noun == "team" and rest[:1] and rest[0] in _VERBS:
        chosen = ["--team", team] if team and rest[0] in _OF_TEAM and "--team" not in rest else []
        return ["team", *rest, *chosen]
    if noun == "invite" and len(rest) == 2:
        return ["session", "invite", rest[1], rest[0]]
    if noun == "sync" and not rest:
        return ["sync"]
    return None


def _wrong(context: contexts.Context, message: str, hint: str, code: int = errors.USAGE) -> int:
    from git_naturecode.render.show import show

    context.err.write(f"error: {show(message)}\n" + (f"hint: {show(hint)}\n" if hint else ""))
    return code
