"""Lines of code that an article is about: as they stood then, and where they are now."""

from collections.abc import Iterable

from git_naturecode.domain.kb.model import Link
from git_naturecode.domain.links import read_ranges
from git_naturecode.domain.review import anchor
from git_naturecode.domain.review.anchor import Anchor
from git_naturecode.domain.review.following import Place
from git_naturecode.errors import Usage
from git_naturecode.git import tree
from git_naturecode.git.changes import SUBMODULE_MODE
from git_naturecode.git.objects import Missing
from git_naturecode.git.run import GitFailed
from git_naturecode.render.show import line as shown
from git_naturecode.reviewing.placing import place
from git_naturecode.store.entry import Json
from git_naturecode.store.store import Store

_QUOTED = ("text", "before", "after", "symbol")


def anchored(store: Store, commit: str, path: str, first: int, end: int) -> Anchor:
    """Lines `first` to `end` (0: the whole file) of `path` in `commit`, with the text around.

    Raises Usage where there is no such file or line.
    """
    objects = store.team.objects
    found = tree.find(objects, tree.tree_of(objects, commit), path)
    if found is None:
        raise Usage(f"{shown(path)} is not in {commit[:12]}", "what is linked has to be committed")
    here = Anchor(path, commit=commit, blob=found.oid)
    if not first:
        return here
    if found.is_tree or found.mode == SUBMODULE_MODE:
        raise Usage(f"{shown(path)} has no lines", "leave them out")
    lines = anchor.lines_of(objects.read(found.oid)[1])
    if lines is None:
        raise Usage(f"{shown(path)} is binary", "leave the lines out")
    if end > len(lines):
        raise Usage(f"{shown(path)} has {len(lines)} lines; there is no line {end}")
    return anchor.at(lines, here, first, end)


def fields(store: Store, found: Anchor) -> dict[str, Json]:
    """What a `link` entry says of the lines: path, lines, blob, and their text without secrets."""
    said: dict[str, Json] = {"path": found.path, "blob": found.blob}
    if not found.line:
        return said
    said["lines"] = f"{found.line}-{found.end}" if found.end > found.line else f"{found.line}"
    assert store.redactor is not None
    quote = {name: value for name, value in found.json().items() if name in _QUOTED}
    return said | {"quote": store.redactor.value(quote)[0]}


def read(link: Link) -> Anchor | None:
    """The lines or the file that `link` is about; None where it is about a commit alone."""
    quote = link.fields.get("quote")
    ranges = read_ranges(link.lines)
    line, end = ranges[0] if ranges else (0, 0)
    told = {name: quote.get(name) for name in _QUOTED} if isinstance(quote, dict) else {}
    return anchor.read(
        {**told, "path": link.path, "line": line, "end": end, "commit": link.to, "blob": link.blob}
    )


def places(store: Store, links: Iterable[Link], head: str) -> dict[str, Place]:
    """Where the lines of each of `links` stand in the commit `head`, by the id of its entry.

    Without those that are about no file, and of which nothing can be said here.
    """
    anchors = {one.entry: found for one in links if (found := read(one)) is not None}
    if not anchors or not head:
        return {}
    try:
        return place(store.repo, store.team.objects, anchors, head, "")
    except (Missing, GitFailed):
        return {}
