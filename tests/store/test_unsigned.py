"""What waits for its signature: noted line by line, counted without being read."""

from pathlib import Path

from git_naturecode.store import unsigned
from git_naturecode.store.unsigned import Written


def made(number: int) -> Written:
    return Written("d" * 16, "session-20261126-aaaaaaaa", f"{number:04}", f"{number:064x}")


def test_what_was_noted_is_counted_until_it_is_signed(tmp_path: Path) -> None:
    state, noted = str(tmp_path), [made(number) for number in range(7)]
    assert unsigned.count(state) == 0
    unsigned.note(state, noted[:4])
    unsigned.note(state, noted[4:], safe=True)
    assert unsigned.count(state) == len(unsigned.read(state)) == 7
    unsigned.drop(state, noted[:5])
    assert unsigned.count(state) == len(unsigned.read(state)) == 2
    unsigned.note(state, noted[:1])
    assert unsigned.count(state) == len(unsigned.read(state)) == 3
    unsigned.drop(state, noted)
    assert unsigned.count(state) == 0


def test_a_line_that_a_power_cut_tore_is_no_entry_and_hides_no_other(tmp_path: Path) -> None:
    state = str(tmp_path)
    unsigned.note(state, [made(1), made(2)])
    file = tmp_path / "unsigned"
    file.write_bytes(file.read_bytes()[:-9])
    unsigned.note(state, [made(3)])
    assert unsigned.read(state) == [made(1), made(3)]
    assert unsigned.count(state) == 3


def test_very_many_are_counted_by_a_part_of_them(tmp_path: Path) -> None:
    state = str(tmp_path)
    unsigned.note(state, map(made, range(30_000)))
    with open(tmp_path / "unsigned", "rb") as file:
        assert len(file.read()) > 3 << 20
    assert 29_000 < unsigned.count(state) < 31_000
