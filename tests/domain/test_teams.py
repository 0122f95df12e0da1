"""Settings of teams, names, and which visibility is the tighter one."""

from collections.abc import Callable

import pytest

from domain.policy.test_standing import invite
from domain.policy.test_standing import team as crew
from domain.policy.world import World, key_of
from git_naturecode.domain import teams
from git_naturecode.domain.policy import Standing, ops
from git_naturecode.domain.policy.facts import TeamInfo
from git_naturecode.errors import NaturecodeError, Negative, Usage
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


def standing(*said: Json, teams: bool = True) -> Standing:
    """A team called One, with two of one name; another two that are called alike."""
    world = World()
    ada = world.device("ada", "ada")
    if not teams:
        ada.say()
        return world.standing()
    world.found(ada)
    people = [("ben", "Ben"), ("cy", "Ben"), ("dan", "Dan X"), ("eve", "Eve"), ("fay", "")]
    records = [
        ops.record(f"member-{id}", name, f"{id}@x.example", "viewer", [key_of(id)])
        for id, name in people
    ]
    ada.say(*map(ops.member, records), ops.remove("member-eve"), *said)
    return world.standing()


TWO = (
    ops.team("team-two", "Back End"), ops.team("team-three", "back-end"), ops.team("team-x", "!"),
    ops.team("team-old", "Old"), ops.team_delete("team-old"),
    ops.team_member("team-two", "member-ben", True),
)  # fmt: skip


def refusal(kind: type[NaturecodeError], call: Callable[..., object], *given: object) -> str:
    """What is said where something is refused: the sentence, and what to do."""
    with pytest.raises(kind) as caught:
        call(*given)
    return f"{caught.value} / {caught.value.hint}"


def test_a_team_is_meant_by_its_name_its_id_or_as_it_can_be_typed() -> None:
    known = standing(*TWO)
    assert [one.id for one in teams.teams(known)] == [
        "team-x",
        "team-two",
        "team-three",
        "team-one",
    ]
    for wanted in ("team-two", "Back End"):
        assert teams.find_team(known, wanted).id == "team-two"
    assert teams.find_team(known, "back-end").id == "team-three"  # just that name
    assert teams.find_team(known, "ONE").id == "team-one"
    assert "2 teams are called 'BACK END' / name it by its id: team-two, team-three" in refusal(
        Negative, teams.find_team, known, "BACK END"
    )
    for wrong in ("Old", "team-old", "", "?", "Backend"):
        assert refusal(Negative, teams.find_team, known, wrong) == (
            f"there is no team {wrong!r} / there is !, Back End, back-end, One"
        )


def test_where_there_is_one_team_it_need_not_be_named() -> None:
    assert teams.chosen_team(standing(), "").id == "team-one"
    assert teams.chosen_team(standing(*TWO), "back-end").id == "team-three"
    said = refusal(Usage, teams.chosen_team, standing(*TWO), "")
    assert "has 4 teams / choose one: --team team-x (or of Back End, back-end, One)" in said
    some = standing(*TWO, ops.team_delete("team-x"))
    assert "--team back-end (or of back-end, One)" in refusal(Usage, teams.chosen_team, some, "")


def test_where_there_is_no_team_it_is_said_how_to_begin_one() -> None:
    none = standing(teams=False)
    assert teams.teams(none) == []
    assert teams.members(none) == []
    found = refusal(Negative, teams.chosen_team, none, "")
    assert found.startswith("this repository has no team yet / git naturecode team create NAME; if")
    for find in (teams.find_team, teams.chosen_team):
        assert refusal(Negative, find, none, "crew") == (
            "there is no team 'crew': this repository has no team yet / "
            "git naturecode team create NAME"
        )


def test_who_was_removed_is_in_no_team() -> None:
    known = standing(*TWO)
    found = [one.id for one in teams.members(known)]
    assert found == ["member-ada", "member-ben", "member-cy", "member-dan", "member-fay"]
    two = teams.find_team(known, "team-two")
    assert [one.id for one in teams.members(known, two)] == ["member-ben"]


def test_a_member_is_meant_by_address_id_or_name() -> None:
    known = standing()
    for wanted in ("DAN@x.example", "member-dan", "dan x"):
        assert teams.find_member(known, wanted).id == "member-dan"
    assert refusal(Negative, teams.find_member, known, "ben") == (
        "2 members are called 'ben' / write one of ben@x.example, cy@x.example"
    )
    assert "eve@x.example is not a member" in refusal(
        Negative, teams.find_member, known, "eve@x.example"
    )
    assert "did you mean dan@x.example, " in refusal(
        Negative, teams.find_member, known, "dam@y.example"
    )
    assert refusal(Negative, teams.find_member, known, "") == (
        " is not a member / `git naturecode team show` lists them"
    )


def test_two_under_one_address_are_told_apart_by_their_ids() -> None:
    """Two admins have asked him at once."""
    world, devices = crew("max:admin")
    invite(devices["ada"], "ben")
    record = ops.record("member-two", "", "ben@x.example", "viewer")
    devices["max"].say(ops.member(record, "ab" * 32))
    known = world.standing()
    assert refusal(Negative, teams.find_member, known, "ben@x.example") == (
        "2 members are called 'ben@x.example' / write one of member-ben, member-two"
    )
    assert teams.find_member(known, "member-two").id == "member-two"


@pytest.mark.parametrize(
    ("name", "text"),
    [("colour", "red"), ("autoJoin", "maybe"), ("sessionVisibility", "all"), ("defaultModel", "")],
)
def test_a_setting_that_cannot_be_is_refused(name: str, text: str) -> None:
    assert name in refusal(Usage, teams.setting, name, text) or not text


def test_an_address_is_taken_as_it_is() -> None:
    assert teams.address("Ben@x.example") == "Ben@x.example"
