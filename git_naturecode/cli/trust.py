"""trust show, pin: whom this clone believes, and who did what."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli import groups
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.cli.output import page
from git_naturecode.cli.reading import opened

if TYPE_CHECKING:
    from git_naturecode.domain.policy import Standing
    from git_naturecode.store.store import Store

_PREFIX = 8
_MARK = "nc1:"


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the group into `tree`."""
    groups.hang(tree, name, "Whom this clone believes.", {"show": show, "pin": pin})


def show(
    log: Annotated[
        bool, typer.Option("--log", help="Who did what, by which device, and what was refused.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show which team is trusted, its six words, its devices. With --log also all that was
    signed."""
    from git_naturecode import trusting
    from git_naturecode.render import trust as render
    from git_naturecode.store import pins
    from git_naturecode.trusting import telling

    context = contexts.current(quiet)
    with opened(context) as (store, _):
        standing = trusting.standing(store)
        acts = telling.lines(store) if log else []
        known = pins.load(store.state_dir)
    found = render.standing_json(standing, known.team, known.since, _words(standing))
    if log and as_json:
        context.json({"items": [render.act_json(act) for act in acts]})
    elif log and not acts:
        context.tell("nothing was signed here yet; git naturecode sync signs what is shared")
    elif log:
        page(context, render.acts_text(acts))
    elif as_json:
        context.json(found)
    else:
        context.say(render.standing_text(found))


def pin(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="The six words (or nc1: and the number) of the team; none: the one."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Also in place of another team.")] = False,
    quiet: Quiet = False,
) -> None:
    """Trust the team with these six words, and no other, from now on."""
    from git_naturecode import trusting
    from git_naturecode.cli.agreeing import agree
    from git_naturecode.render.show import line

    context = contexts.current(quiet)
    with opened(context) as (store, _):
        standing = trusting.standing(store)
        genesis = _chosen(standing, " ".join(words or []))
        known = trusting.pinned(store)
        if known and known != genesis:
            agree(
                context, "this clone trusts another team; trust this one instead?", yes=yes,
                why="this clone trusts another team already", look="git naturecode trust show",
            )  # fmt: skip
        trusting.pin(store, genesis)
        after = trusting.standing(store)
        _show_anew(store)
    names = ", ".join(team.name for team in after.teams.values())
    context.say(f"trusted from now on: {line(names)} ({_words(after)[genesis]})")


def _chosen(standing: "Standing", wanted: str) -> str:
    words = _words(standing)
    if not words:
        raise errors.Negative("no team was begun here yet", "git naturecode team create NAME")
    if not wanted:
        if len(words) == 1:
            return next(iter(words))
        raise errors.NeedsConsent(
            f"{len(words)} teams were begun here",
            "ask somebody in yours for its six words, then: git naturecode trust pin WORDS",
        )
    wanted = " ".join(wanted.casefold().split())
    digest = wanted.removeprefix(_MARK)
    found = [
        one for one, said in words.items()
        if said == wanted or (len(digest) >= _PREFIX and one.startswith(digest))
    ]  # fmt: skip
    if len(found) != 1:
        raise errors.Negative("no team here has these words", "git naturecode trust show")
    return found[0]


def _words(standing: "Standing") -> dict[str, str]:
    from git_naturecode.domain.policy import words

    return {one: words.fingerprint(one) for one in standing.geneses}


def _show_anew(store: "Store") -> None:
    """Bring index and folder in line with what counts now."""
    from contextlib import suppress

    from git_naturecode.domain.kinds import open_index
    from git_naturecode.errors import NaturecodeError
    from git_naturecode.folder.update import update_all

    index = open_index(store)
    try:
        index.refresh()
    finally:
        index.close()
    with suppress(NaturecodeError):
        update_all(store)
