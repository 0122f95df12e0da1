"""Who belongs to which team, by what each line had seen."""

from git_naturecode.domain.policy import Authority, Line, Standing, ops

from .test_standing import refusal, team
from .world import add


def teams(standing: Standing, line: Line) -> frozenset[str]:
    found = standing.authority(line.digest)
    assert isinstance(found, Authority)
    return found.teams


def test_somebody_belongs_to_a_team_from_when_he_has_seen_it_until_he_is_out() -> None:
    world, devices = team("con")
    ada, con = devices["ada"], devices["con"]
    ada.say(ops.team("team-two", "Two"))
    con.see(ada)
    ada.say(ops.team_member("team-two", "member-con", True))
    before, inside = con.say(), con.see(ada).say()
    ada.say(ops.team_member("team-two", "member-con", False))
    after = con.see(ada).say()
    standing = world.standing()
    found = [teams(standing, line) for line in (before, inside, after)]
    assert found == [frozenset(), {"team-two"}, frozenset()]
    assert standing.members["member-con"].teams == frozenset()
    assert standing.teams["team-two"].members == frozenset()


def test_who_is_put_in_and_out_at_once_is_out() -> None:
    world, devices = team("ann:admin", "con")
    devices["ada"].say(ops.team("team-two", "Two"))
    devices["ann"].see(devices["ada"])
    devices["ada"].say(ops.team_member("team-two", "member-con", True))
    devices["ann"].say(ops.team_member("team-two", "member-con", False))
    standing = world.standing()
    assert standing.members["member-con"].teams == frozenset()
    assert standing.teams["team-two"].members == frozenset()


def test_to_belong_to_a_team_makes_none() -> None:
    world, devices = team()
    ada = devices["ada"]
    con = world.device("con", "con")
    ada.say(add("con", teams=["team-two"]))
    line = con.see(ada).say()
    standing = world.standing()
    assert set(standing.teams) == {"team-one"}
    assert teams(standing, line) == standing.members["member-con"].teams == frozenset()
    assert refusal(world, ada, ops.set("team-two", "a", 1)) == "there is no team team-two"
    ada.say(ops.team("team-two", "Two"))
    assert world.standing().members["member-con"].teams == {"team-two"}


def test_of_a_team_that_one_has_not_seen_nothing_can_be_said() -> None:
    world, devices = team("ann:admin", "bob:admin", "con")
    devices["ann"].say(ops.team("team-two", "Two"))
    why = refusal(world, devices["bob"], ops.team_member("team-two", "member-con", True))
    assert why == "there is no team team-two"
    assert world.standing().teams["team-two"].members == frozenset()


def test_a_team_that_was_ended_and_begun_at_once_is_ended() -> None:
    world, devices = team("ann:admin", "con")
    ada, ann = devices["ada"], devices["ann"]
    ada.say(ops.team("team-two", "Two"), ops.team_member("team-two", "member-con", True))
    ann.see(ada)
    ada.say(ops.team_delete("team-two"))
    ann.say(ops.team("team-two", "Again"))
    standing = world.standing()
    assert standing.teams["team-two"].deleted
    assert standing.members["member-con"].teams == frozenset()
    ada.see(ann).say(ops.team("team-two", "Third"))
    standing = world.standing()
    assert (standing.teams["team-two"].name, standing.teams["team-two"].deleted) == ("Third", False)
    assert standing.members["member-con"].teams == {"team-two"}
