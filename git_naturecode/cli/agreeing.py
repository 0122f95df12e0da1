"""Asking a person for a yes, where something reaches far or cannot be undone."""

import sys

import typer

from git_naturecode.cli.context import Context


def agree(
    context: Context, question: str, *, yes: bool, why: str, refused: str = "nothing was changed",
    look: str = "",
) -> None:  # fmt: skip
    """Return where the person agrees, or did so by --yes.

    `why` says what makes the question necessary, `refused` what a no means, `look` how to see more
    before. Raises NeedsConsent where nobody is at a terminal, Negative for a no.
    """
    from git_naturecode import errors

    if yes:
        return
    if not (sys.stdin.isatty() and context.err.isatty()):
        raise errors.NeedsConsent(
            f"{why}, and nobody is at a terminal to be asked",
            "add --yes if it shall be done" + (f"; {look}" if look else ""),
        )
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:  # Ctrl-D, and Ctrl-C as a no like any other
        context.err.write("\n")
        agreed = False
    if not agreed:
        raise errors.Negative(refused)
