"""A session as a text for a model: its messages with names, nothing that is hidden or secret."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from git_naturecode.ai.budget import tokens_of
from git_naturecode.ai.conversation import is_told
from git_naturecode.domain.said import Message
from git_naturecode.errors import Usage
from git_naturecode.redact import Redactor
from git_naturecode.render.show import line

ROLES = ("user", "assistant", "note")


class Named(NamedTuple):
    """A message under the name by which it is spoken of: A3, B1."""

    name: str
    message: Message


def told(messages: Sequence[Message]) -> list[Message]:
    """Those of `messages` that were said and may be shown."""
    return [one for one in messages if one.role in ROLES and is_told(one)]


def text(named: Sequence[Named], redactor: Redactor, mark: str, room: int) -> str:
    """The messages, each between lines of `mark` (random) with its name and role.

    Raises Usage where they need more than `room` tokens.
    """
    rows = []
    for one in named:
        said = redactor.text(one.message.text)[0].replace(mark, "mark")
        who = line(one.message.by.partition("@")[0])
        rows.append(f"{mark} {one.name} {one.message.role} {who}\n{said}")
    whole = "\n".join([*rows, mark])
    if tokens_of(whole) > room:
        raise Usage(
            f"the session needs up to {tokens_of(whole):,} tokens, and {room:,} have room",
            "give more room: git config naturecode.ai.contextTokens NUMBER",
        )
    return whole


def numbered(letter: str, messages: Sequence[Message]) -> list[Named]:
    """`messages` as A1, A2, ..."""
    return [Named(f"{letter}{number}", one) for number, one in enumerate(messages, 1)]


def by_name(named: Sequence[Named]) -> Mapping[str, Message]:
    """The messages by their names."""
    return {one.name: one.message for one in named}
