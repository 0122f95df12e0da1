"""folder: write the folder of this work tree now, switch it on or off."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.render.show import show

if TYPE_CHECKING:
    from git_naturecode.folder.update import Updated
    from git_naturecode.store.store import Store

_WAIT = 60.0
_KEY = "naturecode.folder"
_ARTICLES = ".naturecode/kb/"
_HINTS = {
    "not ignored": "`git naturecode init` adds the line to .git/info/exclude; a .gitignore may "
    "undo it",
    "blocked": "move it away and run this again",
}


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the command into `tree`."""
    tree.command(name)(folder)


def folder(
    on: Annotated[
        bool | None,
        typer.Option("--on/--off", help="Have it (the default), or take it away for good."),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Bring `.naturecode/` up to date now. It holds what is shared and your own sessions,
    to read in files.

    Other commands do the same in the background. Files that you changed are left as they are.
    """
    from git_naturecode.cli import answers

    context = contexts.current(quiet)
    if context.repo.work_tree is None:
        raise errors.NaturecodeError(
            "there is no work tree here, and so no folder", "go to one of its work trees"
        )
    with context.store() as store:
        found = _off(store) if on is False else _on(context, store, switch=bool(on))
    for path, why in found.kept.items():
        context.tell(f"warning: left alone: {show(path)}: {why}")
    if any(path.startswith(_ARTICLES) for path in found.kept):
        context.tell(
            "hint: an article that you edited is taken in by the next `git naturecode kb list` or "
            "`sync`; `git naturecode status` says where that cannot be"
        )
    if not all(path.startswith(_ARTICLES) for path in found.kept):
        context.tell("hint: move such a file away, and the view comes back")
    if as_json:
        context.json(answers.folder_json(found))
    else:
        context.say(answers.folder_text(found))


def _on(context: contexts.Context, store: "Store", switch: bool) -> "Updated":
    from git_naturecode import sync
    from git_naturecode.folder import update
    from git_naturecode.git import repo as repos
    from git_naturecode.store import exclude, put_back

    if switch:
        store.repo.program.run("config", "--local", _KEY, "true")
        store.config = repos.read_config(store.repo)
        exclude.ensure(store.repo)
    store.settle()
    for problem in sync.take_in_fetched(store):
        context.tell(f"warning: {show(problem)}")
    found = update.update(
        store, _WAIT, lambda written: context.progress(f"{written} files written")
    )
    context.progress_done()
    put_back.forget(store)  # they were asked for
    if found.state == update.OFF:
        raise errors.Negative(
            f"the folder of this work tree is switched off ({_KEY})",
            "`git naturecode folder --on` switches it on",
        )
    return _checked(found)


def _off(store: "Store") -> "Updated":
    from git_naturecode.folder import update

    store.repo.program.run("config", "--local", _KEY, "false")
    return _checked(update.clear(store, _WAIT))


def _checked(found: "Updated") -> "Updated":
    from git_naturecode.folder import update

    if found.state == update.BUSY:
        raise errors.NaturecodeError(
            "another process is writing the folder", "it is up to date when that one has ended"
        )
    if found.why:
        raise errors.NaturecodeError(found.why, _HINTS[found.state])
    return found
