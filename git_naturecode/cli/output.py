"""Colour and pager as git has them."""

import io
import os
import shutil
import sys

from git_naturecode.cli.context import Context
from git_naturecode.render.paint import Paint

MOST_BYTES = 1 << 20  # of one text; every clone would refuse a log with one of 4 MiB
_PAGER_DEFAULTS = {"LESS": "FRX", "LV": "-c"}


def paint(context: Context) -> Paint:
    """Colour for stdout: git's color.naturecode, color.ui, NO_COLOR."""
    wanted = context.config.get("color.naturecode") or context.config.get("color.ui", "auto")
    if wanted in ("always",):
        return Paint(True)
    terminal = context.out.isatty() and context.environ.get("TERM", "") != "dumb"
    return Paint(
        terminal and wanted not in ("never", "false") and not context.environ.get("NO_COLOR")
    )


def columns(context: Context) -> int:
    """How wide lines may be: the terminal's width, without limit in a pipe."""
    return shutil.get_terminal_size().columns if context.out.isatty() else 1000


def page(context: Context, text: str) -> None:
    """Show `text`, through git's pager when it is longer than the terminal."""
    if not context.out.isatty() or text.count("\n") < os.get_terminal_size().lines - 1:
        context.say(text)
        return
    pager = context.repo.program.text("var", "GIT_PAGER")
    if pager in ("", "cat"):
        context.say(text)
        return
    from git_naturecode.git.terminal import through_pager

    sys.stdout.flush()
    through_pager(pager, text + "\n", {**_PAGER_DEFAULTS, **context.environ})


def written(context: Context, given: str | None, advice: str, before: str = "") -> str:
    """A text: as given, from stdin for `-`, else what the user makes of `before` in his editor.

    Raises Usage when there is none and nobody to ask, or when it is longer than one entry may be,
    Negative when the editor left it empty.
    """
    from git_naturecode.errors import Negative, Usage

    if given is not None:
        text = _piped() if given == "-" else given
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > MOST_BYTES:
            raise Usage(
                f"the text has {size} bytes, and one message holds {MOST_BYTES} at most",
                "say it in parts, or add it to git as a file and share that: "
                "git naturecode session file",
            )
        return text
    if not sys.stdin.isatty():
        raise Usage("there is no text", "write it as an argument, or `-` to read it from stdin")
    from git_naturecode.git.terminal import through_editor

    text = through_editor(context.repo, advice, before)
    if not text.strip():
        raise Negative("nothing was written, so nothing was said")
    return text


def worded(context: Context, given: str | None, advice: str) -> str:
    """`written`, of something that was said: raises Usage for nothing but blanks."""
    from git_naturecode.errors import Usage

    text = written(context, given, advice)
    if not text.strip():
        raise Usage("there is nothing to say in an empty text")
    return text


def commit_message(context: Context, given: str | None) -> str:
    """What a commit shall say, "" for the usual; raises Usage for nothing but blanks."""
    from git_naturecode.errors import Usage

    text = written(context, given, "").strip() if given is not None else ""
    if given is not None and not text:
        raise Usage("an empty message says nothing", "leave --message out for the usual one")
    return text


def _piped() -> str:
    """All of stdin as it stands: line ends are kept, and bytes that are not UTF-8 as arguments do.

    Python would turn a CR into a line break and stop at the first wrong byte.
    """
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape", newline="")
    return sys.stdin.read()
