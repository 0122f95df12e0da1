"""The journal against the log: what somebody was told is kept must be there."""

import os
from collections.abc import Iterator
from functools import partial

from git_naturecode.doctor.case import ERROR, Case, Finding, count, inside
from git_naturecode.doctor.repair import drain
from git_naturecode.errors import Unsupported
from git_naturecode.git.objects import Missing
from git_naturecode.git.run import GitFailed
from git_naturecode.store import format
from git_naturecode.store.log import Log
from git_naturecode.store.segments import Segments


def journal(case: Case) -> Iterator[Finding]:
    """Every text of the last day stands in the log that it was drained into."""
    for log in case.logs():
        if log.spool.doubted:
            continue  # it is drained again as soon as the branch is whole
        lost = _lost(log)
        if lost:
            yield Finding(
                ERROR,
                f"{count(lost, 'entry')} written within the last day to {log.ref} are not "
                "there any more: somebody set the branch back, or forced another one onto it",
                fix="puts them back from the journal",
                mend=partial(_again, case, log),
            )


def _lost(log: Log) -> int:
    """How many entries of the journal stand in no segment of their log."""
    found: dict[tuple[str, str], list[format.Segment]] = {}
    for hour in inside(log.spool.journal):
        for path in inside(hour):
            segment = _read(path)
            if segment is not None:
                found.setdefault((segment.entity, segment.device), []).append(segment)
    root = log.tree() if found else None
    lost = 0
    for (entity, device), texts in found.items():
        own = Segments(log.objects, root, entity, device)
        try:
            lost += sum(not own.holds(e, anywhere=True) for text in texts for e in text.entries)
        except (Missing, GitFailed):  # the record's check tells which segment cannot be read
            continue
    return lost


def _read(path: str) -> format.Segment | None:
    try:
        with open(path, "rb") as file:
            return format.parse(file.read())
    except (OSError, Unsupported):
        return None


def _again(case: Case, log: Log) -> None:
    os.makedirs(log.spool.folder, mode=0o700, exist_ok=True)
    log.spool.doubt()
    drain(case)
