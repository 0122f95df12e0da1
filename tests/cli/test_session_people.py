"""Inviting, permitting, taking part."""

import pytest

from box import Box, Clone

ADA, BEN, CY = "ada@example.com", "ben@example.com", "cy@example.com"


@pytest.fixture
def pair(box: Box) -> tuple[Clone, Clone]:
    hub = box.remote()
    return box.clone(hub, "ada"), box.clone(hub, "ben")


def sync(*clones: Clone) -> None:
    for clone in (*clones, *clones):
        clone.nc("sync")
        clone.nc("session", "list")


def people(clone: Clone, session: str) -> dict[str, dict[str, bool]]:
    shown = clone.nc("session", "show", session, "--json").json
    return {one["userId"]: one["permissions"] for one in shown["participants"]}


def test_the_invited_is_pending_until_he_joins(pair: tuple[Clone, Clone]) -> None:
    ada, ben = pair
    session = ada.start()
    said = ada.nc("session", "invite", session, f"{BEN},{CY}", "--can", "read,invite")
    assert said.out == f"{BEN}  invited\n{CY}  invited\n"
    shown = ada.nc("session", "show", session, "--json").json
    assert [one["userId"] for one in shown["invited"]] == [BEN, CY]
    assert f"invited: {BEN} (read, invite), {CY} (read, invite)" in (
        ada.nc("session", "show", session).out
    )
    assert "1 participant, 2 invited" in ada.nc("session", "shared", "list").out
    sync(ada, ben)
    ben.nc("session", "join", session)
    sync(ben, ada)
    assert people(ada, session)[BEN] == {
        "read": True, "write": False, "invite": True, "manage": False
    }  # fmt: skip
    shown = ada.nc("session", "show", session, "--json").json
    assert [one["userId"] for one in shown["invited"]] == [CY]


def test_who_may_not_is_told_whom_to_ask(pair: tuple[Clone, Clone]) -> None:
    ada, ben = pair
    session = ada.start()
    ada.nc("session", "say", session, "by ada")
    sync(ada, ben)
    ben.nc("session", "join", session)
    for args in (
        ["invite", session, CY], ["permit", session, BEN, "--can", "manage"],
        ["edit", session, "1", "no"], ["redact", session, "1"], ["edit", session, "--name", "no"],
        ["close", session], ["delete", session, "--yes"],
    ):  # fmt: skip
        said = ben.nc("session", *args, code=5)
        assert said.err.startswith(f"error: {BEN} may not ")
        assert f"git naturecode session permit {session[17:]} {BEN} --can read,write" in said.err
    sync(ben, ada)
    ada.nc("session", "permit", session[17:], BEN, "--can", "manage,write")
    sync(ada, ben)
    ben.nc("session", "edit", session, "1", "better")
    ben.nc("session", "close", session)
    sync(ben, ada)
    assert ada.texts(session) == ["better"]
    assert ada.nc("session", "list", "--status", "closed", "--json").json["total"] == 1


def test_who_may_only_read_cannot_write(pair: tuple[Clone, Clone]) -> None:
    ada, ben = pair
    session = ada.start()
    ada.nc("session", "permit", session, BEN, "--can", "read")
    sync(ada, ben)
    for args in (["say", session, "x"], ["comment", session, "x"], ["edit", session, "--tag", "x"]):
        said = ben.nc("session", *args, code=5)
        assert "--can read,write" in said.err


def test_an_unknown_address_is_invited_an_unknown_name_is_not(pair: tuple[Clone, Clone]) -> None:
    ada, _ = pair
    session = ada.start()
    ada.nc("session", "invite", session, "nobody@nowhere.example")
    said = ada.nc("session", "invite", session, "Bob", code=1)
    assert said.err.startswith("error: nobody here is called 'Bob'\nhint: write an e-mail address")
    said = ada.nc("session", "invite", session, "Ada", code=1)
    assert "takes part already" in said.out
    told = ada.nc("session", "invite", session, "ADA@example.com", CY, "--json").json
    assert (told["invited"], told["alreadyHere"]) == ([CY], [ADA])


def test_a_private_session_invites_nobody(pair: tuple[Clone, Clone]) -> None:
    ada, _ = pair
    session = ada.start("Secret", "private")
    said = ada.nc("session", "invite", session, BEN, code=5)
    assert "is private" in said.err
    assert f"session share {session[17:]}" in said.err
    assert ada.nc("session", "show", session, "--json").json["invited"] == []


def test_wrong_words_are_usage_errors(pair: tuple[Clone, Clone]) -> None:
    ada, _ = pair
    session = ada.start()
    for args in (
        ["invite", session], ["invite", session, BEN, "--can", "fly"], ["permit", session, BEN],
        ["permit", session, BEN, "--can", ","],
    ):  # fmt: skip
        assert ada.nc("session", *args, code=2).out == ""
    said = ada.nc("session", "permit", session, ADA, "--can", "read", code=5)
    assert "owns this session" in said.err
    said = ada.nc("session", "permit", session, CY, "--can", "read")
    assert "does not take part yet" in said.err
