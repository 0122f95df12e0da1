"""Reports of other tools beside our own analysers, and the result of them all."""

from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.domain.findings.build import Tracked
from git_naturecode.domain.findings.hit import Change, Hit, Seen
from git_naturecode.domain.findings.model import Finding
from git_naturecode.domain.findings.result import Result
from git_naturecode.render.reports.report import TOOL


class Reported(NamedTuple):
    """What the report `name` says, as an analyser that has seen all of the change."""

    name: str
    hits: Sequence[Hit]

    def look(self, change: Change) -> Seen:
        """Its hits but those that were ours; which stand on lines of the change shows later."""
        every = frozenset(
            (file.path, number) for file in change.files
            for number in range(1, len(file.hunks) + 1)
        )  # fmt: skip
        theirs = [hit for hit in self.hits if not hit.source.startswith(TOOL)]
        sources = tuple(dict.fromkeys(hit.source for hit in theirs))
        return Seen(tuple(theirs), every, sources=sources or (self.name,))


def result(
    change: Change, live: Sequence[Finding], tracked: Sequence[Tracked], seen: Seen,
    covered: Sequence[str], files: frozenset[str], skipped: dict[str, str],
) -> Result:  # fmt: skip
    """The result as a file tells it: what is `live` of what was `seen`, in which of all `files`;
    `tracked` are the findings that the review knows."""
    dismissed = {
        one.finding.fingerprint: one.dismissed.reason for one in tracked if one.dismissed
    }  # fmt: skip
    return Result(
        change.base, change.head, tuple(live), dismissed, frozenset(covered),
        skipped=skipped, inconclusive=seen.inconclusive or "", files=files, sources=seen.sources,
        aspects=change.aspects,
    )  # fmt: skip
