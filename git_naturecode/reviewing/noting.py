"""Notes on commits, derived from the reviews of the data branch: the same lines in every clone."""

from collections.abc import Iterable, Iterator, Mapping

from git_naturecode import ids
from git_naturecode.domain.review import notes as lines
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.model import KIND, Review
from git_naturecode.reviewing import noted, pinned
from git_naturecode.store.derived import Derived, Telling
from git_naturecode.store.note_lines import Lines
from git_naturecode.store.store import TEAM, Placed, Store

Folded = tuple[Review, list[Placed]]
"""A review and its entries."""


def refresh(store: Store) -> int:
    """Make right what the notes say where reviews or notes have changed; how many changed.

    Without a ref, or where nobody knows since when, all reviews are looked at: so a lost ref is
    built again from the data branch. Raises NaturecodeError when others keep writing.
    """
    over = set[str]()
    done = _derived(over).refresh(store)
    if over:
        pinned.let_go(store, over)
    return done


def audit(store: Store) -> frozenset[str]:
    """The commits whose notes are not as the reviews are; writes nothing."""
    return _derived().audit(store)


def clean(store: Store, notes: Mapping[str, Lines]) -> dict[str, Lines]:
    """Of the lines in `notes`, by commit, those that may stay where two states are joined."""
    return _derived().clean(store, notes)


def stale_pins(store: Store) -> set[str]:
    """The last parts of the ids of the reviews whose states are kept though they are over, or not
    here (any more)."""
    tails = pinned.kept(store)
    found = {ids.tail(review.id): review for review, _ in _read(store, tails)}
    return {
        tail for tail in tails
        if tail not in found or found[tail].is_over or not found[tail].opened
    }  # fmt: skip


def rebuild(store: Store) -> int:
    """Make all notes right, whatever was done before; how many changed."""
    return _derived().rebuild(store)


def everything(store: Store) -> set[str]:
    """The last parts of the ids of all reviews on the data branch."""
    return _derived().everything(store)


def _derived(over: set[str] | None = None) -> Derived:
    """The notes of reviews; `over` gets the last parts of the ids of those read that are over."""

    def read(store: Store, tails: Iterable[str]) -> Iterator[Telling]:
        for review, placed in _read(store, tails):
            if over is not None and review.is_over:
                over.add(ids.tail(review.id))
            shared = [one.entry for one in placed if one.side == TEAM]
            yield Telling(review.id, lines.lines(review, shared))

    return Derived(KIND, noted.STATE, lines.review_of, read, "Note what was reviewed")


def _read(store: Store, tails: Iterable[str]) -> list[Folded]:
    """The reviews with these last parts of ids; those that are not here are left out."""
    read = (store.read(tail, KIND) for tail in tails)
    return [(build(placed), placed) for placed in read if placed]
