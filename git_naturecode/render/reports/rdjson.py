"""rdjson and rdjsonl: the diagnostic format of reviewdog."""

import json

from git_naturecode.domain.findings.model import Finding
from git_naturecode.render.reports.report import TOOL, Report, level, lines, message, path, rule
from git_naturecode.render.show import in_json, line
from git_naturecode.store.entry import Json

_LEVELS = ("INFO", "WARNING", "ERROR", "ERROR")


def text(report: Report) -> str:
    """`report` as one DiagnosticResult (proto/rdf of reviewdog); ranges are of whole lines."""
    some: list[Json] = [_diagnostic(one) for one in report.worst_first]
    whole: Json = {"source": {"name": TOOL}, "diagnostics": some}
    return in_json(json.dumps(whole, indent=2)) + "\n"


def rows(report: Report) -> str:
    """`report` as one Diagnostic a line."""
    return "".join(in_json(json.dumps(_diagnostic(one))) + "\n" for one in report.worst_first)


def _diagnostic(one: Finding) -> Json:
    place: dict[str, Json] = {"path": path(one)}
    found: dict[str, Json] = {
        "message": message(one), "location": place,
        "severity": level(one.severity, _LEVELS), "code": {"value": rule(one)},
        "source": {"name": line(one.source)},
    }  # fmt: skip
    if at := lines(one):
        place["range"] = _range(at)
        if one.suggestion is not None:
            found["suggestions"] = [{"range": _range(at), "text": one.suggestion}]
    return found


def _range(at: tuple[int, int]) -> Json:
    """Both ends without a column: from the first line to the last one, inclusive."""
    return {"start": {"line": at[0]}, "end": {"line": at[1]}}
