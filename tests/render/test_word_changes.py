"""Which words differ: what is left is the same in both lines."""

from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.render.word_changes import NOTHING, Spans, spans


def marked(text: str, found: Spans) -> list[str]:
    return [text[start:end] for start, end in found]


def left(text: str, found: Spans) -> str:
    for start, end in reversed(found):
        text = text[:start] + text[end:]
    return text


def test_the_words_that_differ() -> None:
    old, new = "return compute(value, 3)", "return compute(other, 3)"
    gone, fresh = spans(old, new)
    assert (marked(old, gone), marked(new, fresh)) == (["value"], ["other"])


def test_lines_with_nothing_in_common_are_two_lines() -> None:
    assert spans("import os", "def f(x): return 1") == NOTHING
    assert spans("a " * 1000, "a " * 999) == NOTHING


@given(st.text("ab (.", max_size=30), st.text("ab (.", max_size=30))
def test_without_them_both_lines_are_alike(old: str, new: str) -> None:
    gone, fresh = spans(old, new)
    if (gone, fresh) != NOTHING:
        assert left(old, gone) == left(new, fresh)
