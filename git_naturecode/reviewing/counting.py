"""Which of several merges of one review counts: the one that is in the base branch."""

from git_naturecode.domain.review.model import Merged, Review
from git_naturecode.git import commits
from git_naturecode.reviewing import tips
from git_naturecode.store.store import Store


def counting_merge(store: Store, review: Review) -> Merged | None:
    """Of the merges that people have said they made, the one that is in the base branch, as its
    remote has it before as it is here; where none is (yet), the first."""
    if len(review.merges) < 2:
        return review.merged
    own, theirs = tips.of(store.repo, store.config, review.base)
    results = {one.result for one in review.merges if one.result}
    there = commits.here(store.repo, store.team.objects, results)
    for tip in (theirs, own):
        inside = commits.within(store.repo, there, tip) if tip and there else set()
        for one in review.merges:
            if one.result in inside:
                return one
    return review.merged


def is_there(store: Store, review: Review, merge: Merged) -> bool:
    """True when the base branch, here or at its remote, has what a merge has made."""
    stands = tips.of(store.repo, store.config, review.base)
    return any(_holds(store, tip, merge) for tip in stands)


def _holds(store: Store, tip: str, merge: Merged) -> bool:
    return bool(tip and merge.result) and store.team.objects.is_ancestor(merge.result, tip)


def settle(store: Store, review: Review) -> None:
    """Put the merge that counts before those that do not."""
    first = counting_merge(store, review)
    review.merges.sort(key=lambda one: one != first)
