"""hooks install, uninstall, status: the hooks by which commits know their sessions."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli import groups
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.render.show import show

if TYPE_CHECKING:
    from git_naturecode.hooks.install import Ground
    from git_naturecode.hooks.standing import Hook, Standing
    from git_naturecode.store.entry import Json
    from git_naturecode.store.store import Store


Agent = Annotated[
    str,
    typer.Option(
        help="That of an AI tool instead, in its settings: claude-code, codex, gemini or cursor."
    ),
]
User = Annotated[
    bool, typer.Option("--user", help="With --agent: in your own settings, for all repositories.")
]


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the group into `tree`."""
    about = "The hooks by which commits know their sessions."
    verbs: groups.Verbs = {"install": install, "uninstall": uninstall, "status": status}
    groups.hang(tree, name, about, verbs)


def install(
    shared: Annotated[
        bool,
        typer.Option(
            "--shared",
            help="Also into a folder of core.hooksPath that others use, too.",
        ),
    ] = False,
    as_files: Annotated[
        bool,
        typer.Option(
            "--files", help="Write files, even where git (2.54) has hooks in its configuration."
        ),
    ] = False,
    agent: Agent = "",
    user: User = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Install all hooks; those that are there run as before.

    None of ours can fail or hold a commit. Running it again brings them up to date. With --agent:
    the hook by which an AI tool tells what it writes, and has its session taken in as it goes on;
    it does something only where capture is on (`init --capture`).
    """
    from git_naturecode.hooks import NAMES, switch
    from git_naturecode.hooks import install as installer

    context = contexts.current(quiet)
    _check(agent, user, shared or as_files)
    if agent:
        from git_naturecode.cli import hooks_agent

        hooks_agent.install(context, agent, user, as_json)
        return
    context.follows = False
    with context.store() as store:
        here = ground(store)
        done = installer.install(here, NAMES, shared=shared, as_files=as_files)
        switch.want(store.repo, here.config, True)
    if as_json:
        context.json({"done": done})
        return
    for line in done or ["the hooks are installed already"]:
        context.say(show(line))


def uninstall(
    agent: Agent = "", user: User = False, as_json: AsJson = False, quiet: Quiet = False
) -> None:
    """Take our hooks out. What was there before is there again, to the byte."""
    from git_naturecode.hooks import install as installer
    from git_naturecode.hooks import switch

    context = contexts.current(quiet)
    _check(agent, user, False)
    if agent:
        from git_naturecode.cli import hooks_agent

        hooks_agent.uninstall(context, agent, user, as_json)
        return
    context.follows = False
    with context.store() as store:
        here = ground(store)
        done = installer.uninstall(here)
        switch.want(store.repo, here.config, False)
    if as_json:
        context.json({"done": done})
        return
    for line in done:
        context.say(show(line))


def status(as_json: AsJson = False, quiet: Quiet = False) -> int:
    """Say which hooks are installed, and what is in their way. Also where, and those of AI
    tools.

    Exit code 1 where one that was installed does not run.
    """
    from git_naturecode.cli import hooks_agent
    from git_naturecode.hooks import standing

    context = contexts.current(quiet)
    context.follows = False
    with context.store() as store:
        found, agents = standing.look(ground(store)), hooks_agent.standing(store)
    if as_json:
        context.json({**_json(found), "agents": [hooks_agent.json(one) for one in agents]})
    else:
        context.say("\n".join([_text(found), *map(hooks_agent.standing_text, agents)]))
    broken = [hook for hook in found.hooks if hook.wanted and not hook.works]
    if broken and not as_json:
        context.tell("hint: `git naturecode hooks install` mends it")
    return errors.NEGATIVE if broken else 0


def _check(agent: str, user: bool, others: bool) -> None:
    if user and not agent:
        raise errors.Usage("--user belongs to --agent", "hooks of git are those of a repository")
    if agent and others:
        raise errors.Usage("--shared and --files are about hooks of git", "leave --agent out")


def ground(store: "Store") -> "Ground":
    """The clone of `store`, whose hooks these are."""
    from git_naturecode.hooks import install as installer

    return installer.ground(store.repo, store.config, store.environ, store.branch)


_STATES = {
    "missing": "is not there any more",
    "outdated": "is of another version",
    "shadowed": "is not run: another hook took its place",
    "edited": "installed, with lines that somebody added around ours",
    "changed": "installed, with our own lines changed by somebody; `hooks install` puts them back "
    "and keeps a copy",
    "called": "installed, and run by pre-commit",
    "configured": "installed, in git's configuration",
}


def _text(found: "Standing") -> str:
    lines = []
    if found.place.kind == "off":
        lines.append(f"core.hooksPath is {found.place.setting!r}: git runs no hooks here")
    elif not any(hook.wanted for hook in found.hooks):
        off = "" if found.on else "; you have switched them off (naturecode.hooks)"
        lines.append(f"no hooks are installed{off}; `git naturecode hooks install` does it")
    else:
        lines.append(f"git looks for hooks in {found.place.folder}")
    width = max(len(hook.name) for hook in found.hooks)
    lines += [f"{hook.name.ljust(width)}  {_line(hook)}" for hook in found.hooks]
    return show("\n".join(lines))


def _line(hook: "Hook") -> str:
    beside = {"": "", "another": "; another hook runs first"}
    said = _STATES.get(hook.state, hook.state)
    if not hook.wanted and hook.state in ("missing", "shadowed"):
        return "not installed" + (f" ({hook.neighbour} is)" if hook.neighbour else "")
    if hook.state == "shadowed":
        return said + (f" ({hook.neighbour})" if hook.neighbour else "")
    return said + beside.get(hook.neighbour, f"; {hook.neighbour} runs first")


def _json(found: "Standing") -> "dict[str, Json]":
    items: list[Json] = [
        {
            "name": hook.name, "state": hook.state, "installed": hook.wanted, "works": hook.works,
            "path": hook.path, "neighbour": hook.neighbour or None,
        }
        for hook in found.hooks
    ]  # fmt: skip
    return {
        "folder": found.place.folder, "kind": found.place.kind, "wanted": found.on,
        "hooksPath": found.place.setting or None, "items": items,
    }  # fmt: skip
