"""The notes on commits below one notes ref, wherever git has put them in its tree."""

from collections.abc import Callable, Iterable

from git_naturecode.git import tree
from git_naturecode.git.objects import Missing, Objects
from git_naturecode.git.repo import Repo

_DEEPEST = 8  # levels of folders; git makes one for every factor of 256
_MOST = 1 << 20  # bytes of one note

_Inside = Callable[[str], dict[str, tuple[str, bool]]]


def notes(objects: Objects, ref: str, commits: Iterable[str]) -> dict[str, str]:
    """The text of the note on each of `commits` that has one; what is too large has none."""
    try:
        root = tree.tree_of(objects, objects.resolve(ref))
    except Missing:
        return {}
    if root is None:
        return {}
    folders: dict[str, dict[str, tuple[str, bool]]] = {}

    def inside(folder: str) -> dict[str, tuple[str, bool]]:
        if folder not in folders:
            folders[folder] = {
                one.name.decode("ascii", "replace"): (one.oid, one.is_tree)
                for one in tree.entries(objects, folder)
            }
        return folders[folder]

    found = {}
    for commit in commits:
        try:
            blob = _find(inside, root, commit)
            if blob and objects.header(blob)[1] <= _MOST:
                found[commit] = objects.read(blob)[1].decode("utf-8", "replace")
        except (Missing, ValueError):
            continue
    return found


def add_note(repo: Repo, ref: str, commit: str, text: str) -> None:
    """Write `text` as the note on `commit` below the ref `ref`, where there is none yet.

    Raises GitFailed.
    """
    data = text.encode("utf-8", "surrogateescape")
    repo.program.run("notes", f"--ref={ref}", "add", "-F", "-", commit, data=data)


def _find(inside: _Inside, folder: str, name: str) -> str | None:
    for _ in range(_DEEPEST):
        entries = inside(folder)
        if name in entries and not entries[name][1]:
            return entries[name][0]
        below = entries.get(name[:2])
        if below is None or not below[1]:
            return None
        folder, name = below[0], name[2:]
    return None
