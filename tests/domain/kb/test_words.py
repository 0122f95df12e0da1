"""Two changes of one line: made one where they change different words."""

import pytest

from git_naturecode.domain.kb.words import by_words

LINE = "The cache of the client expires after ten minutes in production."


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (LINE.replace("cache", "store"), LINE.replace("ten", "two"),
         "The store of the client expires after two minutes in production."),
        (LINE + " Always.", LINE.replace("The cache", "A cache"),
         "A cache of the client expires after ten minutes in production. Always."),
        (LINE.replace("ten", "two"), LINE.replace("ten", "two"), LINE.replace("ten", "two")),
        (LINE.replace(" of the client", ""), LINE.replace("ten", "two"),
         "The cache expires after two minutes in production."),
        (LINE.replace(" after", "\nafter"), LINE.replace("expires", "vanishes"),
         "The cache of the client vanishes\nafter ten minutes in production."),
        (LINE + " ", LINE + "  ", None),
        (LINE.replace("ten", "two"), LINE.replace("ten", "six"), None),
        (LINE.replace("ten", "two"), LINE.replace("minutes", "hours"), None),
        (LINE.replace("after ten minutes", "at once"), LINE.replace("ten", "two"), None),
        (LINE.replace("ten", "about ten"), LINE.replace("ten", "only ten"), None),
        ("The one who begins anew will find other words after ten lines of it.",
         LINE.replace("ten", "two"), None),
        ("Something else altogether in production.", LINE.replace("cache", "store"), None),
    ],
    ids=["two-words", "end-and-start", "alike", "words-out", "folded", "blanks", "one-word",
         "neighbours", "inside", "both-before-one-word", "half-rewritten", "rewritten"],
)  # fmt: skip
def test_words(one: str, other: str, expected: str | None) -> None:
    assert by_words(LINE, one, other) == expected
    assert by_words(LINE, other, one) == expected


def test_scripts_without_blanks_are_taken_by_their_characters() -> None:
    was = "缓存在十分钟后过期，然后重新加载。"
    assert by_words(was, was.replace("十", "两"), was.replace("重新", "停止")) == (
        "缓存在两分钟后过期，然后停止加载。"
    )
    assert by_words(was, was.replace("十", "两"), was.replace("分", "秒")) is None
