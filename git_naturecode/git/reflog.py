"""The reflog of HEAD, read from its file: which commits `git commit` has made in a work tree.

A line is `OLD NEW NAME <MAIL> SECONDS ZONE<TAB>ACTION: MESSAGE`; see git's refs/files-backend.c and
the documentation of `git reflog`.
"""

import os
import re
import stat
from collections.abc import Iterable
from typing import NamedTuple

_LINE = re.compile(
    rb"(?P<old>[0-9a-f]{40}(?:[0-9a-f]{24})?) (?P<new>[0-9a-f]{40}(?:[0-9a-f]{24})?) "
    rb"[^\t]*> (?P<seconds>[0-9]{1,12}) [-+][0-9]{1,6}(?:\t(?P<why>.*))?",
    re.S,
)
_COMMIT = re.compile(rb"commit(?: \((?:initial|amend)\))?: ")
# `rebase (start): `, `pull --rebase (start): `, and whatever GIT_REFLOG_ACTION says instead.
_STEP = re.compile(rb"(?!commit\b)[^:(]*\((?P<step>[a-z]+)\): ")


class Mark(NamedTuple):
    """Up to where a log was read: the offset after its last whole line, and that line.

    `size` is what the file had then, `rebasing` is True when that is within a rebase. Where nobody
    has read the log, `line` may be `HEAD OID` instead: the commit on which HEAD stood.
    """

    offset: int = 0
    size: int = 0
    rebasing: bool = False
    line: bytes = b""


class Made(NamedTuple):
    """A commit that was made on top of (or, by an amend, instead of) `old`."""

    old: str
    new: str
    seconds: int


def path(git_dir: str) -> str:
    """The reflog of HEAD of the work tree whose git folder is `git_dir`."""
    return os.path.join(git_dir, "logs", "HEAD")


def size(git_dir: str) -> int | None:
    """The size of the log in bytes; None where there is no such file."""
    try:
        found = os.stat(path(git_dir))
    except OSError:
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def is_rebasing(git_dir: str) -> bool:
    """True while a rebase or `git am` stands still there."""
    return any(os.path.isdir(os.path.join(git_dir, n)) for n in ("rebase-merge", "rebase-apply"))


def read(git_dir: str, mark: Mark | None, since: int) -> tuple[list[Made], Mark] | None:
    """The commits that were made since `mark`, and the mark up to where that is known now.

    Where the log was rewritten (`git gc` takes old lines out) the line of the mark is looked for;
    if it is gone, what is not older than it counts; without a mark, what was made at `since`
    (seconds since the epoch) or later. None where there is no log.
    """
    still = is_rebasing(git_dir)  # before the log is read, which may tell of its end
    data, start = _read(path(git_dir), mark)
    if data is None:
        return None
    whole = data[: data.rfind(b"\n") + 1]
    lines = whole.split(b"\n")[:-1]
    last = lines[-1] if lines else mark.line if mark and start else b""
    now = Mark(start + len(whole), start + len(data), still, last)
    if mark is None:
        lines = _from(lines, since)
    elif not start and mark.line:
        lines = _after(lines, mark.line)
    return _made(lines, mark is not None and mark.rebasing, still), now


def _read(where: str, mark: Mark | None) -> tuple[bytes | None, int]:
    """What stands in the log after `mark`, and where that begins; all of it from 0 where it was
    rewritten."""
    try:
        descriptor = os.open(where, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None, 0
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None, 0
        if mark and mark.line:
            known = mark.line + b"\n"
            file.seek(max(mark.offset - len(known), 0))
            data = file.read()
            if data.startswith(known):
                return data[len(known) :], mark.offset
            file.seek(0)
        return file.read(), 0


def _after(lines: list[bytes], last: bytes) -> list[bytes]:
    if last.startswith(b"HEAD "):
        return _after_commit(lines, last[5:])
    # `git reflog expire --rewrite` changes what a line says of the commit before.
    known = last.partition(b" ")[2]
    for number in range(len(lines) - 1, -1, -1):
        if lines[number].partition(b" ")[2] == known:
            return lines[number + 1 :]
    found = _LINE.fullmatch(last)
    return _from(lines, int(found["seconds"]) if found else 0)


def _after_commit(lines: list[bytes], oid: bytes) -> list[bytes]:
    """What came after HEAD was `oid` for the last time (zeros: after the first commit was made)."""
    for number in range(len(lines) - 1, -1, -1):
        told = _LINE.fullmatch(lines[number])
        if told and told["new"] == oid:
            return lines[number + 1 :]
        if told and told["old"].strip(b"0") == oid.strip(b"0"):
            return lines[number:]
    return []


def _from(lines: list[bytes], since: int) -> list[bytes]:
    return [line for line in lines if (m := _LINE.fullmatch(line)) and int(m["seconds"]) >= since]


def _made(lines: Iterable[bytes], rebasing: bool, still: bool) -> list[Made]:
    """The commits of `git commit`; what it made while a rebase stood still is somebody's before."""
    found: list[Made] = []
    held: list[Made] = []
    for line in lines:
        told = _LINE.fullmatch(line)
        why = (told["why"] or b"") if told else b""
        if step := _STEP.match(why):
            rebasing = step["step"] == b"start" or (
                rebasing and step["step"] not in (b"finish", b"abort")
            )
            held = []
        elif told and _COMMIT.match(why) and told["old"] != told["new"]:
            made = Made(told["old"].decode(), told["new"].decode(), int(told["seconds"]))
            (held if rebasing else found).append(made)
    # A rebase that was given up with --quit has no line of its own.
    return found + held if rebasing and not still else found
