"""Where others than this program moved our refs since it last looked, as their reflogs tell.

A plain fetch from a remote that was set back for a while, or a commit on our branch that was taken
back at once, leaves no ref at what a purge took away, but a line in a reflog.
"""

import os
from contextlib import suppress

from git_naturecode.git import history
from git_naturecode.store.log import Log

_FILE = "looked"
_Seen = dict[str, tuple[int, str]]  # ref: how many lines there were, and what the last one said


def found(log: Log, refs: list[str]) -> bool:
    """True when one of `refs` was, since the last time, at a commit that lacks a record of ours."""
    head = log.head()
    need = log.obeyed(head)
    if not need:
        log.note_unsealed(head)
        return False
    seen, now, strayed = _read(log), _Seen(), False
    for ref in refs:
        commits = history.reflog(log.repo, ref)
        count, last = seen.get(ref, (0, ""))
        known = count if 0 < count <= len(commits) and commits[count - 1] == last else 0
        strayed |= any(not need <= log.obeyed(one) for one in dict.fromkeys(commits[known:]))
        now[ref] = (len(commits), commits[-1] if commits else "")
    if now.items() - seen.items():
        _write(log, {**seen, **now})
    return strayed


def begin_again(log: Log) -> None:
    """Forget what the reflogs said: they have been emptied."""
    with suppress(FileNotFoundError):
        os.unlink(_path(log))


def _read(log: Log) -> _Seen:
    seen: _Seen = {}
    with suppress(OSError, ValueError), open(_path(log), encoding="utf-8") as file:
        for line in file:
            count, last, ref = line.rstrip("\n").split(" ", 2)
            seen[ref] = (int(count), last)
    return seen


def _write(log: Log, seen: _Seen) -> None:
    lines = [f"{count} {last} {ref}\n" for ref, (count, last) in sorted(seen.items())]
    with suppress(OSError):  # where nothing can be written it is looked at again
        with open(_path(log) + ".new", "w", encoding="utf-8") as file:
            file.write("".join(lines))
        os.replace(file.name, _path(log))


def _path(log: Log) -> str:
    return os.path.join(log.state_dir, _FILE)
