"""What somebody is told who deleted or emptied the file of an article: the article stays."""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import NamedTuple

from git_naturecode.domain.kb import edited
from git_naturecode.domain.kb.model import FOLDERS
from git_naturecode.folder import edits
from git_naturecode.folder.update import update
from git_naturecode.kb import taking_in
from git_naturecode.kb.shown import Shown
from git_naturecode.render.show import line
from git_naturecode.store import put_back, touched
from git_naturecode.store.place import NAME
from git_naturecode.store.store import Store

_TYPES = {folder: type for type, folder in FOLDERS.items()}
_WAIT = 15.0
_FEW = 10
_PAUSE = 0.05  # an editor that saves by rename may be between its two renames
Tell = Callable[[str], None]


class Gone(NamedTuple):
    """The file of an article that was deleted: its path, what names the article in a command,
    where the file was moved to ("": nowhere), and whether it was emptied instead."""

    path: str
    name: str
    moved: str
    emptied: bool

    def told(self, back: str) -> str:
        """One sentence; `back` says when the file is there again."""
        if self.moved and os.path.dirname(self.moved) != os.path.dirname(self.path):
            type = _TYPES.get(self.moved.split("/")[1], "article")
            return (
                f"moved to {line(self.moved)}, but its article stays what it is, so the file "
                f"{back}; `git naturecode kb edit {line(self.name)} --type {type}` makes it "
                f"{'an' if type == 'article' else 'a'} {type}"
            )
        if self.moved:
            new = os.path.basename(self.moved).removesuffix(".md")
            return (
                f"moved to {line(self.moved)}, but its article keeps its name, so the file {back}; "
                f"`git naturecode kb rename {line(self.name)} {line(new)}` renames it"
            )
        how = "emptied" if self.emptied else "deleted"
        return (
            f"{how}, but not its article, so the file {back}; "
            f"`git naturecode kb rm {line(self.name)}` deletes the article"
        )


def waiting(store: Store, looked: touched.Looked) -> dict[str, str]:
    """What `status` says of each file of an article that was deleted in this work tree."""
    found = _found(store, {**_now(looked), **put_back.noted(store)}, looked)
    return {f"{NAME}/{one.path}": one.told("comes back") for one in found}


def tell(store: Store, looked: touched.Looked, tell: Tell) -> None:
    """Put the files back that were deleted in this work tree, and say so, once."""
    if not taking_in.is_wanted(store):
        return
    if looked.gone or looked.emptied:
        time.sleep(_PAUSE)
        update(store, _WAIT)  # it notes what it puts back
    paths = put_back.take(store)
    if not paths:
        return
    found = _found(store, paths, looked)
    for one in found[:_FEW]:
        tell(f"{NAME}/{line(one.path)} was {one.told('is back')}")
    if len(found) > _FEW:
        tell(f"{len(found) - _FEW} more files of articles were deleted or emptied, and are back")


def _now(looked: touched.Looked) -> dict[str, bool]:
    return {**dict.fromkeys(looked.gone, False), **dict.fromkeys(looked.emptied, True)}


def _found(store: Store, paths: Mapping[str, bool], looked: touched.Looked) -> list[Gone]:
    """Those of `paths` (True: emptied) at which an article is shown that is there."""
    found = {}
    moved: Mapping[str, str] | None = None
    with closing(Shown(store.state_dir)) as shown:
        for path, emptied in paths.items():
            file = shown.file(path)
            row = shown.row(file.tail) if file and file.main == path else None
            if row is None:
                continue
            moved = _elsewhere(store, looked) if moved is None else moved
            stem = os.path.basename(path).removesuffix(".md")
            name = stem if stem == row.slug else row.tail
            found[path] = Gone(path, name, moved.get(row.id, ""), emptied)
    return list(found.values())


def _elsewhere(store: Store, looked: touched.Looked) -> dict[str, str]:
    """Where files stand that show an article and have a name that none of ours has."""
    found = {}
    for one in edits.read(store, looked.changed):
        read = edited.read(one.data) if one.data is not None and not one.was_ours else None
        if isinstance(read, edited.Untouched | edited.Edited):
            found[read.block.id] = one.path
    return found
