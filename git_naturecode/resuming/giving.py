"""Giving a conversation back: its transcript is written once, whole, where its tool looks."""

import errno
import os
import re
import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from git_naturecode.resuming import claude, codex, gemini
from git_naturecode.resuming.conversation import Conversation
from git_naturecode.resuming.transcript import Format, Where, seed, text

TOOLS: dict[str, Format] = {
    one.TOOL: one for one in (cast(Format, each) for each in (claude, codex, gemini))
}
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LIMIT = 400_000  # characters, about 100,000 tokens: half of what a model holds in mind


@dataclass(frozen=True)
class Given:
    """A transcript: the conversation's id in its tool, its path, whether it was there already.

    `made` is the tool's folder where that had to be made.
    """

    name: str
    path: str
    there: bool = False
    made: str = ""

    def grown(self, size: int) -> bool:
        """True when the tool has gone on with it: it is longer than the `size` we would write."""
        return self.there and os.path.exists(self.path) and os.path.getsize(self.path) > size


def data(tool: str, conversation: Conversation, where: Where) -> tuple[str, bytes]:
    """The id that the conversation gets in `tool`, one of TOOLS, and its transcript."""
    form = TOOLS[tool]
    name = form.name(seed(tool, where, conversation), conversation)
    return name, text(form.records(conversation, where, name))


def give(tool: str, name: str, content: bytes, where: Where) -> Given:
    """Write transcript `content` of conversation `name`, unless it is there.

    Raises Usage without a home folder, Negative when the tool has to name the place first,
    OSError when it cannot be written; then nothing is left of it.
    """
    form = TOOLS[tool]
    base = form.base(where)
    found = form.there(base, where, name)
    if found:
        return Given(name, found, there=True)
    made = "" if os.path.isdir(base) else base
    path = form.path(base, where, name)
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    if tool == gemini.TOOL:
        _claim(*gemini.owner(base, where))
    return Given(name, path, there=not put(path, content), made=made)


def original(tool: str, session: str, where: Where) -> str:
    """The path of the transcript that a session of `tool` was imported from, if it is here."""
    if not _UUID.fullmatch(session):
        return ""
    form = TOOLS[tool]
    return form.there(form.base(where), where, session)


def _claim(path: str, owner: str) -> None:
    """Say whose a folder is, unless it is said."""
    with suppress(FileExistsError), open(path, "x", encoding="utf-8") as file:
        file.write(owner)


def put(path: str, content: bytes) -> bool:
    """Write `content` to the new file `path`, whole or not at all; False when there is one."""
    new = f"{path}.{os.getpid()}.new"
    with suppress(FileNotFoundError):  # of a process of this number that was killed
        os.unlink(new)
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _publish(new, path)
    except FileExistsError:
        return False
    finally:
        with suppress(FileNotFoundError):
            os.unlink(new)
    return True


def _publish(new: str, path: str) -> None:
    """Give `new` the name `path`; raises FileExistsError."""
    try:
        os.link(new, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        os.rename(new, path)


def command(tool: str, name: str, work_tree: str, cwd: str) -> str:
    """The one line for a shell that goes on with conversation `name`, typed in `cwd`."""
    words: Sequence[str] = TOOLS[tool].command(name)
    line = shlex.join(words)
    if os.path.realpath(cwd) == os.path.realpath(work_tree):
        return line
    return f"cd {shlex.quote(work_tree)} && {line}"
