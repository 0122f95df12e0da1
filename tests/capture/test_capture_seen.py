"""The memory of ids answers as a set does."""

from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.capture.seen import Seen


@given(st.lists(st.text(max_size=4), max_size=200), st.lists(st.text(max_size=4), max_size=50))
def test_it_knows_what_was_added_and_nothing_else(added: list[str], asked: list[str]) -> None:
    seen = Seen()
    for name in added:
        seen.add(name)
    assert [name in seen for name in asked + added] == [
        name in set(added) for name in asked + added
    ]


def test_it_grows() -> None:
    seen = Seen()
    for number in range(20_000):
        seen.add(f"id{number}")
        seen.add(f"id{number}")
    assert all(f"id{number}" in seen for number in range(20_000))
    assert not any(f"no{number}" in seen for number in range(20_000))
