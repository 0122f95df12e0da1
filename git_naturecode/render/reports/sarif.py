"""SARIF 2.1.0: what code scanning of GitHub and GitLab, and most editors, read."""

import json
from urllib.parse import quote

from git_naturecode.domain.findings.model import SECURITY, Finding
from git_naturecode.render.reports.report import (
    TOOL,
    Report,
    certainty,
    level,
    lines,
    message,
    rule,
    title,
    unseen,
)
from git_naturecode.render.show import in_json, line
from git_naturecode.store.entry import Json

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = ("note", "warning", "error", "error")
_SEVERITIES = ("3.0", "5.5", "8.0", "9.5")  # of security, as GitHub reads them: to 10
_ROOT = "SRCROOT"


def text(report: Report) -> str:
    """`report` as a SARIF log with one run (OASIS, SARIF Version 2.1.0).

    The fingerprint of a finding is its own, so that a result is the same one after a push that
    only moves it. Where the analysis failed, the invocation says so.
    """
    some = [*((one, "") for one in report.worst_first), *report.dismissed]
    ids: dict[str, Finding] = {}
    for one, _ in some:
        ids.setdefault(rule(one), one)
    places = {name: number for number, name in enumerate(ids)}
    run: dict[str, Json] = {
        "tool": {"driver": {
            "name": TOOL, "version": report.version,
            "rules": [_rule(name, one) for name, one in ids.items()],
        }},
        "automationDetails": {"id": f"{TOOL}/{report.name or 'review'}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(report)],
        "results": [_result(one, why, places[rule(one)]) for one, why in some],
    }  # fmt: skip
    log: Json = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return in_json(json.dumps(log, indent=2)) + "\n"


def _rule(name: str, one: Finding) -> Json:
    tags = [one.aspect or "review"]
    if one.cwe:
        tags.append(f"external/cwe/{one.cwe.lower()}")
    about: dict[str, Json] = {"tags": tags, "precision": certainty(one)}
    if one.aspect == SECURITY:
        about["security-severity"] = level(one.severity, _SEVERITIES)
    words = name.rpartition("/")[2].replace("-", " ")
    return {
        "id": name, "name": name, "shortDescription": {"text": words},
        "fullDescription": {"text": words},
        "defaultConfiguration": {"level": level(one.severity, _LEVELS)}, "properties": about,
    }  # fmt: skip


def _result(one: Finding, why: str, number: int) -> Json:
    found: dict[str, Json] = {
        "ruleId": rule(one), "ruleIndex": number, "level": level(one.severity, _LEVELS),
        "message": {"text": title(one), "markdown": message(one)},
        "locations": [{"physicalLocation": _location(one)}],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{one.fingerprint}:1", "naturecode/v1": one.fingerprint,
        },
        "properties": {
            "severity": one.severity, "confidence": one.confidence, "aspect": one.aspect,
            "source": line(one.source),
        },
    }  # fmt: skip
    at = lines(one)
    if one.suggestion is not None and at and not why:
        found["fixes"] = [_fix(one, at, one.suggestion)]
    if why:
        found["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": line(why)}
        ]
    return found


def _location(one: Finding) -> dict[str, Json]:
    place: dict[str, Json] = {"artifactLocation": _artifact(one)}
    if at := lines(one):
        place["region"] = {"startLine": at[0], "endLine": at[1]}
    return place


def _artifact(one: Finding) -> Json:
    name = one.anchor.path.encode("utf-8", "surrogateescape")
    return {"uri": quote(name), "uriBaseId": _ROOT}


def _fix(one: Finding, at: tuple[int, int], wanted: str) -> Json:
    region = {"startLine": at[0], "startColumn": 1, "endLine": at[1] + 1, "endColumn": 1}
    put = {"text": f"{wanted}\n" if wanted else ""}
    return {
        "description": {"text": "the lines as they are suggested"},
        "artifactChanges": [{
            "artifactLocation": _artifact(one),
            "replacements": [{"deletedRegion": region, "insertedContent": put}],
        }],
    }  # fmt: skip


def _invocation(report: Report) -> Json:
    said: list[Json] = [
        {"level": "warning", "message": {"text": sentence}} for sentence in unseen(report)
    ]
    if report.inconclusive:
        why = f"inconclusive: {line(report.inconclusive)}"
        said.insert(0, {"level": "error", "message": {"text": why}})
    done: dict[str, Json] = {"executionSuccessful": not report.inconclusive}
    return {**done, "toolExecutionNotifications": said} if said else done
