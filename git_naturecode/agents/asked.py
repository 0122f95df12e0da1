"""Transcripts that hooks have asked to be taken in, one small file each, until that is done."""

import json
import os
from contextlib import suppress

from git_naturecode import ids
from git_naturecode.agents.ground import read_plain

_TAKEN = ".taken"
_MOST = 65_536


class Asked:
    """A session of a tool and where its transcript lies ("" where the tool did not tell)."""

    __slots__ = ("path", "session", "tool")

    def __init__(self, tool: str, session: str, path: str) -> None:
        self.tool = tool
        self.session = session
        self.path = path


def folder(common_dir: str) -> str:
    """Where the asked ones of a clone lie."""
    return os.path.join(common_dir, "naturecode", "asked")


def put(common_dir: str, asked: Asked) -> None:
    """Ask for `asked`; asked again before it was done, it is done once. Raises OSError."""
    where = folder(common_dir)
    told = {"tool": asked.tool, "session": asked.session, "path": asked.path}
    name = ids.digest32(told.values(), 16)
    new = os.path.join(where, f".{name}.{os.getpid()}")
    data = json.dumps(told).encode()
    try:
        try:
            file = open(new, "wb")  # noqa: SIM115
        except FileNotFoundError:
            os.makedirs(where, mode=0o700, exist_ok=True)
            file = open(new, "wb")  # noqa: SIM115
        with file:
            file.write(data)
        os.replace(new, os.path.join(where, name))
    except BaseException:
        with suppress(OSError):
            os.unlink(new)
        raise


def waits(common_dir: str) -> bool:
    """True when something was asked for and is not done."""
    try:
        return any(not name.startswith(".") for name in os.listdir(folder(common_dir)))
    except OSError:
        return False


def take(common_dir: str) -> list[tuple[str, Asked]]:
    """What was asked for, each with the name under which `done` knows it.

    Asked for once more from now on, it comes again: the transcript may be read before that.
    """
    where = folder(common_dir)
    found = []
    try:
        names = sorted(name for name in os.listdir(where) if not name.startswith("."))
    except OSError:
        return []
    for name in names:
        taken = name.removesuffix(_TAKEN) + _TAKEN
        with suppress(OSError):
            os.replace(os.path.join(where, name), os.path.join(where, taken))
            if asked := _read(os.path.join(where, taken)):
                found.append((taken, asked))
            else:
                done(common_dir, taken)
    return list(dict(found).items())


def done(common_dir: str, taken: str) -> None:
    """Forget what was asked for under the name `taken`."""
    path = os.path.join(folder(common_dir), taken)
    with suppress(OSError):
        if os.path.isdir(path):
            os.rmdir(path)
        else:
            os.unlink(path)


def _read(path: str) -> Asked | None:
    try:
        told = json.loads(read_plain(path, _MOST))
        found = Asked(told["tool"], told["session"], told["path"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    texts = (found.tool, found.session, found.path)
    return found if all(isinstance(text, str) for text in texts) else None
