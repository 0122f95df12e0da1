"""Handles: the short names by which a person means one message or comment of a session."""

import re

from git_naturecode.domain.said import Comment, Message
from git_naturecode.domain.session import Session
from git_naturecode.errors import Negative

_NUMBER = r"#?([1-9][0-9]{0,6})"
_REMARK = r"c([1-9][0-9]{0,6})"


def handles(session: Session) -> dict[str, str]:
    """The handle of each message (`#1`) and comment (`c1`), by id."""
    numbered = {m.id: f"#{number}" for number, m in enumerate(session.messages, 1)}
    return numbered | {c.id: f"c{number}" for number, c in enumerate(session.comments, 1)}


def message(session: Session, wanted: str) -> Message:
    """The message that `wanted` means: its number, or a beginning of its id that is unique.

    Raises Negative when there is none, or more than one.
    """
    found = said(session, wanted)
    if isinstance(found, Message):
        return found
    raise Negative(f"{wanted!r} is a comment, not a message", _hint(session))


def said(session: Session, wanted: str) -> Message | Comment:
    """The message or comment that `wanted` means; as `message`, and `c2` for the second comment."""
    return _numbered(session, wanted) or _only(session, wanted)


def _numbered(session: Session, wanted: str) -> Message | Comment | None:
    number, remark = re.fullmatch(_NUMBER, wanted), re.fullmatch(_REMARK, wanted)
    if number and int(number[1]) <= len(session.messages):
        return session.messages[int(number[1]) - 1]
    if remark and int(remark[1]) <= len(session.comments):
        return session.comments[int(remark[1]) - 1]
    return None


def _only(session: Session, wanted: str) -> Message | Comment:
    every: list[Message | Comment] = [*session.messages, *session.comments]
    found = {one.id: one for one in every if one.id.startswith(wanted)} if wanted else {}
    if wanted in found:
        return found[wanted]
    if len(found) == 1:
        return next(iter(found.values()))
    what = f"{wanted!r} fits {len(found)} messages" if found else f"there is no message {wanted!r}"
    raise Negative(f"{what} in {session.id}", _hint(session))


def _hint(session: Session) -> str:
    return f"`git naturecode session show {session.id[17:]}` numbers them"
