"""Code Quality: the report that GitLab shows in a merge request."""

import json

from git_naturecode.domain.findings.model import PERFORMANCE, SECURITY, Finding
from git_naturecode.render.reports.report import Report, level, lines, path, rule, title
from git_naturecode.render.show import in_json
from git_naturecode.store.entry import Json

_LEVELS = ("minor", "major", "critical", "blocker")
_CATEGORIES = {SECURITY: "Security", PERFORMANCE: "Performance"}


def text(report: Report) -> str:
    """`report` as the list of issues that GitLab reads (a subset of Code Climate's)."""
    return in_json(json.dumps([_issue(one) for one in report.worst_first], indent=2)) + "\n"


def _issue(one: Finding) -> Json:
    first, last = lines(one) or (1, 1)
    return {
        "description": title(one), "check_name": rule(one), "fingerprint": one.fingerprint,
        "severity": level(one.severity, _LEVELS), "type": "issue",
        "categories": [_CATEGORIES.get(one.aspect, "Clarity")],
        "location": {"path": path(one), "lines": {"begin": first, "end": last}},
    }  # fmt: skip
