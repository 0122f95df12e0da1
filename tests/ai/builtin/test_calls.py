"""What calls give back in any language: paths of parts, and values that nobody knows."""

from git_naturecode.ai.builtin.taint import calls
from git_naturecode.ai.builtin.taint.values import GIVEN, OUTSIDE, UNKNOWN, constant, hole


def test_a_path_has_a_slash_between_its_parts() -> None:
    assert calls.path([constant("a"), constant("b"), constant("c")], 1).literal == "a/b/c"
    assert calls.path([constant("a")], 1).literal == "a"
    assert calls.path([constant("a"), hole(OUTSIDE, "x", 1)], 1).level == OUTSIDE


def test_what_nobody_knows_is_a_little_less_sure_than_what_it_was_given() -> None:
    assert calls.unknown([constant("a"), hole(OUTSIDE, "x", 1)], "f", 1).level == GIVEN
    assert calls.unknown([constant("a")], "f", 1).level == UNKNOWN
    assert calls.unknown([], "", 1).level == UNKNOWN
