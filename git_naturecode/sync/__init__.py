"""Sync: bring what others pushed together with what was said here, and push the result."""

from git_naturecode.sync.gate import admit, take_in_fetched
from git_naturecode.sync.run import Outcome, choose_remote, sync

__all__ = ["Outcome", "admit", "choose_remote", "sync", "take_in_fetched"]
