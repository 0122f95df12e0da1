"""Taking in what `session export` wrote elsewhere, as a part of `session import`."""

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from git_naturecode.cli.context import Context

if TYPE_CHECKING:
    from git_naturecode.importing import Imported
    from git_naturecode.store.store import Store

TOOL = "naturecode"
_ENDING = ".naturecode.md"


def parted(paths: Iterable[str], tool: str | None) -> tuple[list[str], list[str]]:
    """Which of `paths` are exports of ours, those in folders too, and what else is to be read."""
    from git_naturecode import collaborative

    exports: list[str] = []
    rest: list[str] = []
    for path in paths:
        if tool not in (None, TOOL):
            rest.append(path)
        elif os.path.isdir(path):
            inside = list(filter(collaborative.is_one, _inside(path)))
            exports += inside
            rest.append(path)
        else:
            (exports if collaborative.is_one(path) else rest).append(path)
    return exports, rest


def take_in(context: Context, store: "Store", path: str, visibility: str, done: "Imported") -> None:
    """Take the export at `path` in, private at first; then, if so wanted, share it as always."""
    from git_naturecode import collaborative, ids, sharing
    from git_naturecode.store.store import PRIVATE

    taken = collaborative.take_in(store, path, PRIVATE)
    if visibility != "private":
        leaving = sharing.prepare(store, context.redactor, ids.tail(taken.session))
        sharing.share(store, [leaving], visibility)
        done.redacted += leaving.more
    done.files += 1
    done.entries += taken.entries
    done.new_sessions += taken.is_new
    done.left_out += taken.left_out
    if taken.entries:
        done.sessions.append(taken.session)
    done.problems += [f"{os.path.basename(path)}: {problem}" for problem in taken.problems]
    done.unknown = [one for one in done.unknown if one != path]


def _inside(folder: str) -> Iterator[str]:
    for above, folders, names in os.walk(folder):
        folders.sort()
        yield from (os.path.join(above, name) for name in sorted(names) if name.endswith(_ENDING))
