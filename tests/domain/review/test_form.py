"""What is written below a line of the change is a remark on it, however the form is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.review.form import ADVICE, FormLine, Remark, Spot, form, remarks
from git_naturecode.errors import Usage

LINES = [
    FormLine(" --- a.py +1 -1", Spot("a.py")),
    FormLine(" @@ -1,3 +1,3 @@", Spot("a.py")),
    FormLine(" 1 1  same", Spot("a.py", "new", 1)),
    FormLine(" 2   -old", Spot("a.py", "old", 2)),
    FormLine("   2 +new", Spot("a.py", "new", 2)),
    FormLine("| c1 bob: why?", Spot(thread="c-1")),
    FormLine(" 3 3  same", Spot("a.py", "new", 3)),
]


def below(written: str, after: str) -> str:
    """The form with something written below the line `after`."""
    text = form(LINES)
    assert after in text
    return text.replace(after + "\n", f"{after}\n{written}\n", 1)


def test_what_was_handed_out_says_nothing() -> None:
    assert remarks(form(LINES), LINES) == []
    assert remarks("", LINES) == []


@pytest.mark.parametrize("number", range(len(LINES)))
def test_a_text_is_on_the_line_above_it(number: int) -> None:
    one = LINES[number]
    found = remarks(below("\nIs it?\n\n# yes\n", f">{one.text}"), LINES)
    assert found == [Remark(one.spot, "Is it?\n\n# yes")]


def test_a_text_above_all_is_on_the_whole_change() -> None:
    assert remarks("Well done.\n" + form(LINES), LINES) == [Remark(Spot(), "Well done.")]
    assert remarks(form(LINES).replace("\n\n", "\n\nFine.\n"), LINES)[0].text == "Fine."


def test_lines_may_be_taken_out() -> None:
    text = ">   2 +new\nwhy?\n> 3 3  same   \nand this?"
    assert [one.spot.line for one in remarks(text, LINES)] == [2, 3]


def test_a_quoted_line_that_is_not_there_is_told_with_its_number() -> None:
    with pytest.raises(Usage, match="line 2 begins with >"):
        remarks(">   2 +new\n> a quotation of mine", LINES)
    with pytest.raises(Usage):
        remarks("> 3 3  same\n> 1 1  same", LINES)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters=">\n\r"), min_size=1).filter(
    lambda text: text.strip() and text not in ADVICE
)


@given(st.dictionaries(st.integers(0, len(LINES) - 1), TEXT), st.sets(st.integers(0, 6)))
def test_every_text_comes_back_on_its_line(said: dict[int, str], gone: set[int]) -> None:
    parts = list(ADVICE)
    for number, one in enumerate(LINES):
        if number not in gone or number in said:
            parts.append(f">{one.text}")
        if number in said:
            parts.append(said[number])
    found = remarks("\n".join(parts), LINES)
    wanted = [(LINES[number].spot, said[number].rstrip()) for number in sorted(said)]
    assert [(one.spot, one.text) for one in found] == wanted
