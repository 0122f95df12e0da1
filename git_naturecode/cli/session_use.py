"""session use: which session commits of this work tree belong to, and why."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.activating import activate
from git_naturecode.cli.options import AsJson, Quiet

if TYPE_CHECKING:
    from git_naturecode.agents.notes import AtWork
    from git_naturecode.store.active import Active


def use(
    session: Annotated[
        str | None, typer.Argument(help="The session's id, or a part that is unique.")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="No session is active.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Choose the session that commits of this work tree belong to. Without an id, it says
    which it is.

    The variable NATURECODE_SESSION wins over it. Where neither names one, and capture is on, a
    commit belongs to the agents that wrote its files.
    """
    from git_naturecode.cli.at_work import at_work
    from git_naturecode.store import active

    context = contexts.current(quiet)
    agents: list[AtWork] = []
    if none and session is not None:
        raise errors.Usage("an id and --none do not go together", "leave one of them out")
    if session is not None:
        from git_naturecode.cli.changing import changing

        with changing(context, session) as here:
            activate(here.store, here.session.id)
            found = active.look(here.store.repo, context.environ)
    else:
        with context.store() as store:
            if none:
                store.make_active("")
            found = active.look(store.repo, context.environ)
            agents = at_work(store)
    if unknown := active.unknown_in_environment(context.environ):
        from git_naturecode.render.show import line

        context.tell(f"warning: {active.VARIABLE} is {line(unknown)}, which is no id of a session")
    _report(context, found, agents, none, as_json)


def _report(
    context: contexts.Context, found: "Active", agents: "list[AtWork]", none: bool, as_json: bool
) -> None:
    from git_naturecode.cli.at_work import agent_json
    from git_naturecode.store import active

    why = "agents" if found.why == active.NONE and agents else found.why
    if as_json:
        context.json(
            {
                "active": found.session or None,
                "why": why,
                "agents": [agent_json(one) for one in agents],
            }
        )
    elif found.session:
        context.say(found.session)
        if found.why == active.ENVIRONMENT:
            context.tell(f"{active.VARIABLE} says so; it wins over what is set here")
    elif why == "agents":
        for one in agents:
            context.say(one.session)
        context.tell(
            "no session is set: a commit belongs to those of these agents that wrote its files"
        )
    elif none:
        context.tell("no session is active")
    if why == active.NONE and not none:
        raise errors.Negative("no session is active", "git naturecode session use ID")
