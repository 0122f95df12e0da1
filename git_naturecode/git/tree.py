"""Trees: looking a path up, comparing two, walking one within limits."""

from collections.abc import Container, Iterable, Iterator, Mapping

from git_naturecode.git.objects import (
    PLAIN_MODES,
    Objects,
    TreeEntry,
    find_in_tree,
    parse_commit,
    parse_tree,
)


class Unfit(ValueError):
    """What stands at a path is no plain file, or larger than anybody wants to read."""


def entries(objects: Objects, tree: str) -> list[TreeEntry]:
    """The lines of the tree `tree`; raises Missing."""
    return parse_tree(objects.read(tree)[1], objects.hexsz)


def tree_of(objects: Objects, commit: str | None) -> str | None:
    """The tree of `commit` (None for None)."""
    return None if commit is None else parse_commit(objects.read(commit)[1]).tree


def find(objects: Objects, tree: str | None, path: str) -> TreeEntry | None:
    """The entry at `path` below `tree`, or None."""
    found = None
    for name in path.encode("utf-8", "surrogateescape").split(b"/"):
        if tree is None:
            return None
        found = find_in_tree(objects.read(tree)[1], objects.hexsz, (name,)).get(name)
        tree = found.oid if found and found.is_tree else None
        if found is None:
            return None
    return found


def find_all(objects: Objects, tree: str | None, paths: Iterable[str]) -> dict[str, TreeEntry]:
    """The files at those of `paths` that are below `tree`, with one request for each depth."""
    found = find_many(objects, tree, paths)
    return {path: entry for path, entry in found.items() if not entry.is_tree}


def find_many(objects: Objects, root: str | None, paths: Iterable[str]) -> dict[str, TreeEntry]:
    """Path -> entry of those of `paths` that stand below `root`; raises Missing.

    All folders of one depth are asked for together.
    """
    found: dict[str, TreeEntry] = {}
    level = [
        (path, path.encode("utf-8", "surrogateescape").split(b"/"), root)
        for path in dict.fromkeys(paths)
    ]
    while level:
        names: dict[str | None, set[bytes]] = {}
        for _, (name, *_), above in level:
            names.setdefault(above, set()).add(name)
        known = _named(objects, names)
        below: list[tuple[str, list[bytes], str | None]] = []
        for path, (name, *rest), above in level:
            entry = known.get(above, {}).get(name)
            if entry is not None and not rest:
                found[path] = entry
            elif entry is not None and entry.is_tree:
                below.append((path, rest, entry.oid))
        level = below
    return found


def read_path(objects: Objects, tree: str | None, path: str) -> bytes | None:
    """The content of the file at `path` below `tree`, or None."""
    found = find(objects, tree, path)
    return None if found is None or found.is_tree else objects.read(found.oid)[1]


def read_plain(objects: Objects, tree: str | None, path: str, most: int) -> bytes | None:
    """The content of the plain file at `path` below `tree`, None where nothing is there.

    Raises Unfit for anything else than a file, and for one of more than `most` bytes.
    """
    found = find(objects, tree, path)
    if found is None:
        return None
    if found.mode not in PLAIN_MODES or objects.header(found.oid)[1] > most:
        raise Unfit(f"{path} is no plain file, or too large")
    return objects.read(found.oid)[1]


def differences(
    objects: Objects, old: str | None, new: str | None
) -> Iterator[tuple[str, str | None, str | None]]:
    """(path, old blob, new blob) of each file that differs, in the order of their paths.

    Equal folders are never opened; all folders of one depth are asked for together.
    """
    found: list[_Difference] = []
    level: list[_Difference] = [("", old, new)] if old != new else []
    while level:
        known = _read_trees(objects, level)
        below: list[_Difference] = []
        for prefix, before, after in level:
            _compare(prefix, known.get(before, {}), known.get(after, {}), found, below)
        level = below
    return iter(sorted(found))


_Difference = tuple[str, str | None, str | None]
_Lines = dict[bytes, TreeEntry]


def _read_trees(objects: Objects, level: list[_Difference]) -> dict[str | None, _Lines]:
    """Tree -> its lines by name, of all trees in `level`; raises Missing."""
    return _read(objects, (oid for _, *pair in level for oid in pair))


def _read(objects: Objects, trees: Iterable[str | None]) -> dict[str | None, _Lines]:
    wanted = dict.fromkeys(oid for oid in trees if oid is not None)
    return {
        oid: {entry.name: entry for entry in parse_tree(data, objects.hexsz)}
        for oid, data in objects.read_many(wanted)
    }


def _named(
    objects: Objects, names: Mapping[str | None, Container[bytes]]
) -> dict[str | None, _Lines]:
    """Tree -> those of its lines that have one of its `names`, of all these trees."""
    wanted = [oid for oid in names if oid is not None]
    return {
        oid: find_in_tree(data, objects.hexsz, names[oid])
        for oid, data in objects.read_many(wanted)
    }


def _compare(
    prefix: str, before: _Lines, after: _Lines, found: list[_Difference], below: list[_Difference]
) -> None:
    """Add the files that differ in one folder to `found`, the folders to `below`."""
    for name in before.keys() | after.keys():
        a, b = before.get(name), after.get(name)
        if a == b:
            continue
        path = prefix + name.decode("utf-8", "surrogateescape")
        old_tree, new_tree = (e.oid if e and e.is_tree else None for e in (a, b))
        old_blob, new_blob = (e.oid if e and not e.is_tree else None for e in (a, b))
        if old_blob or new_blob:
            found.append((path, old_blob, new_blob))
        if old_tree != new_tree:
            below.append((path + "/", old_tree, new_tree))


def files(objects: Objects, tree: str | None) -> dict[str, str]:
    """Path -> blob of everything below `tree`. Only for trees that hygiene has let in."""
    return {path: new for path, _, new in differences(objects, None, tree) if new}
