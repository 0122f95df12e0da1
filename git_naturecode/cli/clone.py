"""init, status, sync: the commands about the clone as a whole."""

from collections.abc import Callable
from typing import Annotated

import typer

from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.render.show import show


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the command `name` of this module into `tree`."""
    here: dict[str, Callable[..., None]] = {"init": init, "status": status, "sync": sync}
    tree.command(name)(here[name])


def init(
    remote: Annotated[
        str | None, typer.Option(help="The remote that sync pushes to (default: origin).")
    ] = None,
    no_folder: Annotated[
        bool, typer.Option("--no-folder", help="Have no `.naturecode/` in the work trees.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Set this clone up: device key, data branch, remote. Running it again changes nothing."""
    from git_naturecode import setup
    from git_naturecode.store.store import Store

    context = contexts.current(quiet)
    store = Store(context.repo, context.config, context.environ, context.now_ms, context.random)
    try:
        done = setup.init(store, remote, folder=not no_folder)
        context.start_background(store)
    finally:
        store.close()
    if as_json:
        context.json({"device": done.device, "remote": done.remote, "done": done.lines})
        return
    for line in done.lines:
        context.say(line)
    context.tell("hint: bring your AI sessions in with `git naturecode session import --auto`")


def status(as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Say what is here, what waits, and how this clone stands towards its remote."""
    from git_naturecode import status as states
    from git_naturecode.cli import answers as render
    from git_naturecode.cli.reading import opened

    context = contexts.current(quiet)
    with opened(context) as (store, index):
        found = states.status(store, index)
    if as_json:
        context.json(render.status_json(found))
    else:
        context.say(render.status_text(found))


def sync(
    remote: Annotated[str | None, typer.Option(help="Another remote than the usual one.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Push to another remote unasked.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Fetch what others shared, join it with what is here, push the result."""
    from git_naturecode import errors
    from git_naturecode import sync as syncing
    from git_naturecode.cli import answers as render

    context = contexts.current(quiet)
    with context.store() as store:
        name = syncing.choose_remote(store, remote)
        if name is None:
            raise errors.Remote(
                "there is no remote to sync with", "git remote add origin <address>, then sync"
            )
        _ask_about_other_remote(context, store.config.get("naturecode.remote", name), name, yes)
        outcome = syncing.sync(store, name, context.tell)
    for problem in outcome.problems:
        context.tell(f"warning: kept out: {show(problem)}")
    if as_json:
        context.json(render.sync_json(outcome))
    else:
        context.say(render.sync_text(outcome))


def _ask_about_other_remote(context: contexts.Context, usual: str, name: str, yes: bool) -> None:
    """Pushing everything shared to a remote that was not chosen at `init` needs a yes."""
    from git_naturecode import errors

    if name == usual or yes:
        return
    url = show(context.config.get(f"remote.{name}.url"))
    context.tell(f"all shared sessions of this clone would also go to {name} ({url})")
    if not context.err.isatty():
        raise errors.Usage(f"{name} is not the remote of this clone ({usual})", "add --yes")
    if not typer.confirm("push there?", err=True):
        raise errors.Negative("nothing was pushed")
