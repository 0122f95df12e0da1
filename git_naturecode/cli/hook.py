"""hook pre-receive: a server that keeps out by itself what every clone would keep out."""

import sys

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli import groups


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the group into `tree`."""
    groups.hang(tree, name, "Hooks that git calls on a server.", {"pre-receive": pre_receive})


def pre_receive() -> None:
    """Refuse a push that every clone would keep out. It says which entries or signed lines,
    and why.

    Install it as `hooks/pre-receive` of a bare repository: a file with `#!/bin/sh` and
    `exec git-naturecode hook pre-receive`. Other branches pass.
    """
    from git_naturecode.store.store import Store
    from git_naturecode.trusting import receiving

    context = contexts.current(False)
    try:
        updates = receiving.read(sys.stdin.readlines())
    except ValueError:
        raise errors.Usage(
            "this is not what git says to a pre-receive hook", "lines of OLD NEW REF, on stdin"
        ) from None
    repo = context.repo._replace(program=context.repo.program._replace(receiving=True))
    store = Store(repo, context.config, context.environ, context.now_ms, context.random)
    try:
        found = receiving.objections(store, updates)
    finally:
        store.close()
    if found:
        *others, last = found
        for one in others:
            context.tell(f"naturecode: {one}")
        raise errors.Negative(last, "nothing of this push was accepted")
