"""The queue: lines that are appended about commits and rewrites, taken once, lost never.

A line is `VERB SECONDS ...`, its fields separated by single blanks. Read off the reflog (see
store/followed.py): `commit` OID HEAD SESSIONS GITDIR. By hooks: `rewrite` amend|rebase OLD NEW,
`squash` HEAD OID,OID, and about the commit that comes next on HEAD `on` HEAD SESSIONS GITDIR or
`skip` HEAD GITDIR. SESSIONS is a list with commas, or `-`. The drain renames `queue` to
`queue.N` and works it through; then that becomes `queue.N.BYTES`, which the next drain looks at
once more, since a hook that had opened the file may have written to it meanwhile.
"""

import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.store import followed
from git_naturecode.store.store import Store

NAME, WAITING = followed.QUEUE, "queue.waiting"
MOST_WAITING = 10_000
_TAKEN = r"queue\.([0-9]+)(?:\.([0-9]+))?"
_SECONDS = r"[0-9]{1,12}"
_MOST_SQUASHED = 1_000
_LINGER = 10.0  # seconds; a hook writes its line at once after it has opened the file


class Drained(NamedTuple):
    """What a drain did: links written, lines that wait, that say nothing, whose commit is gone.

    `busy` says that another process is at it.
    """

    linked: int = 0
    waiting: int = 0
    skipped: int = 0
    gone: int = 0
    busy: bool = False


NOTHING_DONE = Drained()


class Made(NamedTuple):
    """A commit that `git commit` made in the work tree of `git_dir`, and its active sessions.

    That path is absolute, or begins at the git directory that all work trees share. HEAD stood on
    `head` before; nothing but zeros stands for none, or for an unknown one.
    """

    seconds: int
    commit: str
    head: str
    sessions: tuple[str, ...]
    git_dir: str


class Chosen(NamedTuple):
    """Which sessions the commit that comes next on `head` belongs to, whatever is active; () for
    none. `seconds` is 0: to ask for the time would be a process more."""

    seconds: int
    head: str
    sessions: tuple[str, ...]
    git_dir: str


class Rewritten(NamedTuple):
    """A commit that took the place of another one: by `amend` or `rebase`."""

    seconds: int
    how: str
    old: str
    new: str


class Squashed(NamedTuple):
    """What `git merge --squash` of `commits` has put into the index on top of `head`."""

    seconds: int
    head: str
    commits: tuple[str, ...]


Line = Made | Chosen | Rewritten | Squashed


def parse(line: bytes) -> Line | None:
    """What one line of the queue says; None for one that is torn or of a later program."""
    verb, _, rest = line.decode("utf-8", "surrogateescape").partition(" ")
    seconds, _, rest = rest.partition(" ")
    if not re.fullmatch(_SECONDS, seconds):
        return None
    return _parse(verb, int(seconds), rest)


def _parse(verb: str, seconds: int, rest: str) -> Line | None:
    fields = rest.split(" ")
    if verb == "commit" and len(fields) >= 4:
        oid, head, said, git_dir = rest.split(" ", 3)
        named = _sessions(said)
        good = named is not None and git_dir and _are(oid, head)
        return Made(seconds, oid, head, named or (), git_dir) if good else None
    if verb == "on" and len(fields) >= 3:
        head, said, git_dir = rest.split(" ", 2)
        named = _sessions(said)
        return Chosen(seconds, head, named, git_dir) if named and git_dir and _are(head) else None
    if verb == "skip" and len(fields) >= 2:
        head, git_dir = rest.split(" ", 1)
        return Chosen(seconds, head, (), git_dir) if git_dir and _are(head) else None
    if verb == "rewrite" and len(fields) == 3 and fields[0] in ("amend", "rebase"):
        return Rewritten(seconds, *fields) if _are(*fields[1:]) else None
    if verb == "squash" and len(fields) == 2:
        commits = tuple(fields[1].split(","))[:_MOST_SQUASHED]
        return Squashed(seconds, fields[0], commits) if _are(fields[0], *commits) else None
    return None


def _sessions(text: str) -> tuple[str, ...] | None:
    """The sessions of a line; None where that is no list of them."""
    named = () if text == "-" else tuple(text.split(","))
    return named if all(ids.ENTITY.fullmatch(one) for one in named) else None


def text(line: Line) -> bytes:
    """`line` as it is written."""
    match line:
        case Made(seconds, commit, head, sessions, git_dir):
            said = f"commit {seconds} {commit} {head} {','.join(sessions) or '-'} {git_dir}"
        case Chosen(seconds, head, (), git_dir):
            said = f"skip {seconds} {head} {git_dir}"
        case Chosen(seconds, head, sessions, git_dir):
            said = f"on {seconds} {head} {','.join(sessions)} {git_dir}"
        case Rewritten(seconds, how, old, new):
            said = f"rewrite {seconds} {how} {old} {new}"
        case Squashed(seconds, head, commits):
            said = f"squash {seconds} {head} {','.join(commits)}"
    return said.encode("utf-8", "surrogateescape") + b"\n"


def add(store: Store, lines: Iterable[Line]) -> None:
    """Queue `lines`, which the next drain works through; raises OSError."""
    followed.append(store.repo, map(text, lines))


class Taken:
    """The lines that were taken, of what the hooks wrote and of what was waiting already.

    `skipped` counts those that say nothing.
    """

    def __init__(self, state_dir: str) -> None:
        self.state_dir = state_dir
        self.fresh: list[Line] = []
        self.waiting = waiting(state_dir)
        self.skipped = 0
        self._read: dict[str, int] = {}

    def done(self, unsettled: Iterable[Line]) -> None:
        """All is written down; `unsettled` go on waiting, the newest MOST_WAITING of them."""
        kept = list(dict.fromkeys(unsettled))
        if kept != self.waiting:
            _keep(self.state_dir, kept[-MOST_WAITING:])
        elif kept:
            os.utime(os.path.join(self.state_dir, WAITING))
        for name, size in self._read.items():
            path = os.path.join(self.state_dir, name)
            found = re.fullmatch(_TAKEN, name)
            assert found is not None
            if found[2] is None:
                os.replace(path, f"{path}.{size}")
            elif time.time() - os.stat(path).st_ctime > _LINGER:
                os.unlink(path)
            elif size != int(found[2]):
                os.replace(path, path.removesuffix(f".{found[2]}") + f".{size}")


def take(state_dir: str) -> Taken:
    """Take all that the hooks have written so far; for one who holds the drain's lock."""
    taken = Taken(state_dir)
    names = _taken(state_dir)
    here = os.path.join(state_dir, NAME)
    if _is_plain(here):
        with suppress(FileNotFoundError):
            number = max((_number(name) for name in names), default=0) + 1
            name = f"{NAME}.{number}"
            os.rename(here, os.path.join(state_dir, name))
            names.append(name)
    elif os.path.lexists(here):  # no hook writes to it
        with suppress(OSError):
            os.rename(here, os.path.join(state_dir, followed.ODD))
    for name in names:
        found = re.fullmatch(_TAKEN, name)
        with suppress(FileNotFoundError), open(os.path.join(state_dir, name), "rb") as file:
            start = int(found[2] or 0) if found else 0
            file.seek(start)
            data = file.read()
            whole = data[: data.rfind(b"\n") + 1]
            taken.skipped += start == 0 and len(data) > len(whole)
            taken._read[name] = start + len(whole)
            for line in whole.split(b"\n")[:-1]:
                said = parse(line)
                if said is None:
                    taken.skipped += 1
                else:
                    taken.fresh.append(said)
    return taken


def waiting(state_dir: str) -> list[Line]:
    """The lines that could not be settled yet."""
    if not _is_plain(os.path.join(state_dir, WAITING)):
        return []
    try:
        with open(os.path.join(state_dir, WAITING), "rb") as file:
            found = (parse(line) for line in file.read().split(b"\n"))
            return [line for line in found if line is not None]
    except FileNotFoundError:
        return []


def is_full(state_dir: str) -> bool:
    """True when the hooks have written something that was not worked through."""
    return os.path.lexists(os.path.join(state_dir, NAME)) or any(
        re.fullmatch(_TAKEN, name) and name.count(".") == 1 for name in _taken(state_dir)
    )


def is_there(state_dir: str) -> bool:
    """True when anything waits at all."""
    return is_full(state_dir) or os.path.exists(os.path.join(state_dir, WAITING))


def is_older(state_dir: str, path: str) -> bool:
    """True when the lines that wait were looked at before the file at `path` was written."""
    try:
        waited = os.stat(os.path.join(state_dir, WAITING)).st_mtime_ns
        return os.stat(path).st_mtime_ns >= waited
    except FileNotFoundError:
        return True


def count(state_dir: str) -> int:
    """How many commits and rewrites stand there that were not worked through."""
    names = [NAME, *(name for name in _taken(state_dir) if name.count(".") == 1)]
    total = 0
    for name in filter(lambda one: _is_plain(os.path.join(state_dir, one)), names):
        with suppress(FileNotFoundError), open(os.path.join(state_dir, name), "rb") as file:
            total += sum(not line.startswith((b"skip ", b"on ")) for line in file)
    return total


def sessionless(state_dir: str) -> int:
    """How many commits wait for a session that is not here."""
    return len({line.commit for line in waiting(state_dir) if isinstance(line, Made)})


def _keep(state_dir: str, lines: list[Line]) -> None:
    path = os.path.join(state_dir, WAITING)
    if not lines:
        with suppress(FileNotFoundError):
            os.unlink(path)
        return
    with open(path + ".new", "wb") as file:
        file.writelines(map(text, lines))
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def _taken(state_dir: str) -> list[str]:
    try:
        names = os.listdir(state_dir)
    except FileNotFoundError:
        return []
    found = (name for name in names if re.fullmatch(_TAKEN, name))
    return sorted((one for one in found if _is_plain(os.path.join(state_dir, one))), key=_number)


def _is_plain(path: str) -> bool:
    """False for what no hook writes to; a pipe would hang whoever opens it."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _number(name: str) -> int:
    return int(name.split(".")[1])


def _are(*oids: str) -> bool:
    from git_naturecode.domain.links import COMMIT  # who only counts lines needs none of it

    return all(COMMIT.fullmatch(oid) for oid in oids)


def named(lines: Iterable[Line]) -> Iterator[str]:
    """The sessions that `lines` name."""
    for line in lines:
        if isinstance(line, Made):
            yield from line.sessions
