"""What reports say to other tools: sound by the published schemas, whatever the texts in them."""

import json
import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from hypothesis import given, settings
from jsonschema import Draft4Validator

from git_naturecode.render.reports import code_quality, github, rdjson, sarif, xml
from git_naturecode.render.reports.report import Report
from render.reports.made import finding, report, reports

_SCHEMAS = Path(__file__).parent / "schemas"
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
# By the description of the format on GitLab's pages; no schema of it is published.
_ISSUE = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./|/).+"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


@cache
def _json(name: str) -> Draft4Validator:
    return Draft4Validator(json.loads((_SCHEMAS / name).read_text()))


@cache
def _xml(name: str) -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(_SCHEMAS / name))


@given(reports)
@settings(max_examples=60, deadline=None)
def test_every_format_is_sound_whatever_the_texts(made: Report) -> None:
    _json("sarif-2.1.0.json").validate(json.loads(sarif.text(made)))
    _json("rdjson.json").validate(json.loads(rdjson.text(made)))
    Draft4Validator(_ISSUE).validate(json.loads(code_quality.text(made)))
    _xml("jenkins-junit.xsd").validate(xml.junit(made))
    _xml("checkstyle-report-1.0.0.xsd").validate(xml.checkstyle(made))
    rows = rdjson.rows(made).splitlines()
    assert [json.loads(row) for row in rows] == json.loads(rdjson.text(made))["diagnostics"]
    every = (sarif.text, rdjson.text, rdjson.rows, code_quality.text, xml.junit, xml.checkstyle)
    for write in (*every, github.text):
        assert not _HIDDEN.search(write(made))


@given(reports)
@settings(max_examples=100, deadline=None)
def test_no_text_of_a_change_commands_the_runner(made: Report) -> None:
    said = github.text(made).splitlines()
    told = len(made.findings) + len(made.skipped) + bool(made.inconclusive)
    assert len(said) == told
    for row in said:
        assert re.match(r"::(error|warning|notice)( [^:]*)?::", row)
        head = row[2:].partition("::")[0]
        options = head.partition(" ")[2]
        assert all("=" in one for one in options.split(",") if options)
        assert {one.partition("=")[0] for one in options.split(",") if options} <= {
            "file", "title", "line", "endLine",
        }  # fmt: skip


def test_a_finding_is_told_with_its_lines_and_its_fingerprint() -> None:
    made = report(finding(suggestion="x = 1\ny = 2"))
    (run,) = json.loads(sarif.text(made))["runs"]
    (result,) = run["results"]
    assert result["level"] == "error"
    assert result["partialFingerprints"]["primaryLocationLineHash"] == f"{'f' * 32}:1"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "src/app.py"
    assert place["region"] == {"startLine": 7, "endLine": 8}
    (change,) = result["fixes"][0]["artifactChanges"]
    (put,) = change["replacements"]
    assert put["deletedRegion"] == {
        "startLine": 7, "startColumn": 1, "endLine": 9, "endColumn": 1,
    }  # fmt: skip
    assert put["insertedContent"]["text"] == "x = 1\ny = 2\n"
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["properties"]["security-severity"] == "8.0"
    assert "external/cwe/cwe-89" in rule["properties"]["tags"]
    (told,) = json.loads(rdjson.text(made))["diagnostics"]
    lines = {"start": {"line": 7}, "end": {"line": 8}}
    assert told["suggestions"] == [{"range": lines, "text": "x = 1\ny = 2"}]
    (issue,) = json.loads(code_quality.text(made))
    assert (issue["severity"], issue["location"]["lines"]) == ("critical", {"begin": 7, "end": 8})
    assert github.text(made) == (
        "::error file=src/app.py,title=high%3A nc/python/sql-injection,line=7,endLine=8"
        "::The query is put together from words of a stranger.\n"
    )


@pytest.mark.parametrize("write", [sarif.text, rdjson.text, code_quality.text, xml.checkstyle])
def test_the_worst_comes_first_and_what_is_dismissed_is_no_news(write: object) -> None:
    bad = finding("this one", severity="critical", rule="worst")
    other = finding("that one", severity="low", path="a.py")
    assert callable(write)
    said = write(report(other, bad, dismissed=[(finding("gone"), "not ours")]))
    if write is not xml.checkstyle:  # which goes by files
        assert said.index("this one") < said.index("that one")
    assert ("gone" in said) == (write is sarif.text)  # where it is marked as suppressed


def test_what_is_dismissed_is_suppressed_with_its_reason() -> None:
    (run,) = json.loads(sarif.text(report(dismissed=[(finding(), "false\npositive")])))["runs"]
    (result,) = run["results"]
    assert result["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "false positive"}
    ]


def test_an_analysis_that_failed_is_never_told_as_clean() -> None:
    made = report(inconclusive="the model gave no answer", skipped={"big.bin": "too large"})
    (run,) = json.loads(sarif.text(made))["runs"]
    (told,) = run["invocations"]
    assert told["executionSuccessful"] is False
    said = [one["message"]["text"] for one in told["toolExecutionNotifications"]]
    assert said == [
        "inconclusive: the model gave no answer", "big.bin was not looked at: too large",
    ]  # fmt: skip
    suite = ElementTree.fromstring(xml.junit(made))[0]
    assert (suite.get("tests"), suite.get("errors"), suite.get("failures")) == ("1", "1", "0")
    assert "::error::inconclusive: the model gave no answer\n" in github.text(made)


def test_where_nothing_was_found_a_test_passes() -> None:
    suite = ElementTree.fromstring(xml.junit(report()))[0]
    assert [one.tag for one in suite] == ["testcase"]
    assert len(suite[0]) == 0
    assert github.text(report()) == ""
    assert json.loads(code_quality.text(report())) == []


def test_a_finding_on_lines_that_are_gone_names_the_file_alone() -> None:
    made = report(finding(side="old"), finding(line=0, end=0))
    for one in json.loads(sarif.text(made))["runs"][0]["results"]:
        assert "region" not in one["locations"][0]["physicalLocation"]
    assert all(",line=" not in row for row in github.text(made).splitlines())
