"""Resuming: a session is given back to an agent, as a transcript where its tool looks for one."""

from git_naturecode.resuming.conversation import Conversation, begun, given, suggested
from git_naturecode.resuming.giving import LIMIT, TOOLS, Given, command, data, give, original
from git_naturecode.resuming.transcript import Where

__all__ = [
    "LIMIT",
    "TOOLS",
    "Conversation",
    "Given",
    "Where",
    "begun",
    "command",
    "data",
    "give",
    "given",
    "original",
    "suggested",
]
