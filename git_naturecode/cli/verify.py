"""verify: every signature and every right looked at anew, for people and for CI."""

import typer

from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.cli.reading import opened


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the command of this module into `tree`."""
    tree.command(name)(verify)


def verify(as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Verify every signature and right anew; believe no cache.

    Ends with 3 when something is in quarantine that was dropped neither here nor for everybody,
    when a key was used in two places, or when it is not clear which team to trust.
    """
    from git_naturecode import errors
    from git_naturecode.render import trust as render
    from git_naturecode.trusting import verifying

    context = contexts.current(quiet)
    with opened(context) as (store, _):
        found = verifying.verify(store, context.progress)
        context.progress_done()
    told = {**vars(found), "quarantined": [one._asdict() for one in found.quarantined]}
    if as_json:
        context.json(render.verified_json(told))
    else:
        context.say(render.verified_text(told))
    if found.alarms:
        raise errors.NeedsPerson(found.alarms[0], f"git naturecode {found.where}")
