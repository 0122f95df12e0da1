"""Notes in a sync: what came is joined with ours, what is ours goes along with the branch."""

from dataclasses import dataclass, field

from git_naturecode import kb, linking, reviewing
from git_naturecode.errors import Unsafe
from git_naturecode.git.objects import RefLocked
from git_naturecode.git.remote import Push
from git_naturecode.reviewing import noted as reviewed
from git_naturecode.store import noted, notes
from git_naturecode.store.lock import alone
from git_naturecode.store.memory import recall, remember
from git_naturecode.store.notes import Joined
from git_naturecode.store.store import Store
from git_naturecode.sync.gate import PATIENCE, bounds

_TRIES = 20


@dataclass
class Taken:
    """Of how many objects lines came and will go, what stayed out, what to push."""

    received: int = 0
    sent: int = 0
    problems: list[str] = field(default_factory=list)
    pushes: list[Push] = field(default_factory=list)


def ours(store: Store) -> dict[str, str]:
    """Ref -> commit of the notes refs that we have."""
    found = {ref: store.team.objects.resolve(ref) for ref in notes.REFS}
    return {ref: oid for ref, oid in found.items() if oid}


def take_in(store: Store, theirs: dict[str, str]) -> Taken:
    """Join each of `theirs` (ref -> commit, fetched) with ours; one that breaks a limit stays out.

    What is to be pushed then is in `pushes`: where theirs lacks something that we have.
    """
    taken = Taken()
    linking.keep_notes(store)  # what a link of theirs says, their notes need not bring
    kb.keep_notes(store)
    for ref in notes.REFS:
        found = theirs.get(ref)
        if found is None:
            mine = store.team.objects.resolve(ref)
            if mine is not None:
                taken.pushes.append(Push(ref, mine, lease=True))
                taken.sent += 1
            continue
        try:
            joined = _move(store, ref, found)
        except Unsafe as unsafe:
            taken.problems.append(f"kept out: all of {ref}: {unsafe.message}")
            continue
        taken.problems += joined.problems
        taken.received += joined.received
        taken.sent += joined.sent
        if joined.commit != found:
            taken.pushes.append(Push(ref, joined.commit))
    return taken


def take_in_fetched(store: Store, remote: str) -> list[str]:
    """Take in the notes that plain `git fetch` brought from `remote`; what was kept out."""
    problems: list[str] = []
    for ref in notes.REFS:
        name = ref.rsplit("/", 1)[1]
        tip = store.team.objects.resolve(f"refs/notes/remotes/{remote}/naturecode/{name}")
        if tip is not None and recall(store, f"taken-{name}") != tip:
            problems += take_in(store, {ref: tip}).problems
            remember(store, f"taken-{name}", tip)
    return problems


def join(store: Store, ref: str, head: str | None, theirs: str) -> Joined:
    """Both sides' notes in one commit; lines of what was taken back are left out."""
    objects, now_ms = store.team.objects, store.now_ms()
    if ref != noted.REF:
        clean = reviewing.clean_notes if ref == reviewed.REF else kb.clean_notes
        return notes.join(
            objects, head, theirs, now_ms, bounds(store), lambda lines: clean(store, lines)
        )
    from git_naturecode.linking.notes import Told

    told = Told(store)
    try:
        return notes.join(objects, head, theirs, now_ms, bounds(store), told.clean)
    finally:
        told.close()


def _move(store: Store, ref: str, theirs: str) -> Joined:
    log = notes.ref_log(store, ref)
    with alone(store.lock, PATIENCE):
        for _ in range(_TRIES):
            head = log.head()
            if head == theirs:
                return Joined(theirs)
            joined = join(store, ref, head, theirs)
            if joined.commit == head or log.move(joined.commit, head, PATIENCE):
                return joined
    raise RefLocked(f"{ref} keeps moving")
