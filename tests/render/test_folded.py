"""Texts folded at the width of a terminal lose no word and no indentation."""

from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.render.folded import NO_LIMIT, dedented, folded
from git_naturecode.render.show import columns_of

WORDS = st.text("ab 界é\n", max_size=200)


@given(WORDS, st.integers(24, 60), st.sampled_from(["", "  | "]))
def test_no_line_is_too_wide_and_no_letter_is_lost(text: str, columns: int, indent: str) -> None:
    lines = list(folded(text, columns, indent))
    assert all(columns_of(one) <= columns for one in lines)
    assert all(one.startswith(indent.rstrip()) for one in lines)
    body = "".join(one.removeprefix(indent.rstrip()) for one in lines)
    assert "".join(body.split()) == "".join(text.split())


def test_what_goes_on_stands_below_its_beginning() -> None:
    assert list(folded("  one two three four five", 24)) == [
        "  one two three four", "  five",
    ]  # fmt: skip
    assert list(folded("x" * 50, 24, "| ")) == ["| " + "x" * 22, "| " + "x" * 22, "| " + "x" * 6]
    assert list(folded("word " * 400, NO_LIMIT)) == [("word " * 400).rstrip()], "not in a pipe"


def test_common_indentation_is_left_out() -> None:
    assert dedented(["\t\ta", "", "\t\t\tb"]) == ["a", "", "\tb"]
    assert dedented(["  a", "\tb"]) == ["  a", "\tb"]
    assert dedented(["", " "]) == ["", " "]
