"""The file of merge rules: what it may say, and that whatever else it says stops every merge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.review.rules import WITHOUT_FILE, Rule, parse

WHOLE = b"""
version: 1
rules:
  - paths: [src/**, "!src/gen/**"]
    approvals: 2
    required: [ada@example.com, core]
    owners: true
    resolved: true
    findings: high
    ci: [build, test]
    own: false
    linear: true
    strategies: [squash, rebase]
  - {approvals: 1}
"""


def test_everything_that_it_may_say() -> None:
    rules = parse(WHOLE)
    assert (rules.found, rules.problem) == (True, "")
    assert rules.rules == (
        Rule(
            1, ("src/**", "!src/gen/**"), 2, ("ada@example.com", "core"), True, True, "high",
            ("build", "test"), False, True, ("squash", "rebase"),
        ),
        Rule(2, approvals=1),
    )  # fmt: skip
    assert [rules.rules[0].covers(p) for p in ("src/a", "src/gen/a", "b")] == [True, False, False]
    assert rules.rules[1].covers("anything")


def test_a_file_without_rules_asks_for_nothing_and_no_file_for_one_approval() -> None:
    assert parse(b"version: 1\nrules: []\n").rules == ()
    assert parse(b"version: 1\n").rules == ()
    assert WITHOUT_FILE.rules == (Rule(approvals=1),)
    assert not WITHOUT_FILE.found


def one(text: str) -> bytes:
    return f"version: 1\nrules:\n  - {{{text}}}\n".encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no list of settings"),
        (b"- 1\n", "no list of settings"),
        (b"rules: []\n", "version is None"),
        (b"version: 2\n", "version is 2"),
        (b"version: '1'\n", "version is '1'"),
        (b"version: true\n", "version is True"),
        (b"version: 1\nrule: []\n", "unknown key 'rule' (did you mean rules?)"),
        (b"version: 1\nrules: 3\n", "rules is no list"),
        (b"version: 1\nrules: [3]\n", "rule 1: it is no list"),
        (one("aproval: 1"), "rule 1: unknown key 'aproval' (did you mean approvals?)"),
        (one("approvals: -1"), "rule 1: approvals is -1"),
        (one("approvals: true"), "approvals is True"),
        (one("approvals: two"), "approvals is 'two'"),
        (one("approvals: 1, approvals: 0"), "'approvals' twice"),
        (one("owners: 'yes'"), "owners is 'yes'"),
        (one("findings: fatal"), "findings is 'fatal'"),
        (one("strategies: [octopus]"), "'octopus'"),
        (one("strategies: squash"), "strategies is no list"),
        (one("strategies: []"), "strategies is no list"),
        (one("required: [1]"), "required has 1 in it"),
        (one("paths: ['/']"), "paths: a pattern"),
        (one("ci: ['']"), "ci has '' in it"),
        (b"version: 1\nrules: &a [*a]\n", "anchors"),
        (b"version: !!int 1\n", "tags"),
        (b"version: [" * 40, "too deep"),
        (b"version: 1\n#" + b"x" * 70_000, "bytes of YAML"),
        (b"version: 1\nrules: [\n", "cannot be read"),
        (b"version: \x80", "cannot be read"),
        (b"version: 1\n---\nversion: 1\n", "cannot be read"),
    ],
)
def test_what_is_not_understood_is_told(data: bytes, says: str) -> None:
    rules = parse(data)
    assert says in rules.problem
    assert rules.rules == ()


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode()))
def test_no_bytes_are_a_fault_of_ours(data: bytes) -> None:
    rules = parse(data)
    assert rules.problem or rules.rules == ()
