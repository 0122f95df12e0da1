"""What a history really obeys: what its seal says, less what plain git brought back since.

A commit that was made from a work tree with an old index, by a revert or by a squashed merge,
stands on one that obeys, and may hold what the purge took away. Such a commit is looked at: each
file that its first parent has not.
"""

import re
from collections.abc import Iterator

from git_naturecode.errors import Unsafe, Unsupported
from git_naturecode.git import tree
from git_naturecode.git.objects import Missing, Objects, parse_commit
from git_naturecode.store import format, purge, seal, trust
from git_naturecode.store.entry import writer
from git_naturecode.store.hygiene import Gate

_MOST_COMMITS = 1_000
_MOST_BYTES = 64 << 20
_DEEPEST = 20
_LINK = 0o160000  # to a commit of another repository, which nothing here reaches
_ID = re.compile(rb'"id":"([^"\n]{1,128})"|^<!-- nc:end (\S{1,128}) ', re.M)


def obeyed(objects: Objects, commit: str | None, verify: trust.Verify) -> seal.Records:
    """The records that `commit` and all before it obey."""
    said = seal.read(objects, commit)
    return kept(objects, said, verify) if said.records and said.others else said.records


def kept(objects: Objects, said: seal.Sealed, verify: trust.Verify) -> seal.Records:
    """The records of `said` that the commits of others after it obey, too.

    None where those are beyond measure, missing or malformed: an ordinary purge then runs again.
    """
    try:
        if len(said.others) > _MOST_COMMITS:
            return seal.NONE
        book = _book(objects, said, verify)
        return (said.records & book.records) - _broken(objects, said.others, book)
    except (Unsafe, Missing, ValueError, IndexError):
        return seal.NONE


def _book(objects: Objects, said: seal.Sealed, verify: trust.Verify) -> purge.Book:
    """The records in what this program wrote last; in what others made of it they may be gone."""
    gathering = purge.Gathering(Gate(objects, 0), verify)
    for commit in said.nearest:
        gathering.add(tree.tree_of(objects, commit) or "")
    return gathering.book


def _broken(objects: Objects, others: tuple[str, ...], book: purge.Book) -> set[str]:
    """The records that name a text in a file which one of the commits `others` brought."""
    gate = Gate(objects, 0)
    fresh: dict[str, None] = {}
    for commit in others:
        info = parse_commit(objects.read(commit)[1])
        before = tree.tree_of(objects, info.parents[0])
        fresh.update(dict.fromkeys(_fresh(gate, info.tree, before)))
    sizes = objects.headers(fresh)
    if len(sizes) < len(fresh) or sum(size for _, size in sizes.values()) > _MOST_BYTES:
        raise Unsafe("plain git brought too much to be looked at, or some of it is missing")
    ids: dict[bytes, set[str]] = {}
    for (name, _, _), records in book.named.items():
        ids.setdefault(name.encode("utf-8", "surrogatepass"), set()).update(records)
    return {
        record for _, data in objects.read_many(fresh) for record in _brought_back(data, book, ids)
    }


def _brought_back(data: bytes, book: purge.Book, ids: dict[bytes, set[str]]) -> Iterator[str]:
    """The records that name a text in `data`; where it is damaged, all that name an id in it."""
    mentioned = {found[1] or found[2] for found in _ID.finditer(data)} & ids.keys()
    if not mentioned:
        return
    try:
        segment = format.parse(data)
    except Unsupported:
        segment = None
    if segment is None or segment.problems:
        for name in mentioned:
            yield from ids[name]
        return
    for entry in segment.entries:
        if not entry.is_stub:
            yield from book.named.get((*entry.key, writer(entry, segment.device)), ())


def _fresh(gate: Gate, new: str, old: str | None, depth: int = 0) -> Iterator[str]:
    """The files below the tree `new` that do not stand in the same place below `old`.

    Of neither anything is trusted, nor where something stands. Raises Unsafe.
    """
    if new == old:
        return
    lines, orderly = gate.lines(new, "")
    if not orderly or depth > _DEEPEST:
        raise Unsafe("a folder is not as git writes it")
    before = {entry.name: entry for entry in gate.lines(old, "")[0]} if old else {}
    for entry in lines:
        known = before.get(entry.name)
        if entry.is_tree:
            below = known.oid if known and known.is_tree else None
            yield from _fresh(gate, entry.oid, below, depth + 1)
        elif entry.mode != _LINK and (known is None or known.oid != entry.oid):
            yield entry.oid
