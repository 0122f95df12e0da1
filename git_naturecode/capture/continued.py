"""Transcripts that were given back to an agent: only what it added is a conversation of its own."""

from collections.abc import Iterator

from ..store.entry import Draft


def unless_alone(drafts: "Iterator[Draft | None]") -> "Iterator[Draft | None]":
    """`drafts`, whose first begins the session; nothing where nothing was said after it."""
    opening = None
    for draft in drafts:
        if draft is not None and draft.kind == "open":
            opening = draft
            continue
        if draft is not None and opening is not None:
            yield opening
            opening = None
        yield draft
