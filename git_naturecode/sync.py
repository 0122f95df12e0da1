"""Sync: bring what others pushed together with what was said here, and push the result."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from git_naturecode import ids
from git_naturecode.errors import NaturecodeError, Remote
from git_naturecode.git import remote, tree
from git_naturecode.git.objects import Missing, RefLocked, parse_commit
from git_naturecode.git.remote import Push
from git_naturecode.store import reconcile
from git_naturecode.store.lock import hold
from git_naturecode.store.log import Log
from git_naturecode.store.reconcile import Reconciled
from git_naturecode.store.store import Store

OUTBOX = "refs/naturecode/outbox/"
INCOMING = "refs/naturecode/incoming/"
PATIENCE = 15.0  # seconds: longer than a lock left behind needs to be surely stale
_DIRECT_TRIES = 4
_BACK_OFF = 0.2

Tell = Callable[[str], None]


@dataclass
class Outcome:
    """What a sync did: how many files came and went, what stayed out, how it ended."""

    remote: str
    state: str = "in step"
    received: int = 0
    sent: int = 0
    tries: int = 0
    refused: int = 0
    problems: list[str] = field(default_factory=list)


def choose_remote(store: Store, named: str | None) -> str | None:
    """The remote to sync with: `named`, the one fixed at `init`, `origin`, or the only one."""
    known = store.config.remotes()
    chosen = named or store.config.get("naturecode.remote")
    if chosen:
        remote.check_name(chosen, known)
        return chosen
    if "origin" in known or len(known) == 1:
        return "origin" if "origin" in known else known[0]
    return None


def sync(
    store: Store, name: str, tell: Tell, sleep: Callable[[float], None] = time.sleep
) -> Outcome:
    """Take in, join, push; retried while others push too, then left in the outbox.

    Raises Remote when the remote cannot be reached or refuses; nothing said here is lost then.
    """
    store.settle(PATIENCE)
    settle_merges(store)
    outcome = Outcome(name)
    for attempt in range(_DIRECT_TRIES):
        outcome.tries = attempt + 1
        if _once(store, name, outcome, tell):
            return outcome
        if attempt + 1 < _DIRECT_TRIES:
            wait = _BACK_OFF * (attempt + 1) * (store.random(1)[0] / 255)
            tell(f"others are pushing to {name} too; trying again")
            sleep(wait)
            store.settle(PATIENCE)
    _to_outbox(store, name, outcome)
    return outcome


def settle_merges(store: Store) -> None:
    """Where somebody merged the data branch by plain git, set the join of its sides on top."""
    log = store.team
    if not reconcile.is_plain_merge(log.objects, log.head()):
        return

    def joined(head: str | None) -> Reconciled:
        assert head is not None
        return Reconciled(reconcile.settle_merge(log.objects, head, store.now_ms()))

    _move(store, log, joined)


def take_in_fetched(store: Store) -> list[str]:
    """Take in what a plain `git fetch` brought; gives what was kept out and why."""
    settle_merges(store)
    name = choose_remote(store, None)
    tip = store.team.objects.resolve(f"refs/remotes/{name}/{store.branch}") if name else None
    if name is None or tip is None or tip == store.team.head() or _taken(store) == tip:
        return []
    result = _take_in(store, tip, [])
    _remember(store, tip)
    return list(result.problems)


def _once(store: Store, name: str, outcome: Outcome, tell: Tell) -> bool:
    """One round of fetch, join, push; False when the remote moved in between."""
    log = store.team
    theirs, outboxes = _ask(store, name)
    ours = log.head()
    if theirs is None and not outboxes:
        return _first_push(store, name, outcome)
    if theirs == ours and not outboxes:
        return True
    incoming = _fetch(store, name, theirs, outboxes)
    try:
        result = _take_in(store, theirs, list(outboxes.values()))
    finally:
        _forget(store, incoming)
    outcome.problems = list(result.problems)
    outcome.refused = result.refused
    outcome.received += _changed(log, ours, result.commit)
    if result.commit == theirs and not outboxes:
        return True
    pushes = [Push(log.ref, result.commit)] if result.commit != theirs else []
    pushes += [Push(ref, None, lease=True, old=oid) for ref, oid in outboxes.items()]
    if not remote.push(store.repo, name, pushes):
        return False
    outcome.sent += _changed(log, theirs, result.commit)
    return True


def _ask(store: Store, name: str) -> tuple[str | None, dict[str, str]]:
    """The tip of the remote's data branch and its outboxes."""
    found = remote.list_refs(store.repo, name, [store.team.ref, OUTBOX + "*"])
    return found.pop(store.team.ref, None), {
        ref: oid for ref, oid in found.items() if ref.startswith(OUTBOX)
    }


def _first_push(store: Store, name: str, outcome: Outcome) -> bool:
    """Push to a remote without a data branch, but never as the first branch of all."""
    log = store.team
    head = log.head()
    if head is None:
        return True
    if not remote.list_refs(store.repo, name, ["refs/heads/*"]):
        outcome.state = "waiting for a code branch"
        return True
    if not remote.push(store.repo, name, [Push(log.ref, head, lease=True, old=None)]):
        return False
    outcome.sent += _changed(log, None, head)
    return True


def _fetch(store: Store, name: str, theirs: str | None, outboxes: dict[str, str]) -> list[str]:
    """Bring what we do not have into incoming refs; gives their names."""
    _forget_dead(store, name)
    place = f"{INCOMING}{name}/{os.getpid()}/"
    wanted = {}
    if theirs is not None and not _has(store, theirs):
        wanted[store.team.ref] = place + "branch"
    for ref, oid in outboxes.items():
        if not _has(store, oid):
            wanted[ref] = place + ref.removeprefix(OUTBOX)
    if wanted:
        remote.fetch(store.repo, name, [f"+{ref}:{here}" for ref, here in wanted.items()])
    return list(wanted.values())


def _has(store: Store, commit: str) -> bool:
    """True when `commit` is here with its tree, so that it need not be fetched."""
    try:
        store.team.objects.header(parse_commit(store.team.objects.read(commit)[1]).tree)
    except Missing:
        return False
    head = store.team.head()
    return head is not None and store.team.objects.is_ancestor(commit, head)


def _take_in(store: Store, theirs: str | None, outboxes: list[str]) -> Reconciled:
    log = store.team
    if theirs is not None:
        reconcile.check_tree(log.objects, theirs)

    def joined(head: str | None) -> Reconciled:
        start = theirs or head
        assert start is not None
        return reconcile.reconcile(log.objects, head, start, outboxes, store.now_ms())

    result = _move(store, log, joined)
    store.stamps.witness(result.newest)
    return result


def _move(store: Store, log: Log, make: Callable[[str | None], Reconciled]) -> Reconciled:
    """Move our branch to what `make` gives for its head, under the lock."""
    with hold(store.lock, PATIENCE) as held:
        if not held:
            raise NaturecodeError(
                "another git naturecode is writing here", "wait for it, then run the command again"
            )
        for _ in range(20):
            head = log.head()
            result = make(head)
            if result.commit == head or log.move(result.commit, head, PATIENCE):
                return result
    raise RefLocked(f"{log.ref} keeps moving")


def _changed(log: Log, before: str | None, after: str | None) -> int:
    """How many log files differ between two commits."""
    a, b = tree.tree_of(log.objects, before), tree.tree_of(log.objects, after)
    return sum(path.startswith("log/") for path, _, _ in tree.differences(log.objects, a, b))


def _to_outbox(store: Store, name: str, outcome: Outcome) -> None:
    """Leave our state beside the branch, where nobody competes; the next syncer takes it in."""
    head = store.team.head()
    ref = f"{OUTBOX}{store.device}/{head}"
    if not remote.push(store.repo, name, [Push(ref, head)]):
        raise Remote(f"{name} is too busy", "everything is kept here; run `git naturecode sync`")
    outcome.state = "left in the outbox"


def _forget(store: Store, refs: list[str]) -> None:
    for ref in refs:
        oid = store.team.objects.resolve(ref)
        if oid is not None:
            store.team.objects.move(ref, None, oid)


def _forget_dead(store: Store, name: str) -> None:
    """Delete incoming refs whose process has ended without deleting them."""
    for ref, oid in store.team.objects.refs(f"{INCOMING}{name}/").items():
        owner = ref.removeprefix(f"{INCOMING}{name}/").split("/")[0]
        if not owner.isdigit() or not _alive(int(owner)):
            store.team.objects.move(ref, None, oid)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _taken(store: Store) -> str:
    try:
        with open(os.path.join(store.state_dir, "taken"), encoding="ascii") as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


def _remember(store: Store, tip: str) -> None:
    path = os.path.join(store.state_dir, "taken")
    with open(f"{path}.{ids.base32(store.random(5), 8)}", "w", encoding="ascii") as file:
        file.write(tip)
    os.replace(file.name, path)
