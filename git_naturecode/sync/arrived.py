"""What a move of our branch brings that must be looked at: redactions, forks, what tells of links.

All of it stands in the same new segments, so that they are found and read once.
"""

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
    before, after = tree.tree_of(objects, old), tree.tree_of(objects, result.commit)
    changed: dict[str, str] = {}
    for path, _, blob in tree.differences(objects, before, after):
        place = paths.parse_segment_path(path)
        if blob and place and place[0].startswith("session-"):
            changed[blob] = place[0]
            if len(changed) > _MOST:
                return
    hiding_in, tells = set[str](), False
    for blob, data in objects.read_many(changed):
        tells = tells or noted.tells(data)
        if hiding.is_about(data):
            hiding_in.add(changed[blob])
    hiding.note(store, hiding_in)
    if result.grew and not tells:
        noted.pass_over(store.team.objects, store.state_dir, old, result.commit)
