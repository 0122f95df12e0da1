"""Capture: transcripts of AI tools are found on disk and read as redacted drafts of entries."""

from .ahead import LARGEST, Task, read_all
from .discover import discover
from .found import Found, identify
from .reading import Reading, read

__all__ = ["LARGEST", "Found", "Reading", "Task", "discover", "identify", "read", "read_all"]
