"""Settings of teams, names, and which visibility is the tighter one."""

import pytest

from git_naturecode.domain import teams
from git_naturecode.domain.policy.facts import TeamInfo
from git_naturecode.errors import Usage
from git_naturecode.store.entry import Json


def team(settings: dict[str, Json]) -> TeamInfo:
    return TeamInfo("team-20261126-aaaaaaaa", "core", settings, {}, frozenset(), False)


def test_what_is_not_set_is_as_the_specification_says() -> None:
    usual = {"defaultModel": "deepseek-chat", "sessionVisibility": "team", "autoJoin": False}
    assert teams.settings(None) == teams.settings(team({})) == usual


@pytest.mark.parametrize("bad", [None, 7, [], {"a": 1}, "", "no such", "x\nname: y", "\x1b[31m"])
@pytest.mark.parametrize("name", ["defaultModel", "sessionVisibility", "autoJoin", "colour"])
def test_a_value_from_elsewhere_that_is_none_is_as_if_unset(name: str, bad: Json) -> None:
    assert teams.settings(team({name: bad})) == teams.settings(None)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("autoJoin", "true", True), ("autoJoin", "No", False), ("autoJoin", "on", True),
        ("sessionVisibility", "private", "private"),
        ("defaultModel", "org/model:1.5", "org/model:1.5"),
    ],
)  # fmt: skip
def test_values_are_read_as_people_write_them(name: str, text: str, value: Json) -> None:
    assert teams.setting(name, text) == value
    assert teams.settings(team({name: value}))[name] == value


def test_of_two_visibilities_the_tighter() -> None:
    assert teams.tighter("private", "public") == "private"
    assert teams.tighter("public", "team") == "team"
    assert teams.tighter("team", "private") == "private"


def test_a_name_is_one_line_and_can_be_typed() -> None:
    assert teams.proper_name("  Backend \n Team ") == "Backend Team"
    assert teams.slug("Backend Team") == teams.slug("backend-team") == "backend-team"
    assert teams.slug("Équipe n° 1") == "equipe-n-1"
    for wrong in ("", " \n", "x" * 101):
        with pytest.raises(Usage):
            teams.proper_name(wrong)
    with pytest.raises(Usage):
        teams.address("ben")
