"""What agents at work in a work tree have written since it was last committed.

One file for each session in `naturecode/agents/` of the work tree's git folder: on line 1 when it
was last active (seconds since the epoch), then a path a line. A hook in sh reads them, so they
are replaced whole; whoever changes one holds `.lock` beside them, but nobody waits for long.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress

from git_naturecode import ids
from git_naturecode.agents.ground import git_dirs, read_plain
from git_naturecode.store.lock import hold

DAY = 86_400
AT_WORK = 43_200  # seconds since its last activity in which an agent counts as at work
_PATIENCE = 0.5  # seconds for another hook; after that a path may get lost rather than time
_MOST_BYTES = 1 << 20
_MOST_PATHS = 5_000
_HIDDEN = ".new-"
_HOUR = 3_600


class AtWork:
    """An agent's session: its id, its last activity, what it wrote since it was last committed."""

    __slots__ = ("paths", "seconds", "session")

    def __init__(self, session: str, seconds: int, paths: tuple[str, ...]) -> None:
        self.session = session
        self.seconds = seconds
        self.paths = paths


def is_captured(common_dir: str) -> bool:
    """True when what agents do in this clone is captured."""
    return os.path.exists(os.path.join(common_dir, "naturecode", "capture"))


def folder(git_dir: str) -> str:
    """Where the files of a work tree lie."""
    return os.path.join(git_dir, "naturecode", "agents")


def all_of(git_dir: str, now: float, within: float = AT_WORK) -> list[AtWork]:
    """The sessions that were active in the last `within` seconds, the latest first."""
    found = (_read(git_dir, name) for name in _names(git_dir))
    return sorted(
        (one for one in found if one and abs(now - one.seconds) <= within),
        key=lambda one: (-one.seconds, one.session),
    )


def note(git_dir: str, session: str, paths: Sequence[str], now: float) -> None:
    """Say that `session` is active, and has written `paths`. Raises OSError."""

    def more(before: AtWork) -> AtWork:
        kept = [*(path for path in before.paths if path not in paths), *dict.fromkeys(paths)]
        return AtWork(session, int(now), tuple(kept[-_MOST_PATHS:]))

    _change(git_dir, session, more)


def take_away(git_dir: str, session: str, paths: Iterable[str]) -> None:
    """Say that `paths` of `session` were committed. Raises OSError."""
    gone = frozenset(paths)

    def less(before: AtWork) -> AtWork:
        kept = tuple(path for path in before.paths if path not in gone)
        return AtWork(session, before.seconds, kept)

    _change(git_dir, session, less)


def end(git_dir: str, session: str) -> None:
    """Say that `session` has ended: it is forgotten unless something waits to be committed."""
    with _held(git_dir):
        found = _read(git_dir, session)
        if found is not None and not found.paths:
            _remove(os.path.join(folder(git_dir), session))


def forget(common_dir: str, session: str) -> None:
    """Forget `session` in all work trees of a clone, whatever waits to be committed."""
    for git_dir in git_dirs(common_dir):
        if os.path.lexists(os.path.join(folder(git_dir), session)):
            with _held(git_dir):
                _remove(os.path.join(folder(git_dir), session))


def tidy(git_dir: str, now: float) -> None:
    """Forget the sessions that were not active for a day, and what killed hooks have left."""
    where = folder(git_dir)
    for name in _listed(where):
        path = os.path.join(where, name)
        if name.startswith(_HIDDEN):
            with suppress(OSError):
                if abs(now - os.lstat(path).st_mtime) > _HOUR:
                    _remove(path)
        elif ids.ENTITY.fullmatch(name):
            found = _read(git_dir, name)
            if found is None or abs(now - found.seconds) > DAY:
                _remove(path)


def known_as(git_dir: str, tail: str) -> str:
    """The id of the session with the last part `tail` that is noted here, or ""."""
    return next((name for name in _names(git_dir) if ids.tail(name) == tail), "")


def rename(git_dir: str, session: str) -> None:
    """Give what is noted about `session` its id, where it was noted under another day."""
    other = next(
        (n for n in _names(git_dir) if ids.tail(n) == ids.tail(session) and n != session), ""
    )
    if not other:
        return
    with _held(git_dir):
        found = _read(git_dir, other)
        there = _read(git_dir, session)
        if found is not None:
            paths = dict.fromkeys([*found.paths, *(there.paths if there else ())])
            seconds = max(found.seconds, there.seconds if there else 0)
            _write(git_dir, AtWork(session, seconds, tuple(paths)))
        _remove(os.path.join(folder(git_dir), other))


def _change(git_dir: str, session: str, change: Callable[[AtWork], AtWork]) -> None:
    with _held(git_dir):
        before = _read(git_dir, session) or AtWork(session, 0, ())
        after = change(before)
        if (after.seconds, after.paths) != (before.seconds, before.paths):
            _write(git_dir, after)


def _held(git_dir: str) -> AbstractContextManager[bool]:
    return hold(os.path.join(folder(git_dir), ".lock"), _PATIENCE)


def _read(git_dir: str, session: str) -> AtWork | None:
    data = read_plain(os.path.join(folder(git_dir), session), _MOST_BYTES)
    first, *paths = data.split(b"\n")
    if not first.isdigit() or len(first) > 15:
        return None
    return AtWork(session, int(first), tuple(os.fsdecode(path) for path in paths if path))


def _write(git_dir: str, one: AtWork) -> None:
    where = folder(git_dir)
    new = os.path.join(where, f"{_HIDDEN}{os.getpid()}")
    lines = [str(one.seconds), *one.paths]
    try:
        with open(new, "wb") as file:
            file.write(b"".join(os.fsencode(line) + b"\n" for line in lines))
        os.replace(new, os.path.join(where, one.session))
    except BaseException:
        _remove(new)
        raise


def _names(git_dir: str) -> Iterator[str]:
    return (name for name in _listed(folder(git_dir)) if ids.ENTITY.fullmatch(name))


def _listed(where: str) -> list[str]:
    try:
        return sorted(os.listdir(where))
    except OSError:
        return []


def _remove(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)
