"""Writes docs/reference.md and the man page from the command tree: `python docs/generate.py`."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from git_naturecode.cli.app import HELP, build

HEAD = f"""\
# Reference

{HELP} Generated from the command tree by `docs/generate.py`; do not edit.

`git naturecode CMD`, `git-naturecode CMD` and `git nc CMD` are the same; `-C DIR` works as in git.
Data goes to stdout; progress, hints and errors go to stderr. `--json` prints one object with
`"schema": 1`; lists are under `items`. An id may be shortened to any unique beginning of its last
part.

| exit code | means |
|---|---|
| 0 | done |
| 1 | a negative answer: nothing matched, cannot be done yet |
| 2 | the command line is wrong |
| 3 | a person is needed, or data from elsewhere broke a limit and was kept out |
| 4 | the remote or the network did not do its part |
| 5 | not permitted |
| 6 | inconclusive: a provider failed |
| 128 | a fault in the program; a report file is named |
| 130 | interrupted |
| 141 | the reader of the output has gone |

| environment | means |
|---|---|
| `GIT_NATURECODE_TRACE` | `1`: each git command on stderr; a path: into that file |
| `NATURECODE_GIT` | `program` or `library`: use only the git program, or pygit2 where it can |
| `NATURECODE` | `0`: no hook of ours does anything |
| `NATURECODE_SESSION` | the session that commits of this process belong to, whatever is active |
| `NATURECODE_BACKGROUND` | `0`: this command starts nothing in the background |
| `NATURECODE_LINTERS` | `0`: `review ai` starts no linters, also where some are installed |
| `NATURECODE_MEMBER_KEY` | the member key of a job (an OpenSSH key, or base64 of 32 bytes) |
| `NATURECODE_PASSPHRASE` | the passphrase of your private keys, for where nobody can be asked |
| `NO_COLOR` | no colour |

| git configuration | means |
|---|---|
| `naturecode.branch` | the data branch (`naturecode`) |
| `naturecode.remote` | the remote that sync uses, fixed by `init` |
| `naturecode.team` | which team counts for what is begun here, where there are several |
| `naturecode.sessionVisibility` | how open new sessions may be by the team's setting (`team`) |
| `naturecode.folder` | `false`: no `.naturecode/` is written in the work trees (`true`) |
| `naturecode.folderDays` | days after its last change that a session has a file (90; 0: none) |
| `naturecode.background` | `false`: nothing is done in the background (`true`) |
| `naturecode.autoSync` | `true`: sync by itself after a write, at most 6 times a minute (`false`) |
| `naturecode.hooks` | `false`: no hooks are installed (`true`) |
| `naturecode.capture` | `true`: a commit is linked to the agent's session that wrote it (`false`) |
| `naturecode.trailer` | `never`: messages of commits do not name the session (`always`) |
| `naturecode.syncOnPush` | `false`: your `git push` starts no sync of what is shared (`true`) |
| `naturecode.deviceLabel` | what others see this clone's device called (your name and its system) |
| `naturecode.deviceExpires` | how long its certificate holds: 12h, 30d (always; a job's: 1d) |
| `naturecode.timeout` | seconds that a remote may take to answer (60); ten times to transfer |
| `naturecode.maxNewFiles` | new files that one sync may bring in (200000) |
| `naturecode.maxNewBytes` | new bytes that one sync may bring in (500 MiB) |
| `color.naturecode` | colour, as `color.ui` |
"""


def reference() -> str:
    """The whole reference as Markdown."""
    tree: Any = typer.main.get_command(build([]))
    return HEAD + "".join(_commands(tree, "git naturecode"))


def man_page() -> str:
    """The man page git-naturecode(1), which `git naturecode --help` shows."""
    lines = [
        '.TH "GIT-NATURECODE" "1" "" "git naturecode"', ".SH NAME",
        f"git-naturecode \\- {_roff(HELP)}", ".SH SYNOPSIS",
        r"\fBgit naturecode\fR \fICOMMAND\fR [\fIARGUMENTS\fR]", ".SH COMMANDS",
    ]  # fmt: skip
    tree: Any = typer.main.get_command(build([]))
    for block in "".join(_commands(tree, "git naturecode")).split("\n## ")[1:]:
        title, _, rest = block.partition("\n")
        lines += [".SS " + _roff(title.strip("`")), *map(_man_line, rest.strip().split("\n"))]
    lines.append(".SH EXIT CODES")
    for code, meaning in re.findall(r"^\| (\d+) \| (.*) \|$", HEAD, re.M):
        lines += [".TP", rf"\fB{code}\fR", _roff(meaning)]
    return "\n".join(lines) + "\n"


def _man_line(line: str) -> str:
    option = re.fullmatch(r"- `(.*?)`: (.*)", line)
    if option:
        return f".TP\n\\fB{_roff(option[1])}\\fR\n{_roff(option[2])}"
    return _roff(line) if line else ".PP"


def _roff(text: str) -> str:
    """`text` as roff shows it: no escape, no request, hyphens that can be searched for."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "")
    return "\\&" + plain if plain[:1] in (".", "'") else plain


def _commands(group: Any, path: str) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _commands(command, f"{path} {name}")
        else:
            yield _command(command, f"{path} {name}")


def _command(command: Any, path: str) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    usage = " ".join([path, *(_usage(argument) for argument in arguments)])
    lines = [f"\n## `{usage}`\n", f"{command.help}\n"]
    rows = [(_usage(one), one.help) for one in arguments] + [(_names(o), o.help) for o in options]
    lines += [f"- `{name}`: {text}" for name, text in rows if name != "--help"]
    return "\n".join(lines) + "\n"


def _usage(argument: Any) -> str:
    name = argument.name.upper() + ("..." if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _names(option: Any) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    return names if option.is_flag else f"{names} {option.name.upper()}"


if __name__ == "__main__":
    folder = Path(__file__).parent
    for name, text in (("reference.md", reference()), ("git-naturecode.1", man_page())):
        (folder / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name} written\n")
