"""Reports of other tools, read as data from a stranger: what they found, as hits."""

from git_naturecode.domain.findings.incoming.reading import MOST_BYTES, MOST_HITS, Unreadable, read

__all__ = ["MOST_BYTES", "MOST_HITS", "Unreadable", "read"]
