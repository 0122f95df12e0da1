"""team create, list, show, delete, set: the team itself."""

from typing import Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet
from git_naturecode.cli.team import Team


def create(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    mode: Annotated[
        str,
        typer.Option(
            help="enforced: only what members may do counts; open: everything does, and is shown "
            "as unverified."
        ),
    ] = "enforced",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Begin a team, whose rules hold from then on.

    The first team is the root of trust, and you are its first admin. Another one is a part of the
    same people, with settings of its own.
    """
    from git_naturecode.cli.answers import count
    from git_naturecode.domain import teams
    from git_naturecode.render import team as render
    from git_naturecode.render.show import line
    from git_naturecode.teaming import making
    from git_naturecode.teaming.here import Here
    from git_naturecode.teaming.showing import shown as show_it

    context = contexts.current(quiet)
    if mode not in teams.MODES:
        raise errors.Usage(f"{mode!r} is not a mode", "use " + ", ".join(teams.MODES))
    with context.store(writing=True) as store:
        here = Here(store)
        made = making.create(here, name, mode)
        shown = show_it(here, made.team)
    if as_json:
        told = {"new": made.new, "chains": made.chains, "inherited": made.inherited}
        context.json({**render.shown_json(shown), **told})
        return
    title = line(made.team.name)
    if not made.new:
        context.say(f"{made.team.id}  {title} is there already")
        context.tell("hint: `git naturecode team show` tells who is in it")
        return
    context.say(f"{made.team.id}  {title}")
    if made.first:
        context.tell(f"you are its admin: {line(shown.members[0].email)}")
        if made.chains > 1 or made.inherited:
            context.tell(
                f"it takes in what was said before: {count(made.chains, 'signed chain')}, and "
                f"{count(made.inherited, 'entry')} that nobody signed (shown as unverified)"
            )
        context.tell(f"fingerprint: {shown.words}")
        context.tell(
            "compare these six words with the others, by phone or face to face: they see them when "
            "the team reaches them first"
        )
        context.tell("hint: git naturecode sync, then: git naturecode team add EMAIL")
        return
    context.tell(f"hint: git naturecode team add EMAIL --team {teams.slug(title) or made.team.id}")


def list_teams(as_json: AsJson = False, quiet: Quiet = False) -> None:
    """The teams of this repository."""
    from git_naturecode.domain import teams
    from git_naturecode.render import team as render
    from git_naturecode.teaming.here import Here

    context = contexts.current(quiet)
    with context.store() as store:
        here = Here(store)
        standing = here.standing
        known = teams.teams(standing)
        told = [render.team_json(standing, one) for one in known]
        chosen = store.config.get("naturecode.team")
    if as_json:
        context.json({"items": told})
    elif known:
        context.say(render.teams_text(standing, known, chosen))
    if not known and not as_json:
        raise teams.no_team()


def show(
    team: Team = "",
    signers: Annotated[
        bool,
        typer.Option(
            "--allowed-signers",
            help="Print the members' keys as git and ssh-keygen read them (allowedSignersFile).",
        ),
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Who is in a team, its settings, its fingerprint."""
    from git_naturecode.cli.output import page, paint
    from git_naturecode.render import team as render
    from git_naturecode.teaming.here import Here
    from git_naturecode.teaming.showing import shown as show_it

    context = contexts.current(quiet)
    with context.store() as store:
        here = Here(store)
        shown = show_it(here, here.team(team))
    if signers:
        context.out.write(render.allowed_signers(shown.members))
    elif as_json:
        context.json(render.shown_json(shown))
    else:
        page(context, render.team_text(shown, paint(context)))
        if not shown.me:
            context.tell("hint: you are not in it; to become a member: git naturecode team join")


def delete(
    team: Annotated[str, typer.Argument(help="Its name or id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Delete a team: its name and settings.

    Members keep their roles. With the last team the repository is open to everybody again.
    """
    from git_naturecode.cli.agreeing import agree
    from git_naturecode.domain import teams
    from git_naturecode.render.show import line
    from git_naturecode.teaming import making
    from git_naturecode.teaming.here import Here

    context = contexts.current(quiet)
    with context.store(writing=True) as store:
        here = Here(store)
        found = teams.find_team(here.require_team(), team)
        agree(
            context, f"delete the team {line(found.name)}, for everybody?", yes=yes,
            why=f"the team {line(found.name)} would be deleted for everybody",
            refused="nothing was deleted",
        )  # fmt: skip
        opened = making.delete(here, found)
    if as_json:
        context.json({"id": found.id, "deleted": True, "mode": "open" if opened else "enforced"})
        return
    context.tell(f"deleted {found.id} ({line(found.name)})")
    if opened:
        context.tell("it was the last team: what anybody writes counts from now on (mode open)")
    context.tell(TELL_OTHERS)


def set_value(
    key: Annotated[
        str, typer.Argument(help="defaultModel, sessionVisibility, autoJoin, mode or name.")
    ],
    value: Annotated[str, typer.Argument(help="What it is from now on.")],
    team: Team = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Change a setting of a team, or its name.

    defaultModel: the model of who has chosen none. sessionVisibility of new sessions: private,
    team or public. autoJoin: members take part in each new team session. mode: enforced (only
    what members may do counts) or open.
    """
    from git_naturecode.render.show import line
    from git_naturecode.render.team import value_text
    from git_naturecode.teaming import beginning, making
    from git_naturecode.teaming.here import Here

    context = contexts.current(quiet)
    with context.store(writing=True) as store:
        here = Here(store)
        done = making.change(here, here.team(team), key, value)
        if (key, value) == ("sessionVisibility", "public"):
            beginning.accept(store, value)
    if as_json:
        told = {"id": done.team.id, "key": key, "value": done.value, "before": done.before}
        context.json({**told, "changed": done.value != done.before})
        return
    now = line(value_text(done.value))
    if done.value == done.before:
        context.tell(f"{key} of {line(done.team.name)} is {now} already")
        return
    context.say(f"{key}: {line(value_text(done.before))} -> {now}")
    context.tell(TELL_OTHERS)
