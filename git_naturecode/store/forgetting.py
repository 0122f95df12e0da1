"""What a purge takes along besides the branch: reflogs, old tips, spool, journal, index.

Everything here may be done again at any time, and is: it is remembered as done only afterwards.
"""

import glob
import os
import time
import zlib
from collections.abc import Callable
from contextlib import suppress

from git_naturecode.errors import NaturecodeError
from git_naturecode.git import history, tree
from git_naturecode.git.objects import Change, Missing, RefLocked
from git_naturecode.git.run import GitFailed
from git_naturecode.store import join, paths, purge, remotes, seal, strays, trust
from git_naturecode.store.lock import alone, hold
from git_naturecode.store.log import Log
from git_naturecode.store.store import PRIVATE, Store

_WAIT = 30.0
_PAUSE = 0.2
_PIECE = 1024
_FOLDERS = frozenset({"log", "files", "kb", "team", "projects", "prompts"})
_PROPOSED = "ai/proposed-*.json"
"""What models made of sessions and files; they quote what was said there."""
_DONE = "forgotten"
_BROKEN = "broken-objects"  # where the doctor puts what is damaged


def verifier(store: Store) -> trust.Verify:
    """Verifies trust lines and remembers in this clone which ones were genuine."""
    return trust.verifier(store.state_dir)


def expect(store: Store, commit: str, old: str | None) -> None:
    """Note, before our branch moves from `old` to `commit`, what traces of a purge that leaves."""
    sealed = store.team.obeyed(commit)
    if not (sealed <= _done(store) and sealed <= store.team.obeyed(old)):
        expect_private(store)


def expect_private(store: Store) -> None:
    """Note that traces will be left here of which no seal tells."""
    with open(_mark(store), "wb"):
        pass


def is_behind(store: Store) -> bool:
    """True when our branch obeys a purge whose traces were not removed from this clone yet."""
    return os.path.exists(_mark(store))


def forget(store: Store, private: join.Purged = join.NOTHING) -> list[str]:
    """Remove the traces of all purges that our branch obeys, and of `private`, from this clone.

    Gives what is not ours and still holds purged texts: refs and work trees of the user. Raises
    NaturecodeError when others hold a lock for too long; then it is all done again the next time.
    """
    log = store.team
    head = log.head()
    sealed = log.obeyed(head)
    if is_behind(store) or private or not sealed <= _done(store):
        purged = purge.withheld(log.objects, log.tree_at(head), store.state_dir)
        _clean(store, frozenset(purged) | private)
    try:
        left = _unreach(store)
    except (RefLocked, GitFailed) as error:
        raise NaturecodeError(
            f"traces of the purge are still in this clone ({error})",
            "the next sync goes on with it; `git naturecode doctor` looks for locks left behind",
        ) from None
    _remember(store, sealed)
    return left


def _clean(store: Store, purged: join.Purged) -> None:
    """Take `purged` out of all that is beside our branch in this clone."""
    with alone(store.lock, _WAIT, "the traces of the purge are removed by the next sync"):
        for log in store.sides:
            log.spool.rewrite(lambda data: join.purge(data, purged), _mentions(purged))
        _forget_broken(store, _mentions(purged))
        if len(store.sides) > 1:
            _purge_private(store, purged)
    from git_naturecode.store import index_file  # SQLite is not needed for any other sync

    for name in ("index.db", "index-encrypted.db"):
        index_file.remove(os.path.join(store.state_dir, name))
    for path in glob.glob(os.path.join(glob.escape(store.state_dir), _PROPOSED)):
        os.unlink(path)
    _doubt_remotes(store)


def _forget_broken(store: Store, mentions: Callable[[bytes], bool]) -> None:
    """Delete the damaged objects, set aside by the doctor, in which a purged text can be read."""
    folder = os.path.join(store.state_dir, _BROKEN)
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            data = _readable(file.read())
        if mentions(data):
            os.unlink(path)


def _readable(damaged: bytes) -> bytes:
    """As much of a damaged object as can be unpacked."""
    found, unpacking = bytearray(), zlib.decompressobj()
    with suppress(zlib.error):
        for start in range(0, len(damaged), _PIECE):
            found += unpacking.decompress(damaged[start : start + _PIECE])
    return bytes(found)


def _doubt_remotes(store: Store) -> None:
    """Note for `status` that each remote may hold what was purged, until it is synced with."""
    for name in store.config.remotes():
        memory = remotes.load(store.state_dir, store.config, name)
        if memory.last is not None:
            memory.unpurged = True
            memory.save(store.random)


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
    _expire(log, [log.ref])
    log.objects.close()
    history.collect_garbage(log.repo)


def _unreach(store: Store) -> list[str]:
    """Let go of every state of the branch that does not obey its purges; what is not ours to."""
    log = store.team
    stale = _stale(log)
    if not stale:
        return []
    _expire(log, [ref for ref in log.objects.refs("refs/") if log.makes(ref)])
    strays.begin_again(log)
    left = []
    for commit in _stale(log):
        for ref, oid in history.refs_with(log.repo, commit).items():
            if log.makes(ref) and ref != log.ref:
                log.objects.move(ref, None, oid)
            else:
                left.append(ref)
    if stale := _stale(log):
        history.forget_in_heads(log.repo, stale)
    return [*sorted(set(left)), *_held_by_work_trees(log, stale)]


def _expire(log: Log, refs: list[str]) -> None:
    """Empty the reflogs of `refs`, once nobody holds one of them; raises RefLocked, GitFailed."""
    deadline = time.monotonic() + _WAIT
    while True:
        log.unlock(_WAIT)
        try:
            return history.expire_reflogs(log.repo, refs)
        except GitFailed as failed:
            if ".lock': File exists" not in failed.stderr or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)


def _held_by_work_trees(log: Log, stale: list[str]) -> list[str]:
    """The work trees that have our branch checked out, or an old state of it, in words.

    Their files, and the index that git keeps of them, are as they were before.
    """
    return [
        f"the work tree {place}"
        for place, branch, head in history.checked_out(log.repo)
        if branch == log.ref
        or (not branch and any(history.is_in(log.repo, commit, head) for commit in stale))
    ]


def _stale(log: Log) -> list[str]:
    """The first commits, still reachable, from which on a history of ours lacks a record.

    That is the first one of all, or one of plain git, beside our branch, that brought a text back.
    """
    head = log.head()
    need = log.obeyed(head)
    if head is None or not need:
        return []
    roots = [root for root in history.roots(log.repo) if _is_record(log, root)]
    good = [root for root in roots if need <= log.obeyed(root)]
    stale = [root for root in roots if root not in good]
    gone: set[str] = set()
    for commit, parents in history.beside(log.repo, head, good):
        if not gone.isdisjoint(parents):
            gone.add(commit)
        elif not need <= log.obeyed(commit):
            gone.add(commit)
            stale.append(commit)
    return stale


def _is_record(log: Log, root: str) -> bool:
    """True when the first commit `root` is one of a data branch.

    Not all of them were made by this program: at the border of a shallow clone, or where somebody
    squashed the branch, there may be a commit of plain git.
    """
    if seal.has_line(log.objects, root):
        return True
    try:
        lines = tree.entries(log.objects, tree.tree_of(log.objects, root) or "")
    except (Missing, ValueError):
        return False
    above = {line.name.decode("utf-8", "replace"): line for line in lines}
    known = all(name in paths.ROOT_FILES or name in _FOLDERS for name in above)
    if "log" not in above or not known or not above["log"].is_tree:
        return False
    return any(
        line.name in (b"session", b"review", b"kb", b"trust")
        for line in tree.entries(log.objects, above["log"].oid)
    )


def _mentions(purged: join.Purged) -> Callable[[bytes], bool]:
    names = {name.encode() for name, _, _ in purged}
    return lambda data: bool(data) and any(name in data for name in names)


def _done(store: Store) -> frozenset[str]:
    with suppress(OSError, UnicodeDecodeError), open(_path(store), encoding="ascii") as file:
        return frozenset(file.read().split())
    return frozenset()


def _remember(store: Store, records: seal.Records) -> None:
    """Note that what `records` name was removed; the mark goes where nothing came since.

    Whoever moves the branch sets the mark under our lock, so that one which he sets now stays.
    """
    with hold(store.lock, _WAIT) as held:
        if not held or not store.team.obeyed(store.team.head()) <= records:
            return
        with open(_path(store) + ".new", "w", encoding="ascii") as file:
            file.write("\n".join(sorted(records)))
        os.replace(_path(store) + ".new", _path(store))
        with suppress(FileNotFoundError):
            os.unlink(_mark(store))


def _mark(store: Store) -> str:
    return os.path.join(store.state_dir, "forget")


def _path(store: Store) -> str:
    return os.path.join(store.state_dir, _DONE)
