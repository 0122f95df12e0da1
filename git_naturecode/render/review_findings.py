"""Findings of a review as text: what a tool says of which lines, and what became of it."""

from collections.abc import Iterator, Mapping, Sequence

from git_naturecode.domain.findings.build import INCONCLUSIVE, Analysis, Tracked
from git_naturecode.domain.findings.lifecycle import DISMISSED, FIXED, REOPENED
from git_naturecode.domain.findings.model import SEVERITIES, Finding
from git_naturecode.domain.review.following import EDITED, GONE, Place
from git_naturecode.domain.review.handles import finding_names
from git_naturecode.domain.review.model import Review
from git_naturecode.render.folded import NO_LIMIT, dedented, folded
from git_naturecode.render.paint import Paint
from git_naturecode.render.show import fit, line, show

_MOST_SKIPPED = 5
_MOST_MENDED = 10


class Findings:
    """The findings of one review on their way to a terminal of `columns` columns; `places` says
    where they are now. Those that are mended or dismissed are one line each unless `whole`."""

    def __init__(
        self, review: Review, paint: Paint, places: Mapping[str, Place],
        columns: int = NO_LIMIT, *, whole: bool = False,
    ) -> None:  # fmt: skip
        self.review, self.paint, self.places = review, paint, places
        self.columns, self.whole = columns, whole
        self.names = finding_names(review)

    def text(self, one: Tracked, indent: str = "", *, placed: bool = False) -> Iterator[str]:
        """A finding: where it is (unless it is `placed` below its lines), then what it says."""
        finding = one.finding
        name = self.names[finding.fingerprint]
        handle = self.paint.yellow(name)
        where = "" if placed else f" {self.where(one)}"
        if not one.is_live and not self.whole:
            told = f"{where} · {finding.severity} · {self.what(one)}"
            if self.columns < NO_LIMIT:
                told = fit(told, self.columns - len(indent) - len(name)).rstrip()
            yield f"{indent}{handle}{told}"
            return
        yield f"{indent}{handle}{where} · {severity(finding, self.paint)} · {self.what(one)}"
        if not placed:
            for quoted in dedented([show(text) for text in finding.anchor.text[:5]]):
                for text in folded(quoted, self.columns, f"{indent}    | "):
                    yield self.paint.dim(text)
        yield from said(finding, self.paint, self.columns, indent + "    ")

    def what(self, one: Tracked) -> str:
        """Which rule it is, who says so, and what became of it."""
        finding = one.finding
        cwe = f" ({line(finding.cwe)})" if finding.cwe else ""
        source = "" if finding.rule.startswith("nc/") else f" by {line(finding.source)}"
        return f"{line(finding.rule)}{cwe}{source} · {self.state(one)}"

    def state(self, one: Tracked) -> str:
        """What became of it."""
        if one.dismissed:
            why = line(one.dismissed.reason) or "no reason"
            more = f": {line(one.dismissed.text)}" if one.dismissed.text else ""
            mended = ", fixed since" if one.life == FIXED else ""
            return f"dismissed by {line(one.dismissed.by)} ({why}{more}{mended})"
        place = self.places.get(one.finding.fingerprint)
        if one.is_live and place is not None and place.state == GONE:
            return f"{one.state}, its lines are gone: nobody has looked again"
        if one.is_live and place is not None and place.state == EDITED:
            return f"{one.state}, edited since"
        return one.state if one.state != REOPENED else "reopened: it was fixed before"

    def where(self, one: Tracked) -> str:
        """Where it is now, or was seen last."""
        return line(placed(one, self.places))

    def block(self) -> Iterator[str]:
        """All findings of the review, the worst first, below what the last analyses did."""
        review = self.review
        if not review.findings and not review.analyses:
            return
        yield ""
        yield self.paint.bold(counts(review))
        for analysis in last(review.analyses):
            about = looked(analysis, self.review)
            yield from (self.paint.dim(one) for one in folded(about, self.columns, "    "))
        for one in sorted(review.live_findings, key=lambda one: -_rank(one)):
            yield from self.text(one)
        rest = [one for one in review.findings if not one.is_live]
        shown = rest if self.whole else [one for one in rest if one.state == DISMISSED]
        for one in shown[: None if self.whole else _MOST_MENDED]:
            yield from self.text(one)
        if len(rest) > len(shown):
            yield self.paint.dim(f"    {len(rest) - len(shown)} fixed; see --resolved")


def said(finding: Finding, paint: Paint, columns: int, indent: str) -> Iterator[str]:
    """What a finding says, and the difference that it suggests."""
    yield from folded(show(finding.message), columns, indent)
    if finding.suggestion is None:
        return
    old = finding.anchor.text
    new = finding.suggestion.split("\n") if finding.suggestion else []
    both = dedented([show(text) for text in (*old, *new)])
    yield paint.dim(f"{indent}suggests:")
    for number, text in enumerate(both):
        sign, colour = ("-", paint.red) if number < len(old) else ("+", paint.green)
        yield from (colour(one) for one in folded(text, columns, f"{indent}{sign} "))
    if not new:
        yield paint.dim(f"{indent}(to take the lines out)")


def severity(finding: Finding, paint: Paint) -> str:
    """How bad it is, in its colour."""
    colours = {"critical": paint.red, "high": paint.red, "medium": paint.yellow}
    return colours.get(finding.severity, paint.cyan)(finding.severity)


def placed(one: Tracked, places: Mapping[str, Place]) -> str:
    """Path and lines of a finding, now or where it was seen last."""
    anchor, place = one.finding.anchor, places.get(one.finding.fingerprint)
    path, first, end = anchor.path, anchor.line, anchor.end
    if place is not None and place.state != GONE:
        path, first, end = place.path or path, place.line, place.end
    lines = f":{first}" if first else ""
    lines += f"-{end}" if end > first else ""
    return (path or "(no file)") + lines + (" (old side)" if anchor.side == "old" else "")


def counts(review: Review) -> str:
    """How many findings there are, the worst first: `findings: 1 high, 2 low`."""
    found = [one.finding.severity for one in review.live_findings]
    told = [f"{found.count(one)} {one}" for one in reversed(SEVERITIES) if one in found]
    seen = [one for one in last(review.analyses) if one.state != INCONCLUSIVE]
    return "findings: " + (", ".join(told) or ("none" if seen else "not known"))


def last(analyses: Sequence[Analysis]) -> list[Analysis]:
    """The newest analysis of each source."""
    return list({one.source: one for one in analyses}.values())


def looked(one: Analysis, review: Review) -> str:
    """One line about an analysis: who looked at what, and what came of it."""
    number = next((r.number for r in review.revisions if r.id == one.revision), 0)
    of = f"revision {number}" if number else line(one.head[:12])
    when = one.time[:16].replace("T", " ")
    about = f" for {', '.join(map(line, one.aspects))}" if one.aspects else ""
    if one.state == INCONCLUSIVE:
        return f"{line(one.source)} · {when} · {of}{about}: inconclusive, {line(one.text[:200])}"
    files = f"{len(one.covered)} file{'' if len(one.covered) == 1 else 's'} looked at"
    would = f"; it would {_WOULD.get(one.assessment, '')}" if one.assessment in _WOULD else ""
    return f"{line(one.source)} · {when} · {of}{about}: {files}{_skipped(one)}{would}"


_WOULD = {
    "approve": "approve (which counts for nothing)",
    "requestChanges": "ask for changes (which counts for nothing)", "comment": "comment",
}  # fmt: skip


def _skipped(one: Analysis) -> str:
    names = sorted(one.skipped)
    if not names:
        return ""
    some = ", ".join(f"{line(name)} ({line(one.skipped[name])})" for name in names[:_MOST_SKIPPED])
    more = f" and {len(names) - _MOST_SKIPPED} more" if len(names) > _MOST_SKIPPED else ""
    return f"; not, or not wholly: {some}{more}"


def _rank(one: Tracked) -> int:
    return SEVERITIES.index(one.finding.severity)
