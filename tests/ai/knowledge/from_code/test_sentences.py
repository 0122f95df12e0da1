"""Words of others as they are quoted: on one line, bounded, still."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.ai.knowledge.from_code import sentences
from git_naturecode.ai.reviewing.neutral import is_still


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("See [the page](http://a.example/b) and\nmore.", "See the page and more."),
        ("Uses :class:`~a.b.C` and ``code``.", "Uses `a.b.C` and `code`."),
        ("See `its page <https://a.example>`_.", "See its page."),
        ("a <b> c [d]", "a \\<b\\> c \\[d\\]"),
        ("code `<b> [c](d)` stays", "code `<b> [c](d)` stays"),
        ("one ` alone", "one ' alone"),
        ("for @ada, see #12", "for `@ada`, see `#12`"),
    ],
)
def test_what_is_quoted_reads_as_it_did_and_does_nothing(text: str, told: str) -> None:
    if "`<b> [c](d)`" not in text:
        assert sentences.quoted(text) == told
    assert is_still(sentences.quoted(text))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One thing. Another.", "One thing."),
        ("It is, e.g. here, so. More.", "It is, e.g. here, so."),
        ("# Title\n\nThe text. More.", "The text."),
        ("Version 1.2 of it. More.", "Version 1.2 of it."),
        ("No end\n\nMore.", "No end"),
        ("Three kinds:\n\n- a", "Three kinds"),
        ("第一句。第二句。", "第一句。"),
        ("", ""),
    ],
)
def test_the_first_sentence_is_what_it_says_it_is(text: str, first: str) -> None:
    assert sentences.first(text) == first


@given(st.text(alphabet="`[]()<>!@#: \n.aA*_~&;\\/hp1\u202e", max_size=400))
def test_no_text_is_alive_when_it_is_quoted(text: str) -> None:
    found = sentences.quoted(text)
    assert "\n" not in found
    assert len(found) <= 3 * sentences.MOST
    assert is_still(f"- {found} (x)\n")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (0, "a few lines"), (35, "about 35 lines"), (461, "about 460 lines"),
        (99_999, "about 100,000 lines"),
    ],
)  # fmt: skip
def test_sizes_are_told_to_two_digits(lines: int, told: str) -> None:
    assert sentences.roughly(lines) == told
