"""Reviews as services: what is reviewed, saying things about it, following it, merging it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_naturecode.store.note_lines import Lines
    from git_naturecode.store.store import Store


def keep_notes(store: "Store") -> int:
    """Make the notes of reviews right where reviews or notes have changed; how many that were.

    Costs a few file reads where no review was ever seen, or none has changed.
    """
    from git_naturecode.reviewing import noted

    if not noted.is_behind(store):
        return 0
    from git_naturecode.reviewing import noting

    return noting.refresh(store)


def clean_notes(store: "Store", notes: "Mapping[str, Lines]") -> "dict[str, Lines]":
    """Of the lines in `notes`, by commit, those that may stay where two states are joined."""
    from git_naturecode.reviewing import noting

    return noting.clean(store, notes)


def follow(store: "Store") -> int:
    """Write down the new states of the reviews that were begun here; how many there were.

    Costs one look for a file where none was begun here.
    """
    import os

    if not os.path.exists(os.path.join(store.state_dir, "reviews-mine")):
        return 0
    from git_naturecode.reviewing import watched

    return watched.follow(store)
