"""Putting what analysers report on lines that the change shows: nothing else becomes a finding."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from git_naturecode.domain.findings.fingerprint import Spot, numbered
from git_naturecode.domain.findings.hit import Change, Hit
from git_naturecode.domain.findings.model import Finding, rank
from git_naturecode.domain.review import anchor
from git_naturecode.domain.review.anchor import NEW, OLD, Anchor
from git_naturecode.git.changes import FileChange, Hunk


class Anchored(NamedTuple):
    """What is on lines of the change, by path and line, and how many were on none."""

    findings: tuple[Finding, ...]
    dropped: int


def anchored(
    change: Change, hits: Iterable[Hit], known: Mapping[Spot, str] | None = None
) -> Anchored:
    """The findings that `hits` are; `known` says which fingerprint is where at present.

    A hit stands on a line that the difference shows, and reaches no further than the piece of it
    that holds that line; one whose first line is not shown is dropped, and so is a second one
    that says the same of the same lines. One that had to be shortened suggests nothing any more.
    """
    wanted: dict[tuple[str, str], list[Hit]] = {}
    total = 0
    for hit in hits:
        total += 1
        wanted.setdefault((hit.side, hit.path), []).append(hit)
    placed: dict[tuple[str, Anchor], Hit] = {}
    for file in change.files if wanted else ():
        for side, path in ((NEW, file.path), (OLD, file.old_path or file.path)):
            some = wanted.get((side, path), ())
            lines = _lines(change, side, path) if some else None
            for hit in some:
                made = _placed(change, file, hit, lines)
                if made is None:
                    continue
                where, kept = made
                before = placed.get((hit.rule, where))
                if before is None or _weight(before) < _weight(kept):
                    placed[hit.rule, where] = kept
    ordered = sorted(placed, key=lambda one: (one[1].path, one[1].line, one[0], one[1].end))
    names = numbered(ordered, known)
    found = [_finding(placed[one], one[1], name) for one, name in zip(ordered, names, strict=True)]
    return Anchored(tuple(found), total - len(found))


def _weight(hit: Hit) -> tuple[int, float]:
    return rank(hit.severity), hit.confidence


def _lines(change: Change, side: str, path: str) -> list[str] | None:
    data = (change.old if side == OLD else change.new)(path)
    return None if data is None else anchor.lines_of(data)


def _placed(
    change: Change, file: FileChange, hit: Hit, lines: list[str] | None
) -> tuple[Anchor, Hit] | None:
    """Where `hit` stands in a file of `lines` (None: not to be read), and what is left of it."""
    hunk = _holding(file, hit.side, hit.line)
    if hunk is None or file.submodule:
        return None
    is_old = hit.side == OLD
    first, count = (hunk.old, hunk.old_count) if is_old else (hunk.new, hunk.new_count)
    last = max(hit.line, hit.end)
    end = min(last, first + count - 1)
    lines = _shown(hunk, hit.side) if lines is None else lines
    if end > len(lines):
        return None
    blob = file.old_blob if is_old else file.new_blob
    here = Anchor(hit.path, hit.side, commit=change.base if is_old else change.head, blob=blob)
    kept = hit if end == last and not is_old else hit._replace(suggestion=None)
    return anchor.at(lines, here, hit.line, end), kept


def _holding(file: FileChange, side: str, line: int) -> Hunk | None:
    """The piece of the difference that shows a line."""
    for hunk in file.hunks:
        first = hunk.old if side == OLD else hunk.new
        count = hunk.old_count if side == OLD else hunk.new_count
        if first <= line < first + count:
            return hunk
    return None


def _shown(hunk: Hunk, side: str) -> list[str]:
    """The file as far as a piece of the difference shows it, for one that cannot be read."""
    first = hunk.old if side == OLD else hunk.new
    numbers = ((one.old if side == OLD else one.new, one.text) for one in hunk.lines())
    return [""] * (first - 1) + [text.removesuffix("\r") for number, text in numbers if number]


def _finding(hit: Hit, where: Anchor, name: str) -> Finding:
    return Finding(
        hit.rule, hit.severity, hit.confidence, hit.message, where, hit.suggestion, hit.aspect,
        hit.source, hit.cwe, name,
    )  # fmt: skip
