"""Untrusted values in JavaScript and TypeScript: what is found, and what is right."""

import pytest

from .looking import examples, hits, rules

WRONG, RIGHT = examples("script-wrong.txt"), examples("script-right.txt")


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found(name: str) -> None:
    found = rules(WRONG[name], "shop/pages.tsx")
    assert found == {name.partition(":")[0]}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_not(name: str) -> None:
    assert not rules(RIGHT[name], "shop/pages.ts")


def test_lines_are_those_of_the_text() -> None:
    text = "/* one\n two */\nconst a = `three\nfour ${b}`;\n\neval(c);\n"
    (hit,) = hits(text, "a.js")
    assert (hit.line, hit.rule) == (6, "nc/javascript/eval")


def test_what_comes_behind_something_broken_is_read() -> None:
    text = "function ( { ]] ) 'never ended\nif (((( x\n}}}}\nfunction f(n) { exec('ls ' + n); }\n"
    assert rules(text, "a.js") == {"command-injection"}
