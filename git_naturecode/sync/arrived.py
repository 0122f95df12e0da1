"""What a move of our branch brings that must be looked at: redactions, forks, what tells of links.

All of it stands in the same new segments, so that they are found and read once.
"""

from collections.abc import Iterable, Iterator

from git_naturecode import hiding
from git_naturecode.git import tree
from git_naturecode.git.objects import Objects
from git_naturecode.store import noted, paths
from git_naturecode.store.reconcile import Reconciled
from git_naturecode.store.store import Store

_MOST = 2_000  # segments: a clone that gets more at once is a new one, and others have done it


def note(store: Store, objects: Objects, old: str | None, result: Reconciled) -> None:
    """Note what came between the commit `old` of ours and `result`; read through `objects`."""
    if old is None or old == result.commit:
        return
    hiding_in, tells = set[str](), False
    try:
        for entity, data in _segments(objects, old, result):
            tells = tells or noted.tells(data)
            if hiding.is_about(data):
                hiding_in.add(entity)
    except _TooMany:
        return
    hiding.note(store, hiding_in)
    if result.grew and not tells:
        noted.pass_over(store.team.objects, store.state_dir, old, result.commit)


class _TooMany(Exception):
    """More than _MOST segments have changed."""


def _segments(objects: Objects, old: str, result: Reconciled) -> Iterator[tuple[str, bytes]]:
    """Entity and content of each segment of a session that changed; raises _TooMany."""
    changed: dict[str, str] = {}
    said: list[tuple[str, bytes]] = []
    for path, new in _changes(objects, old, result):
        place = paths.parse_segment_path(path)
        if place and place[0].startswith("session-"):
            if isinstance(new, bytes):
                said.append((place[0], new))
            else:
                changed[new] = place[0]
            if len(changed) + len(said) > _MOST:
                raise _TooMany
    yield from said
    for blob, data in objects.read_many(changed):
        yield changed[blob], data


def _changes(objects: Objects, old: str, result: Reconciled) -> Iterable[tuple[str, bytes | str]]:
    """Path and what stands there, or its blob; nothing is compared where the join has told."""
    if result.laid is not None and result.over == old:
        return result.laid.items()
    before, after = tree.tree_of(objects, old), tree.tree_of(objects, result.commit)
    found = tree.differences(objects, before, after)
    return ((path, blob) for path, _, blob in found if blob)
