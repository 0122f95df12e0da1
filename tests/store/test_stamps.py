"""No two entries of one clone get one stamp, whatever the system's clock does."""

import subprocess
import sys
from pathlib import Path

import pytest

from git_naturecode import clock
from git_naturecode.clock import DAY_MS, Stamp
from git_naturecode.store.stamps import Stamps

NOON = 1_795_348_800_000
TAKER = """
import sys
from git_naturecode.clock import system_ms
from git_naturecode.store.stamps import Stamps
stamps = Stamps(sys.argv[1], system_ms)
for _ in range(300):
    print(stamps.take()[0])
"""


class Clock:
    """A clock that stands where the test puts it."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "state/clock")


def test_stamps_rise_while_the_clock_stands_or_goes_back(path: str) -> None:
    now = Clock(NOON)
    taken = Stamps(path, now).take(3)
    now.now -= 5000
    taken += Stamps(path, now).take(2)
    now.now += 9000
    taken += Stamps(path, now).take()
    assert taken == sorted(set(taken))
    assert [str(one) for one in taken] == sorted(map(str, taken))
    assert taken[-1] == Stamp(NOON + 4000, 0)


def test_after_ten_thousand_in_one_millisecond_the_next_one_begins(path: str) -> None:
    taken = Stamps(path, Clock(NOON)).take(10_001)
    assert taken[-1] == Stamp(NOON + 1, 0)
    assert len(set(map(str, taken))) == 10_001


def test_what_others_wrote_is_behind_us(path: str) -> None:
    stamps = Stamps(path, Clock(NOON))
    seen = Stamp(NOON + 5000, 7)
    stamps.witness(str(seen))
    stamps.witness("rubbish")
    assert stamps.take() == [seen.next()]


def test_a_stamp_a_day_ahead_moves_nothing(path: str) -> None:
    stamps = Stamps(path, Clock(NOON))
    stamps.witness(str(Stamp(NOON + DAY_MS + 1, 0)))
    assert stamps.take() == [Stamp(NOON, 0)]
    stamps.witness(str(Stamp(NOON + DAY_MS, 0)))
    assert stamps.take() == [Stamp(NOON + DAY_MS, 1)]


@pytest.mark.parametrize("torn", ["", "2026-11-", "\0" * 33, "rubbish\n"])
def test_a_torn_file_is_begun_again(path: str, torn: str) -> None:
    Stamps(path, Clock(NOON)).take()
    Path(path).write_text(torn)
    assert Stamps(path, Clock(NOON + 1)).take() == [Stamp(NOON + 1, 0)]
    assert clock.parse(Path(path).read_text()[:29])


def test_many_processes_never_give_one_stamp_twice(path: str) -> None:
    root = str(Path(__file__).parents[2])
    takers = [
        subprocess.Popen(
            [sys.executable, "-c", TAKER, path], stdout=subprocess.PIPE, text=True,
            env={"PYTHONPATH": root},
        )
        for _ in range(4)
    ]  # fmt: skip
    taken = [taker.communicate()[0].split() for taker in takers]
    assert all(one == sorted(one) for one in taken)
    assert len({stamp for one in taken for stamp in one}) == 1200
