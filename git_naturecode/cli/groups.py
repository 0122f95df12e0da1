"""Groups of commands: `git naturecode NAME VERB`."""

import importlib
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


def hang_wanted(
    tree: typer.Typer, name: str, about: str, places: Mapping[str, tuple[str, str]],
    wanted: list[str],
) -> None:  # fmt: skip
    """Hang the group `name` into `tree`, only with the verb `wanted` where it is known.

    `places` are the file of this folder and the function that define each verb.
    """
    group = make(about)
    for verb in [one for one in wanted[:1] if one in places] or places:
        group.command(verb)(defined(places[verb]))
    tree.add_typer(group, name=name)


def defined(place: tuple[str, str]) -> Callable[..., Any]:
    """The function that defines a verb, by its file in this folder and its name."""
    module, function = place
    found: Callable[..., Any] = getattr(
        importlib.import_module(f"git_naturecode.cli.{module}"), function
    )
    return found
