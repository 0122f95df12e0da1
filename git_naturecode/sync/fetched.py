"""What plain git fetched is taken in by the next command that reads."""

from git_naturecode.errors import Remote, Unsafe
from git_naturecode.git import remote
from git_naturecode.store.memory import recall, remember
from git_naturecode.store.store import Store
from git_naturecode.sync import notes
from git_naturecode.sync.gate import admit, complete, take_in


def take_in_fetched(store: Store) -> list[str]:
    """Take in what plain git brought, by a fetch or straight into our branch.

    Gives what was kept out and why; each state of the remote is looked at once.
    """
    problems = admit(store)
    name = remote.choose(store.config)
    if name is None:
        return problems
    problems += notes.take_in_fetched(store, name)
    tip = store.team.objects.resolve(f"refs/remotes/{name}/{store.branch}")
    if tip is None or tip == store.team.head() or recall(store, "taken") == tip:
        return problems
    try:
        complete(store, [tip])
        problems += take_in(store, tip, []).problems
    except Remote as away:
        return [*problems, f"{away.message}; {away.hint}"]
    except Unsafe as unsafe:
        problems.append(f"kept out: all of {name}: {unsafe.message}")
    remember(store, "taken", tip)
    return problems
