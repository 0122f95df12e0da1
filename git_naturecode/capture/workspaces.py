"""What editors of the VS Code family say about a workspace: the folder that was open."""

import os
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from .fields import text
from .lines import parse

_MOST = 65_536


def user_folders(home: str, environ: Mapping[str, str], editors: Iterable[str]) -> Iterator[str]:
    """The `User` folders of `editors` that exist: where each system keeps them, and of servers."""
    bases = [
        environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"),
        os.path.join(home, "Library", "Application Support"),
        environ.get("APPDATA", ""),
    ]
    places = [os.path.join(base, editor) for base in bases if base for editor in editors]
    if portable := environ.get("VSCODE_PORTABLE"):
        places.append(os.path.join(portable, "user-data"))
    servers = ("code-server", "vscode-server", "vscode-server-insiders", "cursor-server")
    places += [os.path.join(home, f".{server}", "data") for server in servers]
    for place in dict.fromkeys(places):
        if os.path.isdir(user := os.path.join(place, "User")):
            yield user


def beside(folder: str, name: str) -> str:
    """The text of the small file `name` in `folder`, or ""."""
    try:
        with open(os.path.join(folder, name), "rb") as file:
            return file.read(_MOST).decode("utf-8", "replace")
    except OSError:
        return ""


def folder_of(storage: str) -> str:
    """The folder that `workspace.json` in `storage` names, or that of the workspace file there."""
    told = parse(beside(storage, "workspace.json").encode("utf-8", "surrogatepass")) or {}
    if folder := text(told, "folder"):
        return path_of(folder)
    file = text(told, "workspace") or text(told, "configuration")
    return os.path.dirname(path_of(file)) if file else ""


def path_of(address: str) -> str:
    """The path of a `file:` or `vscode-remote:` address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme not in ("file", "vscode-remote"):
        return address if os.path.isabs(address) else ""
    path = unquote(parts.path)
    # A drive of Windows comes as /c:/...
    return path[1:] if path[2:3] == ":" else path.rstrip("/") or path
