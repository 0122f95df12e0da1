"""The knowledge base as a service: what articles are linked to, brought in from, found by."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_naturecode.store.note_lines import Lines
    from git_naturecode.store.store import Store


def keep_notes(store: "Store") -> int:
    """Make the notes of articles right where articles or notes have changed; how many that were.

    Costs a few file reads where neither has.
    """
    from git_naturecode.kb import noted

    if not noted.STATE.is_behind(store):
        return 0
    from git_naturecode.kb import noting

    return noting.keep_notes(store)


def clean_notes(store: "Store", notes: "Mapping[str, Lines]") -> "dict[str, Lines]":
    """Of the lines in `notes`, by commit, those that may stay where two states are joined."""
    from git_naturecode.kb import noting

    return noting.clean(store, notes)


def write_views(store: "Store") -> int:
    """Say in the log how often articles were looked at here; of how many there was news."""
    from git_naturecode.kb import viewed

    return viewed.write(store)


def views_wait(store: "Store") -> bool:
    """True when what was counted on a day that is over is not in the log yet."""
    from git_naturecode.kb import viewed

    return viewed.wait(store)
