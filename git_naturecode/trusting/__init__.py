"""Trust: what this clone signs, and whom and what it believes of what others have signed.

Only what is asked for is loaded: a sync without news pays for a look at three files.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_naturecode.domain.policy import Standing
    from git_naturecode.store.judged import Key
    from git_naturecode.store.store import Placed, Store
    from git_naturecode.trusting.asked import Asked
    from git_naturecode.trusting.keeping import Keeper
    from git_naturecode.trusting.writing import Files, Op

_KEEPER, _FILE = "trust", "trust-file"
TEAMLESS, TEAMED, ENFORCED = "lines", "team", "enforced"


def keeper(store: "Store") -> "Keeper":
    """What `store` knows of trust; one for each store, so that nothing is weighed twice."""
    from git_naturecode.trusting.keeping import Keeper

    found = store.beside.get(_KEEPER)
    if not isinstance(found, Keeper):
        found = store.beside[_KEEPER] = Keeper(store)
    return found


def judge_of(store: "Store") -> "Asked":
    """What those who read the entries of `store` ask about their standing."""
    from git_naturecode.trusting.asked import Asked

    return Asked(store)


def standing(store: "Store") -> "Standing":
    """What all trust lines that are here add up to, with the team that is pinned."""
    known = keeper(store)
    known.refresh()
    return known.standing


def mode(store: "Store") -> str:
    """ "" (nothing is signed), TEAMLESS, TEAMED (not enforced) or ENFORCED; all but the file that
    tells it stays unloaded.
    """
    from git_naturecode.store.trust_file import FILE, TrustFile

    if _KEEPER in store.beside:
        return keeper(store).mode
    file = store.beside.get(_FILE)
    if not isinstance(file, TrustFile):
        import os

        file = store.beside[_FILE] = TrustFile(os.path.join(store.state_dir, FILE))
    return file.get("mode")


def is_enforced(store: "Store") -> bool:
    """True when there is a team and what nobody may say is left out of sight."""
    return mode(store) == ENFORCED


def has_team(store: "Store") -> bool:
    """True when there is a team, whether or not it enforces anything."""
    return mode(store) in (ENFORCED, TEAMED)


def pinned(store: "Store") -> str:
    """The genesis line of the team that this clone trusts; "" for none."""
    from git_naturecode.store import pins

    return pins.load(store.state_dir).team


def pin(store: "Store", genesis: str) -> None:
    """Trust the team that begins with the line `genesis`, and no other, from now on."""
    from git_naturecode import clock
    from git_naturecode.store import pins

    since = clock.iso(store.now_ms())
    pins.change(store.state_dir, lambda known: known._replace(team=genesis, since=since))
    keeper(store).repin()


def state(store: "Store") -> str:
    """All that decides what is thought of signatures here: the branch, and which team is trusted.

    "" where what was verified is not kept, so that nothing may be passed over.
    """
    import os

    from git_naturecode.store.trust_file import FILE

    head = store.team.head()
    if head is None or not os.path.exists(os.path.join(store.state_dir, FILE)):
        return ""
    return f"{head} {pinned(store)}"


def uncovered(store: "Store") -> set[str]:
    """The hashes of all shared entries that nobody has signed."""
    known = keeper(store)
    known.refresh()
    return known.uncovered()


def append(store: "Store", ops: "Sequence[Op]", *, device: str = "") -> list[str]:
    """Say `ops` in the trust log of this clone's device; the digests of the lines that say them.

    They are signed, chained to what this device said before, name what it has seen of others,
    and are committed together with whatever waits in the spool. `device` is another device of
    this user whose key is here. Raises NaturecodeError when the key is not there, when others hold
    the lock, and when nothing can be written.
    """
    from git_naturecode.trusting import writing

    return writing.append(store, ops, device)


def refused(store: "Store", placed: "Sequence[Placed]") -> "set[Key]":
    """What its author may not say among `placed`, opened entries of one encrypted session.

    Nothing where no team enforces anything.
    """
    known = keeper(store)
    known.refresh()
    return known.refused(placed)


def introduce(store: "Store") -> bool:
    """Say whose this clone's device is, where a team wants to know it; True if that was new."""
    from git_naturecode.trusting import introducing

    return introducing.introduce(store)


def sign(store: "Store") -> int:
    """Sign all that this clone wrote on the shared branch since the last time; how many entries.

    Drains the spool into the same commit. Nothing is loaded, written or waited for where nothing
    is new; where another process writes, the next sync signs.
    """
    from git_naturecode.store import drained, unsigned

    spool, state = store.team.spool, store.state_dir
    if not (spool.waiting() or unsigned.is_behind(state) or drained.is_news(state, spool)):
        return 0
    from git_naturecode.trusting import writing

    return writing.sign(store)


@contextmanager
def signed(store: "Store", ops: "Mapping[str, Sequence[Op]]") -> "Iterator[Files]":
    """Sign what each device of `ops`, whose key is here, has to say; for one who holds the lock.

    Gives the function from the tree to build on to the files that a commit must change so that the
    lines are in it. Nobody else signs with these keys until the block ends.
    """
    from git_naturecode.trusting import writing

    with writing.signed(store, ops) as files:
        yield files
