"""init, status: the commands about the clone as a whole."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet

if TYPE_CHECKING:
    from git_naturecode.store.store import Store


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the command `name` of this module into `tree`."""
    here: dict[str, Callable[..., None]] = {"init": init, "status": status}
    tree.command(name)(here[name])


def init(
    remote: Annotated[
        str | None, typer.Option(help="The remote that sync pushes to (default: origin).")
    ] = None,
    no_folder: Annotated[
        bool, typer.Option("--no-folder", help="Have no `.naturecode/` in the work trees.")
    ] = False,
    no_hooks: Annotated[
        bool, typer.Option("--no-hooks", help="Install no hooks, now or later.")
    ] = False,
    capture: Annotated[
        bool | None,
        typer.Option(
            "--capture/--no-capture",
            help="Find out by itself which agent's conversation a commit comes from.",
        ),
    ] = None,
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help="Lock your private keys with a passphrase.")
    ] = False,
    keyring: Annotated[
        bool, typer.Option("--keyring", help="Keep your private keys in your system's keyring.")
    ] = False,
    label: Annotated[
        str,
        typer.Option(help="How others see this clone called (default: your name and its system)."),
    ] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Set this clone up: device key, data branch, remote, hooks. Again, it changes nothing."""
    from git_naturecode import errors, identity, setup, teaming
    from git_naturecode.render.show import show
    from git_naturecode.store.store import Store

    if no_hooks and capture:
        raise errors.Usage("--capture needs the hooks", "leave --no-hooks out")
    if passphrase and keyring:
        raise errors.Usage("say --passphrase or --keyring", "one of the two")
    label = identity.as_label(label) if label else ""

    context = contexts.current(quiet)
    store = Store(context.repo, context.config, context.environ, context.now_ms, context.random)
    try:
        done = setup.init(
            store, remote, folder=not no_folder, hooks=not no_hooks, capture=capture, label=label
        )
        known, advice = teaming.greeting(store)
        done.lines += [known] if known else []
        if passphrase or keyring:
            done.lines += _protected(store, "passphrase" if passphrase else "keyring")
        context.start_background(store)
    finally:
        store.close()
    if as_json:
        context.json({"device": done.device, "remote": done.remote, "done": done.lines})
        return
    for line in () if quiet else done.lines:
        context.say(show(line))
    context.tell("hint: bring your AI sessions in with `git naturecode session import --auto`")
    if advice:
        context.tell(f"hint: {show(advice)}")
    if capture:
        context.tell(
            "hint: `git naturecode hooks install --agent claude-code` (or codex, gemini, cursor) "
            "has a session taken in while the agent works, and tells two agents apart"
        )


def _protected(store: "Store", how: str) -> list[str]:
    from git_naturecode.identity import protecting

    where = "locked with your passphrase" if how == "passphrase" else "in the keyring"
    return [f"{path} is {where}" for path in protecting.choose(store, how)]


def status(as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Say what is here, what waits, and how this clone stands."""
    from git_naturecode import status as states
    from git_naturecode.cli import standing
    from git_naturecode.cli.at_work import Working
    from git_naturecode.cli.reading import opened

    context = contexts.current(quiet)
    with opened(context) as (store, index):
        found = states.status(store, index)
        working = Working(store, index)
    if as_json:
        context.json({**standing.status_json(found), **working.json()})
    else:
        context.say(standing.status_text(found))
        context.say(working.text())
