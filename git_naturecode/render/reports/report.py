"""What a report tells, and the words that all formats of reports share."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from git_naturecode.domain.findings.model import Finding, rank
from git_naturecode.render.show import line, show

TOOL = "git-naturecode"
_SURE, _MAYBE = "high", "medium"


class Report(NamedTuple):
    """What an analysis of a change found.

    `findings` are live, `dismissed` says of others why they are nothing to mend. `inconclusive`
    says why the whole says nothing ("": it does); `skipped` tells of files why they were not
    looked at. `base` and `head` are full ids, `version` is that of this program, `name` what is
    reported ("security": of several reports on one commit each needs another).
    """

    findings: Sequence[Finding]
    version: str
    base: str = ""
    head: str = ""
    name: str = ""
    inconclusive: str = ""
    skipped: Mapping[str, str] = {}
    dismissed: Sequence[tuple[Finding, str]] = ()

    @property
    def worst_first(self) -> list[Finding]:
        """The live findings, the worst first: readers of reports cut them off at the end."""
        return sorted(self.findings, key=lambda one: (-rank(one.severity), *_place(one)))


def level(severity: str, words: Sequence[str]) -> str:
    """The word of a format for `severity`; `words` are its own from low to critical."""
    return words[max(0, rank(severity))]


def message(finding: Finding) -> str:
    """All that a finding says, with nothing that commands a terminal or hides words."""
    return show(finding.message).strip() or title(finding)


def title(finding: Finding) -> str:
    """What a finding says, in its first line."""
    first = finding.message.strip().partition("\n")[0]
    return line(first) or rule(finding)


def rule(finding: Finding) -> str:
    """The name of what was found, as one word; never empty."""
    return "-".join(line(finding.rule).split()) or TOOL


def path(finding: Finding) -> str:
    """The path of a finding; a byte that is no UTF-8 is shown."""
    return show(finding.anchor.path)


def lines(finding: Finding) -> tuple[int, int] | None:
    """The lines of a finding in the new state of its file; None where it is of the whole file, or
    of lines that are gone."""
    anchor = finding.anchor
    if anchor.side != "new" or not anchor.line:
        return None
    return anchor.line, max(anchor.line, anchor.end)


def certainty(finding: Finding) -> str:
    """How sure a finding is, as a word."""
    return _SURE if finding.confidence >= 0.8 else _MAYBE if finding.confidence >= 0.5 else "low"


def unseen(report: Report) -> list[str]:
    """A sentence for each file that was not looked at."""
    return [f"{show(name)} was not looked at: {line(why)}" for name, why in report.skipped.items()]


def _place(one: Finding) -> tuple[str, int, str]:
    return one.anchor.path, one.anchor.line, one.fingerprint
