"""Posting findings on a forge: each once, whatever is pushed and however often a job runs."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from git_naturecode.bridges.forge import Forge, Note, Posted
from git_naturecode.bridges.lines import Shown
from git_naturecode.ci import wording
from git_naturecode.domain.findings.model import Finding, rank
from git_naturecode.domain.findings.result import Result, looker
from git_naturecode.errors import NotPermitted, Remote

_GITLAB = "GitLab"


class Plan(NamedTuple):
    """What is to be done: comments to make, findings that stand on no line which is shown,
    threads to resolve, and to open again; `kept` threads say already what is found."""

    notes: tuple[Note, ...]
    listed: tuple[Finding, ...]
    resolve: tuple[str, ...]
    reopen: tuple[str, ...]
    kept: int


class Done(NamedTuple):
    """What was done; `url` is where to look. `moved`: nothing, for the change has moved on.
    `refused` threads were to be resolved or opened, which this token may not do."""

    posted: int = 0
    kept: int = 0
    resolved: int = 0
    listed: int = 0
    url: str = ""
    moved: str = ""
    refused: int = 0


def plan(
    result: Result, shown: Mapping[str, Shown | None], posted: Sequence[Posted], most: int,
    host: str = "",
) -> Plan:  # fmt: skip
    """What follows from `result` where a forge shows the lines `shown` and has `posted` already.

    A comment is made only on lines that are shown, so that none is refused and takes the others
    with it; at most `most`, the worst first, the rest is listed. A thread is resolved only where
    its finding was looked for again and not found, or where somebody has dismissed it; it is
    opened again where the finding is back, and not a person has resolved it.
    """
    there = {one.fingerprint for one in posted}
    found = [one for one in result.findings if one.fingerprint not in result.dismissed]
    fresh = [one for one in _worst_first(found) if one.fingerprint not in there]
    notes: list[Note] = []
    listed: list[Finding] = []
    for one in fresh:
        note = _note(one, shown, host) if len(notes) < most else None
        if note is None:
            listed.append(one)
        else:
            notes.append(note)
    done = [
        one.thread for one in posted
        if not one.resolved and (
            one.fingerprint in result.dismissed
            or result.is_mended(one.fingerprint, one.path, one.by)
        )
    ]  # fmt: skip
    live = {one.fingerprint for one in found}
    back = [one.thread for one in posted if one.resolved and one.by_us and one.fingerprint in live]
    return Plan(tuple(notes), tuple(listed), tuple(done), tuple(back), len(live & there))


def _worst_first(findings: Sequence[Finding]) -> list[Finding]:
    once = {one.fingerprint: one for one in reversed(findings)}
    return sorted(once.values(), key=_badness)


def _badness(one: Finding) -> tuple[int, str, int, str]:
    return -rank(one.severity), one.anchor.path, one.anchor.line, one.fingerprint


def _note(one: Finding, shown: Mapping[str, Shown | None], host: str) -> Note | None:
    """The comment of a finding on its lines; on the file where the forge shows none of it."""
    anchor = one.anchor
    if anchor.path not in shown:
        return None
    lines, end = shown[anchor.path], max(anchor.line, anchor.end)
    if lines is None or not anchor.line:
        said = wording.comment(one, suggests=False)
        return Note(one.fingerprint, said, anchor.path, "new", 0, 0, looker(one))
    if not lines.has(anchor.side, anchor.line, end):
        return None
    above = end - anchor.line if host == _GITLAB else 0
    said = wording.comment(one, suggests=anchor.side == "new", above=above)
    return Note(one.fingerprint, said, anchor.path, anchor.side, anchor.line, end, looker(one))


def post(forge: Forge, result: Result, most: int) -> Done:
    """Bring what `forge` shows of a change in line with `result`.

    What was posted is read back: an answer that got lost makes no second comment, and what the
    forge took and does not show is listed in the summary. Raises Remote or NotPermitted.
    """
    change = forge.change()
    if result.head and change.head != result.head:
        return Done(moved=change.head, url=change.url)
    before, shown = forge.posted(), forge.shown()
    todo = plan(result, shown, before, most, forge.name)
    missing = _made(forge, todo.notes, result.head or change.head)
    resolved, refused = _settled(forge, todo)
    lost = {one.fingerprint for one in missing}
    listed = [*todo.listed, *(one for one in result.findings if one.fingerprint in lost)]
    new = len(todo.notes) - len(missing)
    text = wording.summary(result, listed, (new, todo.kept, resolved, refused))
    url = forge.summary(text)
    return Done(new, todo.kept, resolved, len(listed), url, refused=refused)


def _settled(forge: Forge, todo: Plan) -> tuple[int, int]:
    """Resolve threads and open others again: how many were resolved, how many of all may not be
    touched. Who may comment may not always do that, and then the rest is said all the same."""
    resolved = refused = 0
    try:
        if todo.resolve:
            forge.resolve(todo.resolve)
        resolved = len(todo.resolve)
        if todo.reopen:
            forge.resolve(todo.reopen, done=False)
    except NotPermitted:
        refused = len(todo.resolve) - resolved + len(todo.reopen)
    return resolved, refused


def _made(forge: Forge, notes: Sequence[Note], head: str) -> list[Note]:
    """Make the comments; those that are not there afterwards."""
    if not notes:
        return []
    try:
        forge.post(notes, head)
    except Remote:
        left = _absent(forge, notes)
        if left:
            forge.post(left, head)
    return _absent(forge, notes)


def _absent(forge: Forge, notes: Sequence[Note]) -> list[Note]:
    there = {one.fingerprint for one in forge.posted()}
    return [one for one in notes if one.fingerprint not in there]
