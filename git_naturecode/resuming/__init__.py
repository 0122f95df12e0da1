"""Resuming: a session is given back to an agent, as a transcript where its tool looks for one."""

from git_naturecode.resuming.conversation import Conversation, given
from git_naturecode.resuming.giving import TOOLS, Given, data, give
from git_naturecode.resuming.resume import Asked, Resumption, place, prepare
from git_naturecode.resuming.transcript import Where

__all__ = [
    "TOOLS",
    "Asked",
    "Conversation",
    "Given",
    "Resumption",
    "Where",
    "data",
    "give",
    "given",
    "place",
    "prepare",
]
