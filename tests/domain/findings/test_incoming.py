"""Reports of other tools, read: what they found and where; junk ends in one sentence."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_naturecode.domain.findings import incoming
from git_naturecode.domain.findings.hit import Hit
from git_naturecode.domain.findings.incoming import Unreadable
from git_naturecode.render.reports import code_quality, github, rdjson, sarif, xml
from git_naturecode.render.reports.report import Report
from render.reports.made import finding, report

WRITERS = {
    "sarif": sarif.text, "rdjson": rdjson.text, "rdjsonl": rdjson.rows,
    "codequality": code_quality.text, "checkstyle": xml.checkstyle, "junit": xml.junit,
    "github": github.text,
}  # fmt: skip
_LINES = st.tuples(st.integers(1, 10**6), st.integers(0, 40))


def one(data: str, root: str = "") -> Hit:
    (hit,) = incoming.read(data.encode(), root)
    return hit


@given(st.sampled_from(sorted(WRITERS)), _LINES, st.sampled_from(["low", "medium", "high"]))
@settings(deadline=None)
def test_what_we_write_we_read(name: str, at: tuple[int, int], severity: str) -> None:
    made = report(finding("One\nTwo", "dir/a b.py", at[0], sum(at), severity))
    found = one(WRITERS[name](made))
    last = at[0] if name in ("checkstyle", "junit") else sum(at)  # which name one line
    assert (found.path, found.line, found.end, found.side) == ("dir/a b.py", at[0], last, "new")
    assert found.message.startswith("One")
    assert found.severity == severity or name in ("codequality",)
    assert found.rule.endswith("sql-injection") or name == "junit"


def test_a_suggestion_of_whole_lines_is_taken_along() -> None:
    made = report(finding(suggestion="x = 1\ny = 2"))
    assert one(sarif.text(made)).suggestion == one(rdjson.text(made)).suggestion == "x = 1\ny = 2"
    inside = json.loads(sarif.text(made))
    (fix,) = inside["runs"][0]["results"][0]["fixes"]
    fix["artifactChanges"][0]["replacements"][0]["deletedRegion"]["startColumn"] = 4
    assert one(json.dumps(inside)).suggestion is None


def test_what_is_suppressed_is_left_out() -> None:
    made = report(finding(), dismissed=[(finding("gone", "b.py"), "no")])
    assert one(sarif.text(made)).path == "src/app.py"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("/work/tree/src/a.py", "src/a.py"), ("file:///work/tree/a%20b.py", "a b.py"),
        ("./a.py", "a.py"), ("src\\a.py", "src/a.py"), ("src/../a.py", "a.py"),
        ("/etc/passwd", ""), ("../a.py", ""), ("src/../../a.py", ""), ("", ""), (".", ""),
        ("file:///etc/passwd", ""), ("a\0b", ""), (7, ""), ("/work/treetop/a.py", ""),
    ],
)  # fmt: skip
def test_only_paths_in_the_repository_count(name: object, expected: str) -> None:
    told = [{"path": name, "lines": {"begin": 3}}]
    data = json.dumps([{"description": "x", "check_name": "y", "location": at} for at in told])
    found = incoming.read(data.encode(), "/work/tree")
    assert [hit.path for hit in found] == ([expected] if expected else [])


def test_a_score_of_security_outweighs_the_level() -> None:
    log = json.loads(sarif.text(report(finding(severity="low"))))
    rule = log["runs"][0]["tool"]["driver"]["rules"][0]
    rule["properties"]["security-severity"] = "9.1"
    found = one(json.dumps(log))
    assert (found.severity, found.cwe, found.aspect) == ("critical", "CWE-89", "security")


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_nothing_found_is_nothing(name: str) -> None:
    data = WRITERS[name](report()).encode()
    if name in ("rdjsonl", "github"):  # an empty file says nothing of its format
        with pytest.raises(Unreadable):
            incoming.read(data)
    else:
        assert incoming.read(data) == []


BOMB = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<checkstyle><file name='&b;'/></checkstyle>"
)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"hello", b"{", b"[", b"{}", b'{"runs"', b"\xff\xfe", b"<", b"<a", BOMB.encode(),
        b"<a>" * 200_000, b"[" * 200_000, b'{"a":' * 200_000, b"{}\n{}", b"::error::no place",
        b'<?xml version="1.0" encoding="shift_jis"?><checkstyle/>',
        b'<?xml version="1.0" encoding="no-such-thing"?><checkstyle/>',
    ],
)  # fmt: skip
def test_junk_is_refused_in_a_sentence(data: bytes) -> None:
    start = time.process_time()
    with pytest.raises(Unreadable) as refused:
        incoming.read(data)
    assert "\n" not in str(refused.value)
    assert time.process_time() - start < 10


def test_a_severity_beyond_all_numbers_is_none() -> None:
    text = sarif.text(report(finding("Bad.", "a.py")))
    assert one(text.replace('"8.0"', "1" + "0" * 400)).severity == "high"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from([
            "runs", "tool", "driver", "rules", "results", "locations", "physicalLocation",
            "region", "startLine", "endLine", "fixes", "artifactChanges", "replacements",
            "location", "path", "range", "start", "line", "diagnostics", "message", "text",
            "lines", "begin", "ruleIndex", "properties", "tags", "suppressions", "severity",
            "code", "value", "suggestions", "artifactLocation", "uri", "security-severity",
        ]), inner, max_size=6,
    ),
    max_leaves=40,
)  # fmt: skip


@given(_JSON)
@settings(max_examples=400, deadline=None)
def test_no_report_is_a_fault(said: object) -> None:
    for form in (said, {"runs": said}, {"diagnostics": said}, [said]):
        try:
            found = incoming.read(json.dumps(form).encode())
        except Unreadable:
            continue
        assert all(hit.path and hit.line > 0 for hit in found)


def test_a_report_is_read_up_to_a_limit() -> None:
    many = json.dumps([
        {"description": "x", "check_name": "y", "location": {"path": "a", "lines": {"begin": 1}}}
    ] * (incoming.MOST_HITS + 5))  # fmt: skip
    assert len(incoming.read(many.encode())) == incoming.MOST_HITS
    with pytest.raises(Unreadable, match="larger than 50 MiB"):
        incoming.read(b" " * (incoming.MOST_BYTES + 1))


def test_a_failed_test_is_a_finding_where_it_names_a_place() -> None:
    suite = (
        '<testsuite><testcase name="t" file="tests/test_a.py" line="9"><failure message="m"/>'
        '</testcase><testcase name="u"><failure>  File "src/a.py", line 12, in f\n</failure>'
        '</testcase><testcase name="v"><error message="nowhere"/></testcase></testsuite>'
    )
    found = incoming.read(suite.encode())
    assert [(hit.path, hit.line) for hit in found] == [("tests/test_a.py", 9), ("src/a.py", 12)]


def test_a_whole_report_of_ours_is_one_of_theirs() -> None:
    made = Report([finding(), finding(path="b.py", line=3, end=3)], "1.4.0")
    for name, write in WRITERS.items():
        assert {hit.path for hit in incoming.read(write(made).encode())} == {
            "src/app.py",
            "b.py",
        }, name


def test_a_rule_is_the_same_in_the_next_version_of_a_tool() -> None:
    log = json.loads(sarif.text(report(finding())))
    found = []
    for version in ("1.9.3", "1.9.4"):
        log["runs"][0]["tool"]["driver"] |= {"name": "bandit", "semanticVersion": version}
        found.append(one(json.dumps(log)))
    assert [hit.source for hit in found] == ["bandit 1.9.3", "bandit 1.9.4"]
    assert found[0].rule == found[1].rule
    assert found[0].rule.startswith("bandit/")
