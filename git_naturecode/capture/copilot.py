"""Conversations with GitHub Copilot: chats of VS Code, and event streams of the CLI and of Chat."""

from collections.abc import Iterator

from ..store.entry import Draft
from . import copilot_chat, copilot_events
from .drafts import Drafting
from .format import Found
from .times import ms_of

TOOL = "copilot"


def conversations(path: str, head: bytes) -> Iterator[Found]:
    """The conversation in `path`; none when it is no file of Copilot."""
    if not head.startswith(b"{"):
        return
    if stream := copilot_events.look(path):
        yield Found(TOOL, stream.session, path, ms_of(stream.t), stream.project)
    elif chat := copilot_chat.look(path):
        first, last = ms_of(copilot_chat.begun(chat)), ms_of(copilot_chat.ended(chat)) or -1
        project = copilot_chat.project(path)
        yield Found(TOOL, copilot_chat.session(chat), path, first, project, last_ms=last)


def read(found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
    """The drafts of a file; None for each line that is broken."""
    if stream := copilot_events.look(found.path, for_title=True):
        return copilot_events.read(found, stream, drafting)
    return copilot_chat.read(found, drafting)
