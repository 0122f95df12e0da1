"""What a model's answer comes to: hits on lines that it was shown, and a summary; nothing else."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from git_naturecode.ai.reviewing import neutral, schema
from git_naturecode.ai.reviewing.hidden import is_hidden
from git_naturecode.ai.reviewing.pieces import Part, Piece, Spot, shown_path
from git_naturecode.domain.findings.hit import Hit
from git_naturecode.domain.findings.model import ASPECTS, MAINTAINABILITY

_CWE = re.compile(r"CWE-[1-9][0-9]{0,4}")
_ASPECT = re.compile(r"[a-z][a-z-]{1,30}")
_SEVERITIES = {
    "criticalIssues": "high", "importantSuggestions": "medium", "minorSuggestions": "low",
}  # fmt: skip
_USUAL = {"criticalIssues": 0.8, "importantSuggestions": 0.7, "minorSuggestions": 0.6}
_GAP = 3  # lines that a number may be off where the cited text tells the right one
_MOST_SUGGESTED = 200  # lines


class Said(NamedTuple):
    """One answer: `hits` on lines of the piece, how many remarks were on none (`dropped`)."""

    hits: tuple[Hit, ...]
    dropped: int
    summary: str
    assessment: str
    confidence: float


def read(text: str, piece: Piece, source: str) -> Said:
    """What an answer to a question about `piece` comes to; raises schema.Wrong."""
    found = schema.read(text, schema.REVIEW)
    hits: list[Hit] = []
    dropped = 0
    for name in schema.LISTS:
        for issue in found[name]:
            hit = _hit(issue, name, piece, source)
            if hit is None:
                dropped += 1
            else:
                hits.append(hit)
    return Said(
        tuple(hits), dropped, neutral.neutral(found["summary"], 1_000),
        found["overallAssessment"], float(found["confidence"]),
    )  # fmt: skip


def _hit(issue: Mapping[str, Any], name: str, piece: Piece, source: str) -> Hit | None:
    side = issue.get("side") or "new"
    path = str(issue["file"])
    parts = [one for one in piece.parts if path and path in _names(one)]
    where = _place(parts, side, int(issue["line"]), issue.get("code") or "")
    message = neutral.neutral(str(issue["message"]))
    if where is None or not message:
        return None
    part, line = where
    end = line + max(0, int(issue.get("endLine") or issue["line"]) - int(issue["line"]))
    shown = {spot.number for spot in part.spots if spot.side == side}
    whole = all(number in shown for number in range(line, min(end, line + 1_000) + 1))
    last = end if whole else _reach(shown, line)
    aspect = _aspect(issue.get("aspect"))
    suggestion = _suggestion(issue.get("suggestion")) if whole and side == "new" else None
    cwe = str(issue.get("cwe") or "").upper()
    sure = issue.get("confidence")
    return Hit(
        f"ai/{aspect}", _SEVERITIES[name], float(_USUAL[name] if sure is None else sure), message,
        part.path if side == "new" else part.old_path or part.path, side, line, last, suggestion,
        aspect, source, cwe if _CWE.fullmatch(cwe) else "",
    )  # fmt: skip


def _names(part: Part) -> tuple[str, ...]:
    """What a model may call a file."""
    return part.path, part.old_path, shown_path(part.path), shown_path(part.old_path)


def _place(parts: list[Part], side: str, line: int, code: str) -> tuple[Part, int] | None:
    """The line that is meant. Where the cited text stands on another line near it, and only there,
    that one is; where it stands nowhere, the remark is about nothing that was shown."""
    there = [(part, spot) for part in parts for spot in part.spots if spot.side == side]
    wanted = _plain(code.split("\n")[0])
    at = next(((part, spot) for part, spot in there if spot.number == line), None)
    if not wanted or (at and _fits(at[1], wanted)):
        return (at[0], line) if at else None
    same = [(part, spot) for part, spot in there if _fits(spot, wanted)]
    near = [one for one in same if abs(one[1].number - line) <= _GAP] or same
    return (near[0][0], near[0][1].number) if len(near) == 1 else None


def _fits(spot: Spot, wanted: str) -> bool:
    text = _plain(spot.text)
    return text == wanted or (len(wanted) > 8 and wanted in text)


def _plain(text: str) -> str:
    return "".join(text.split())


def _reach(shown: set[int], line: int) -> int:
    """The last line of those that are shown without a gap from `line` on."""
    while line + 1 in shown:
        line += 1
    return line


def _aspect(value: Any) -> str:
    word = str(value or "").strip().lower()
    for one in ASPECTS:
        if one in word:
            return one
    return word if _ASPECT.fullmatch(word) else MAINTAINABILITY


def _suggestion(value: Any) -> str | None:
    """Text to put in place of lines; None for one that hides something, or looks like no code."""
    if not isinstance(value, str) or "[REDACTED" in value:
        return None
    text = value.replace("\r\n", "\n").rstrip("\n")
    lines = text.split("\n")
    if len(lines) > _MOST_SUGGESTED or is_hidden(text.replace("\n", "")):
        return None
    if any(one.lstrip().startswith(("```", "~~~", "::", "##[")) for one in lines):
        return None
    return text


def weak(text: str, count: int, least: float) -> Iterator[int]:
    """The numbers (from 0) of those of `count` remarks that a second look holds for wrong; raises
    schema.Wrong. One that it says nothing of stays."""
    found = schema.read(text, schema.DOUBT)
    real = {int(one["number"]): float(one["real"]) for one in found["remarks"]}
    return (number - 1 for number in range(1, count + 1) if real.get(number, 1.0) < least)
