"""A team of three on one bare remote: create, invite, join, roles, removal, as people type it."""

import re
from pathlib import Path

import pytest

import samples
from box import Box, Clone
from git_naturecode import linking, trusting
from git_naturecode.domain.links import Link
from git_naturecode.domain.policy import ops

ADA, BEN, CY = "ada@example.com", "ben@example.com", "cy@example.com"


@pytest.fixture
def hub(box: Box) -> Path:
    return box.remote()


@pytest.fixture
def ada(box: Box, hub: Path) -> Clone:
    """The founder, in step with the remote."""

    def make() -> Clone:
        made = box.person(hub, "ada")
        made.nc("team", "create", "Backend Team")
        made.nc("sync")
        return made

    return box.scene("founder", make)


def code_of(said: str) -> str:
    """The code in the one line that `team add` prints."""
    found = re.fullmatch(r"git naturecode team join (nc-invite1:\S+)\n", said)
    assert found, said
    return found[1]


def invited(ada: Clone, who: str, *args: str) -> str:
    code = code_of(ada.nc("team", "add", who, *args).out)
    ada.nc("sync")
    return code


def joined(box: Box, hub: Path, ada: Clone, name: str, *args: str) -> Clone:
    """Somebody who was invited and has joined; everybody knows."""

    def make() -> Clone:
        code = invited(ada, f"{name}@example.com", *args)
        made = box.person(hub, name)
        made.nc("team", "join", code)
        made.nc("sync")
        ada.nc("sync")
        return made

    return box.scene(f"member {name} {args}", make)


def exchange(*clones: Clone) -> list[int]:
    """Sync each, whether or not it is told of something in quarantine; the exit codes."""
    codes = [clone.tried("sync").code for clone in clones]
    assert {*codes} <= {0, 3}
    return codes


def members(clone: Clone) -> dict[str, tuple[str, str]]:
    """E-mail -> (role, state)."""
    shown = clone.nc("team", "show", "--json").json
    return {one["email"]: (one["role"], one["state"]) for one in shown["members"]}


def test_who_creates_a_team_is_its_admin(box: Box, hub: Path) -> None:
    ada = box.person(hub, "ada")
    said = ada.nc("team", "create", "Backend Team")
    assert re.fullmatch(r"team-\d{8}-\w{8}  Backend Team\n", said.out)
    words = re.search(r"fingerprint: (\S+(?: \S+)*)\n", said.err)
    assert words
    assert len(re.split(r"[ -]", words[1])) == 6
    assert "git naturecode team add EMAIL" in said.err
    assert members(ada) == {ADA: ("admin", "active")}
    told = ada.nc("team", "show", "--json").json
    assert (told["name"], told["mode"]) == ("Backend Team", "enforced")
    assert told["settings"] == {
        "defaultModel": "deepseek-chat", "sessionVisibility": "team", "autoJoin": False
    }  # fmt: skip
    assert told["members"][0]["permissions"] == {
        "createSessions": True, "joinSessions": True, "shareSessions": True, "manageTeam": True,
    }  # fmt: skip
    again = ada.nc("team", "create", "backend team")
    assert "is there already" in again.out
    assert words[1] in ada.nc("team", "show").out


def test_an_invited_person_joins_with_his_code(box: Box, hub: Path, ada: Clone) -> None:
    said = ada.nc("team", "add", BEN)
    code = code_of(said.out)
    assert members(ada)[BEN] == ("contributor", "invited")
    assert code_of(ada.nc("team", "add", BEN).out) == code, "the same line can be said again"
    ada.nc("sync")
    ben = box.person(hub, "ben")
    said = ben.nc("team", "join", code)
    assert said.out == f"{BEN} has joined Backend Team, as a contributor\n"
    assert ada.nc("team", "show", "--json").json["fingerprint"] in said.err
    assert "git naturecode sync" in said.err
    assert "is in Backend Team" in ben.nc("team", "join", code).out, "twice does no harm"
    ben.nc("sync")
    ada.nc("sync")
    assert members(ada)[BEN] == members(ben)[BEN] == ("contributor", "active")
    session = ben.start("By Ben")
    ben.nc("session", "say", session, "hello")
    ben.nc("sync")
    ada.nc("sync")
    assert ada.texts(session) == ["hello"]


def test_a_code_serves_one_person_once(box: Box, hub: Path, ada: Clone) -> None:
    code = invited(ada, BEN)
    ben, eve = box.person(hub, "ben"), box.person(hub, "eve")
    said = eve.nc("team", "join", code, code=1)
    assert f"is for {BEN}" in said.err
    ben.nc("team", "join", code)
    ben.nc("sync")
    eve.nc("sync")
    eve.env["GIT_AUTHOR_EMAIL"] = BEN
    said = eve.nc("team", "join", code, code=1)
    assert "the invitation was used" in said.err
    assert ADA in said.err


def test_of_two_who_use_one_code_at_once_neither_joins(box: Box, hub: Path, ada: Clone) -> None:
    code = invited(ada, BEN)
    ben, eve = box.person(hub, "ben"), box.person(hub, "eve")
    eve.env["GIT_AUTHOR_EMAIL"] = BEN
    for one in (ben, eve):
        one.nc("team", "join", code)
    for one in (ben, eve, ben, ada):
        one.nc("sync")
    for one in (ada, ben, eve):
        assert members(one)[BEN] == ("contributor", "invited")
    assert "invite him anew" in ada.nc("team", "show").out
    new = invited(ada, BEN)
    assert new != code
    ben.nc("sync")
    ben.nc("team", "join", new)
    assert members(ben)[BEN] == ("contributor", "active")


def test_a_wrong_code_says_what_is_wrong(box: Box, hub: Path, ada: Clone) -> None:
    code = invited(ada, BEN)
    ben = box.person(hub, "ben")
    for wrong in ("nonsense", code[:-3], code[:15] + ("A" if code[15] != "A" else "B") + code[16:]):
        said = ben.nc("team", "join", wrong, code=2)
        assert "copy the whole line" in said.err
    other = box.remote("other")
    eve = box.person(other, "eve")
    eve.nc("team", "create", "Elsewhere")
    said = eve.nc("team", "join", code, code=1)
    assert "another team" in said.err
    assert members(ada)[BEN][1] == "invited"


def test_joining_before_the_invitation_has_come_says_to_sync(box: Box, hub: Path) -> None:
    ada = box.person(hub, "ada")
    ben = box.person(hub, "ben")
    ada.nc("team", "create", "core")
    code = code_of(ada.nc("team", "add", BEN).out)
    said = ben.nc("team", "join", code, code=1)
    assert "git naturecode sync" in said.err
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("team", "join", code)
    cy = code_of(ada.nc("team", "add", CY).out)
    ben.nc("sync")
    said = box.person(hub, "cy").nc("team", "join", cy, code=1)
    assert "git naturecode sync" in said.err


def test_who_has_no_code_asks(box: Box, hub: Path, ada: Clone) -> None:
    ben = box.person(hub, "ben")
    said = ben.nc("team", "join")
    assert f"{BEN} asks to join" in said.out
    line = f"git naturecode team add {BEN} --request"
    assert line in said.err
    assert "asked before" in ben.nc("team", "join").out
    ben.nc("sync")
    ada.nc("sync")
    assert line in ada.nc("team", "show").out
    assert "asks to join" in ada.nc("team", "add", BEN).err, "an invitation mentions it"
    said = ada.nc("team", "add", BEN, "--request")
    assert said.out == f"{BEN} is in Backend Team now, as a contributor\n"
    ada.nc("sync")
    ben.nc("sync")
    assert members(ben)[BEN] == ("contributor", "active")
    assert ada.nc("team", "show", "--json").json["requests"] == []
    ben.nc("session", "say", ben.start("mine"), "hello")


def test_two_keys_under_one_address_have_to_be_told_apart(box: Box, hub: Path, ada: Clone) -> None:
    ben, eve = box.person(hub, "ben"), box.person(hub, "eve")
    eve.env["GIT_AUTHOR_EMAIL"] = BEN
    key = ben.nc("team", "join", "--json").json["key"]
    eve.nc("team", "join")
    for one in (ben, eve, ada):
        one.nc("sync")
    said = ada.nc("team", "add", BEN, "--request", code=1)
    assert key in said.err
    ada.nc("team", "add", BEN, "--request", "--key", key)
    for one in (ada, ben, eve):
        one.nc("sync")
    assert ben.nc("team", "show", "--json").json["me"]
    assert eve.nc("team", "show", "--json").json["me"] is None
    eve.nc("session", "start", "no", code=5)


def test_a_known_key_makes_a_member_at_once(box: Box, hub: Path, ada: Clone) -> None:
    ben = box.person(hub, "ben")
    ben.nc("team", "join")  # only to have a key
    (file,) = (box.path / "config-ben/naturecode").glob("member.key")
    assert file.exists()
    key = ben.nc("team", "show", "--json").json["requests"][0]["key"]
    ada.nc("team", "add", BEN, "--role", "maintainer", "--key", f"{key} ben@laptop")
    assert members(ada)[BEN] == ("maintainer", "active")
    ada.nc("team", "add", CY, "--key", "no/such/file", code=2)


def test_roles_decide_what_may_be_written(box: Box, hub: Path, ada: Clone) -> None:
    ben = joined(box, hub, ada, "ben", "--role", "viewer")
    session = ada.start("Design")
    ada.nc("session", "say", session, "first")
    ada.nc("sync")
    ben.nc("sync")
    for args in (
        ["session", "say", session, "no"], ["session", "comment", session, "no"],
        ["session", "start", "no"], ["session", "edit", session, "1", "no"],
        ["session", "edit", session, "--name", "no"], ["session", "redact", session, "1"],
        ["session", "invite", session, CY], ["session", "close", session],
        ["session", "delete", session, "--yes"], ["session", "attach", session],
        ["session", "fork", session, "--name", "no"], ["session", "permit", session, BEN, "--can",
        "manage"], ["team", "add", CY], ["team", "role", BEN, "admin"], ["team", "remove", ADA],
        ["team", "set", "mode", "open"], ["team", "create", "mine"],
        ["team", "delete", "backend-team", "--yes"],
    ):  # fmt: skip
        said = ben.nc(*args, code=5)
        assert said.err.startswith("error: "), args
        assert f"ask {ADA}" in said.err, (args, said)
    before = ada.nc("session", "show", session, "--json").json
    ben.nc("sync")
    ada.nc("sync")
    assert ada.nc("session", "show", session, "--json").json == before, "nothing was written"
    oid = ben.git("rev-parse", "HEAD").strip()
    with ben.store() as store:
        linking.link(store, [Link(session, oid)])  # as the hooks have it done
        written = {one.entry.kind for one in store.read_all(session[17:], "session")}
    assert written == {"open", "message"}
    transcript = samples.write_claude(ben.path.parent, "no")
    ben.nc("session", "import", "--visibility", "team", str(transcript), code=5)
    private = ben.start("to myself", "private")
    ben.nc("session", "say", private, "mine")
    ben.nc("session", "share", private, code=5)
    assert ada.nc("team", "role", BEN, "member").out == f"{BEN} is a contributor\n"
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("session", "say", session, "now I may")
    ben.nc("session", "share", private)
    ben.nc("session", "edit", session, "1", "of another", code=5)
    ben.nc("sync")
    ada.nc("sync")
    assert ada.texts(session) == ["first", "now I may"]
    assert ada.texts(private) == ["mine"]


def test_a_maintainer_may_change_what_others_said(box: Box, hub: Path, ada: Clone) -> None:
    ben = joined(box, hub, ada, "ben", "--role", "maintainer")
    session = ada.start("Design")
    ada.nc("session", "say", session, "frist")
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("session", "edit", session, "1", "first")
    ben.nc("session", "delete", session, "--yes", code=5)
    ben.nc("sync")
    ada.nc("sync")
    assert ada.texts(session) == ["first"]


def test_single_permissions_beside_a_role(box: Box, hub: Path, ada: Clone) -> None:
    ben = joined(box, hub, ada, "ben")
    said = ada.nc("team", "role", BEN, "contributor", "--deny", "createSessions,shareSessions")
    assert said.out == f"{BEN} is a contributor (-createSessions, -shareSessions)\n"
    ada.nc("team", "role", BEN, "contributor", "--allow", "session:invite")
    told = ada.nc("team", "show", "--json").json["members"][1]
    assert told["permissions"]["createSessions"] is False
    assert told["allow"] == ["session:invite"]
    assert told["deny"] == ["createSessions", "shareSessions"]
    assert "already" in ada.nc("team", "role", BEN, "contributor").out
    ada.nc("team", "role", BEN, "contributor", "--allow", "fly", code=2)
    ada.nc("team", "role", BEN, "king", code=2)
    session = ada.start()
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("session", "start", "no", code=5)
    ben.nc("session", "say", session, "yes")
    ben.nc("session", "invite", session, CY)


def test_who_is_removed_writes_nothing_more(box: Box, hub: Path, ada: Clone) -> None:
    ben = joined(box, hub, ada, "ben")
    session = ben.start("Shared")
    ben.nc("session", "say", session, "stays")
    ben.nc("sync")
    ada.nc("sync")
    said = ada.nc("team", "remove", BEN)
    assert said.out == f"{BEN} is not a member any more\n"
    ada.nc("team", "remove", BEN, code=1)
    ben.nc("session", "say", session, "written before he knew")
    assert exchange(ada, ben) == [0, 3], "what he wrote is in quarantine now"
    said = ben.nc("session", "say", session, "no", code=5)
    assert "not a member of the team any more" in said.err
    exchange(ada)
    assert ada.texts(session) == ["stays"]
    said = ada.nc("team", "add", BEN)
    assert said.out == f"{BEN} is in Backend Team now, as a contributor\n", "his key is known"
    exchange(ada, ben)
    ben.nc("session", "say", session, "back again")
    exchange(ben, ada)
    assert "back again" in ada.texts(session)


def test_two_admins_at_once_agree(box: Box, hub: Path, ada: Clone) -> None:
    ben = joined(box, hub, ada, "ben", "--role", "admin")
    joined(box, hub, ada, "cy", "--role", "maintainer")
    ben.nc("sync")
    ada.nc("team", "role", CY, "viewer")
    ben.nc("team", "role", CY, "admin")
    ada.nc("team", "set", "defaultModel", "a-model")
    ben.nc("team", "set", "autoJoin", "true")
    for one in (ada, ben, ada, ben):
        one.nc("sync")
    assert members(ada) == members(ben)
    assert members(ada)[CY] == ("viewer", "active"), "of two concurrent roles the lower"
    assert ada.nc("team", "show", "--json").json["settings"] == {
        "defaultModel": "a-model", "sessionVisibility": "team", "autoJoin": True
    }  # fmt: skip
    ben.nc("team", "remove", ADA, code=5)
    ben.nc("team", "role", ADA, "viewer", code=5)


def test_the_last_admin_stays(ada: Clone) -> None:
    for args in (["remove", ADA], ["role", ADA, "viewer"]):
        said = ada.nc("team", *args, code=5)
        assert "only admin" in said.err
    assert members(ada)[ADA] == ("admin", "active")


def test_everything_goes_without_a_network(box: Box, hub: Path, ada: Clone) -> None:
    code = invited(ada, BEN)
    ben = box.person(hub, "ben")
    hub.rename(hub.with_suffix(".away"))
    ben.nc("team", "join", code)
    ben.nc("session", "say", ben.start("offline"), "hello")
    ada.nc("team", "set", "autoJoin", "yes")
    ada.nc("team", "add", CY)
    ben.nc("sync", code=4)
    hub.with_suffix(".away").rename(hub)
    for one in (ben, ada, ben):
        one.nc("sync")
    assert members(ada) == members(ben)
    assert members(ben)[CY] == ("contributor", "invited")


def test_without_a_team_each_command_says_how_to_begin_one(clone: Clone) -> None:
    for args in (
        ["show"], ["list"], ["add", BEN], ["remove", BEN], ["role", BEN, "viewer"], ["join"],
        ["set", "autoJoin", "true"], ["delete", "x", "--yes"],
    ):  # fmt: skip
        said = clone.nc("team", *args, code=1)
        assert "git naturecode team create NAME" in said.err, args
    assert clone.nc("team", "list", "--json").json["items"] == []


def test_words_that_are_none(ada: Clone) -> None:
    for args in (
        ["create", " "], ["create", "x" * 101], ["add", "nobody"], ["add", BEN, "--role", "king"],
        ["set", "colour", "red"], ["set", "autoJoin", "perhaps"], ["set", "mode", "closed"],
        ["set", "sessionVisibility", "all"], ["set", "defaultModel", "two words"],
        ["set", "name", ""], ["create", "x", "--mode", "wild"],
    ):  # fmt: skip
        assert ada.nc("team", *args, code=2).out == "", args
    assert "add --yes" in ada.nc("team", "delete", "backend-team", code=3).err
    said = ada.nc("team", "remove", "adda@example.com", code=1)
    assert f"did you mean {ADA}" in said.err
    assert ada.nc("team", "set", "autoJoin", "no").err.startswith("autoJoin of Backend Team is")


def test_what_strangers_ask_for_is_shown_as_data(box: Box, hub: Path, ada: Clone) -> None:
    eve = box.person(hub, "eve")
    key = eve.nc("team", "join", "--json").json["key"]
    good = eve.nc("team", "show", "--json").json["requests"][0]["key"]
    assert key.startswith("SHA256:")
    asked = (
        ("$(touch${IFS}x)@x", good), ("a@x\n\x1b[31mAda <ada@x>", good), ("not an address", good),
        ("junk@x", "ssh-ed25519 AAAA"), ("junk@y", "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAA"),
    )  # fmt: skip
    with eve.store() as store:
        shown = []
        for email, said in asked:
            trusting.append(store, [ops.request("\x1b[2Jmallory", email, [said])])
            eve.nc("sync")
            ada.nc("sync")
            shown.append(ada.nc("team", "show").out)
    assert "  git naturecode team add '$(touch${IFS}x)@x' --request\n" in shown[0]
    assert not any("asks to join" in one for one in shown[1:])
    assert not any("\x1b" in one for one in shown)
    ada.nc("team", "add", "junk@x", "--request", code=1)
    ada.nc("team", "add", "junk@x", "--key", "ssh-ed25519 AAAA", code=2)


def test_a_member_whose_address_is_a_pattern_signs_for_nobody(ada: Clone) -> None:
    key = ada.nc("team", "show", "--allowed-signers").out.split(None, 1)[1].strip()
    told = ada.nc("team", "show", "--json").json
    unlike = [letter for letter in "ABCD" if letter != key[-9]]
    for number, email in enumerate(("*@example.com", "!x@example.com", "x,y@example.com")):
        other = key[:-9] + unlike[number] + key[-8:]
        record = ops.record(
            f"member-20261126-aaaaaaa{number}", "x", email, "viewer", [other], [told["id"]]
        )
        with ada.store() as store:
            trusting.append(store, [ops.member(record)])
    assert len(members(ada)) == 4
    assert ada.nc("team", "show", "--allowed-signers").out == f"{ADA} {key}\n"


def test_the_code_says_which_of_two_teams_is_meant(box: Box, hub: Path) -> None:
    ada, eve = box.person(hub, "ada"), box.person(hub, "eve")
    ada.nc("team", "create", "core")
    eve.nc("team", "create", "core")
    code = invited(ada, BEN)
    exchange(eve)
    ben = box.person(hub, "ben")
    assert "trust pin" in ben.nc("team", "show", code=3).err
    ben.nc("team", "join", code)
    mine = ada.nc("team", "show", "--json").json["fingerprint"]
    assert ben.nc("team", "show", "--json").json["fingerprint"] == mine
    assert ben.nc("team", "show", "--json").json["me"]
