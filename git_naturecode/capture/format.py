"""What an importer is: it tells which conversations a file holds, and reads one of them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from ..store.entry import Draft
from .drafts import Drafting

HEAD = 512  # bytes of a file's beginning that importers are asked about


@dataclass(frozen=True)
class Found:
    """A conversation: its tool and session, when it begins (ms since the epoch), whose it is.

    `project` is the folder in which the tool ran, "" where the file does not tell. A file that
    holds several gives one for each, with the `at` at which it begins and its `length` (bytes).
    `last_ms` is when its last message was said, where that is known without reading it all; -1
    leaves it to the time of the file. A `copy` is kept by another tool than the one it is of.
    `continued` is the session that it was given back from and goes on: what is copied from there is
    not read.
    """

    tool: str
    session: str
    path: str
    first_ms: int
    project: str
    at: int = 0
    length: int = -1
    last_ms: int = -1
    copy: bool = False
    continued: str = ""

    @property
    def size(self) -> int:
        """Bytes of this conversation."""
        return self.length if self.length >= 0 else os.path.getsize(self.path)

    @property
    def ended_ms(self) -> int:
        """When its last message was said, or else when the file was last changed."""
        return self.last_ms if self.last_ms >= 0 else os.stat(self.path).st_mtime_ns // 1_000_000


class Format(Protocol):
    """The importer of one tool, a module of this room."""

    TOOL: str

    def conversations(self, path: str, head: bytes) -> Iterator[Found]:
        """The conversations in `path`, which begins with `head` (HEAD bytes, blanks stripped).

        None for what is no file of this tool; told from the content, not the name. Raises OSError.
        """
        ...

    def read(self, found: Found, drafting: Drafting) -> "Iterator[Draft | None]":
        """The drafts of one conversation, first `open`; None for each piece that is broken."""
        ...
