"""Texts for marked places by rules, where one holds all, and as a person chooses elsewhere."""

import pytest

from git_naturecode.ai.proposals import settling
from git_naturecode.domain.kb import marks
from git_naturecode.domain.kb.marks import Text
from git_naturecode.errors import Usage

TIME = "2026-11-26T10:30Z"


def marked(*texts: str, above: str = "", below: str = "") -> str:
    lines = marks.written([
        Text(tuple(text.split("\n")) if text else (), f"p{number}", TIME)
        for number, text in enumerate(texts)
    ])  # fmt: skip
    return above + "\n".join(lines) + "\n" + below


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a  b", "a b"], "a b"),
        (["a b", "a b and more"], "a b and more"),
        (["a b and more", ""], "a b and more"),
        (["", "c"], "c"),
        (["| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 3 | 4 |"],
         "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |"),
        (["- x\n- y", "- x\n- z"], "- x\n- y\n- z"),
    ],
)  # fmt: skip
def test_rules(texts: list[str], expected: str) -> None:
    whole = marked(*texts, above="# Title\n\n", below="\nEnd.\n")
    made = settling.by_rules(whole)
    assert [one.text for one in made] == [expected]
    assert settling.applied(whole, made) == f"# Title\n\n{expected}\n\nEnd.\n"


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        (["We retry four times.", "We retry six times."],
         "We retry four times.\n\nWe retry six times."),
        (["one", "other", "third"], "one\n\nother\n\nthird"),
        (["Same.\nOne.\nEnd.", "Same.\nOther.\nEnd."], "Same.\nOne.\n\nOther.\nEnd."),
        (["Same.\nOne.", "Same.\nOther, longer.\nMore."], "Same.\nOne.\n\nOther, longer.\nMore."),
        (["x\ny", "x\nz\ny", "y\nx"], "x\ny\n\nx\nz\ny\n\ny\nx"),
        (["| a | b |\n|---|---|\n| one | 2 |", "| a | b |\n|---|---|\n| one | 3 |"],
         "| a | b |\n|---|---|\n| one | 2 |\n| one | 3 |"),
        (["- retries: 4", "- retries: 6"], "- retries: 4\n- retries: 6"),
        (["```\na\n```", "```\nb\n```"], "```\na\n```\n\n```\nb\n```"),
    ],
)  # fmt: skip
def test_rewritings_of_one_thing_are_left_to_a_person(texts: list[str], joined: str) -> None:
    whole = marked(*texts, above="# Title\n\n", below="\nEnd.\n")
    (made,) = settling.by_rules(whole)
    assert made.text is None
    assert settling.applied(whole, [made]) == whole
    for number, text in enumerate(texts, 1):
        assert settling.by_choice(whole, [number])[0].text == text
    assert settling.by_choice(whole, [settling.BOTH])[0].text == joined


def test_of_several_places_each_gets_its_own_text() -> None:
    whole = marked("a", "b") + "\nMiddle.\n" + marked("c", "d", "e") + marks.waiting(7) + "\nEnd."
    assert settling.applied(whole, settling.by_choice(whole, [2])) == "b\n\nMiddle.\nd\nEnd."
    assert settling.applied(whole, settling.by_choice(whole, [1, 3])) == "a\n\nMiddle.\ne\nEnd."
    for wrong in ([3], [1, 2, 1], [1, 4]):
        with pytest.raises(Usage):
            settling.by_choice(whole, wrong)


def test_in_code_no_blank_line_is_put_between() -> None:
    whole = marked("a = 1", "a = 2", above="```\n", below="```\n")
    assert (
        settling.applied(whole, settling.by_choice(whole, [settling.BOTH]))
        == "```\na = 1\na = 2\n```\n"
    )


def test_marks_that_lost_their_others_go_and_several_places_are_settled() -> None:
    whole = marked("a", "b") + "\nMiddle.\n" + marked("c", "c  d") + marks.waiting(7) + "\nEnd."
    assert (
        settling.applied(whole, settling.by_rules(whole))
        == marked("a", "b") + "\nMiddle.\nc  d\nEnd."
    )
