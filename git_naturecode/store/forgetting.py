"""What a purge takes along besides the branch: reflogs, old tips, spool, journal, index.

Everything here may be done again at any time, and is: it is remembered as done only afterwards.
"""

import os
from collections.abc import Callable
from contextlib import suppress

from git_naturecode.errors import NaturecodeError
from git_naturecode.git import history
from git_naturecode.git.objects import Change
from git_naturecode.store import join, purge, seal, trust
from git_naturecode.store.lock import hold
from git_naturecode.store.log import Log
from git_naturecode.store.store import PRIVATE, Store

_WAIT = 30.0
_GENUINE, _DONE = "genuine-lines", "forgotten"


def verifier(store: Store) -> trust.Verify:
    """Verifies trust lines and remembers in this clone which ones were genuine."""
    return trust.Remembered(os.path.join(store.state_dir, _GENUINE))


def expect(store: Store, commit: str) -> None:
    """Note, before our branch moves to `commit`, that traces of a purge will be left here."""
    sealed = seal.of(store.team.objects, commit)
    if sealed and not sealed <= _done(store):
        with open(_mark(store), "wb"):
            pass


def is_behind(store: Store) -> bool:
    """True when our branch obeys a purge whose traces were not removed from this clone yet."""
    return os.path.exists(_mark(store))


def forget(store: Store, private: join.Purged = join.NOTHING) -> list[str]:
    """Remove the traces of all purges that our branch obeys, and of `private`, from this clone.

    Gives the names of refs that are not ours and still hold purged texts: they are the user's.
    """
    book = purge.records(store.team.objects, store.team.tree(), verifier(store))
    purged = frozenset(book.purged) | private
    with hold(store.lock, _WAIT) as held:
        if not held:
            raise NaturecodeError(
                "another git naturecode is writing here",
                "the traces of the purge are removed by the next sync",
            )
        for log in store.sides:
            log.spool.rewrite(lambda data: join.purge(data, purged), _mentions(purged))
        if len(store.sides) > 1:
            _purge_private(store, purged)
    left = _unreach(store)
    from git_naturecode.store import index_file  # SQLite is not needed for any other sync

    index_file.remove(os.path.join(store.state_dir, "index.db"))
    _remember(store, seal.of(store.team.objects, store.team.head()))
    return left


def _purge_private(store: Store, purged: join.Purged) -> None:
    """Put stubs into the private branch, under our lock.

    It was never anywhere else, so that a rewritten branch and a clean-up are all it needs.
    """
    log = store.side(PRIVATE)
    head, root = log.head(), log.tree()
    found = list(purge.stubbed(log.objects, root, purged))
    if found:
        files = dict(found)
        text = seal.message("Remove what was purged", seal.NONE)
        new = log.objects.commit(Change(root, files, (), store.now_ms() // 1000, text))
        if not log.move(new, head, _WAIT):
            raise NaturecodeError(
                "somebody else writes to the private sessions at this moment", "try again"
            )
    history.expire_reflogs(log.repo, [log.ref])
    log.objects.close()
    history.collect_garbage(log.repo)


def _unreach(store: Store) -> list[str]:
    """Let go of every state of the branch that does not obey its purges; what is not ours to."""
    log = store.team
    stale = _stale_roots(log)
    if not stale:
        return []
    history.expire_reflogs(log.repo, [ref for ref in log.objects.refs("refs/") if _ours(log, ref)])
    left = []
    for root in _stale_roots(log):
        for ref, oid in history.refs_with(log.repo, root).items():
            if _ours(log, ref) and ref != log.ref:
                log.objects.move(ref, None, oid)
            else:
                left.append(ref)
    if stale := _stale_roots(log):
        history.forget_in_heads(log.repo, stale)
    return sorted(set(left))


def _stale_roots(log: Log) -> list[str]:
    """The first commits of our histories, still reachable, that lack a record of our branch."""
    need = seal.of(log.objects, log.head())
    roots = history.roots(log.repo)
    return [
        one
        for one in roots
        if seal.has_line(log.objects, one) and not need <= seal.of(log.objects, one)
    ]


def _ours(log: Log, ref: str) -> bool:
    """True for the refs that this program makes, or that a fetch makes again."""
    branch = log.ref.removeprefix("refs/heads/")
    tracking = ref.startswith("refs/remotes/") and ref.endswith(f"/{branch}")
    return ref == log.ref or tracking or ref.startswith("refs/naturecode/")


def _mentions(purged: join.Purged) -> Callable[[bytes], bool]:
    names = {name.encode() for name, _, _ in purged}
    return lambda data: any(name in data for name in names)


def _done(store: Store) -> frozenset[str]:
    with suppress(OSError, UnicodeDecodeError), open(_path(store), encoding="ascii") as file:
        return frozenset(file.read().split())
    return frozenset()


def _remember(store: Store, records: seal.Records) -> None:
    with open(_path(store) + ".new", "w", encoding="ascii") as file:
        file.write("\n".join(sorted(records)))
    os.replace(_path(store) + ".new", _path(store))
    with suppress(FileNotFoundError):
        os.unlink(_mark(store))


def _mark(store: Store) -> str:
    return os.path.join(store.state_dir, "forget")


def _path(store: Store) -> str:
    return os.path.join(store.state_dir, _DONE)
