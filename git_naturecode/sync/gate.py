"""The gate: what came from elsewhere is looked at, joined with ours, and moves our branch."""

from collections.abc import Callable
from contextlib import closing, suppress

from git_naturecode.errors import Remote, Unsafe
from git_naturecode.git import tree
from git_naturecode.git.objects import Missing, Objects, RefLocked
from git_naturecode.git.remote import TIMEOUT, Link
from git_naturecode.store import forgetting, own, reconcile
from git_naturecode.store.ahead import Ahead
from git_naturecode.store.hygiene import MAX_COMMIT, MAX_ENTRIES, MAX_TOTAL, Bounds, horizon
from git_naturecode.store.judging import Judging
from git_naturecode.store.lock import alone
from git_naturecode.store.memory import recall, remember
from git_naturecode.store.reconcile import Reconciled
from git_naturecode.store.store import Store
from git_naturecode.sync import arrived

PATIENCE = 15.0  # seconds: longer than a lock left behind needs to be surely stale


def admit(store: Store) -> list[str]:
    """Look at what others than this program did to our own branch: `git merge`, `pull`, `reset`.

    What does not belong there is taken out again by a commit on top, and where two branches were
    merged as texts, the join of both sides is put there. Gives what was kept out and why.
    """
    log = store.team
    head, known = log.head(), recall(store, own.ADMITTED) or None
    if head is None or head == known:
        return []
    log.tree_at(head)  # pruned or broken it is no change by others: that has a message of its own
    complete(store, [head])

    def cleaned(head: str | None) -> tuple[Reconciled, Objects]:
        assert head is not None
        objects, base = log.objects, known
        if base is not None and not reconcile.holds(objects, head, base):
            if reconcile.holds(objects, base, head):
                return Reconciled(head), objects  # set back by hand to what we knew already
            base = None
        return _joined(store, base, head, [])

    try:
        return list(move(store, cleaned).problems)
    except Unsafe as unsafe:
        if not log.is_whole(head):
            raise log.broken() from None
        raise Unsafe(
            f"{log.ref} was changed by other means, and {unsafe.message}",
            f"set it back: git reflog {log.ref}, then git update-ref {log.ref} <a good commit>",
        ) from None


def take_in(store: Store, theirs: str | None, others: list[str]) -> Reconciled:
    """Bring our branch together with `theirs` and the outboxes `others`; moves it.

    Raises Unsafe when theirs breaks a limit.
    """

    result = move(store, lambda head: _joined(store, head, theirs, others))
    store.stamps.witness(result.newest)
    return result


def reconciled(store: Store, ours: str | None, theirs: str | None, others: list[str]) -> Reconciled:
    """Both sides and the outboxes `others` in one commit; no ref moves (store/reconcile)."""
    return _joined(store, ours, theirs, others)[0]


def _joined(
    store: Store, ours: str | None, theirs: str | None, others: list[str]
) -> tuple[Reconciled, Objects]:
    """`reconciled`, and the objects with all that was brought for it."""
    now_ms, most = store.now_ms(), bounds(store)
    judging = Judging(store.repo, horizon(now_ms), most.total)
    objects = Ahead(store.team.objects, judging)
    mine = tree.tree_of(objects, ours)
    for other in (theirs, *others):
        with suppress(Missing, ValueError, IndexError):
            if other and _is_commit(objects, other):
                objects.look(tree.tree_of(objects, other) or "", mine)
    with closing(judging):
        found = reconcile.reconcile(
            objects, ours, theirs, others, now_ms, most, forgetting.verifier(store), judging.get
        )
    return found, objects


def _is_commit(objects: Ahead, oid: str) -> bool:
    kind, size = objects.header(oid)
    return kind == "commit" and size <= MAX_COMMIT


def complete(store: Store, commits: list[str]) -> None:
    """Have all of `commits` here, in one request, where this is a partial clone.

    Raises Remote when the remote cannot be asked for what is not here.
    """
    if not store.repo.is_partial:
        return
    name = _promisor(store)
    try:
        Link(store.repo, name, store.config.number("naturecode.timeout", TIMEOUT)).complete(commits)
    except Remote as away:
        raise Remote(
            f"the logs are not available offline: this is a partial clone ({away.message})",
            f"when {name} is there: git fetch --refetch --no-filter {name} {store.branch}",
        ) from None


def _promisor(store: Store) -> str:
    """The remote that has what this partial clone has not."""
    config = store.config
    promised = [name for name in config.remotes() if config.flag(f"remote.{name}.promisor", False)]
    return promised[0] if promised else config.get("extensions.partialClone", "origin")


def bounds(store: Store) -> Bounds:
    """How much may come in at once here."""
    return Bounds(
        store.config.number("naturecode.maxNewFiles", MAX_ENTRIES),
        store.config.number("naturecode.maxNewBytes", MAX_TOTAL),
    )


def move(store: Store, make: Callable[[str | None], tuple[Reconciled, Objects]]) -> Reconciled:
    """Move our branch to what `make` gives for its head, under the lock.

    It also gives the objects through which to read what came.
    """
    log = store.team
    with alone(store.lock, PATIENCE):
        for _ in range(20):
            head = log.head()
            result, objects = make(head)
            forgetting.expect(store, result.commit, head)
            if result.commit == head or log.move(result.commit, head, PATIENCE):
                arrived.note(store, objects, head, result)
                remember(store, own.ADMITTED, result.commit)
                return result
    raise RefLocked(f"{log.ref} keeps moving")
