"""Capture: transcripts of AI tools are found on disk and read as redacted drafts of entries."""

from .discover import discover
from .found import Found, identify
from .reading import Reading, read

__all__ = ["Found", "Reading", "discover", "identify", "read"]
