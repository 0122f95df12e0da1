"""Blocks of equal lines: sound against a plain oracle, whatever the texts."""

from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.matching import matching

lines = st.lists(st.sampled_from("abcdefgh"), max_size=30)


@given(lines, lines)
def test_blocks_are_equal_lines_in_order(old: list[str], new: list[str]) -> None:
    end, to = 0, 0
    for i, j, n in matching(old, new):
        assert n > 0
        assert i >= end
        assert j >= to
        assert old[i : i + n] == new[j : j + n]
        end, to = i + n, j + n
    assert end <= len(old)
    assert to <= len(new)


@given(lines)
def test_a_text_is_wholly_in_itself(text: list[str]) -> None:
    assert matching(text, text) == ([(0, 0, len(text))] if text else [])


@given(
    st.lists(st.integers(), unique=True, max_size=30).map(lambda n: [str(x) for x in n]), st.data()
)
def test_without_repetition_all_that_kept_its_order_is_found(
    text: list[str], data: st.DataObject
) -> None:
    kept = [line for line in text if data.draw(st.booleans())]
    assert sum(n for _, _, n in matching(text, kept)) == len(kept)


def test_a_line_that_stands_once_leads() -> None:
    old = ["}", "", "def one", "}", ""]
    new = ["}", "", "def two", "}", "", "def one", "}", ""]
    assert matching(old, new) == [(0, 0, 2), (2, 5, 3)]


def test_what_is_too_large_to_compare_counts_as_different() -> None:
    old, new = ["x", "y"] * 2000, ["y", "x", "x"] * 2000
    assert sum(n for _, _, n in matching(old, new)) < 4


def test_large_texts_are_compared_by_the_lines_that_stand_once() -> None:
    old = [line for n in range(600) for line in (f"line {n}", "}", "")]
    new = [line for n in range(600) for line in (f"line {n}", f"  new {n}", "}", "")]
    assert sum(n for _, _, n in matching(old, new)) == len(old)
