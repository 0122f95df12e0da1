"""What is read of a line: every field as it has to be, or nothing at all."""

from typing import Any

import pytest

from git_naturecode.domain.policy import Line, line_of
from git_naturecode.domain.policy.facts import MOST_DEPS, NOTHING, Rights, texts
from git_naturecode.domain.policy.roles import permissions

GOOD: dict[str, Any] = {
    "dev": "d" * 16, "key": "ab" * 32, "seq": 2, "prev": "01" * 32, "root": "02" * 32,
    "team": "03" * 32, "deps": ["04" * 32, "05" * 32], "at": "2026-11-26T10:00:00.000Z/0000",
    "ops": [{"op": "sign"}],
}  # fmt: skip


def test_a_line_is_read_as_it_was_said() -> None:
    assert line_of("ff" * 32, GOOD) == Line(
        "ff" * 32, GOOD["dev"], GOOD["key"], 2, GOOD["prev"], GOOD["root"], GOOD["team"],
        tuple(GOOD["deps"]), GOOD["at"], tuple(GOOD["ops"]),
    )  # fmt: skip


def test_the_first_line_before_there_is_a_team_names_nothing() -> None:
    said = {**GOOD, "seq": 1, "prev": "", "root": "", "deps": []}
    del said["team"]
    found = line_of("ff" * 32, said)
    assert found is not None
    assert (found.prev, found.root, found.team, found.deps) == ("", "", "", ())


@pytest.mark.parametrize(
    ("field", "wrong"),
    [(field, None) for field in GOOD if field != "team"]
    + [
        ("dev", 7), ("key", ["ab"]), ("at", 2026), ("at", "2026-11-26"), ("at", "soon"),
        ("seq", 0), ("seq", -1), ("seq", True), ("seq", 1.5), ("seq", "2"),
        ("prev", 7), ("prev", "01" * 31), ("prev", "0G" * 32), ("root", ["02" * 32]),
        ("root", "x"), ("team", None), ("team", "03" * 33), ("team", "AB" * 32),
        ("deps", "04" * 32), ("deps", {}), ("deps", [7]), ("deps", ["04"]), ("deps", [""]),
        ("deps", ["04" * 32, None]), ("deps", ["04" * 32] * (MOST_DEPS + 1)), ("ops", {}),
        ("ops", "sign"),
    ],
)  # fmt: skip
def test_what_is_not_what_it_should_be_is_no_line(field: str, wrong: Any) -> None:
    assert line_of("ff" * 32, {**GOOD, field: wrong}) is None


def test_as_many_lines_may_be_named_as_a_line_has_room_for() -> None:
    assert line_of("ff" * 32, {**GOOD, "deps": ["04" * 32] * MOST_DEPS}) is not None


def test_of_a_list_from_elsewhere_only_the_texts_are_taken() -> None:
    assert texts(["read", 7, ["write"], None, "invite"]) == ["read", "invite"]
    assert texts("read") == texts({"read": 1}) == texts(None) == []


def test_who_has_all_permissions_of_a_higher_role_has_not_the_role() -> None:
    most = Rights("contributor", permissions("contributor", permissions("admin")))
    assert most.permissions >= permissions("maintainer")
    assert not most.covers(Rights("maintainer", permissions("maintainer")))
    assert Rights("maintainer", most.permissions).covers(most)
    assert not NOTHING.covers(most)
