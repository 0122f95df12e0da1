"""Slips of the pen in a search, and what may be meant."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.store import index_file, index_rows
from git_naturecode.store.described import TITLE, WHOLE, Described
from git_naturecode.store.spelling import apart, slips

TEXT = "Retry with the stampede of generalised configurations. We receive an authentication header"


def index(*texts: str) -> sqlite3.Connection:
    db = index_file.in_memory()
    db.execute("begin")
    for number, text in enumerate(texts):
        described = Described({"id": str(number)}, "", [(TITLE, "About"), (WHOLE, text)])
        index_rows.put(db, "k", str(number), described, texts=True)
    db.execute("commit")
    return db


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("retrry", "retry"), ("rtery", "retry"), ("retyr", "retry"),
        ("stampde", "stampede"), ("tsampede", "stampede"),
        ("tampede", "stampede"), ("recieve", "receive"), ("Autentication", "authentication"),
        ("configuratoins", "configurations"), ("genrealised", "generalised"), ("heder", "header"),
        ("retry", ""), ("retries", ""), ("zzzzz", ""), ("teh", ""), ("缓存缓存", ""), ("r2d2x", ""),
        ("elephant", ""), ("anb", ""),
    ],
)  # fmt: skip
def test_a_word_that_nothing_matches(typed: str, meant: str) -> None:
    found = slips(index(TEXT), ["k"], [typed])
    assert [one.meant for one in found] == ([meant] if meant else [])
    assert all(one.matches == 0 and one.word == typed for one in found)


def test_a_slip_that_somebody_made_in_a_text_is_told_where_others_write_it_otherwise() -> None:
    db = index("we recieve it", *["receive"] * 12)
    assert slips(db, ["k"], ["recieve"]) == [("recieve", 1, "receive")]
    assert slips(index("we recieve it", *["receive"] * 5), ["k"], ["recieve"]) == []


def test_a_word_of_the_trade_is_no_slip() -> None:
    assert [one.meant for one in slips(index("The heron"), ["k"], ["heren"])] == ["heron"]
    assert slips(index("The heard"), ["k"], ["herd"]) == []  # the thundering one


def test_where_nothing_is_searched_nothing_is_told() -> None:
    assert slips(index(TEXT), ["other"], ["retrry"]) == []
    assert slips(index_file.in_memory(), ["k"], ["retrry"]) == []


def _slowly(one: str, other: str) -> int:
    """The same by its recurrence, without a limit."""
    if not one or not other:
        return len(one) + len(other)
    best = min(
        _slowly(one[1:], other) + 1,
        _slowly(one, other[1:]) + 1,
        _slowly(one[1:], other[1:]) + (one[0] != other[0]),
    )
    if len(one) > 1 and len(other) > 1 and one[0] == other[1] and one[1] == other[0]:
        best = min(best, _slowly(one[2:], other[2:]) + 1)
    return best


@given(st.text("abc", max_size=5), st.text("abc", max_size=5), st.integers(0, 4))
def test_how_far_two_words_are_apart(one: str, other: str, most: int) -> None:
    exact = _slowly(one, other)
    assert apart(one, other, most) == exact if exact <= most else apart(one, other, most) > most
