"""What a linter is to us: a program that is given a folder of texts and says what it finds."""

import importlib.metadata
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from typing import NamedTuple

from git_naturecode.ai import processes
from git_naturecode.ai.builtin.found import Found

SECONDS, SIZE = 60.0, 32 << 20  # for one linter, of what it prints
_MOST_MESSAGE = 300
_STRANGE = re.compile(r"[^\w\s.,;:()'\"=/+-]")
_VERSION = re.compile(r"\d+(?:\.\d+)+")

Wanted = Callable[[str], bool]
Told = dict[str, list[Found]]


class ToolFailed(Exception):
    """A linter did not do its part; the text says how."""


class Tool(NamedTuple):
    """A linter. `python`: it wants the Python files as a whole; else the new lines of any file.

    `args` are what it is given before the folder, for the aspects that are asked for; None where
    it has nothing to say of them. `read` makes what it printed into findings by file.
    """

    name: str
    python: bool
    args: Callable[[Wanted], list[str] | None]
    read: Callable[[bytes], Told]


class Installed(NamedTuple):
    """A linter that is there: its program."""

    tool: Tool
    program: str


def find(tool: Tool, environ: Mapping[str, str]) -> Installed | None:
    """Where `tool` is: beside the Python that runs us, or on the user's PATH; None for nowhere."""
    beside = os.path.join(os.path.dirname(sys.executable), tool.name)
    if os.path.isabs(beside) and os.access(beside, os.X_OK):
        return Installed(tool, beside)
    # What is on the PATH by a relative name depends on the folder, which a repository may fill.
    path = os.pathsep.join(
        one for one in environ.get("PATH", "").split(os.pathsep) if os.path.isabs(one)
    )
    found = shutil.which(tool.name, path=path) if path else None
    return Installed(tool, found) if found else None


def run(
    installed: Installed, folder: str, wanted: Wanted, environ: Mapping[str, str], empty: str
) -> tuple[str, Told] | None:
    """What it says of the files in `folder`, and its name with its version; raises ToolFailed.

    It runs in the folder `empty`, which is its home as well, so that no configuration of the user
    or the repository is found. None where it has nothing to say of the aspects that are `wanted`.
    """
    args = installed.tool.args(wanted)
    if args is None:
        return None
    bounds = processes.Bounds(SECONDS, SIZE)
    alone = processes.alone(environ, empty)
    name = installed.tool.name
    try:
        version = _version(installed, bounds, alone, empty)
        ended = processes.run(
            [installed.program, *args, folder], bounds=bounds, environ=alone, cwd=empty
        )
    except processes.ProcessFailed as error:
        raise ToolFailed(str(error)) from None
    if ended.status:
        raise ToolFailed(f"{name} ended with status {ended.status}")
    try:
        told = installed.tool.read(ended.out)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ToolFailed(f"{name} said what cannot be read") from None
    return f"{name} {version}".rstrip(), told


def _version(
    installed: Installed, bounds: processes.Bounds, alone: Mapping[str, str], empty: str
) -> str:
    """The version of a linter: as its package says, where that is in our own environment."""
    if os.path.dirname(installed.program) == os.path.dirname(sys.executable):
        try:
            return importlib.metadata.version(installed.tool.name)
        except importlib.metadata.PackageNotFoundError:
            pass
    args = [installed.program, "--version"]
    said = processes.run(args, bounds=bounds, environ=alone, cwd=empty)
    found = _VERSION.search(said.out.decode("utf-8", "replace"))
    return found[0] if found else ""


def message(text: str) -> str:
    """What a linter says as one plain sentence: it may quote the code, which anybody wrote."""
    plain = (
        _STRANGE.sub("", " ".join(text.split())[:_MOST_MESSAGE])
        .replace("://", ": ")
        .replace("::", ":")
    )
    return plain if plain.endswith(".") else f"{plain}."
