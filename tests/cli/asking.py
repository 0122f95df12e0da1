"""Asking a model in the session of a clone, and what is kept of it."""

import os
from pathlib import Path

from ai.providers.server import ModelServer
from box import Clone

KEY = "sk-" + "Zq7LmN2vXc9RtY4wPs8KdF3h"


def use(server: ModelServer, **more: str) -> None:
    """Have the user's own configuration name the server."""
    pairs = {"endpoint": server.url + "/v1", "model": "m-1", "timeout": "250", **more}
    with open(Path(os.environ["HOME"]) / ".gitconfig", "a") as file:
        file.write('[naturecode "ai"]\n' + "".join(f"\t{k} = {v}\n" for k, v in pairs.items()))


def session(clone: Clone) -> str:
    """The session of the clone."""
    (found,) = clone.ids()
    return found


def said(clone: Clone) -> list[tuple[str, str, str | None]]:
    """Role, text, and how it was cut off, of all messages."""
    shown = clone.nc("session", "show", session(clone), "--json").json["messages"]
    return [(one["role"], one["content"], one.get("cut")) for one in shown]


def ask(clone: Clone, *args: str, code: int = 0) -> str:
    """Ask in the session; what comes on stdout."""
    return clone.nc("session", "chat", session(clone), *args, code=code).out
