"""Capture: transcripts of AI tools are found on disk and read as redacted drafts of entries."""

from . import entire, llm
from .ahead import LARGEST, Task, read_all
from .discover import discover
from .format import Found
from .found import TOOLS, conversations, identify
from .reading import Reading, read

__all__ = [
    "LARGEST",
    "TOOLS",
    "Found",
    "Reading",
    "Task",
    "conversations",
    "discover",
    "entire",
    "identify",
    "llm",
    "read",
    "read_all",
]
