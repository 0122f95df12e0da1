"""Conversations with Cursor: its database, the transcripts of its agents, exported Markdown."""

from collections.abc import Iterator

from ..store.entry import Draft
from . import cursor_lines, cursor_pages, cursor_store
from .drafts import Drafting
from .format import Found
from .times import ms_of

TOOL = "cursor"


def conversations(path: str, head: bytes) -> Iterator[Found]:
    """The conversations in `path`; none when it is no file of Cursor."""
    if head.startswith(cursor_store.MAGIC):
        for chat in cursor_store.chats(path):
            yield Found(
                TOOL, chat.id, path, chat.first_ms, chat.project, 0, chat.size, chat.last_ms or -1
            )
    elif head.startswith(b"# ") and (page := cursor_pages.look(path)):
        yield Found(TOOL, page.session, path, ms_of(page.t), "")
    elif head.startswith(b"{") and (script := cursor_lines.look(path)):
        yield Found(TOOL, script.session, path, ms_of(script.t), "")


def read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    """The drafts of one conversation; None for each piece that is broken."""
    with open(found.path, "rb") as file:
        head = file.read(len(cursor_store.MAGIC))
    if head == cursor_store.MAGIC:
        return cursor_store.read(found, drafting)
    if page := cursor_pages.look(found.path):
        return cursor_pages.read(found, page, drafting)
    return cursor_lines.read(found, drafting)
