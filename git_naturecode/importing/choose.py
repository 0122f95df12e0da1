"""Choosing what to import: named files and folders, or what belongs to this repository."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from git_naturecode.capture import TOOLS, Found, conversations, discover, entire, llm
from git_naturecode.errors import Negative, Usage
from git_naturecode.importing.entire import Links, laid_out
from git_naturecode.store.store import Store

SOURCES = (*TOOLS, entire.SOURCE)
_ENDINGS = (".jsonl", ".json", ".md", ".db", ".vscdb")


@dataclass
class Chosen:
    """What to import, and by (tool, session) the commits that a conversation is linked to."""

    paths: list[str | Found]
    links: Links


@contextmanager
def chosen(
    store: Store, paths: Sequence[str], auto: bool, tool: str | None, after_ms: int
) -> Iterator[Chosen]:
    """What to import: `paths` and what lies in folders among them, or what `auto` finds.

    Only conversations of `tool`, where one is named, whose last message was said since `after_ms`
    (told from the file's time where the file does not tell). A path stands for a file that holds
    nothing we know. With tool "entire", `paths` is the one place that has its checkpoints, or
    nothing for this repository. Raises Usage when there is nothing to look at, Negative when
    nothing was found.
    """
    from_entire = tool == entire.SOURCE
    if bool(paths) == auto and not (from_entire and not auto):
        raise Usage("name files or folders, or use --auto", "one of the two")
    if tool is not None and tool not in SOURCES:
        raise Usage(f"{tool!r} is not a tool that I know", "use " + ", ".join(SOURCES))
    if from_entire and len(paths) > 1:
        raise Usage("--from entire takes one repository or ref", "run it once for each")
    with ExitStack() as stack:
        found = [] if from_entire else list(_files(store, paths, auto, tool, after_ms))
        links: Links = {}
        if from_entire or (auto and tool is None):
            where = paths[0] if paths else ""
            laid = stack.enter_context(laid_out(store, where, after_ms, needed=from_entire))
            found.extend(laid.found)
            links = laid.links
        if not found:
            since = " since then" if after_ms else ""
            raise Negative(
                f"no transcripts were found{since}", "name a file or a folder that holds some"
            )
        yield Chosen(list(dict.fromkeys(found)), links)


def _files(
    store: Store, paths: Sequence[str], auto: bool, tool: str | None, after_ms: int
) -> Iterator[str | Found]:
    home = store.environ.get("HOME", "")
    if auto and tool == llm.TOOL:
        # Its log does not say where it ran, so that it belongs to no repository unless one asks.
        found: Iterator[str | Found] = conversations(llm.default_path(home, store.environ))
    elif auto:
        found = discover(home, store.environ, store.repo.work_trees())
    else:
        found = (one for path in paths for each in _inside(path) for one in _told(each, tool))
    return (one for one in found if _is_wanted(one, tool, after_ms))


def _told(path: str, tool: str | None) -> Iterator[str | Found]:
    """The conversations in `path`; itself, so that it can be named, where it holds none."""
    empty = True
    for found in conversations(path):
        empty = False
        yield found
    if empty and tool is None:
        yield path


def _is_wanted(one: str | Found, tool: str | None, after_ms: int) -> bool:
    if isinstance(one, str):
        return True
    return (tool is None or one.tool == tool) and (not after_ms or one.ended_ms >= after_ms)


def _inside(path: str) -> Iterator[str]:
    if not os.path.isdir(path):
        if not os.path.exists(path):
            raise Usage(f"there is no file {path or repr(path)}")
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            if name.endswith(_ENDINGS):
                yield os.path.join(folder, name)
