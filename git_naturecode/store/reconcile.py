"""Bringing our data branch and one from elsewhere together (DESIGN 5)."""

from dataclasses import dataclass

from git_naturecode.errors import Unsafe
from git_naturecode.git import tree
from git_naturecode.git.objects import (
    Change,
    Content,
    Folder,
    Missing,
    Objects,
    TreeEntry,
    parse_commit,
)
from git_naturecode.store import join, seal
from git_naturecode.store.hygiene import Gate

Files = dict[str, Content | None]


@dataclass(frozen=True)
class Reconciled:
    """The commit that holds both sides, what was kept out of it and why, the newest stamp."""

    commit: str
    problems: tuple[str, ...] = ()
    refused: int = 0
    newest: str = ""


def reconcile(
    objects: Objects, ours: str | None, theirs: str, others: list[str], now_ms: int
) -> Reconciled:
    """The commit to stand on after `theirs` (a branch) and `others` (outboxes) came in.

    Where theirs holds everything, that is theirs itself; where ours already builds on theirs and
    nothing is missing, ours; else a new commit whose only parent is theirs. No ref moves.
    Raises Unsafe when theirs breaks a limit.
    """
    gate, seconds = Gate(objects, now_ms), now_ms // 1000
    if ours is not None and objects.is_ancestor(theirs, ours):
        commit = ours
    else:
        ours_tree, theirs_tree = tree.tree_of(objects, ours), tree.tree_of(objects, theirs)
        files = _over_untrusted(gate, theirs_tree, ours_tree)
        commit = _commit(objects, theirs, files, seconds)
    for other in others:
        commit = _fold_in(gate, commit, other, seconds)
    return Reconciled(commit, tuple(gate.problems), gate.refused, gate.newest)


def settle_merge(objects: Objects, head: str, now_ms: int) -> str:
    """The commit that stands for `head` after somebody made it by a plain `git merge`.

    A textual merge may have mixed the lines of two logs; the join of its parents has not.
    """
    parents = parse_commit(objects.read(head)[1]).parents
    gate = Gate(objects, now_ms)
    commit = head
    for parent in parents:
        try:
            files = _over_untrusted(
                gate, tree.tree_of(objects, commit), tree.tree_of(objects, parent)
            )
        except Missing:  # beyond the border of a shallow clone
            continue
        commit = _commit(objects, commit, files, now_ms // 1000)
    return commit


def is_plain_merge(objects: Objects, head: str | None) -> bool:
    """True when `head` is a merge commit: our branches are linear, so it is not one of ours."""
    return head is not None and len(parse_commit(objects.read(head)[1]).parents) > 1


def _commit(objects: Objects, parent: str, files: Files, seconds: int) -> str:
    """`files` over the tree of `parent`; `parent` itself when they change nothing."""
    if not files:
        return parent
    base = tree.tree_of(objects, parent)
    text = seal.message("Bring both sides together", seal.of(objects, parent))
    return objects.commit(Change(base, files, (parent,), seconds, text))


def _fold_in(gate: Gate, commit: str, other: str, seconds: int) -> str:
    """`commit` with what the outbox commit `other` holds besides."""
    objects = gate.objects
    files: Files = {}
    _add_untrusted(gate, tree.tree_of(objects, commit), tree.tree_of(objects, other), "", files)
    return _commit(objects, commit, files, seconds)


def _over_untrusted(gate: Gate, untrusted: str | None, trusted: str | None) -> Files:
    """What to lay over the `untrusted` tree so that it becomes the join of both, clean."""
    files: Files = {}
    _walk(gate, untrusted, trusted, "", files)
    return files


def _walk(
    gate: Gate, untrusted: str | None, trusted: str | None, prefix: str, files: Files
) -> None:
    if untrusted == trusted or untrusted is None:
        return
    ours = {e.name: e for e in tree.entries(gate.objects, trusted)} if trusted else {}
    seen = set()
    for entry in gate.lines(untrusted):
        path = prefix + entry.name.decode("utf-8", "surrogateescape")
        known = ours.get(entry.name)
        seen.add(entry.name)
        if known == entry:
            continue
        if not gate.admits(path, entry):
            _replace(path, known, files)
        elif entry.is_tree and (known is None or known.is_tree):
            _walk(gate, entry.oid, known.oid if known else None, path + "/", files)
        else:
            _file(gate, path, entry, known, files)
    for name, entry in ours.items():
        if name not in seen:
            _replace(prefix + name.decode(), entry, files)


def _replace(path: str, known: TreeEntry | None, files: Files) -> None:
    """Put ours at `path`, or nothing."""
    if known is None:
        files[path] = None
    else:
        files[path] = Folder(known.oid) if known.is_tree else known.oid


def _file(gate: Gate, path: str, entry: TreeEntry, known: TreeEntry | None, files: Files) -> None:
    """Join the file `entry` of the untrusted side with ours."""
    raw = gate.objects.read(entry.oid)[1]
    clean = gate.content(path, entry.oid)
    if clean is None:
        _replace(path, known, files)
        return
    joined = (
        clean if known is None else join.join_file(path, gate.objects.read(known.oid)[1], clean)
    )
    if joined != raw:
        files[path] = joined


def _add_untrusted(
    gate: Gate, trusted: str | None, untrusted: str | None, prefix: str, files: Files
) -> None:
    """Collect in `files` what the untrusted tree has besides the trusted one."""
    if untrusted == trusted or untrusted is None:
        return
    ours = {e.name: e for e in tree.entries(gate.objects, trusted)} if trusted else {}
    for entry in gate.lines(untrusted):
        path = prefix + entry.name.decode("utf-8", "surrogateescape")
        known = ours.get(entry.name)
        if known == entry or not gate.admits(path, entry):
            continue
        if entry.is_tree:
            below = known.oid if known and known.is_tree else None
            _add_untrusted(gate, below, entry.oid, path + "/", files)
            continue
        clean = gate.content(path, entry.oid)
        if clean is not None:
            before = gate.objects.read(known.oid)[1] if known else None
            after = clean if before is None else join.join_file(path, before, clean)
            if after != before:
                files[path] = after


def check_tree(objects: Objects, commit: str) -> None:
    """Raise Unsafe unless `commit` is a commit with a tree that can be opened."""
    try:
        kind, data = objects.read(commit)
        if kind != "commit":
            raise Unsafe(f"the remote's data branch points to a {kind}")
        objects.header(parse_commit(data).tree)
    except (Missing, ValueError) as error:
        raise Unsafe(f"the remote's data branch cannot be read: {error}") from None
