"""What came of an analysis of a review, as text and as JSON."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from git_naturecode.cli.answers import count
from git_naturecode.cli.options import TELL_OTHERS
from git_naturecode.domain.findings.build import Tracked
from git_naturecode.domain.findings.lifecycle import FIXED
from git_naturecode.domain.findings.model import Finding, rank
from git_naturecode.domain.review.handles import finding_names
from git_naturecode.domain.review.model import Review
from git_naturecode.render import review_findings as texts
from git_naturecode.render import review_findings_json as forms
from git_naturecode.render.folded import dedented, folded
from git_naturecode.render.paint import Paint
from git_naturecode.render.show import line, show

if TYPE_CHECKING:
    from git_naturecode.ai.reviewing.run import Outcome
    from git_naturecode.store.entry import Json

_MOST_SKIPPED = 10
Clean = Callable[[Sequence[str]], list[str]]


class Told:
    """An analysis that came to an end: `review` as it stands after it, `before` as it stood;
    `saved` when it was kept. `clean` takes the secrets out of lines."""

    def __init__(
        self, before: Review, review: Review, outcome: "Outcome", clean: Clean, *, saved: bool
    ) -> None:
        self.review, self.outcome, self.saved, self.clean = review, outcome, saved, clean
        self.names = finding_names(review)
        self.known = {one.finding.fingerprint: one for one in review.findings}
        self.fixed_before = {o.finding.fingerprint for o in before.findings if o.life == FIXED}

    def found(self) -> list[Finding]:
        """All that is there, the worst first: what was found, and what is as it was before."""
        carried = [self._here(one) for one in self.outcome.carried]
        some = [*self.outcome.findings, *carried]
        return sorted(some, key=lambda one: (-rank(one.severity), one.anchor.path, one.anchor.line))

    def live(self) -> list[Finding]:
        """Those of them that nobody has dismissed."""
        return [one for one in self.found() if not self._is_dismissed(one)]

    def fixed(self) -> list[Tracked]:
        """What this look has found mended."""
        return [
            one
            for name, one in self.known.items()
            if self.saved and one.life == FIXED and name not in self.fixed_before
        ]

    def text(self, paint: Paint, columns: int) -> str:
        """The findings, each with the lines that it is about, and what was looked at."""
        return "\n".join(self._lines(paint, columns))

    def _lines(self, paint: Paint, columns: int) -> Iterator[str]:
        live = self.live()
        told = self.outcome.told
        if told.summary:
            yield from folded(show(told.summary), columns)
            yield ""
        for one in live:
            yield from self._finding(one, paint, columns)
            yield ""
        for gone in self.fixed():
            name = self.names[gone.finding.fingerprint]
            where = line(texts.placed(gone, {}))
            rule = line(gone.finding.rule)
            yield f"{paint.yellow(name)} {where} · {rule} · {paint.green('fixed')}"
        yield paint.bold(self._counts(live))
        yield from self._coverage()

    def _finding(self, one: Finding, paint: Paint, columns: int) -> Iterator[str]:
        known = self.known.get(one.fingerprint)
        handle = paint.yellow(self.names[one.fingerprint]) + " " if known else ""
        anchor = one.anchor
        lines = f":{anchor.line}" if anchor.line else ""
        lines += f"-{anchor.end}" if anchor.end > anchor.line else ""
        side = " (old side)" if anchor.side == "old" else ""
        cwe = f" ({line(one.cwe)})" if one.cwe else ""
        source = "" if one.rule.startswith("nc/") else f" by {line(one.source)}"
        state = f" · {known.state}" if known else ""
        yield (
            f"{handle}{line(anchor.path)}{lines}{side} · "
            f"{texts.severity(one, paint)} · {line(one.rule)}{cwe}{source}{state}"
        )
        for quoted in dedented([show(text) for text in self.clean(anchor.text)[:5]]):
            yield from (paint.dim(text) for text in folded(quoted, columns, "    | "))
        yield from texts.said(one, paint, columns, "    ")

    def _counts(self, live: list[Finding]) -> str:
        found = [one.severity for one in live]
        told = [f"{found.count(one)} {one}" for one in dict.fromkeys(found)]
        out = len(self.found()) - len(live)
        mended = len(self.fixed())
        told += [f"{mended} fixed"] if mended else []
        told += [f"{out} dismissed"] if out else []
        none = "not known" if self.outcome.seen.inconclusive else "none"
        return "findings: " + (", ".join(told) or none)

    def _coverage(self) -> Iterator[str]:
        outcome = self.outcome
        seen = outcome.coverage
        sources = ", ".join(map(line, outcome.seen.sources))
        yield f"{seen.hunks} of {count(seen.of_hunks, 'hunk')} looked at by {sources or 'nobody'}"
        for number, (path, why) in enumerate(sorted(seen.skipped.items())):
            if number == _MOST_SKIPPED:
                yield f"    and {len(seen.skipped) - number} files more; see --json"
                break
            yield f"    not wholly: {line(path)} ({line(why)})"
        for many, why in (
            (outcome.dropped, "on no line that the change shows: dropped"),
            (outcome.doubted, "that did not stand up to a second look: dropped"),
            (outcome.alone, "that too few agreed on: dropped"),
        ):
            if many:
                yield f"    {count(many, 'remark')} {why}"
        told = outcome.told
        if told.assessment:
            would = {"requestChanges": "ask for changes"}.get(told.assessment, told.assessment)
            yield f"    the model would {would}; that is no verdict, and people decide"

    def notes(self) -> Iterator[str]:
        """What was not looked at by whom, and what to do next."""
        yield from map(line, self.outcome.seen.notes)
        if not self.saved:
            yield "nothing was kept"
            return
        tail = self.review.id[16:]
        live = [one for one in self.live() if one.fingerprint in self.names]
        if live:
            name = self.names[live[0].fingerprint]
            yield f"hint: git naturecode review diff {tail} shows them in the change"
            how = f"git naturecode review dismiss {tail} {name} --reason false-positive"
            yield f"hint: if {name} is no fault: {how}"
        yield TELL_OTHERS

    def json(self, aspects: tuple[str, ...]) -> "dict[str, Json]":
        """The same for programs."""
        outcome, told = self.outcome, self.outcome.told
        live = self.live()
        sure = told.confidence if told.confidence is not None else forms.mean(live)
        summary = told.summary or forms.summary(live)
        seen = outcome.coverage
        return {
            "reviewId": self.review.id, "state": outcome.state, "saved": self.saved,
            "inconclusive": outcome.seen.inconclusive, "aspects": list(aspects),
            "sources": list(outcome.seen.sources), "notes": list(outcome.seen.notes),
            "aiAnalysis": forms.ai_analysis(live, summary, told.assessment, sure),
            "findings": [self._json(one) for one in self.found()],
            "fixed": [self._json(one.finding) for one in self.fixed()],
            "coverage": {
                "hunks": seen.hunks, "ofHunks": seen.of_hunks, "files": list(seen.files),
                "skipped": dict(seen.skipped),
            },
            "dropped": outcome.dropped, "doubted": outcome.doubted, "alone": outcome.alone,
            "tokens": dict(zip(("in", "out"), outcome.tokens, strict=True))
            if outcome.tokens else None,
        }  # fmt: skip

    def _json(self, one: Finding) -> "dict[str, Json]":
        known = self.known.get(one.fingerprint)
        state = known.state if known else "new"
        return {
            **forms.finding_json(one), "finding": self.names.get(one.fingerprint), "state": state,
            "text": self.clean(one.anchor.text),
        }  # fmt: skip

    def _is_dismissed(self, one: Finding) -> bool:
        known = self.known.get(one.fingerprint)
        return known is not None and known.dismissed is not None

    def _here(self, one: Tracked) -> Finding:
        """A finding that was carried over, where it is now."""
        place = self.outcome.places.get(one.finding.fingerprint)
        if place is None or not place.line:
            return one.finding
        anchor = one.finding.anchor
        return one.finding._replace(
            anchor=anchor._replace(path=place.path, line=place.line, end=place.end)
        )
