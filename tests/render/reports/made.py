"""Findings and reports for tests of the formats, also with texts that would break them."""

from typing import Any

from hypothesis import strategies as st

from git_naturecode.domain.findings.model import SEVERITIES, Finding
from git_naturecode.domain.review.anchor import Anchor
from git_naturecode.render.reports.report import Report

HOSTILE = (
    "::error file=a::owned", "::stop-commands::x", "::add-mask::x", "%0A::error::x", "]]>",
    "<script>x</script>", "\x1b[2J", "\x00", "\u202eevil", "\ud800", "\ufffe", "&amp;", '"', "'",
    "a\r\nb", "\u2028", "<!DOCTYPE x>", "::", ",line=9", "\U000e0041", "]]]]><![CDATA[>", "\x85",
)  # fmt: skip


def finding(
    message: str = "The query is put together from words of a stranger.", path: str = "src/app.py",
    line: int = 7, end: int = 8, severity: str = "high", side: str = "new", **more: Any,
) -> Finding:  # fmt: skip
    """A finding on lines of a file."""
    one = Finding(
        "nc/python/sql-injection", severity, 0.9, message,
        Anchor(path, side, line, end, "c" * 40, "b" * 40, ("one", "two")), None, "security",
        "builtin", "CWE-89", "f" * 32,
    )  # fmt: skip
    return one._replace(**more)


def report(*findings: Finding, **more: Any) -> Report:
    """A report of these."""
    return Report(findings, "1.4.0", "a" * 40, "c" * 40, "security")._replace(**more)


_text = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=12), max_size=6).map("".join)
_path = st.lists(
    st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=8).filter(
        lambda part: part not in (".", "..")
    ),
    min_size=1, max_size=3,
).map("/".join)  # fmt: skip
findings = st.builds(
    lambda message, path, line, more, severity, side, suggestion, rule, cwe, sure: finding(
        message, path, line, line + more if line else 0, severity, side, suggestion=suggestion,
        rule=rule, cwe=cwe, confidence=sure,
    ),
    _text, _path, st.integers(0, 10**6), st.integers(0, 30), st.sampled_from(SEVERITIES),
    st.sampled_from(["new", "new", "old"]), st.none() | _text, _text,
    st.sampled_from(["", "CWE-79"]), st.floats(0, 1),
)  # fmt: skip
reports = st.builds(
    lambda some, why, skipped, dismissed: report(
        *some, inconclusive=why, skipped=skipped,
        dismissed=[(one, "it is none") for one in dismissed],
    ),
    st.lists(findings, max_size=5), st.just("") | _text, st.dictionaries(_path, _text, max_size=2),
    st.lists(findings, max_size=2),
)  # fmt: skip
