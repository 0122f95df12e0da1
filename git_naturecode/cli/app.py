"""The command tree: only the part that the command line names is loaded."""

import importlib

import typer
from typer.exceptions import TyperException

from git_naturecode import errors

# Name of a command or group -> the module that defines it (`app` for a group, `register` else).
GROUPS = {
    "session": "git_naturecode.cli.session",
    "review": "git_naturecode.cli.review",
    "kb": "git_naturecode.cli.kb",
    "team": "git_naturecode.cli.team",
    "hooks": "git_naturecode.cli.hooks",
    "device": "git_naturecode.cli.device",
    "key": "git_naturecode.cli.key",
    "trust": "git_naturecode.cli.trust",
    "quarantine": "git_naturecode.cli.quarantine",
    "audit": "git_naturecode.cli.audit",
    "hook": "git_naturecode.cli.hook",
    "ci": "git_naturecode.cli.ci",
    "ai": "git_naturecode.cli.ai",
}
COMMANDS = {
    "init": "git_naturecode.cli.clone",
    "status": "git_naturecode.cli.clone",
    "sync": "git_naturecode.cli.sync",
    "redact": "git_naturecode.cli.redact",
    "demo": "git_naturecode.cli.demo",
    "folder": "git_naturecode.cli.folder",
    "doctor": "git_naturecode.cli.doctor",
    "why": "git_naturecode.cli.why",
    "blame": "git_naturecode.cli.blame",
    "verify": "git_naturecode.cli.verify",
}
# What only this program itself calls; no help names it.
HIDDEN = dict.fromkeys(("background", "autosync", "capture"), "git_naturecode.cli.hidden")
HELP = "AI sessions, reviews, issues and knowledge inside your Git repository."


def dispatch(arguments: list[str]) -> int:
    """Run the command that `arguments` name; its exit code."""
    arguments = _without_directory(arguments)
    tree = build(arguments[:2])
    try:
        result = tree(arguments, standalone_mode=False, prog_name="git naturecode")
    except TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(_message(error), err=True)
            return errors.USAGE
        raise _usage(error) from None
    except typer.Abort:
        return errors.INTERRUPTED
    except SystemExit:  # typer's answer to a closed pipe, when it does not stand alone
        raise BrokenPipeError from None
    return result if isinstance(result, int) else 0


def build(wanted: list[str]) -> typer.Typer:
    """The command tree; only its part `wanted`, a path of names, where we know them."""
    known = {**GROUPS, **COMMANDS, **HIDDEN}
    named = [name for name in wanted[:1] if name in known]
    names = named or [*GROUPS, *COMMANDS]
    tree = typer.Typer(
        help=HELP, no_args_is_help=True, add_completion=False, rich_markup_mode=None,
        pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]},
    )  # fmt: skip

    @tree.callback()
    def top() -> None:
        pass

    for name in names:
        importlib.import_module(known[name]).register(tree, name, wanted[1:])
    return tree


def _without_directory(arguments: list[str]) -> list[str]:
    """Obey a leading `-C DIR`, as git itself does before it calls us."""
    import os

    while arguments[:1] == ["-C"]:
        if len(arguments) < 2:
            raise errors.Usage("-C needs a directory")
        if arguments[1]:  # as git: "" is where we are
            os.chdir(arguments[1])
        arguments = arguments[2:]
    return arguments


def _usage(error: TyperException) -> errors.Usage:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "git naturecode"
    left_out = getattr(error, "param", None)
    if type(error).__name__ == "MissingParameter" and left_out is not None:
        from git_naturecode.cli.missing import missing

        is_option = left_out.param_type_name == "option"
        name = left_out.opts[0].lstrip("-") if is_option else left_out.name
        return missing(name, is_option, getattr(left_out, "help", "") or "", path)
    return errors.Usage(_message(error).rstrip("."), f"see `{path} --help`")


def _message(error: TyperException) -> str:
    described = getattr(error, "format_message", None)
    return str(described()) if callable(described) else str(error)
