"""The record itself: every log on the branches is read, and compared with what it was before."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from git_naturecode.doctor.case import ERROR, OK, WARNING, Case, Finding, count
from git_naturecode.doctor.repair import WAIT, drain, loose_file, set_aside
from git_naturecode.doctor.salvage import read
from git_naturecode.errors import NaturecodeError, Unsupported
from git_naturecode.git import tree
from git_naturecode.git.objects import Change, Content, Missing
from git_naturecode.git.run import GitFailed
from git_naturecode.store import format, join, paths, seal
from git_naturecode.store.drain import verify
from git_naturecode.store.entry import SHORT_HASH, Entry
from git_naturecode.store.lock import alone
from git_naturecode.store.log import Log
from git_naturecode.store.store import TEAM

_SHOWN = 10
_STATES = 200
_CHUNK = 400


@dataclass
class Reading:
    """What was found in all segments of one log."""

    entries: int = 0
    segments: int = 0
    edited: dict[str, int] = field(default_factory=dict)
    torn: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)
    damaged: dict[str, str] = field(default_factory=dict)


def record(case: Case) -> Iterator[Finding]:
    """What cannot be read, was torn or edited by hand, and what of it is lost."""
    total = Reading()
    for log in case.logs():
        try:
            root = log.tree()
        except NaturecodeError:
            continue  # the check of the branch says why
        found = _read_all(log, root)
        total.entries += found.entries
        total.segments += found.segments
        yield from _findings(case, log, found)
    yield Finding(OK, f"{count(total.entries, 'entry')} in {count(total.segments, 'file')} read")


def _findings(case: Case, log: Log, found: Reading) -> Iterator[Finding]:
    side = "" if log.name == TEAM else "private: "
    for path, oid in list(found.damaged.items())[:_SHOWN]:
        text = f"{side}{path} cannot be read: its object {oid[:12]} is damaged or missing"
        if os.path.exists(loose_file(log, oid)):
            yield Finding(
                ERROR,
                text,
                fix="sets the object aside, and takes the log from an earlier state, "
                "from the journal and from the remote",
                mend=partial(set_aside, case, log, oid),
            )
        else:
            yield Finding(
                ERROR,
                f"{text}, in a pack",
                "see `git fsck`; clone anew beside this one, and fetch from there",
            )
    for path, why in list(found.foreign.items())[:_SHOWN]:
        yield Finding(
            ERROR,
            f"{side}{path} {why}: nothing of it is shown",
            fix="takes what its earlier states hold",
            advice="its content stays in the history",
            mend=partial(_recover, case, log, [path]),
        )
    if found.torn:
        path, why = min(found.torn.items())
        yield Finding(
            WARNING,
            f"{side}{_some(found.torn, path)} torn or mixed by a merge ({why}): what is "
            "whole in it is shown, the rest is not",
            fix="writes it clean, with what its earlier states and the journal hold of the rest",
            mend=lambda: _recover(case, log, found.torn),
        )
    if found.edited:
        path = min(found.edited)
        number = sum(found.edited.values())
        mendable = _with_originals(log, found.edited)
        yield Finding(
            WARNING,
            f"{side}{count(number, 'entry')} edited by hand in "
            f"{_some(found.edited, path)}: the text is shown, marked as edited; it is not what "
            "its author wrote",
            "" if mendable else "the text of before is not in this clone any more",
            fix="puts the text of before beside it, from the history",
            mend=(lambda: _recover(case, log, mendable)) if mendable else None,
        )


def _some(found: Iterable[str], first: str) -> str:
    number = len(list(found))
    return first + (f" and {count(number - 1, 'other')}" if number > 1 else "")


def _read_all(log: Log, root: str | None) -> Reading:
    found = Reading()
    files = {path: oid for path, oid in _files(log, root) if path.startswith("log/")}
    algorithm = "sha256" if log.objects.hexsz == 64 else "sha1"
    for path, oid, data in _contents(log, files):
        found.segments += 1
        head = b"blob %d\0" % len(data or b"")
        if data is None or hashlib.new(algorithm, head + data).hexdigest() != oid:
            found.damaged[path] = oid
        elif paths.parse_segment_path(path):
            _segment(found, path, data)
    return found


def _files(log: Log, root: str | None) -> Iterator[tuple[str, str]]:
    try:
        yield from tree.files(log.objects, root).items()
    except (Missing, GitFailed):
        return  # the check of the branch says what is missing


def _contents(log: Log, files: dict[str, str]) -> Iterator[tuple[str, str, bytes | None]]:
    """Path, id and content of each file, in few requests while nothing is damaged."""
    names = list(files)
    for start in range(0, len(names), _CHUNK):
        part = names[start : start + _CHUNK]
        try:
            good = [data for _, data in log.objects.read_many(files[name] for name in part)]
        except (Missing, GitFailed):
            log.objects.close()  # it stands in the middle of its answers
            yield from ((name, files[name], read(log, files[name])) for name in part)
        else:
            yield from ((name, files[name], data) for name, data in zip(part, good, strict=True))


def _segment(found: Reading, path: str, data: bytes) -> None:
    try:
        segment = format.parse(data)
    except Unsupported as error:
        if (format.version(data) or 0) <= 1:
            found.foreign[path] = error.message.removeprefix("a log ")
        return
    found.entries += len(segment.entries)
    if segment.problems and format.render(segment) != data:
        found.torn[path] = segment.problems[0]
    there = {(one.id, one.hash[:SHORT_HASH]) for one in segment.entries}
    # Where the original stands beside it, nothing is left to be done about an edited one.
    edited = sum(
        one.edited_by_hand and (one.id, one.stated) not in there for one in segment.entries
    )
    if edited:
        found.edited[path] = edited


def _with_originals(log: Log, edited: Iterable[str]) -> list[str]:
    """The paths whose earlier states hold the text of before."""
    good = []
    for path in edited:
        before = {e.key[0] + e.key[1][:SHORT_HASH] for s in _earlier(log, path) for e in _whole(s)}
        now = format.parse(tree.read_path(log.objects, log.tree(), path) or b"")
        if any(one.edited_by_hand and f"{one.id}{one.stated}" in before for one in now.entries):
            good.append(path)
    return good


def _whole(data: bytes) -> list[Entry]:
    try:
        return [one for one in format.parse(data).entries if not one.edited_by_hand]
    except Unsupported:
        return []


def _earlier(log: Log, path: str) -> Iterator[bytes]:
    """The states that the file `path` had in the history, the latest first."""
    out = log.repo.program.text("log", f"-{_STATES}", "--format=%H", log.ref, "--", path)
    for commit in out.split():
        try:
            data = tree.read_path(log.objects, tree.tree_of(log.objects, commit), path)
        except (Missing, GitFailed):
            continue
        if data is not None:
            yield data


def _recover(case: Case, log: Log, wanted: Iterable[str]) -> None:
    """Join each of these files with all states that it had, and drain the journal again.

    A log only grows, so that nothing can come of it that was not there.
    """
    with alone(case.store.lock, WAIT, "wait for it to end"):
        head = log.head()
        base = log.tree_at(head)
        files: dict[str, Content | None] = {}
        for path in wanted:
            joined = tree.read_path(log.objects, base, path) or b""
            before = joined
            for state in _earlier(log, path):
                joined = join.join_segments(joined, state)
            if joined == before:  # only to be written clean
                joined = join.extend(joined, [])
                joined = format.render(format.parse(joined))
            if joined != before:
                files[path] = joined
        if not files:
            raise NaturecodeError("its earlier states hold nothing more of it")
        text = seal.message("Put back what was torn or edited", log.obeyed(head))
        change = Change(base, files, (head,) if head else (), case.now_ms() // 1000, text)
        new = log.advance(head, change, WAIT)
        if new is None:
            raise NaturecodeError(f"{log.ref} has moved meanwhile", "run it again")
        verify(log, new, head, files)
        if os.path.isdir(log.spool.folder):
            log.spool.doubt()
    drain(case)
