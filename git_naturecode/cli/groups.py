"""Groups of commands: `git naturecode NAME VERB`."""

from collections.abc import Callable, Mapping
from typing import Any

import typer

Verbs = Mapping[str, Callable[..., Any]]


def make(about: str) -> typer.Typer:
    """A group that says what there is when no verb is given."""
    group = typer.Typer(help=about, no_args_is_help=True, rich_markup_mode=None)
    group.callback()(lambda: None)  # else a single verb would take the place of the group
    return group


def hang(tree: typer.Typer, name: str, about: str, verbs: Verbs) -> None:
    """Hang the group `name` with `verbs` into `tree`."""
    group = make(about)
    for verb, function in verbs.items():
        group.command(verb)(function)
    tree.add_typer(group, name=name)
