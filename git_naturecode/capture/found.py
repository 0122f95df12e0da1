"""What a file is, told from its beginning."""

import os
from collections.abc import Iterator

from . import aider, chatgpt, claude, codex, copilot, cursor, gemini, llm, naturecode, specstory
from .format import HEAD, Format, Found

# The first that knows a file has it.
FORMATS: tuple[Format, ...] = (
    specstory,
    codex,
    copilot,
    cursor,
    gemini,
    claude,
    chatgpt,
    naturecode,
    aider,
    llm,
)  # fmt: skip
TOOLS = tuple(sorted(each.TOOL for each in FORMATS))
_BY_TOOL = {each.TOOL: each for each in FORMATS}


def format_of(tool: str) -> Format:
    """The importer of `tool`, one of TOOLS."""
    return _BY_TOOL[tool]


def identify(path: str) -> Found | None:
    """What transcript `path` is (of several in it, the first), or None when it is none that we
    know (or cannot be read)."""
    return next(conversations(path), None)


def conversations(path: str) -> Iterator[Found]:
    """All conversations in `path`; none when it is no transcript that we know or cannot be read."""
    path = os.fspath(path)
    try:
        with open(path, "rb") as file:
            head = file.read(HEAD).lstrip(b"\xef\xbb\xbf \t\r\n")
        for each in FORMATS:
            known = False
            for found in each.conversations(path, head):
                known = True
                yield found
            if known:
                return
    except OSError:
        return
