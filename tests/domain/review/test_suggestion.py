"""Suggestions in the text of a comment, and what many of them make of a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.review.suggestion import (
    Change,
    Overlapping,
    Suggestion,
    applied,
    read,
    split,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("```suggestion\na\nb\n```", [Suggestion(("a", "b"))]),
        ("so:\n\n~~~~ suggestion\na\n~~~\n~~~~\nthanks", [Suggestion(("a", "~~~"))]),
        ("````suggestion\n```\ncode\n```\n````", [Suggestion(("```", "code", "```"))]),
        ("```suggestion\n```", [Suggestion(())]),
        ("```suggestion\n\n```", [Suggestion(("",))]),
        ("```suggestion:-2+1\nx\n```", [Suggestion(("x",), 2, 1)]),
        ("```suggestion\nx", [Suggestion(("x",))]),
        ("```suggestion\n  x\t\r\n```\r", [Suggestion(("  x\t\r",))]),
        ("```suggestion\na\n```\n```suggestion\nb\n```", [Suggestion(("a",)), Suggestion(("b",))]),
        ("```python\n```suggestion\nx\n```", []),
        ("~~~\n```suggestion\nx\n```\n~~~", []),
        ("    ```suggestion\n    x\n    ```", []),
        ("```suggestions\nx\n```", []),
        ("a `suggestion` here", []),
        ("", []),
    ],
)
def test_what_a_comment_suggests(text: str, found: list[Suggestion]) -> None:
    assert read(text) == found


def put(data: bytes, *changes: tuple[int, int, str]) -> bytes:
    return applied(
        data,
        [Change(a, b, tuple(text.split("\n")) if text else (), text) for a, b, text in changes],
    )


@pytest.mark.parametrize(
    ("data", "change", "result"),
    [
        (b"a\nb\nc\n", (2, 2, "X"), b"a\nX\nc\n"),
        (b"a\r\nb\r\nc\r\n", (2, 2, "X\nY"), b"a\r\nX\r\nY\r\nc\r\n"),
        (b"a\r\nb\nc\r\n", (2, 2, "X\nY"), b"a\r\nX\nY\nc\r\n"),
        (b"a\nb", (2, 2, "X\nY"), b"a\nX\nY"),
        (b"a\r\nb", (2, 2, "X\nY"), b"a\r\nX\r\nY"),
        (b"a\nb", (1, 1, "X"), b"X\nb"),
        (b"a\nb\nc\n", (1, 3, ""), b""),
        (b"a\nb\nc\n", (2, 3, ""), b"a\n"),
        (b"a", (1, 1, "X\nY"), b"X\nY"),
        (b"a\n\xff\xfe\n", (1, 1, "X"), b"X\n\xff\xfe\n"),
        (b"a\rb\n", (1, 1, "X"), b"X\n"),
    ],
)
def test_one_change_keeps_the_ends_of_lines(
    data: bytes, change: tuple[int, int, str], result: bytes
) -> None:
    assert put(data, change) == result


def test_two_about_the_same_lines_are_named() -> None:
    with pytest.raises(Overlapping) as told:
        put(b"a\nb\nc\n", (2, 3, "later"), (1, 2, "first"))
    assert (told.value.one, told.value.other) == ("first", "later")


@pytest.mark.parametrize("lines", [(0, 1), (3, 3), (2, 1)])
def test_lines_that_are_not_there(lines: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no lines"):
        put(b"a\nb\n", (*lines, "x"))


contents = st.lists(
    st.tuples(st.sampled_from([b"", b"a", b"b\xff", b"c d", b"\r"]),
              st.sampled_from([b"\n", b"\r\n"])), max_size=8,
).map(lambda lines: b"".join(text + end for text, end in lines))  # fmt: skip


@given(contents, st.sampled_from([b"", b"last"]), st.data())
def test_nothing_but_the_lines_meant_is_touched(
    begin: bytes, last: bytes, data: st.DataObject
) -> None:
    """Lines are put in one at a time from below, by slices; all at once has to give the same."""
    whole = begin + last
    lines = split(whole)
    assert b"".join(lines) == whole
    assert len(lines) == whole.count(b"\n") + (not whole.endswith(b"\n") and whole != b"")
    chosen: list[Change] = []
    at = 1
    while at <= len(lines):
        end = data.draw(st.integers(at, len(lines)))
        if data.draw(st.booleans()):
            new = data.draw(st.lists(st.sampled_from(["", "x", "y z"]), max_size=3))
            chosen.append(Change(at, end, tuple(new)))
        at = end + 1
    out = applied(whole, data.draw(st.permutations(chosen)))
    step = whole
    for one in sorted(chosen, reverse=True):
        step = applied(step, [one])
    assert out == step
    if chosen:
        assert out.startswith(b"".join(lines[: chosen[0].first - 1]))
        assert out.endswith(b"".join(lines[chosen[-1].last :]))
    else:
        assert out == whole
