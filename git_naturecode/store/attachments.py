"""Files kept by their content beside the logs: `files/<aa>/<sha256>`."""

from collections.abc import Iterable, Mapping

from git_naturecode.errors import NaturecodeError
from git_naturecode.git import tree
from git_naturecode.git.objects import Change
from git_naturecode.store import seal
from git_naturecode.store.lock import hold
from git_naturecode.store.log import Log
from git_naturecode.store.store import Store

_WAIT = 30.0
_TRIES = 20


def read(store: Store, names: Iterable[str]) -> dict[str, bytes]:
    """Those of the files `names` (SHA-256 in hex) that are here, on whichever side."""
    found: dict[str, bytes] = {}
    wanted = set(names)
    for log in store.sides:
        root = log.tree() if wanted else None
        for name in sorted(wanted - found.keys()):
            line = tree.find(log.objects, root, _path(name)) if root else None
            if line is not None and not line.is_tree:
                found[name] = log.objects.read(line.oid)[1]
    return found


def every(log: Log) -> dict[str, str]:
    """Path -> blob of all files that are kept on the branch of `log`."""
    found = tree.find(log.objects, log.tree(), "files")
    if found is None or not found.is_tree:
        return {}
    below = tree.files(log.objects, found.oid)
    return {f"files/{path}": oid for path, oid in below.items()}


def put(store: Store, side: str, files: Mapping[str, bytes]) -> int:
    """Keep `files` by their SHA-256 on `side`; how many were new.

    Raises NaturecodeError when somebody else goes on writing there.
    """
    log = store.side(side)
    if not files:
        return 0
    with hold(store.lock, _WAIT) as held:
        log.begin()
        for _ in range(_TRIES if held else 0):
            head = log.head()
            root = log.tree_at(head)
            new = {
                _path(name): data
                for name, data in files.items()
                if root is None or tree.find(log.objects, root, _path(name)) is None
            }
            if not new or log.advance(head, _change(store, log, head, root, new), _WAIT):
                return len(new)
    raise NaturecodeError(
        "another git naturecode is writing here", "wait for it, then run the command again"
    )


def _change(
    store: Store, log: Log, head: str | None, root: str | None, files: Mapping[str, bytes]
) -> Change:
    text = seal.message("Add files", log.obeyed(head))
    return Change(root, files, (head,) if head else (), store.now_ms() // 1000, text)


def _path(name: str) -> str:
    return f"files/{name[:2]}/{name}"
