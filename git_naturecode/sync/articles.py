"""Articles in a sync: edits on a host's page come in, and their files are made right."""

from collections.abc import Callable
from functools import partial

from git_naturecode import kb
from git_naturecode.errors import NaturecodeError
from git_naturecode.kb import beside
from git_naturecode.store.store import Store
from git_naturecode.sync.gate import PATIENCE, complete
from git_naturecode.sync.outcome import Outcome


def take_in_pages(
    store: Store, theirs: str | None, outcome: Outcome, tell: Callable[[str], None]
) -> None:
    """Take in what people wrote on a host's page, while its commits are here.

    That it cannot be done fails no sync, and is in `outcome`.
    """
    try:
        found = kb.take_in_pages(store, theirs, partial(complete, store))
    except (NaturecodeError, OSError) as error:
        said = getattr(error, "message", str(error))
        outcome.problems.append(f"edits on a host's page were not looked at: {said}")
        return
    outcome.problems += found.problems
    for line in found.taken:
        tell(line)
    if found.taken:
        store.settle(PATIENCE)


def show(store: Store, outcome: Outcome) -> None:
    """Make the files of articles right; that it cannot be done is in `outcome`."""
    try:
        beside.refresh(store)
    except (NaturecodeError, OSError) as error:
        said = getattr(error, "message", str(error))
        outcome.problems.append(f"the files of articles were not made anew: {said}")
