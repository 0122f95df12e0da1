"""Where a comment is to stand: the lines that somebody names, in the newest revision."""

import posixpath
from typing import NamedTuple

from git_naturecode.domain.review import anchor
from git_naturecode.domain.review.anchor import OLD, Anchor
from git_naturecode.domain.review.model import Revision
from git_naturecode.domain.review.symbols import enclosing
from git_naturecode.errors import Negative, Usage
from git_naturecode.git import changes, commits, tree
from git_naturecode.git.changes import FileChange
from git_naturecode.git.objects import Objects
from git_naturecode.git.repo import Repo
from git_naturecode.render.show import line as shown


class Wanted(NamedTuple):
    """Lines `line` to `end` (0: the whole file) of `path`, as somebody named them in the folder
    `prefix` of the work tree ("" for its top)."""

    path: str
    line: int = 0
    end: int = 0
    side: str = "new"
    prefix: str = ""


def place(repo: Repo, objects: Objects, revision: Revision, wanted: Wanted) -> Anchor:
    """The anchor of a comment there; lines that the change does not show are marked so.

    Raises Usage for a file that is not there, or a line past its end, Negative where the commits
    are not in this clone.
    """
    ends = [one for one in (revision.head, revision.base) if one]
    if not commits.are_here(repo, objects, ends):
        raise Negative("the commits of the change are not in this clone", "git fetch")
    path, change = _path(repo, objects, revision, wanted)
    is_old = wanted.side == OLD
    commit = revision.base if is_old else revision.head
    if change is not None:
        path = (change.old_path if is_old else change.path) or path
    found = tree.find(objects, tree.tree_of(objects, commit), path) if commit else None
    if found is None:
        other = "new" if is_old else "old"
        raise Usage(
            f"{shown(path)} is not there {'before' if is_old else 'after'} the change",
            f"comment on the other side: --side {other}" if change else "see `git ls-files`",
        )
    here = Anchor(path, wanted.side, commit=commit, blob=found.oid, outside=change is None)
    if not wanted.line:
        return here
    if found.is_tree or found.mode == changes.SUBMODULE_MODE:
        raise Usage(f"{shown(path)} has no lines", "leave --line out")
    lines = anchor.lines_of(objects.read(found.oid)[1])
    if lines is None:
        raise Usage(f"{shown(path)} is binary", "leave --line out")
    end = wanted.end or wanted.line
    if end > len(lines):
        raise Usage(f"{shown(path)} has {len(lines)} lines; there is no line {end}")
    is_shown = change is not None and change.shows(wanted.side, wanted.line, end)
    symbol = enclosing(lines, wanted.line - 1)
    return anchor.at(lines, here._replace(outside=not is_shown), wanted.line, end, symbol)


def _path(
    repo: Repo, objects: Objects, revision: Revision, wanted: Wanted
) -> tuple[str, FileChange | None]:
    """The path that is meant, from the top, and what the change does to that file."""
    names = [posixpath.normpath(posixpath.join(wanted.prefix, wanted.path))]
    if wanted.prefix:
        names.append(posixpath.normpath(wanted.path))
    for name in names:
        found = list(changes.changes(repo, revision.base, revision.head, paths=[name]))
        if found:
            return name, _renamed(repo, revision, found, name)
    top = tree.tree_of(objects, revision.head)
    there = [name for name in names if tree.find(objects, top, name) is not None]
    return (there or names)[0], None


def _renamed(repo: Repo, revision: Revision, found: list[FileChange], name: str) -> FileChange:
    """What happens to file `name`: asked for alone, a renamed file looks like one that is new."""
    alone = next((one for one in found if one.path == name), found[0])
    if alone.status not in "AD":
        return alone
    both = [
        one for one in changes.listed(repo, revision.base, revision.head)
        if name in (one.path, one.old_path) and one.status == "R"
    ]  # fmt: skip
    if not both:
        return alone
    pair = [both[0].path, both[0].old_path]
    return next(iter(changes.changes(repo, revision.base, revision.head, paths=pair)), alone)
