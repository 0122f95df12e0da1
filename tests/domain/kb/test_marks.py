"""Marked places: written, found again, told from what only looks like one."""

from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.kb import marks
from git_naturecode.domain.kb.marks import Text

TIME = "2026-11-26T10:30Z"
ONE, TWO = Text(("one", ""), "ann@x", TIME), Text((), "bob@x", "2026-11-26T10:31Z")
lines = st.lists(
    st.text(st.characters(blacklist_characters="\n\r", blacklist_categories=["Cs"]), max_size=9)
    | st.sampled_from(["```", "````", *marks.written([ONE, TWO])]), max_size=5,
).map(tuple)  # fmt: skip


@given(st.lists(st.tuples(lines, st.booleans()), min_size=1, max_size=4), lines, lines)
def test_what_is_written_is_found_again(
    said: list[tuple[tuple[str, ...], bool]], above: tuple[str, ...], below: tuple[str, ...]
) -> None:
    above, below = (tuple(x for x in some if marks.START not in x) for some in (above, below))
    texts = [Text(text, "ann", TIME, fenced) for text, fenced in said]
    whole = "\n".join([*above, *marks.written(texts), *below])
    (place,) = marks.places(whole)
    assert place.start == len(above)
    assert place.end == len(whole.split("\n")) - len(below)
    assert [text for _, _, text in place.texts] == ["\n".join(text) for text, _ in said]
    assert marks.has_marks(whole)
    items = marks.items(whole + "\n")
    assert items == [*above, "\n".join(marks.written(texts)), *below]
    assert marks.texts(items[len(above)]) == texts


def test_who_left_lines_out_and_when_is_told() -> None:
    assert marks.written([ONE, TWO]) == [
        "###### ⚠ 1 of 2 · ann@x · 2026-11-26 10:30 UTC (nc:b11b65ad)",
        "one",
        "",
        "###### ⚠ 2 of 2 · bob@x · 2026-11-26 10:31 UTC · left out (nc:b11b65ad)",
        "###### ⚠ end · keep one text or join them, then delete the lines with ⚠ (nc:b11b65ad)",
    ]


def test_marks_that_lost_others_are_places_without_texts() -> None:
    whole = marks.written([ONE, TWO])
    for number in range(len(whole)):
        left = [line for at, line in enumerate(whole) if at != number]
        found = marks.places("\n".join(left))
        if number in (1, 2):
            assert len(found) == 1
        else:
            assert [one.texts for one in found] == [(), ()]
            assert marks.items("\n".join(left)) == left
        assert marks.has_marks("\n".join(left))
    assert marks.has_marks(marks.waiting(12))
    assert not marks.has_marks("###### ⚠ Beware\n    " + whole[0] + "\n" + whole[0].lower())


def test_names_do_nothing_where_they_are_shown() -> None:
    said = {
        "": "unknown", "  ": "unknown", "ann@example.com": "ann@example.com", "O'Neil": "O'Neil",
        "<b>x</b>\n# y": "b x b y", "[a](http://e)": "a http e", "`x` *y* _z_ | \\": "x y z",
        "日本 太郎": "日本 太郎", "a\u202eb": "a b", "x" * 500: "x" * 60, "1 of 2 · y": "1 of 2 y",
    }  # fmt: skip
    assert {by: marks.named(by) for by in said} == said


def test_times_are_told_to_the_minute() -> None:
    assert marks.minute("2026-11-26T10:30:05.123Z") == TIME
    assert marks.minute("yesterday") == "1970-01-01T00:00Z"
