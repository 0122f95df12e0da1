"""What several people make of one article: both of what they wrote, and marks where they must."""

import pytest

from domain.kb.revised import merged, node, seen
from git_naturecode.domain.kb.merge import has_marks

CACHE = "The cache expires after ten minutes.\n"


@pytest.mark.parametrize(
    ("base", "one", "other", "expected"),
    [
        ("a\n\nb\n", "A\n\nb\n", "a\n\nB\n", "A\n\nB\n"),
        ("one\ntwo\n", "One and more\ntwo\n", "one\nTwo, other\n", "One and more\nTwo, other\n"),
        ("one\ntwo\n", "one\nnew\ntwo\n", "one\nTwo\n", "one\nnew\nTwo\n"),
        ("one\ntwo\nthree\n", "one\nthree\n", "one\ntwo\nthree\nfour\n", "one\nthree\nfour\n"),
        ("# A\n\ntext\n", "# A\n\ntext\n\nby a\n", "# A\n\ntext\n\nof b\n",
         "# A\n\ntext\n\nby a\n\nof b\n"),
        ("- x\n", "- x\n- apples\n", "- x\n- pears\n", "- x\n- apples\n- pears\n"),
        ("| k | v |\n|--|--|\n", "| k | v |\n|--|--|\n| a | 1 |\n",
         "| k | v |\n|--|--|\n| b | 2 |\n", "| k | v |\n|--|--|\n| a | 1 |\n| b | 2 |\n"),
        ("x\n", "x\nsame line\n", "x\nsame line\n", "x\nsame line\n"),
        (CACHE, "The store expires after ten minutes.\n", "The cache expires after two minutes.\n",
         "The store expires after two minutes.\n"),
        ("- [ ] write the tests\n", "- [x] write the tests\n", "- [ ] write the tests now\n",
         "- [x] write the tests now\n"),
        ("缓存在十分钟后过期，然后重新加载。\n", "缓存在两分钟后过期，然后重新加载。\n",
         "缓存在十分钟后过期，然后停止加载。\n", "缓存在两分钟后过期，然后停止加载。\n"),
        ("p\n\nq\n", "p\n\nnew\n\nq\n", "p\n", "p\n\nnew\n"),
    ],
    ids=["paragraphs", "adjacent", "insert-next-to-edit", "deletion-next-to-insert",
         "two-new-paragraphs", "two-new-items", "two-new-rows", "alike", "words-of-one-sentence",
         "task", "chinese", "new-between-what-goes"],
)  # fmt: skip
def test_changes_of_different_things_are_both_there(
    base: str, one: str, other: str, expected: str
) -> None:
    assert merged(base, one, other) == expected


def test_the_same_words_rewritten_stand_side_by_side_with_their_writers() -> None:
    text = merged(CACHE, "The cache never expires.\n", "The store expires after two hours.\n")
    assert text == (
        "###### ⚠ 1 of 2 · a · 2026-11-01 00:10 UTC (nc:5d9a47af)\n"
        "The cache never expires.\n"
        "###### ⚠ 2 of 2 · b · 2026-11-01 00:11 UTC (nc:5d9a47af)\n"
        "The store expires after two hours.\n"
        "###### ⚠ end · keep one text or join them, then delete the lines with ⚠ (nc:5d9a47af)\n"
    )
    assert has_marks(text)


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_mark_of_which_somebody_took_one_line_out_never_stands_in_another(gone: int) -> None:
    one, other = "The cache never expires.\n", "It is kept for two hours.\n"
    heads = [node("a", "r", one, at=10), node("b", "r", other, at=11)]
    text = merged(CACHE, one, other)
    lines = text.split("\n")
    del lines[[number for number, line in enumerate(lines) if line.startswith("###### ")][gone]]
    half = node("h", "a b", "\n".join(lines), at=12)
    whole = node("w", "a b", text.replace("two hours", "three hours"), at=13)
    view = seen(node("r", "", CACHE, at=1), *heads, half, whole)
    (place,) = view.places
    said = [text for _, _, text in place.texts]
    assert "It is kept for three hours." in said
    assert not any(has_marks(text) or "⚠" in text for text in said)


def test_a_deletion_that_did_not_know_of_an_edit_is_overruled() -> None:
    first = node("r", "", CACHE)
    view = seen(first, node("d", "r", deleted=True), node("e", "r", "The cache stays.\n"))
    assert (view.text, view.deleted, view.kept_over) == ("The cache stays.\n", False, ("d",))
    assert view.heads == ("d", "e")
    gone = seen(first, node("d", "r", deleted=True))
    assert (gone.text, gone.deleted, gone.kept_over) == ("", True, ())


def test_common_ancestors_without_text_are_passed_over() -> None:
    first = node("r", "", "one\n\ntwo\n\nthree\n")
    for middle in (node("m", "r"), node("m", "r", deleted=True)):
        a = node("a", "m", "one\n\nthree\n")
        b = node("b", "m", "one\n\ntwo\n\nthree!\n")
        assert seen(first, middle, a, b).text == "one\n\nthree!\n"


def test_a_head_without_text_gives_way_to_what_it_was_made_of() -> None:
    first, a = node("r", "", "one\n"), node("a", "r", "two\n")
    assert seen(first, a, node("h", "a")).text == "two\n"
    assert seen(first, a, node("h", "a")).heads == ("h",)
    assert seen(first, a, node("h", "r"), node("b", "a", "three\n")).text == "three\n"
    assert seen(node("r"), node("a", "r")).text == ""


def test_what_people_saw_when_they_began_is_what_their_edits_are_measured_by() -> None:
    first = node("r", "", "# Title\n\ntext\n", at=1)
    late = node("a", "r", "# Title\n\ntext\n\napples grow here\n", at=9)
    early = node("b", "r", "# Title\n\ntext\n\npears for sale\n", at=2)
    both = "# Title\n\ntext\n\npears for sale\n\napples grow here\n"
    assert seen(first, late, early).text == both
    one = node("c", "a b", both.replace("Title", "Name"), at=10)
    other = node("d", "a b", both.replace("\napples grow here\n", ""), at=11)
    shown = seen(first, late, early, one, other)
    assert shown.text == "# Name\n\ntext\n\npears for sale\n"


def test_a_line_that_was_taken_out_does_not_come_back_in_a_criss_cross() -> None:
    # With one of the two common ancestors for base it does (research: merge.md A2).
    first = node("r", "", "one\n\ntwo\n", at=1)
    a = node("a", "r", "ONE\n\ntwo\n", at=2)
    b = node("b", "r", "one\n\ntwo\n\nthree\n", at=3)
    p = node("p", "a b", "ONE\n\ntwo\n", at=4)  # took three out
    q = node("q", "a b", "ONE\n\ntwo\n\nthree\n\nfour\n", at=5)
    assert seen(first, a, b, p, q).text == "ONE\n\ntwo\n\nfour\n"


@pytest.mark.parametrize("end", ["", "\n"])
def test_the_last_line_ends_as_whoever_changed_that_wants_it(end: str) -> None:
    other = "" if end else "\n"
    assert merged(f"a\n\nb{end}", f"A\n\nb{end}", f"a\n\nb{other}") == f"A\n\nb{other}"
    assert merged(f"a\n\nb{end}", f"A\n\nb{end}", f"a\n\nB{end}") == f"A\n\nB{end}"
