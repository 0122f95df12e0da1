"""hooks install and uninstall --agent, and what status says of it: the hooks of AI tools."""

import os
from typing import TYPE_CHECKING

from git_naturecode.cli import context as contexts
from git_naturecode.render.show import show

if TYPE_CHECKING:
    from git_naturecode.agents.settings import Done, Place
    from git_naturecode.store.entry import Json
    from git_naturecode.store.store import Store


def install(context: contexts.Context, agent: str, user: bool, as_json: bool) -> None:
    """Put our hook into the settings of the tool `agent`, and say what that means."""
    from git_naturecode.agents import settings
    from git_naturecode.cli.hooks import ground

    with context.store() as store:
        where = settings.place(agent, store.repo.work_tree, context.environ, user)
        path = ground(store).program.path
        program = path if os.path.isabs(path) else ""
        done = settings.install(where, program, store.repo.work_tree, context.environ)
        if where.scope == settings.LOCAL:
            _keep_out(store, where)
        advice = _advice(store, done)
    _report(context, [done], as_json)
    for line in advice:
        context.tell(line)


def uninstall(context: contexts.Context, agent: str, user: bool, as_json: bool) -> None:
    """Take our hook out of the files of the tool in this work tree, or (`user`) of the user's."""
    from git_naturecode.agents import settings

    with context.store() as store:
        tree = store.repo.work_tree
        settings.place(agent, tree, context.environ, user)  # refuses a tool that is not known
        found = [
            where
            for where in settings.places(tree, context.environ, agent)
            if (where.scope == settings.USER) == user
        ]
        done = [settings.uninstall(where, tree, context.environ) for where in found]
        for one in done:
            if one.changed and one.place.scope == settings.LOCAL:
                _let_in(store, one.place)
    _report(context, [one for one in done if one.changed], as_json)
    if not as_json and not any(one.changed for one in done):
        context.say(f"the hook of {agent} is not installed " + ("for you" if user else "here"))


def _report(context: contexts.Context, done: "list[Done]", as_json: bool) -> None:
    if as_json:
        items = [{**json(one.place), "changed": one.changed, "removed": one.gone} for one in done]
        context.json({"items": items})
        return
    for one in done:
        context.say(text(one))


def standing(store: "Store") -> "list[Place]":
    """Where our hooks stand in the settings of AI tools, for this work tree."""
    from git_naturecode.agents import settings

    found = settings.places(store.repo.work_tree, store.environ)
    return [where for where in found if settings.is_installed(where)]


def text(done: "Done") -> str:
    """What was done to one file."""
    path = show(done.place.path)
    if done.gone:
        return f"{path}: removed, it held nothing else"
    if not done.changed:
        return f"{path}: the hook for {done.place.tool.name} is there already"
    return f"{path}: changed"


def json(where: "Place") -> "dict[str, Json]":
    """One file for programs."""
    return {"agent": where.tool.name, "scope": where.scope, "path": where.path}


def standing_text(where: "Place") -> str:
    """One line of `hooks status`."""
    whose = {"local": "yours, in this work tree", "project": "of the project", "user": "yours"}
    return f"{where.tool.name}: in {show(where.path)} ({whose[where.scope]})"


def _advice(store: "Store", done: "Done") -> "list[str]":
    from git_naturecode.agents import notes, settings
    from git_naturecode.git import worktree

    where, lines = done.place, [f"hint: {done.place.tool.advice}"]
    if where.scope == settings.PROJECT:
        tracked = worktree.tracked(store.repo, where.tool.project)
        lines.append(
            f"hint: {where.tool.project} is "
            + ("tracked by git: committed," if tracked else "a file of the project: committed,")
            + " it gives the hook to all who use this repository, for whom it does nothing as "
            "long as they do not switch capture on; --user takes your own settings instead"
        )
    elif where.scope == settings.LOCAL:
        lines.append(
            f"hint: {where.tool.local} is yours alone; {where.tool.project}, which the team "
            "shares, is left to the team"
        )
    if not notes.is_captured(store.repo.common_dir):
        lines.append(
            "warning: capture is off in this clone, so that the hook does nothing; "
            "`git naturecode init --capture` switches it on"
        )
    return lines


def _keep_out(store: "Store", where: "Place") -> None:
    from git_naturecode.git import worktree
    from git_naturecode.store import exclude

    local = where.tool.local
    if not worktree.is_ignored(store.repo, local) and not worktree.tracked(store.repo, local):
        exclude.keep_out(store.repo, f"/{local}")


def _let_in(store: "Store", where: "Place") -> None:
    from git_naturecode.store import exclude

    if not os.path.exists(where.path):
        exclude.let_in(store.repo, f"/{where.tool.local}")
