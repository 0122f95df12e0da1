"""Ids: frozen, since every clone has to make the same ones."""

import re

from hypothesis import given
from hypothesis import strategies as st

from git_naturecode import ids

DIGITS = {c: n for n, c in enumerate("0123456789abcdefghjkmnpqrstvwxyz")}


def value(text: str) -> int:
    number = 0
    for character in text:
        number = number * 32 + DIGITS[character]
    return number


def test_frozen_ids() -> None:
    assert ids.imported_tail("claude-code", "s1") == "a223myzp"
    assert ids.imported_entry("claude-code", "s1", "u1", "0") == "a48a5vh264yfvy3jhbg1"
    entity = ids.imported_entity("session", "claude-code", "s1", 1_795_000_000_123)
    assert entity == "session-20261118-a223myzp"
    assert (
        ids.live_entry(1_795_000_000_123, 5, "7f3kq0abx2m4c9vd") == "01m7q5cqkv005-7f3kq0abx2m4c9vd"
    )


@given(st.binary(max_size=40), st.integers(1, 40))
def test_base32_is_the_first_bits(data: bytes, length: int) -> None:
    bits = "".join(f"{byte:08b}" for byte in data).ljust(length * 5, "0")
    assert value(ids.base32(data, length)) == int(bits[: length * 5], 2)
    assert len(ids.base32(data, length)) == length


@given(st.integers(0, 2**50 - 1), st.integers(0, 9999), st.integers(0, 2**50 - 1))
def test_own_ids_sort_by_time_and_fit_the_alphabet(ms: int, counter: int, later: int) -> None:
    one, two = (ids.live_entry(t, counter, "d" * 16) for t in (ms, later))
    assert (one < two) == (ms < later)
    assert re.fullmatch(r"[0-9a-hjkmnp-tv-z]{13}-d{16}", one)


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_parts_never_run_into_each_other(one: list[str], two: list[str]) -> None:
    assert (ids.digest(one) == ids.digest(two)) == (one == two)


def test_a_fresh_entity_has_its_day_and_eight_random_characters() -> None:
    made = ids.new_entity("review", 1_795_000_000_123, lambda n: b"\xff" * n)
    assert made == "review-20261118-zzzzzzzz"
    assert ids.ENTITY.fullmatch(made)
    assert ids.tail(made) == "zzzzzzzz"
