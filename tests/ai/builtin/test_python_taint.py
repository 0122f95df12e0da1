"""Untrusted values in Python: what is found, and what looks like it and is right."""

import pytest

from git_naturecode.ai.builtin.python.rules import look

from .looking import examples, hits, rules

TAINT = {
    "sql-injection", "command-injection", "path-traversal", "cross-site-scripting",
    "open-redirect", "server-side-request",
}  # fmt: skip
ODD = examples("python-odd.txt")
WRONG, RIGHT = examples("python-wrong.txt"), examples("python-right.txt")


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found(name: str) -> None:
    assert name.partition(":")[0] in rules(WRONG[name])


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_not(name: str) -> None:
    assert not rules(RIGHT[name]) & TAINT


def test_a_hit_names_the_value_its_class_and_the_cure() -> None:
    (hit,) = hits(WRONG["sql-injection: f-string"])
    assert hit.rule == "nc/python/sql-injection"
    assert (hit.cwe, hit.severity, hit.aspect, hit.source) == (
        "CWE-89",
        "high",
        "security",
        "builtin",
    )
    assert (hit.path, hit.side, hit.line, hit.end) == ("shop/pages.py", "new", 2, 2)
    assert hit.message.startswith("`who`, which the caller gives,")
    assert "parameter" in hit.message


def test_what_comes_from_outside_is_surer_than_what_a_caller_gives() -> None:
    (given,) = hits("def f(c, n):\n    c.execute('select a from b where d = ' + n)")
    (outside,) = hits("def f(c):\n    c.execute('select a from b where d = ' + request.args['n'])")
    assert outside.confidence > given.confidence
    assert (outside.severity, given.severity) == ("critical", "high")


@pytest.mark.parametrize("name", ODD)
def test_fragments_old_and_broken_texts_are_read(name: str) -> None:
    found = look(ODD[name], lambda aspect: aspect == "security").found
    assert [one.rule for one in found] == ["nc/python/sql-injection"]


def test_a_definition_that_cannot_be_read_spoils_none_beside_it() -> None:
    bad = "def g(:\n" + "    x = = 1 1\n" * 60
    one = "@first\n@second\ndef f{}(c, who):\n    c.execute('delete from a where b = ' + who)\n"
    told = look(one.format(1) + bad + one.format(2), lambda aspect: aspect == "security")
    assert [found.line for found in told.found] == [4, 69]
    assert told.lost == "61 lines are no Python"
