"""What a team sets for sessions, sharing with it, and `team manage`."""

import io
from pathlib import Path

import pytest

from box import Box, Clone, Said

ADA, BEN, CY = "ada@example.com", "ben@example.com", "cy@example.com"


@pytest.fixture
def pair(box: Box) -> tuple[Clone, Clone]:
    """Ada, who founded the team, and Ben, who has joined it."""
    return box.scene("pair in a team", lambda: _pair(box))


def _pair(box: Box) -> tuple[Clone, Clone]:
    hub = box.remote()
    ada, ben = box.person(hub, "ada"), box.person(hub, "ben")
    ada.nc("team", "create", "Backend Team")
    code = ada.nc("team", "add", BEN, "--json").json["code"]
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("team", "join", code)
    ben.nc("sync")
    ada.nc("sync")
    return ada, ben


def visibility(said: Said, clone: Clone) -> str:
    shown = clone.nc("session", "show", said.out.strip(), "--json").json
    return str(shown["visibility"])


def test_new_sessions_are_as_open_as_the_team_has_set(pair: tuple[Clone, Clone]) -> None:
    ada, ben = pair
    assert visibility(ben.nc("session", "start", "a"), ben) == "team"
    ada.nc("team", "set", "sessionVisibility", "private")
    ada.nc("sync")
    ben.nc("sync")
    for made in (["start", "b"], ["share", "--name", "c"]):
        said = ben.nc("session", *made)
        assert visibility(said, ben) == "private"
        assert "private, as new sessions of the team are" in said.err
    assert visibility(ben.nc("session", "start", "d", "--visibility", "team"), ben) == "team"
    ada.nc("team", "set", "sessionVisibility", "public")
    ada.nc("sync")
    ben.nc("sync")
    assert visibility(ada.nc("session", "start", "e"), ada) == "public", "who set it accepts it"
    said = ben.nc("session", "start", "f")
    assert visibility(said, ben) == "team", "what comes by fetch only tightens"
    line = "git config naturecode.sessionVisibility public"
    assert line in said.err
    ben.git(*line.split()[1:])
    assert visibility(ben.nc("session", "start", "g"), ben) == "public"


def test_with_auto_join_members_take_part_from_the_first(pair: tuple[Clone, Clone]) -> None:
    ada, ben = pair
    ada.nc("team", "add", CY)
    ada.nc("team", "set", "autoJoin", "true")
    ada.nc("sync")
    ben.nc("sync")
    said = ben.nc("session", "start", "All of us")
    assert "1 member of the team take part" in said.err
    session = said.out.strip()
    private = ben.start("Alone", "private")
    ben.nc("sync")
    ada.nc("sync")
    shown = ada.nc("session", "show", session, "--json").json
    assert [one["userId"] for one in shown["participants"]] == [BEN, ADA]
    shown = ben.nc("session", "show", private, "--json").json
    assert [one["userId"] for one in shown["participants"]] == [BEN]


def test_sharing_with_a_team_says_who_can_read_it(pair: tuple[Clone, Clone]) -> None:
    ada, ben = pair
    ada.nc("team", "create", "Web")
    session = ada.start("Plan", "private")
    ada.nc("session", "say", session, "the plan")
    said = ada.nc("session", "share", session, "--team", "nobody", code=1)
    assert "Backend Team" in said.err
    assert "Web" in said.err
    said = ada.nc("session", "share", session, "--team", "backend-team")
    assert "shared with Backend Team" in said.err
    assert "every reader of the repository can read it" in said.err
    assert "--encrypt" in said.err
    team = ada.nc("team", "show", "--team", "backend-team", "--json").json["id"]
    assert ada.nc("session", "show", session, "--json").json["teamId"] == team
    assert "team (Backend Team)" in ada.nc("session", "show", session).out
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("session", "say", session, "mine too")
    ada.nc("session", "share", session, "--team", "Web")
    ada.nc("sync")
    ben.nc("sync")
    said = ben.nc("session", "say", session, "not any more", code=5)
    assert "Web" in said.err or "team" in said.err
    for args in (
        ["--team", "Web", "--name", "x"], [session, "--team", "Web", "--public"],
    ):  # fmt: skip
        ada.nc("session", "share", *args, code=2)


def test_members_and_teams_are_people_too(pair: tuple[Clone, Clone]) -> None:
    ada, _ = pair
    session = ada.start("Design")
    said = ada.nc("session", "invite", session, "Ben")
    assert said.out == f"{BEN}  invited\n"
    ada.nc("session", "permit", session, "ben", "--can", "read,write,invite")
    other = ada.start("Other")
    said = ada.nc("session", "invite", other, "backend-team")
    assert f"{BEN}  invited" in said.out
    assert "nobody here is called" in ada.nc("session", "invite", other, "Zoe", code=1).err


def ben_device(clone: Clone) -> str:
    return (clone.path / ".git/naturecode/device").read_text().split('"')[3]


def test_another_clone_of_a_member_needs_no_invitation(box: Box, pair: tuple[Clone, Clone]) -> None:
    ada, _ = pair
    session = ada.start("Design")
    ada.nc("sync")
    laptop = box.person(box.path / "hub.git", "ben", "laptop")
    laptop.nc("session", "say", session, "from my laptop")
    laptop.nc("sync")
    ada.nc("sync")
    assert ada.texts(session) == ["from my laptop"]
    told = ada.nc("team", "show", "--json").json["members"]
    assert [len(one["devices"]) for one in told] == [1, 2]
    (stolen,) = (one["id"] for one in told[1]["devices"] if one["id"] != ben_device(pair[1]))
    ada.nc("device", "revoke", stolen, "--yes")
    ada.nc("sync")
    laptop.nc("sync")
    said = laptop.nc("session", "say", session, "by a thief", code=5)
    assert "was revoked" in said.err
    pair[1].nc("sync")
    pair[1].nc("session", "say", session, "from my desk")
    other = box.person(box.path / "hub.git", "ada", "desktop")
    assert "nc-invite1:" in other.nc("team", "add", CY).out


def test_several_teams_have_one_root(pair: tuple[Clone, Clone]) -> None:
    ada, ben = pair
    said = ada.nc("team", "create", "Web")
    assert "--team web" in said.err
    assert ada.nc("team", "show", code=2).err.startswith("error: this repository has 2 teams")
    ada.nc("team", "add", BEN, "--team", "web")
    ada.nc("team", "set", "autoJoin", "true", "--team", "web")
    listed = ada.nc("team", "list", "--json").json["items"]
    assert [(one["name"], one["members"]) for one in listed] == [("Backend Team", 2), ("Web", 2)]
    ada.git("config", "naturecode.team", "web")
    shown = ada.nc("team", "show", "--json").json
    assert (shown["name"], shown["settings"]["autoJoin"]) == ("Web", True)
    assert "* Web" in ada.nc("team", "list").out
    said = ada.nc("team", "remove", BEN, "--team", "web")
    assert "stays a contributor" in said.out
    ada.nc("team", "set", "name", "Front End", "--team", "web")
    ada.git("config", "naturecode.team", "front-end")
    ada.nc("sync")
    ben.nc("sync")
    assert "Front End" in ben.nc("team", "list").out
    code = ada.nc("team", "add", CY, "--team", "front-end").out
    ada.nc("team", "delete", "front-end", "--yes")
    ada.git("config", "--unset", "naturecode.team")
    shown = ada.nc("team", "show", "--json").json
    assert shown["name"] == "Backend Team"
    assert [one["email"] for one in shown["inNoTeam"]] == [CY], "and still he could join"
    assert f"{CY} " in ada.nc("team", "show").out
    assert code.startswith("git naturecode team join")


def test_without_its_last_team_a_repository_is_open_again(pair: tuple[Clone, Clone]) -> None:
    ada, ben = pair
    ben.nc("team", "delete", "backend-team", "--yes", code=5)
    ada.nc("team", "delete", "backend-team", code=3)
    said = ada.nc("team", "delete", "backend-team", "--yes")
    assert "mode open" in said.err
    ada.nc("team", "list", code=1)
    made = ada.nc("team", "create", "Again", "--json").json
    assert (made["new"], made["mode"]) == (True, "enforced")


def typed(clone: Clone, monkeypatch: pytest.MonkeyPatch, *lines: str, code: int = 0) -> Said:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    return clone.nc("team", "manage", code=code)


def test_the_lines_of_the_specification(
    pair: tuple[Clone, Clone], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, _ = pair
    session = ada.start("Active")
    said = typed(
        ada, monkeypatch, "/team add user@example.com", "/team role ben@example.com maintainer",
        "/invite user@example.com", "/team remove user@example.com", "", "/help", "/team show",
        "/quit", "/team remove ben@example.com",
    )  # fmt: skip
    assert "git naturecode team join nc-invite1:" in said.out
    assert f"{BEN} is a maintainer\n" in said.out
    assert "user@example.com  invited\n" in said.out
    assert "the invitation of user@example.com is withdrawn" in said.out
    assert "/team role EMAIL ROLE" in said.out
    shown = ada.nc("session", "show", session, "--json").json
    assert [one["userId"] for one in shown["invited"]] == ["user@example.com"]
    told = ada.nc("team", "show", "--json").json["members"]
    assert [(one["email"], one["role"]) for one in told] == [(ADA, "admin"), (BEN, "maintainer")]


def test_a_line_that_fails_does_not_stop_the_others(
    pair: tuple[Clone, Clone], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, ben = pair
    said = typed(
        ada, monkeypatch, "/team role nobody@example.com admin", "dance", "/team add 'x",
        "/project create api-service", f"/invite {CY}", "/team role ben@example.com viewer", code=1,
    )  # fmt: skip
    assert said.err.count("error: ") == 5
    assert "no team projects yet" in said.err
    assert f"{BEN} is a viewer\n" in said.out
    ada.nc("sync")
    ben.nc("sync")
    assert "ask ada" in typed(ben, monkeypatch, "/team add x@example.com", code=5).err


def test_the_keys_of_members_check_signatures_in_git(
    pair: tuple[Clone, Clone], tmp_path: Path
) -> None:
    ada, _ = pair
    said = ada.nc("team", "show", "--allowed-signers")
    lines = [line.split() for line in said.out.splitlines()]
    assert [line[:2] for line in lines] == [[ADA, "ssh-ed25519"], [BEN, "ssh-ed25519"]]


def test_a_page_of_the_team_stands_on_the_branch(pair: tuple[Clone, Clone]) -> None:
    ada, ben = pair
    ada.nc("team", "role", BEN, "maintainer")
    for one in (ada, ben, ada):
        one.nc("sync")
    name = ada.nc("team", "show", "--json").json["id"]
    page = ada.git("show", f"naturecode:team/{name}.yml")
    assert page == ben.git("show", f"naturecode:team/{name}.yml")
    assert f'email: "{BEN}"' in page
    assert 'role: "maintainer"' in page
    before = ada.git("rev-parse", "naturecode")
    ada.nc("sync")
    assert ada.git("rev-parse", "naturecode") == before
