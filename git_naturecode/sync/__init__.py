"""Sync: bring what others pushed together with what was said here, and push the result."""

from git_naturecode.sync.fetched import take_in_fetched
from git_naturecode.sync.gate import admit
from git_naturecode.sync.outcome import Outcome
from git_naturecode.sync.run import choose_remote, link_to, sync

__all__ = ["Outcome", "admit", "choose_remote", "link_to", "sync", "take_in_fetched"]
