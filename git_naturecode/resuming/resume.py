"""A resume as a whole: to which agent, what of the session, and what its user has to know."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from git_naturecode.domain import handles
from git_naturecode.domain.session import Session
from git_naturecode.errors import Negative, Usage
from git_naturecode.git import branches
from git_naturecode.git.repo import Repo
from git_naturecode.render.show import line
from git_naturecode.resuming import conversation, giving
from git_naturecode.resuming.conversation import Conversation
from git_naturecode.resuming.giving import TOOLS, Given
from git_naturecode.resuming.transcript import Where
from git_naturecode.store.lock import hold

_PATIENCE = 10.0


@dataclass(frozen=True)
class Asked:
    """What is asked for: the tool (None: its own), the last message, how many, and remarks."""

    tool: str | None = None
    at: str = ""
    last: int = 0
    remarks: bool = False

    @property
    def is_whole(self) -> bool:
        """True when nothing of the session is left out on purpose."""
        return not self.at and not self.last


@dataclass(frozen=True)
class Resumption:
    """A conversation, ready to be given back to `tool` as `name`, its transcript `content`.

    `original` is the id of the conversation in its own tool where all of that is given back to it.
    """

    tool: str
    conversation: Conversation
    where: Where
    name: str
    content: bytes
    original: str = ""

    def give(self, state_dir: str) -> Given:
        """Write the transcript, unless it is there; raises as `giving.give`."""
        with _alone(state_dir):
            return giving.give(self.tool, self.name, self.content, self.where)

    def command(self, cwd: str) -> str:
        """The line for a shell in `cwd` that goes on with it."""
        return giving.command(self.tool, self.name, self.where.work_tree, cwd)

    def better(self, cwd: str) -> str:
        """The line that goes on with the agent's own transcript, where that is here; else ""."""
        if not self.original or not giving.original(self.tool, self.original, self.where):
            return ""
        return giving.command(self.tool, self.original, self.where.work_tree, cwd)

    def others(self, person: str) -> Sequence[str]:
        """Who but `person` wrote what is given back."""
        return [one for one in self.conversation.authors if one.casefold() != person.casefold()]

    def fitting(self, most: int) -> int:
        """How many of the last messages are no longer than an agent holds in mind; 0: it fits.

        A single message, or one of which only `most` 1 was asked for, cannot be made shorter.
        """
        if self.conversation.characters <= giving.LIMIT or most == 1:
            return 0
        return conversation.suggested(self.conversation.steps, giving.LIMIT)


def prepare(
    session: Session, asked: Asked, where: Where, read: Callable[[str], Session]
) -> Resumption:
    """What is given back of `session`; `read` gives those that it goes on from, by their ids.

    Raises Usage when nobody can say to which tool, Negative when nothing is left.
    """
    tool = choose(session, asked.tool)
    upto = handles.message(session, asked.at) if asked.at else None
    before = conversation.begun(session, read)
    found = conversation.given(session, upto, asked.last, asked.remarks, before)
    name, content = giving.data(tool, found, where)
    is_own = asked.is_whole and session.origin.get("tool") == tool
    original = str(session.origin.get("session") or "") if is_own else ""
    return Resumption(tool, found, where, name, content, original)


def choose(session: Session, wanted: str | None) -> str:
    """The tool to which `session` is given back: `wanted`, else its own; raises Usage."""
    names = ", ".join(TOOLS)
    own = str(session.origin.get("tool") or "")
    if wanted is not None and wanted not in TOOLS:
        raise Usage(f"a session cannot be given back to {wanted!r}", f"use one of {names}")
    if wanted is None and own not in TOOLS:
        where = f"it comes from {line(own)}" if own else "it comes from no such tool"
        raise Usage(f"to which agent? {where}", f"add --tool with one of {names}")
    return wanted or own


def place(
    repo: Repo, cwd: str, environ: Mapping[str, str], now_ms: int, *, to_write: bool
) -> Where:
    """Where the agent shall go on; raises Negative when `to_write` and there is no work tree."""
    if repo.work_tree is None and to_write:
        raise Negative(
            "a bare repository has no work tree in which an agent could go on",
            "run it in a work tree, or use --print",
        )
    real = os.path.realpath(repo.work_tree or cwd)
    return Where(real, branches.current(repo), environ, now_ms)


def _alone(state_dir: str) -> AbstractContextManager[object]:
    """One at a time; who may only read here can still resume, then two are not kept apart."""
    if not os.access(state_dir, os.W_OK):
        return nullcontext()
    return hold(os.path.join(state_dir, "resume.lock"), _PATIENCE)
