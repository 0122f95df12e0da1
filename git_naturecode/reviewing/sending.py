"""Drafts of a review: said on the private side until their writer sends them, all at once."""

from collections.abc import Callable, Sequence

from git_naturecode.domain.fold import MOST_NAMED
from git_naturecode.domain.review.build import DISCARD, without_discarded
from git_naturecode.domain.review.model import Review
from git_naturecode.store.entry import Draft, Entry, Json
from git_naturecode.store.store import PRIVATE, TEAM, Placed, Store


def drafts(placed: Sequence[Placed]) -> list[Entry]:
    """The entries that stand on the private side only and were not thrown away, in their order."""
    there = {one.entry.key for one in placed if one.side == TEAM}
    found = {one.entry.key: one.entry for one in without_discarded(placed)}
    waiting = [entry for key, entry in found.items() if key not in there]
    return sorted((one for one in waiting if one.kind != DISCARD), key=lambda one: one.order)


def send(
    store: Store, review: Review, waiting: Sequence[Entry], permit: Callable[..., None]
) -> None:
    """Share `waiting`; `permit` raises where the team does not let this person say one of them."""
    permit(*(Draft(one.kind, dict(one.header), one.body) for one in waiting))
    store.keep(TEAM, review.id, store.sealed(TEAM, review.id, waiting))
    store.settle()


def discard(store: Store, entity: str, waiting: Sequence[Entry]) -> None:
    """Throw `waiting` away: an entry on the private side says that they are no more."""
    names: list[Json] = [one.id for one in waiting]
    lots = [names[at : at + MOST_NAMED] for at in range(0, len(names), MOST_NAMED)]
    if lots:
        store.write(PRIVATE, entity, [Draft(DISCARD, {"over": lot}) for lot in lots])
        store.settle()
