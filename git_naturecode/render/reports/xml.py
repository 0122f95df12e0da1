"""JUnit and Checkstyle: the XML reports that nearly every CI shows."""

import re
from collections.abc import Iterable
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from git_naturecode.domain.findings.model import Finding
from git_naturecode.render.reports.report import (
    TOOL,
    Report,
    level,
    lines,
    message,
    path,
    rule,
    title,
    unseen,
)
from git_naturecode.render.show import line, show

_LEVELS = ("info", "warning", "error", "error")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NO_CHARACTER = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""


def junit(report: Report) -> str:
    """`report` as a test suite: each finding is a case that fails, an inconclusive analysis one
    with an error; where nothing was found there is one case that passes.
    """
    some = report.worst_first
    cases = [_case(one) for one in some]
    if report.inconclusive:
        why = line(report.inconclusive)
        cases.insert(0, _element("testcase", _named("analysis"), [_element("error", {
            "type": "inconclusive", "message": why}, [_text(why)])]))  # fmt: skip
    if not cases:
        cases.append(_element("testcase", _named("no findings")))
    counts = {
        "tests": str(len(cases)), "failures": str(len(some)),
        "errors": str(int(bool(report.inconclusive))), "skipped": "0",
    }  # fmt: skip
    told = unseen(report)
    if told:
        cases.append(_element("system-out", {}, [_text("\n".join(told))]))
    suite = _element("testsuite", {"name": TOOL, **counts, "time": "0"}, cases)
    return f"{_HEAD}{_element('testsuites', {}, [suite])}\n"


def checkstyle(report: Report) -> str:
    """`report` in the form of Checkstyle: by file, each finding an error of its severity."""
    some = sorted(report.findings, key=lambda one: (one.anchor.path, one.anchor.line, rule(one)))
    files = [
        _element("file", {"name": name}, [_error(one) for one in group])
        for name, group in groupby(some, key=path)
    ]
    return f"{_HEAD}{_element('checkstyle', {'version': '8.0'}, files)}\n"


def _named(name: str) -> dict[str, str]:
    return {"name": name, "classname": TOOL, "time": "0"}


def _case(one: Finding) -> str:
    at = lines(one)
    where = f"{path(one)}:{at[0]}" if at else path(one)
    failure = _element("failure", {"type": one.severity, "message": title(one)}, [
        _text(f"{where}\n{message(one)}")])  # fmt: skip
    name = f"{rule(one)} {where}"
    return _element("testcase", {"name": name, "classname": path(one), "time": "0"}, [failure])


def _error(one: Finding) -> str:
    at = lines(one)
    return _element("error", {
        "line": str(at[0] if at else 1), "severity": level(one.severity, _LEVELS),
        "message": title(one), "source": rule(one),
    })  # fmt: skip


def _element(name: str, attributes: dict[str, str], inside: Iterable[str] = ()) -> str:
    said = "".join(f" {key}={quoteattr(_written(value))}" for key, value in attributes.items())
    text = "".join(inside)
    return f"<{name}{said}>{text}</{name}>" if text else f"<{name}{said}/>"


def _text(text: str) -> str:
    return escape(_written(text))


def _written(text: str) -> str:
    return _NO_CHARACTER.sub("\ufffd", show(text))
