"""What a file is, told from its beginning."""

import os
from dataclasses import dataclass

from . import claude, gemini, specstory
from .times import ms_of


@dataclass(frozen=True)
class Found:
    """A transcript: its tool and session, when it begins (ms since the epoch), whose project it is.

    `project` is the folder in which the tool ran, "" where the file does not tell.
    """

    tool: str
    session: str
    path: str
    first_ms: int
    project: str


def identify(path: str) -> Found | None:
    """What transcript `path` is, or None when it is none that we know (or cannot be read)."""
    try:
        with open(path, "rb") as file:
            head = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")
        return _identify(path, head)
    except OSError:
        return None


def _identify(path: str, head: bytes) -> Found | None:
    path_text = os.fspath(path)
    if head.startswith(b"<!--"):
        story = specstory.look(path)
        if story is None:
            return None
        return Found(
            specstory.TOOL, story.session, path_text, ms_of(story.t), specstory.project(path)
        )
    if not head.startswith(b"{"):
        return None
    if chat := gemini.look(path):
        return Found(gemini.TOOL, chat.session, path_text, ms_of(chat.t), gemini.project(path))
    if code := claude.look(path):
        return Found(claude.TOOL, code.session, path_text, ms_of(code.t), code.project)
    return None
