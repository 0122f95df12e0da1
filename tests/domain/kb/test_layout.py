"""Where marks stand: around whole paragraphs, tables and fences, or inside of code."""

from domain.kb.revised import merged, node, seen
from git_naturecode.domain.kb.merge import places

MARK = "###### ⚠ "


def texts_of(text: str) -> list[list[str]]:
    return [[said for _, _, said in place.texts] for place in places(text)]


def outside(text: str) -> str:
    """What stands in no marked place."""
    inside = {n for place in places(text) for n in range(place.start, place.end)}
    return "\n".join(line for n, line in enumerate(text.split("\n")) if n not in inside)


def test_a_paragraph_is_shown_whole_in_each_text() -> None:
    base = "First line of it,\nthe second says so,\nthe third ends it.\n\nNext.\n"
    made = merged(base, base.replace("says so", "says A"), base.replace("says so", "says B"))
    assert texts_of(made) == [[
        f"First line of it,\nthe second says {side},\nthe third ends it." for side in "AB"
    ]]  # fmt: skip
    assert outside(made) == "\nNext.\n"


def test_a_table_is_not_torn() -> None:
    base = "| k | v |\n|---|---|\n| a | 1 |\n| b | 2 |\n"
    made = merged(base, base.replace("| 1 |", "| 5 |"), base.replace("| 1 |", "| 6 |"))
    assert texts_of(made) == [[base.replace("| 1 |", f"| {n} |").rstrip("\n") for n in (5, 6)]]


def test_an_item_of_a_list_is_shown_without_the_others() -> None:
    base = "- one\n- two\n  and more\n- three\n"
    made = merged(base, base.replace("two", "II"), base.replace("two", "2"))
    assert texts_of(made) == [["- II\n  and more", "- 2\n  and more"]]


def test_inside_of_code_only_the_lines_that_differ_are_marked() -> None:
    base = "```py\na = 1\nb = 2\n```\n\nEnd.\n"
    made = merged(base, base.replace("1", "10"), base.replace("1", "11"))
    assert texts_of(made) == [["a = 10", "a = 11"]]


def test_a_fence_that_was_changed_is_shown_whole() -> None:
    base = "```py\na = 1\n\nb = 2\n```\n\nEnd.\n"
    made = merged(base, base.replace("py", "python"), base.replace("py", "text"))
    assert texts_of(made) == [
        [base.split("\n\nEnd")[0].replace("py", x) for x in ("python", "text")]
    ]
    assert outside(made) == "\nEnd.\n"


def test_an_open_fence_swallows_nothing() -> None:
    base = "One.\n\nEnd.\n"
    made = merged(base, base.replace("One.", "```\nopen"), base.replace("One.", "Two."))
    assert texts_of(made) == [["```\nopen\n\nEnd.", "Two.\n\nEnd."]]
    assert " fenced)\n````\n```\nopen\n\nEnd.\n````\n###### ⚠ 2 of 2" in made


def test_what_is_open_for_too_long_is_put_into_a_fence_alone() -> None:
    base = "One.\n\n" + "Long.\n\n" * 300
    made = merged(base, base.replace("One.", "<!--"), base.replace("One.", "Two."))
    assert texts_of(made) == [["<!--", "Two."]]
    assert " fenced)\n```\n<!--\n```\n" in made


def test_the_third_text_stands_beside_the_two_others() -> None:
    texts = ["An hour.\n", "A day.\n", "A week.\n"]
    made = merged("A minute.\n", *texts)
    assert texts_of(made) == [[text.rstrip("\n") for text in texts]]
    assert made.count(MARK) == 4
    assert texts_of(merged("A minute.\n", *texts, "An hour.\n")) == texts_of(made)


def test_places_that_one_paragraph_holds_become_one_with_a_text_of_each_writer() -> None:
    base = "alpha beta gamma.\nSame line here.\ndelta epsilon zeta.\n"
    one = base.replace("beta", "1 1").replace("epsilon", "2 2")
    other = base.replace("beta", "3 3").replace("epsilon", "4 4")
    assert texts_of(merged(base, one, other)) == [[one.rstrip("\n"), other.rstrip("\n")]]


def test_marks_that_somebody_left_are_never_put_into_others() -> None:
    first = node("r", "", "A minute.\n\nRest.\n", at=1)
    a = node("a", "r", "An hour.\n\nRest.\n", at=2)
    b = node("b", "r", "A day.\n\nRest.\n", at=3)
    both = seen(first, a, b).text
    left = node("l", "a b", both.replace("Rest.", "Rest of it."), at=4)
    third = node("t", "a", "A week.\n\nRest.\n", at=5)
    made = seen(first, a, b, left, third).text
    assert texts_of(made) == [["An hour.", "A day.", "A week."]]
    assert made.endswith("\n\nRest of it.\n")
    settled = node("s", "a b", "A year.\n\nRest.\n", at=6)
    made = seen(first, a, b, left, settled).text  # who settled it is not asked again
    assert made == "A year.\n\nRest of it.\n"


def test_who_wrote_a_place_is_found_below_the_head() -> None:
    first = node("r", "", "A minute.\n\nRest.\n", by="root", at=1)
    a = node("a", "r", "An hour.\n\nRest.\n", by="ann", at=2)
    c = node("c", "a", "An hour.\n\nRest of it.\n", by="cyd", at=4)
    b = node("b", "r", "A day.\n\nRest.\n", by="bob", at=5)
    d = node("d", "b", "Rest.\n", by="dan", at=6)
    (place,) = seen(first, a, c, b).places
    assert [who for who, _, _ in place.texts] == ["ann", "bob"]
    (place,) = seen(first, a, c, b, d).places  # of the deletion whoever deleted
    assert [(who, text) for who, _, text in place.texts] == [("ann", "An hour.\n"), ("dan", "")]


def test_a_place_after_a_comment_does_not_slip_into_it() -> None:
    base = "<!-- a note\n\nof two -->\n\nEnd.\n"
    texts = [base.replace("-->\n", f"-->\n {side}") for side in "AB"]
    made = merged(base, *texts)
    assert made.split("\n")[:3] == base.split("\n")[:3]
    assert made.split("\n")[3].startswith(MARK)


def test_a_place_in_a_comment_is_widened_to_the_whole_comment() -> None:
    base = "Top.\n\n<!--\na\n\nb\n-->\n\nEnd.\n"
    made = merged(base, base.replace("b", "b b A"), base.replace("b", "b b B"))
    assert texts_of(made) == [[f"<!--\na\n\nb b {side}\n-->" for side in "AB"]]


def test_a_paragraph_that_is_too_long_is_not_taken_in() -> None:
    base = "".join(f"line {number} of many\n" for number in range(200))
    made = merged(base, base.replace("line 100", "LINE A"), base.replace("line 100", "LINE B"))
    assert texts_of(made) == [["LINE A of many", "LINE B of many"]]
