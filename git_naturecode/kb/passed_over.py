"""What is said of files in the folder that are no files of articles, for their name or place."""

import json
import os
from collections.abc import Callable
from contextlib import suppress

from git_naturecode.domain.kb.model import FOLDERS
from git_naturecode.render.show import line
from git_naturecode.store import place, touched
from git_naturecode.store.place import NAME
from git_naturecode.store.store import Store

_STATE = "passed-over"
_TEXTS = frozenset({"markdown", "md", "mdown", "mdtext", "mdwn", "mkd", "mkdn", "text", "txt"})
_ABOVE = frozenset({"kb/", *(f"kb/{folder}/" for folder in FOLDERS.values())})
_FEW = 10


def waiting(looked: touched.Looked) -> dict[str, str]:
    """What `status` says of each of them."""
    return {f"{NAME}/{path}": f"not taken in: {_told(path)}" for path in looked.strange}


def tell(store: Store, looked: touched.Looked, tell: Callable[[str], None]) -> None:
    """Say of each of them why it is not taken in, once as long as it stands there."""
    path = os.path.join(place.folder_of(store.repo), _STATE)
    before = _read(path)
    if set(before) == set(looked.strange):
        return
    fresh = [one for one in looked.strange if one not in before]
    for one in fresh[:_FEW]:
        tell(f"warning: {NAME}/{line(one)} is not taken in: {_told(one)}")
    if len(fresh) > _FEW:
        tell(f"warning: {len(fresh) - _FEW} more are not: `git naturecode status` names them")
    with suppress(OSError):
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(looked.strange, file)
        os.replace(path + ".new", path)


def _told(path: str) -> str:
    """Why, and what to do about it, in one sentence."""
    if path in _ABOVE:
        return f"this folder cannot be read; `ls -ld {NAME}/{path}` shows who may"
    folder, _, name = path.rstrip("/").rpartition("/")
    if path.endswith("/"):
        return (
            f"no folder of {line(folder)} is looked into; move its files into one of "
            f"{', '.join(FOLDERS.values())}"
        )
    stem, _, ending = name.rpartition(".")
    if ending.casefold() in _TEXTS:
        return f"only what ends with .md is; call it {line(stem)}.md"
    return (
        f"it is no Markdown; write it into {line(stem)}.md, or `git naturecode kb attach ARTICLE "
        f"{NAME}/{line(path)}` keeps it beside an article"
    )


def _read(path: str) -> list[str]:
    with suppress(OSError, ValueError), open(path, encoding="utf-8") as file:
        found = json.load(file)
        return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
    return []
