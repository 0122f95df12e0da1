"""Trees: looking a path up, comparing two, walking one within limits."""

from collections.abc import Iterable, Iterator

from git_naturecode.git.objects import Objects, TreeEntry, parse_commit, parse_tree


def entries(objects: Objects, tree: str) -> list[TreeEntry]:
    """The lines of the tree `tree`; raises Missing."""
    return parse_tree(objects.read(tree)[1], objects.hexsz)


def tree_of(objects: Objects, commit: str | None) -> str | None:
    """The tree of `commit` (None for None)."""
    return None if commit is None else parse_commit(objects.read(commit)[1]).tree


def find(objects: Objects, tree: str | None, path: str) -> TreeEntry | None:
    """The entry at `path` below `tree`, or None."""
    found = None
    for name in path.encode().split(b"/"):
        if tree is None:
            return None
        found = next((e for e in entries(objects, tree) if e.name == name), None)
        tree = found.oid if found and found.is_tree else None
        if found is None:
            return None
    return found


def find_all(objects: Objects, tree: str | None, paths: Iterable[str]) -> dict[str, TreeEntry]:
    """The entries at those of `paths` that are below `tree`, with one request for each depth."""
    found: dict[str, TreeEntry] = {}
    level: list[tuple[str | None, list[bytes], str]] = [
        (tree, path.encode("utf-8", "surrogateescape").split(b"/"), path) for path in paths
    ]
    while level:
        wanted = dict.fromkeys(oid for oid, _, _ in level if oid is not None)
        known = {
            oid: {entry.name: entry for entry in parse_tree(data, objects.hexsz)}
            for oid, data in objects.read_many(wanted)
        }
        below: list[tuple[str | None, list[bytes], str]] = []
        for oid, (name, *rest), path in level:
            entry = known.get(oid or "", {}).get(name)
            if entry is not None and rest and entry.is_tree:
                below.append((entry.oid, rest, path))
            elif entry is not None and not rest and not entry.is_tree:
                found[path] = entry
        level = below
    return found


def read_path(objects: Objects, tree: str | None, path: str) -> bytes | None:
    """The content of the file at `path` below `tree`, or None."""
    found = find(objects, tree, path)
    return None if found is None or found.is_tree else objects.read(found.oid)[1]


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
    wanted = dict.fromkeys(oid for _, *pair in level for oid in pair if oid is not None)
    return {
        oid: {entry.name: entry for entry in parse_tree(data, objects.hexsz)}
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
