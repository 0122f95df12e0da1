"""The team commands: which file defines each; only what the command line names is loaded."""

from typing import Annotated

import typer

from git_naturecode.cli import groups

# Verb -> the file and the function that define it.
VERBS = {
    "create": ("team_made", "create"),
    "list": ("team_made", "list_teams"),
    "show": ("team_made", "show"),
    "delete": ("team_made", "delete"),
    "add": ("team_members", "add"),
    "join": ("team_members", "join"),
    "remove": ("team_members", "remove"),
    "role": ("team_members", "role"),
    "set": ("team_made", "set_value"),
    "manage": ("team_manage", "manage"),
}
Team = Annotated[
    str, typer.Option(help="Which team, where there are several (default: naturecode.team).")
]
Member = Annotated[str, typer.Argument(help="An e-mail address, or the name of a member.")]


def register(tree: typer.Typer, name: str, wanted: list[str]) -> None:
    """Hang the team commands into `tree`; only the one `wanted` where it is known."""
    about = "Who belongs to this repository, and who may do what."
    groups.hang_wanted(tree, name, about, VERBS, wanted)
