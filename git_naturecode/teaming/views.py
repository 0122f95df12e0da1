"""The files `team/*.yml` of the data branch: made anew where the signed logs have changed.

They are for people who look at the branch on a forge. Nothing reads them back.
"""

import os
from collections.abc import Iterator
from contextlib import suppress

from git_naturecode.git import tree
from git_naturecode.git.objects import Change, Content
from git_naturecode.store import pins, seal
from git_naturecode.store.lock import hold
from git_naturecode.store.store import Store
from git_naturecode.teaming.looking import look

_WAIT = 15.0


def refresh(store: Store) -> int:
    """Write the files that are not as they should be; how many.

    Looks at nothing while the branch is where it was the last time, and writes none where no team
    is trusted.
    """
    head = store.team.head()
    if head is None or _seen(store)[0] == head:
        return 0
    made = _state(store, store.team.tree_at(head))
    if made in ("", _seen(store)[1]):
        _see(store, head, made)
        return 0
    with hold(store.lock, _WAIT) as held:
        return _write(store) if held else 0


def _write(store: Store) -> int:
    log = store.team
    head = log.head()
    root = log.tree_at(head)
    wanted = dict(_wanted(store, root))
    if wanted:
        text = seal.message("Show the team as it is now", log.obeyed(head))
        parents = (head,) if head else ()
        change = Change(root, wanted, parents, store.now_ms() // 1000, text)
        head = log.advance(head, change, _WAIT)
    if head is None:
        return 0
    _see(store, head, _state(store, log.tree_at(head)))
    return len(wanted)


def _wanted(store: Store, root: str | None) -> Iterator[tuple[str, Content]]:
    """The files that differ from what stands below `root`."""
    standing = look(store)
    if standing is None:
        return
    from git_naturecode.domain.policy import words
    from git_naturecode.render import team_view

    fingerprint = words.fingerprint(standing.team)
    for team in standing.teams.values():
        data = team_view.text(standing, team, fingerprint)
        before = tree.read_path(store.team.objects, root, team_view.path(team))
        if data != before and not team_view.is_newer(before or b""):
            yield team_view.path(team), data


def _state(store: Store, root: str | None) -> str:
    """What the files are made from, and the files; "" where nothing was ever signed."""
    objects = store.team.objects
    logs = tree.find(objects, root, "log/trust") if root else None
    if root is None or logs is None:
        return ""
    files = tree.find(objects, root, "team")
    return f"{logs.oid} {files.oid if files else ''} {pins.load(store.state_dir).team}"


def _seen(store: Store) -> tuple[str, str]:
    """Where the branch was the last time, and the state then."""
    with suppress(FileNotFoundError), open(_path(store), encoding="ascii") as file:
        head, _, state = file.read().partition("\n")
        return head, state
    return "", ""


def _see(store: Store, head: str, state: str) -> None:
    with open(_path(store) + ".new", "w", encoding="ascii") as file:
        file.write(f"{head}\n{state}")
    os.replace(_path(store) + ".new", _path(store))


def _path(store: Store) -> str:
    return os.path.join(store.state_dir, "team-files")
