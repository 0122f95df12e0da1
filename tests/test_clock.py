"""The hybrid clock, and times as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode import clock
from git_naturecode.clock import DAY_MS, Stamp
from git_naturecode.errors import Usage

STAMPS = st.builds(Stamp, st.integers(0, 2**42), st.integers(0, 9999))
NOW = 1_795_000_000_123


@given(STAMPS, STAMPS)
def test_stamps_compare_as_text_as_they_do_as_times(one: Stamp, two: Stamp) -> None:
    assert (str(one) < str(two)) == (one < two)
    assert clock.parse(str(one)) == one


@given(STAMPS, st.integers(0, 2**42))
def test_a_tick_is_above_the_last_and_not_below_the_clock(last: Stamp, now: int) -> None:
    new = clock.tick(now, last)
    assert new > last
    assert new.ms >= now


@given(STAMPS, STAMPS, st.integers(0, 2**42))
def test_only_a_stamp_within_a_day_moves_the_clock(last: Stamp, seen: Stamp, now: int) -> None:
    after = clock.witness(last, seen, now)
    assert after == (max(last, seen) if seen.ms <= now + DAY_MS else last)


@pytest.mark.parametrize("text", ["", "2026-11-22", "2026-11-22T10:30:05.123Z/1", "x" * 29])
def test_what_is_no_stamp_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a stamp"):
        clock.parse(text)


@pytest.mark.parametrize(
    ("text", "ago"),
    [("30m", 1_800_000), ("12h", 43_200_000), ("7d", 7 * DAY_MS), ("4w", 28 * DAY_MS),
     ("3mo", 90 * DAY_MS)],
)  # fmt: skip
def test_durations(text: str, ago: int) -> None:
    assert clock.since(text, NOW) == NOW - ago


def test_dates_and_nonsense() -> None:
    assert clock.iso(clock.since("2026-11-18", NOW)) == "2026-11-18T00:00:00.000Z"
    assert clock.iso(clock.since("2026-11-18T12:00:00+02:00", NOW)) == "2026-11-18T10:00:00.000Z"
    for text in ("soon", "7", "d", "-1d", "1y"):
        with pytest.raises(Usage):
            clock.since(text, NOW)
