"""The knowledge base as a service: what articles are linked to, brought in from, found by."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_naturecode.kb.pages import Found
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


def take_in_pages(
    store: "Store", theirs: str | None, complete: Callable[[list[str]], None]
) -> "Found":
    """Take in edits that were made on a host's page in the history of our branch, or of `theirs`.

    Costs the read of the commits since the last time, and loads nothing more where all are ours.
    """
    from git_naturecode.kb import pages

    commits = pages.foreign(store, theirs)
    found = pages.Found([], [])
    if commits:
        from git_naturecode.kb import from_host

        found = from_host.take_in(store, commits[-pages.MOST :], complete)
        if len(commits) > pages.MOST:
            found.problems.append(
                f"only the newest {pages.MOST:,} commits by others on the data branch were looked "
                "at for edits on a host's page"
            )
    if found.is_all:
        pages.looked(store, theirs)
    return found
