"""Findings and analyses as JSON, under the specification's names where it has some."""

from collections.abc import Mapping, Sequence

from git_naturecode.domain.findings.build import Analysis, Tracked
from git_naturecode.domain.findings.model import Finding
from git_naturecode.domain.review.following import GONE, Place
from git_naturecode.domain.review.handles import finding_names
from git_naturecode.domain.review.model import Review
from git_naturecode.store.entry import Json

_CRITICAL, _IMPORTANT = ("critical", "high"), ("medium",)


def finding_json(one: Finding, place: Place | None = None) -> dict[str, Json]:
    """One finding, where it is at present."""
    anchor = one.anchor
    path, first, end = anchor.path, anchor.line, anchor.end
    if place is not None and place.state != GONE:
        path, first, end = place.path or path, place.line, place.end
    return {
        "fingerprint": one.fingerprint, "rule": one.rule, "severity": one.severity,
        "confidence": round(one.confidence, 2), "aspect": one.aspect, "source": one.source,
        "cwe": one.cwe or None, "filePath": path or None, "line": first or None,
        "endLine": end or None, "side": anchor.side, "message": one.message,
        "suggestion": one.suggestion,
    }  # fmt: skip


def tracked_json(one: Tracked, handle: str, place: Place | None) -> dict[str, Json]:
    """One finding of a review, with what became of it."""
    out = one.dismissed
    return {
        **finding_json(one.finding, place), "finding": handle, "id": one.id, "state": one.state,
        "userId": one.by, "timestamp": one.time, "revision": one.revision or None,
        "now": place.json() if place else None,
        "dismissed": {
            "userId": out.by, "timestamp": out.time, "reason": out.reason, "comment": out.text,
            "fixedSince": one.life == "fixed",
        } if out else None,
    }  # fmt: skip


def findings_json(review: Review, places: Mapping[str, Place]) -> list[Json]:
    """All findings of a review, in the order of their names."""
    names = finding_names(review)
    return [
        tracked_json(one, names[name], places.get(name))
        for one in review.findings
        for name in (one.finding.fingerprint,)
    ]


def analysis_json(one: Analysis) -> dict[str, Json]:
    """One analysis."""
    return {
        "id": one.id, "userId": one.by, "timestamp": one.time, "revision": one.revision or None,
        "head": one.head, "source": one.source, "aspects": list(one.aspects), "state": one.state,
        "summary": one.text, "overallAssessment": one.assessment or None,
        "confidence": one.confidence, "findings": list(one.found),
        "covered": list(one.covered), "skipped": one.skipped,
        "tokens": dict(zip(("in", "out"), one.tokens, strict=True)) if one.tokens else None,
        "cost": one.cost,
    }  # fmt: skip


def ai_analysis(
    found: Sequence[Finding], summary: str, assessment: str, confidence: float | None
) -> dict[str, Json]:
    """The specification's `aiAnalysis`: what a review by a machine comes to.

    `overallAssessment` is what the model would do, null where none was asked: never a verdict.
    """

    def some(severities: Sequence[str]) -> list[Json]:
        return [finding_json(one) for one in found if one.severity in severities]

    critical, important, minor = some(_CRITICAL), some(_IMPORTANT), some(("low",))
    return {
        "summary": summary, "criticalIssues": critical, "importantSuggestions": important,
        "minorSuggestions": minor, "issues": critical, "suggestions": [*important, *minor],
        "overallAssessment": assessment or None,
        "confidence": confidence if confidence is None else round(confidence, 2),
    }  # fmt: skip


def of_review(review: Review) -> dict[str, Json] | None:
    """`aiAnalysis` of a review: what is live, with the words of the newest analysis that ended."""
    done = [one for one in review.analyses if one.state == "done"]
    if not done:
        return None
    live = [one.finding for one in review.live_findings]
    newest = done[-1]
    sure = newest.confidence if newest.confidence is not None else mean(live)
    return ai_analysis(live, newest.text or summary(live), newest.assessment, sure)


def summary(found: Sequence[Finding]) -> str:
    """One sentence about findings, where no model has written one."""
    if not found:
        return "Nothing was found."
    files = len({one.anchor.path for one in found})
    return (
        f"{len(found)} finding{'' if len(found) == 1 else 's'} in "
        f"{files} file{'' if files == 1 else 's'}."
    )


def mean(found: Sequence[Finding]) -> float | None:
    """How sure the findings are on the whole; None without any."""
    return sum(one.confidence for one in found) / len(found) if found else None
