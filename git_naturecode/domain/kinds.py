"""What the index asks about each kind of entity; the nouns themselves are loaded only then."""

import os
from collections.abc import Sequence

from git_naturecode.store import index_file
from git_naturecode.store.described import Described, Part
from git_naturecode.store.index import Index
from git_naturecode.store.store import Placed, Store

SESSION, REVIEW, KB = "session", "review", "kb"
ENCRYPTED = "index-encrypted.db"
"""A file beside the index, for the words of encrypted sessions (sealed/kept.py)."""
KEEPS_ENCRYPTED = "naturecode.searchEncrypted"
"""The setting that allows it."""
BY_MEANING = "naturecode.semantic"
"""The setting that has searches find what means the same as well."""


def open_index(store: Store) -> Index:
    """The index of `store` over all kinds that this program knows; to be closed.

    What the user does not want to have kept is gone afterwards.
    """
    kept = os.path.join(store.state_dir, ENCRYPTED)
    if os.path.exists(kept) and not store.config.flag(KEEPS_ENCRYPTED, False):
        index_file.remove(kept)
    return Index(
        store,
        {SESSION: _session, REVIEW: _review, KB: _article},
        {SESSION: _session_outline, KB: _article_outline},
    )


def _session(tail: str, placed: list[Placed]) -> Described | None:
    from git_naturecode.domain.session import describe

    return describe(tail, placed)


def _review(tail: str, placed: list[Placed]) -> Described | None:
    from git_naturecode.domain.review.row import describe

    return describe(tail, placed)


def _session_outline(tail: str, parts: Sequence[Part], texts: bool) -> Described | None:
    from git_naturecode.domain.outline import outline

    return outline(tail, parts, texts)


def _article(tail: str, placed: list[Placed]) -> Described | None:
    from git_naturecode.domain.kb.row import describe

    return describe(tail, placed)


def _article_outline(tail: str, parts: Sequence[Part], texts: bool) -> Described | None:
    from git_naturecode.domain.kb.outline import outline

    return outline(tail, parts, texts)
