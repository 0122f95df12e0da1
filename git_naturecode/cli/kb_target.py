"""What a person means by the target of a link: an article, what was said, a commit, code."""

import os
import posixpath
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode import errors
from git_naturecode.cli.context import Context
from git_naturecode.cli.reading import entity_id
from git_naturecode.domain.kb import references as refer
from git_naturecode.domain.kinds import KB, REVIEW, SESSION
from git_naturecode.render.show import line
from git_naturecode.store.entry import Json
from git_naturecode.store.index import Index
from git_naturecode.store.store import Store

if TYPE_CHECKING:
    from git_naturecode.domain.review.anchor import Anchor

_KINDS = {refer.SESSION: SESSION, refer.REVIEW: REVIEW, refer.ARTICLE: KB}
_HINT = (
    "a commit, FILE:10-20, a session, a review or an article: `HEAD`, `src/a.py:10-20`, "
    "`session-ID#3`, `review-ID`, a slug"
)


class Meant(NamedTuple):
    """The target of a link: its kind, what an entry says it leads to, and lines of a file."""

    kind: str
    to: str
    part: str = ""
    anchor: "Anchor | None" = None
    note: str = ""

    @property
    def told(self) -> str:
        """The target in words."""
        if self.anchor is None:
            if self.kind == refer.COMMIT:
                return f"commit {self.to[:12]}"
            return f"{self.to}#{self.part}" if self.part else self.to
        lines = f":{self.anchor.line}" if self.anchor.line else ""
        lines += f"-{self.anchor.end}" if self.anchor.end > self.anchor.line else ""
        return f"{self.anchor.path}{lines} of {self.to[:12]}"


def meant(
    context: Context, store: Store, index: Index, wanted: str, commit: str | None = None, *,
    whole: bool = False,
) -> Meant:  # fmt: skip
    """What `wanted` means; of files as they are in `commit` (HEAD), of an article not a part of
    its slug where only a `whole` name counts. Raises Usage for nothing."""
    named = refer.entity(wanted)
    if named is not None and named.kind in _KINDS:
        found = entity_id(index, named.target, _KINDS[named.kind], whole=whole)
        return Meant(named.kind, found, named.part)
    if named is not None and named.kind == refer.COMMIT:
        return Meant(refer.COMMIT, _commit(store, named.target))
    if (lined := _code(context, store, wanted, commit)) is not None:
        return lined
    for kind in (refer.SESSION, refer.REVIEW):  # as `session-k3v9` for the beginning of an id
        if wanted.startswith(f"{kind}-"):
            return Meant(kind, entity_id(index, wanted, _KINDS[kind]))
    from git_naturecode.cli import kb_named
    from git_naturecode.git import commits

    if article := kb_named.named(index, wanted):
        return Meant(refer.ARTICLE, article)
    if oid := commits.resolve(store.repo, wanted):
        return Meant(refer.COMMIT, oid)
    return _by_id(index, wanted, whole=whole)


def _by_id(index: Index, wanted: str, *, whole: bool) -> Meant:
    """What the beginning of an id alone means, whichever kind of thing it is."""
    asked = _KINDS.items() if wanted.isalnum() else ()
    found = [Meant(kind, one) for kind, noun in asked for one in index.match(noun, wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        raise errors.Negative(
            f"{line(wanted)} fits {len(found)} things", "write the whole id: " + found[0].to
        )
    from git_naturecode.cli import kb_named

    if article := kb_named.meant(index, wanted, whole=whole):
        return Meant(refer.ARTICLE, article)
    raise errors.Usage(f"{line(wanted)!r} is nothing that can be linked", f"name {_HINT}")


def _commit(store: Store, wanted: str) -> str:
    from git_naturecode.git import commits

    oid = commits.resolve(store.repo, wanted)
    if not oid:
        raise errors.Negative(f"there is no commit {line(wanted)} here", "see `git log`")
    return oid


def _code(context: Context, store: Store, wanted: str, commit: str | None) -> Meant | None:
    """Lines of a file, or a whole file that is committed; None where `wanted` is no such path."""
    from git_naturecode.git import tree
    from git_naturecode.git.worktree import prefix
    from git_naturecode.kb import lines

    path, first, end = refer.place(wanted) or (wanted, 0, 0)
    oid = _commit(store, commit or "HEAD") if commit or first else _head(store)
    if not oid or os.path.isabs(path) or "\0" in path:
        return None
    objects = store.team.objects
    root = tree.tree_of(objects, oid)
    inside = posixpath.normpath(posixpath.join(prefix(store.repo, context.cwd), path))
    names = [one for one in dict.fromkeys((inside, posixpath.normpath(path))) if one[:2] != ".."]
    there = [one for one in names if one != "." and tree.find(objects, root, one) is not None]
    if not there:
        if first:
            raise errors.Usage(
                f"{line(path)} is not in {oid[:12]}", "what is linked has to be committed"
            )
        return None
    found = lines.anchored(store, oid, there[0], first, end)
    return Meant(refer.CODE, oid, anchor=found, note=_changed(store, found) if not commit else "")


def _head(store: Store) -> str:
    from git_naturecode.git import commits

    return commits.resolve(store.repo, "HEAD")


def _changed(store: Store, found: "Anchor") -> str:
    """What is to be said where the lines lie otherwise in the work tree; "" where they do not."""
    from git_naturecode.domain.review.anchor import at, lines_of

    if store.repo.work_tree is None or not found.line:
        return ""
    try:
        with open(os.path.join(store.repo.work_tree, found.path), "rb") as file:
            lines = lines_of(file.read(8 << 20)) or []
    except OSError:
        return ""
    same = len(lines) >= found.end and at(lines, found, found.line, found.end).text == found.text
    return (
        "" if same else f"{found.path} has changes that are not committed; these lines are HEAD's"
    )


def fields(store: Store, target: Meant) -> dict[str, Json]:
    """What a `link` entry says of `target` besides where it leads."""
    from git_naturecode.kb import lines

    return lines.fields(store, target.anchor) if target.anchor is not None else {}
