"""Commands that only this program itself starts."""

from typing import Annotated

import typer

from git_naturecode.cli import context as contexts


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the command `name` of this module into `tree`."""
    here = {"background": work_in_background, "autosync": sync_unasked, "capture": take_in}
    tree.command(name, hidden=True)(here[name])


def work_in_background() -> None:
    """Do what is behind in this clone: drain, index, folder, automatic sync."""
    from git_naturecode import background

    background.be_nice()
    context = contexts.current(quiet=True)
    context.environ = {**context.environ, background.SWITCH: "0"}  # it starts no other
    with context.store(many=True) as store:
        background.work(store)


def take_in() -> None:
    """Take in the transcripts that the hooks of AI tools have asked for."""
    from git_naturecode import background
    from git_naturecode.agents import taking

    background.be_nice()
    context = contexts.current(quiet=True)
    with context.store(many=True) as store:
        taking.work(store)


def sync_unasked(
    pushed: Annotated[str, typer.Option(help="The remote that the user is pushing to.")] = "",
) -> None:
    """Share what waits, gathered and at most a few times a minute; for hooks and after writes."""
    from git_naturecode import autosync, background

    background.be_nice()
    context = contexts.current(quiet=True)
    context.environ = {**context.environ, background.SWITCH: "0", **autosync.UNATTENDED}
    with context.store() as store:
        if pushed:
            autosync.pushed(store, pushed)
        else:
            autosync.work(store)
