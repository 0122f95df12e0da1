"""Linking: which commits belong to which sessions, through everything that happens to a commit."""

from git_naturecode.linking.drain import Drained, drain
from git_naturecode.linking.find import find
from git_naturecode.linking.known import Known
from git_naturecode.linking.write import link

__all__ = ["Drained", "Known", "drain", "find", "link"]
