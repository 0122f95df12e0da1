"""Which of several merges of one review counts: the one that is in the base branch."""

from git_naturecode.domain.review.model import Merged, Review
from git_naturecode.git import branches
from git_naturecode.store.store import Store


def base_tip(store: Store, name: str) -> str:
    """Where branch `name` stands here: the own one, else that of the remote; "" for nowhere."""
    if not branches.is_name(name):
        return ""
    places = [branches.HEADS + name]
    places += [f"refs/remotes/{remote}/{name}" for remote in store.config.remotes()]
    found = (store.team.objects.resolve(place) for place in places)
    return next((oid for oid in found if oid), "")


def counting_merge(store: Store, review: Review) -> Merged | None:
    """Of the merges that people have said they made, the one that is in the base branch; where
    none is (yet), the first."""
    if len(review.merges) < 2:
        return review.merged
    there = (one for one in review.merges if is_there(store, review, one))
    return next(there, review.merged)


def is_there(store: Store, review: Review, merge: Merged) -> bool:
    """True when the base branch, as far as it is known here, has what a merge has made."""
    tip = base_tip(store, review.base)
    return bool(tip and merge.result) and store.team.objects.is_ancestor(merge.result, tip)


def settle(store: Store, review: Review) -> None:
    """Put the merge that counts before those that do not."""
    first = counting_merge(store, review)
    review.merges.sort(key=lambda one: one != first)
