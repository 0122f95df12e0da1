"""sync: fetch, join, push; or only say what would come and go."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.render.show import show

if TYPE_CHECKING:
    from git_naturecode.errors import NeedsPerson
    from git_naturecode.store.store import Store
    from git_naturecode.sync import Outcome

_FEW = 10


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the command of this module into `tree`."""
    tree.command(name)(sync)


def sync(
    remote: Annotated[str | None, typer.Option(help="Another remote than the usual one.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would come and go.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Push to another remote unasked.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Fetch what others shared, join it with ours, push the result."""
    from git_naturecode import errors
    from git_naturecode import sync as syncing

    context = contexts.current(quiet)
    with context.store() as store:
        name = syncing.choose_remote(store, remote)
        if name is None:
            raise errors.Remote(
                "there is no remote to sync with", "git remote add origin <address>, then sync"
            )
        usual = syncing.choose_remote(store, None)
        if dry_run:
            _show_preview(context, store, name, as_json)
            return
        if name != usual and not yes:
            _ask_about_other_remote(context, store, str(usual), name)
        _sync(context, store, name, as_json)


def _show_no_more(store: "Store") -> None:
    """Bring the folder up to date at once: no page shall show what was purged."""
    from contextlib import suppress

    from git_naturecode.errors import NaturecodeError
    from git_naturecode.folder.update import update_all

    with suppress(NaturecodeError):
        update_all(store)


def _sync(context: contexts.Context, store: "Store", name: str, as_json: bool) -> None:
    from git_naturecode import sync as syncing
    from git_naturecode.cli import standing, sync_kb
    from git_naturecode.cli.kb_taken import take_in

    take_in(context, store)
    before = sync_kb.look(store)
    hear = context.progress if context.err.isatty() and not context.quiet else None
    try:
        outcome = syncing.sync(store, name, lambda text: context.tell(show(text)), hear=hear)
    finally:
        context.progress_done()
    outcome.problems[:0] = before.problems
    if outcome.forgot:
        _show_no_more(store)
    for problem in outcome.problems:
        context.tell(f"warning: {show(problem)}")
    for notice in outcome.notices:
        context.tell(f"warning: {show(notice)}")
    parted = sync_kb.brought(context, store, before) if outcome.received else []
    if as_json:
        context.json({**standing.sync_json(outcome), "marked": [one.json() for one in parted]})
    else:
        context.say(standing.sync_text(outcome))
        for news in outcome.news:
            context.say(show(news))
    if outcome.failure:
        raise outcome.failure
    _require_nobody(context, [(one.failure(), sync_kb.LISTED) for one in parted] + _alarms(outcome))


def _alarms(outcome: "Outcome") -> "list[tuple[NeedsPerson, str]]":
    from git_naturecode.errors import NeedsPerson

    where = f"git naturecode {'quarantine list' if outcome.quarantined else 'trust show'}"
    return [(NeedsPerson(show(alarm), where), where) for alarm in outcome.alarms]


def _require_nobody(context: contexts.Context, found: "list[tuple[NeedsPerson, str]]") -> None:
    """Say what somebody has to look at, each with the command that shows all of its kind, and
    raise the last of it."""
    if not found:
        return
    *others, (last, _) = found
    for one, _ in others[-_FEW:]:
        context.tell(f"warning: {one.message}")
        context.tell(f"hint: {one.hint}")
    if left := others[:-_FEW]:
        commands = dict.fromkeys(command for _, command in left)
        context.tell(f"warning: and {len(left)} more: {', '.join(commands)}")
    raise last


def _show_preview(context: contexts.Context, store: "Store", name: str, as_json: bool) -> None:
    from git_naturecode.cli import standing
    from git_naturecode.status import edits
    from git_naturecode.sync import link_to
    from git_naturecode.sync.preview import preview

    waiting = edits(store)
    found = preview(store, link_to(store, name))
    for problem in found.problems:
        context.tell(f"warning: {show(problem)}")
    if as_json:
        context.json(standing.preview_json(found, waiting))
    else:
        context.say(standing.preview_text(found, waiting))
        context.tell("nothing was changed")


def _ask_about_other_remote(
    context: contexts.Context, store: "Store", usual: str, name: str
) -> None:
    """Pushing everything shared to a remote that was not chosen at `init` needs a yes."""
    from git_naturecode.cli import standing
    from git_naturecode.cli.agreeing import agree
    from git_naturecode.status import edits
    from git_naturecode.sync import link_to
    from git_naturecode.sync.preview import preview

    found = preview(store, link_to(store, name))
    context.err.write(standing.preview_text(found, edits(store)) + "\n")
    agree(
        context, f"sync with {show(name)}?", yes=False,
        why=f"{show(name)} is not the remote of this clone ({show(usual)})",
        refused="nothing was pushed",
    )  # fmt: skip
