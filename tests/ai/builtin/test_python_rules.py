"""Python code that is unsafe, slow or hard to keep by itself, and code that only looks like it."""

import pytest

from .looking import examples, hits, rules

WRONG, RIGHT = examples("python-evident.txt"), examples("python-harmless.txt")


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found(name: str) -> None:
    assert rules(WRONG[name]) == {name.partition(":")[0]}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_not(name: str) -> None:
    assert not rules(RIGHT[name])


@pytest.mark.parametrize(
    ("name", "aspect", "cwe"),
    [
        ("unpickle: loads", "security", "CWE-502"),
        ("query-in-loop: orm", "performance", ""),
        ("bare-except: all", "maintainability", ""),
    ],
)
def test_each_has_its_aspect_and_class(name: str, aspect: str, cwe: str) -> None:
    (hit,) = hits(WRONG[name])
    assert (hit.aspect, hit.cwe) == (aspect, cwe)


def test_a_function_with_too_many_branches_and_lines() -> None:
    many = "def f(a):\n" + "".join(f"    if a == {n}:\n        g({n})\n" for n in range(20))
    assert rules(many) == {"complex-function"}
    assert rules("def f():\n" + "    g()\n" * 81) == {"long-function"}
    assert not rules("def f():\n" + "    g()\n" * 79)
