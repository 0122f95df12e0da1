"""Files of articles in the folder of a work tree that look otherwise than written, or are gone."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from git_naturecode.store import place
from git_naturecode.store.place import NAME
from git_naturecode.store.store import Store

_Looks = tuple[int, int, int, int]
_ABOVE, _ENDING = "kb/", ".md"
_ENDS = re.compile(r"[A-Za-z0-9]{1,12}")
_BESIDE = frozenset({
    "bak", "crdownload", "download", "lock", "new", "old", "orig", "part", "rej", "save", "swap",
    "swo", "swp", "swx", "temp", "tmp",
})  # fmt: skip
"""What editors and others call a file that they have beside another."""


class Looked(NamedTuple):
    """Files of articles, by path: those that may have been changed or that somebody put there,
    those that were written there and are gone, and those that are empty; and what somebody put
    there that is no file of an article (a folder with a / behind it)."""

    changed: list[str]
    gone: list[str]
    emptied: list[str]
    strange: list[str]

    def __bool__(self) -> bool:
        return any(self)


def names(store: Store) -> list[str]:
    """Those that may have been changed, and those that somebody put there."""
    return look(store).changed


def look(store: Store) -> Looked:
    """How the files of articles in this work tree are.

    Looks at each of them and reads none; starts no process, and loads nothing where none is.
    Where a whole folder was taken away, nothing was deleted in it.
    """
    if store.repo.work_tree is None or not place.is_on(store):
        return Looked([], [], [], [])
    above = os.path.join(store.repo.work_tree, NAME)
    if os.path.islink(above) or not os.path.isdir(os.path.join(above, "kb")):
        return Looked([], [], [], [])
    known = _known(store)
    found = Looked([], [], [], [])
    folders = set()
    for name in _folders(above):
        folder = os.path.join(above, name)
        if not os.path.isdir(folder) or os.path.islink(folder):
            continue
        try:
            _look(folder, name, known, found)
        except FileNotFoundError:  # it went meanwhile
            continue
        except OSError:
            found.strange.append(f"{name}/")
            continue
        folders.add(name)
    found.gone.extend(path for path in known if os.path.dirname(path) in folders)
    return Looked(*map(sorted, found))


def _folders(above: str) -> Iterator[str]:
    """The folders in which somebody may have put an article, also where none belongs."""
    if os.path.islink(os.path.join(above, "kb")):
        return
    yield "kb"
    with suppress(OSError), os.scandir(os.path.join(above, "kb")) as listed:
        yield from (f"{_ABOVE}{one.name}" for one in listed if one.name[0] != ".")


def _look(folder: str, name: str, known: "dict[str, _Looks]", into: Looked) -> None:
    """Put what is otherwise in one folder `into` its list; what editors put beside files is
    nothing. What is there is taken out of `known`."""
    with os.scandir(folder) as listed:
        for one in listed:
            if not one.name.endswith(_ENDING) or one.name[0] in ".#":
                if f"{name}/{one.name}" not in known:
                    into.strange.extend(_strange(one, name))
                continue
            path = f"{name}/{one.name}"
            try:
                found = one.stat(follow_symlinks=False)
            except FileNotFoundError:  # it went meanwhile
                continue
            inode = found.st_ino & 0x7FFF_FFFF_FFFF_FFFF
            looks = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, inode)
            was = known.pop(path, None)
            if was != looks and found.st_size:
                into.changed.append(path)
            elif was and was[0] and not found.st_size:
                into.emptied.append(path)


def _strange(one: "os.DirEntry[str]", folder: str) -> Iterator[str]:
    """What stands where the files of articles do, and is meant for one of them."""
    path, is_folder = f"{folder}/{one.name}", False
    try:
        is_folder = one.is_dir(follow_symlinks=False)
        if is_folder:
            if one.name[0] != "." and f"{folder}/" != _ABOVE and os.listdir(one.path):
                yield f"{path}/"
        elif _is_meant(one.name) and one.is_file(follow_symlinks=False) and one.stat().st_size:
            yield path
    except FileNotFoundError:  # it went meanwhile
        return
    except OSError:  # a folder that may not be read, most likely
        yield f"{path}/" if is_folder else path


def _is_meant(name: str) -> bool:
    """True for what is called as somebody may call the file of an article."""
    _, dot, ending = name.rpartition(".")
    is_plain = name[0] not in ".#~" and _ENDING + "." not in name.casefold()
    return is_plain and bool(dot and _ENDS.fullmatch(ending)) and ending.casefold() not in _BESIDE


def _known(store: Store) -> "dict[str, _Looks]":
    """The files that were written here, and how they looked then."""
    from contextlib import closing

    from git_naturecode.store.manifest import Manifest

    path = os.path.join(place.folder_of(store.repo), "manifest")
    if not os.path.exists(path):
        return {}
    with closing(Manifest(path)) as manifest:
        return manifest.seen_below(_ABOVE)
