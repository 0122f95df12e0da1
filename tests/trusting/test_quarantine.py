"""What nobody may say is kept out of every view, with its reason, and told once."""

from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.domain.policy import ops
from trusting.people import (
    add,
    device,
    forge,
    found,
    insist,
    person,
    plain_push,
    say,
    standing,
)


@pytest.fixture
def hub(box: Box) -> Path:
    return box.remote()


@pytest.fixture
def ada(box: Box, hub: Path) -> Clone:
    return person(box, hub, "ada")


@pytest.fixture
def ben(box: Box, hub: Path) -> Clone:
    return person(box, hub, "ben")


@pytest.fixture
def eve(box: Box, hub: Path) -> Clone:
    """May push, and belongs to nothing."""
    return person(box, hub, "eve")


def _held(clone: Clone) -> str:
    """The id of the first entry in quarantine."""
    items = clone.nc("quarantine", "list", "--json").json["items"]
    return str(items[0]["id"])


def test_a_member_is_believed_and_a_stranger_is_not(ada: Clone, ben: Clone, eve: Clone) -> None:
    session = ada.start()
    found(ada)
    add(ada, ben)
    ada.nc("sync")
    assert "six words" in ben.nc("sync").out
    ben.nc("session", "say", session, "I am in")
    ben.nc("sync")
    eve.nc("sync")
    insist(eve, session, "me too, zanzibar")
    assert "belongs to no member" in eve.nc("sync", code=3).err
    said = ada.nc("sync", code=3)
    assert "1 entry kept in quarantine" in said.err
    assert ada.texts(session) == ["I am in"]
    assert ada.nc("sync").code == 0  # told once
    status = ada.nc("status")
    assert "1 entry kept in quarantine: git naturecode quarantine list" in status.out
    assert ada.nc("status", "--json").json["team"]["quarantined"] == 1
    hint = ada.nc("quarantine", "list").err
    assert f"`git naturecode quarantine show {_held(ada)}`" in hint
    assert f"quarantine adopt {_held(ada)}`" in ada.nc("quarantine", "show", _held(ada)).err
    listed = ada.nc("quarantine", "list", "--json").json["items"]
    assert [(one["entity"], one["kind"]) for one in listed] == [(session, "message")]
    assert ada.nc("session", "search", "zanzibar", code=1).code == 1


def test_a_forged_entry_by_plain_git_stays_out_and_is_never_signed(
    ada: Clone, ben: Clone, eve: Clone
) -> None:
    session = ada.start()
    found(ada)
    add(ada, ben)
    ada.nc("sync")
    ben.nc("sync")
    forge(eve, session, device(ada), "fire them all", "ada@example.com")
    assert ben.nc("sync", code=3).code == 3
    assert ada.nc("sync", code=3).code == 3
    ada.nc("session", "say", session, "hello")
    ada.nc("sync")
    ben.nc("sync")
    for one in (ada, ben):
        assert one.texts(session) == ["hello"]
        page = "".join(
            path.read_text() for path in (one.path / ".naturecode/sessions").rglob("*.md")
        )
        assert "fire" not in page
    exported = ben.nc("session", "export", session, "--format", "json", "-o", "-").out
    assert "fire" not in exported


def test_what_a_plain_push_carried_unsigned_heals_with_the_authors_next_sync(
    ada: Clone, ben: Clone
) -> None:
    session = ada.start()
    found(ada)
    add(ada, ben)
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("session", "say", session, "by plain push")
    ben.nc("session", "list")  # drains
    ben.git("push", "-q", "origin", "naturecode")
    assert ada.nc("sync", code=3).code == 3
    assert ada.texts(session) == []
    assert ben.texts(session) == ["by plain push"]  # own words are never hidden from oneself
    ben.nc("sync")
    ada.nc("sync")
    assert ada.texts(session) == ["by plain push"]
    assert ada.nc("quarantine", "list", "--json").json["items"] == []


def test_a_removed_member_is_heard_no_more(ada: Clone, ben: Clone) -> None:
    session = ada.start()
    found(ada)
    member = add(ada, ben)
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("session", "say", session, "before")
    ben.nc("sync")
    ada.nc("sync")
    say(ada, ops.remove(member))
    insist(ben, session, "meanwhile")
    ben.nc("sync")
    assert ada.nc("sync", code=3).code == 3
    assert ada.texts(session) == ["before"]
    ben.nc("sync", code=3)
    assert ben.texts(session) == ["before"]
    (item,) = ada.nc("quarantine", "list", "--json").json["items"]
    assert "remov" in item["reason"]


def test_an_entry_that_was_accepted_goes_when_a_removal_arrives(
    box: Box, hub: Path, ada: Clone, ben: Clone
) -> None:
    carl = person(box, hub, "carl")
    session = ada.start()
    found(ada)
    member = add(ada, ben)
    add(ada, carl)
    ada.nc("sync")
    ben.nc("sync")
    carl.nc("sync")
    ben.nc("session", "say", session, "hello carl")
    ben.nc("sync")
    carl.nc("sync")
    assert carl.texts(session) == ["hello carl"]
    say(ada, ops.remove(member))  # ada has not seen it
    ada.nc("sync", code=3)
    carl.nc("sync", code=3)
    assert carl.texts(session) == []
    (row,) = carl.nc("session", "list", "--json").json["items"]
    assert (row["messages"], row["quarantined"]) == (0, 1)


def test_a_revoked_device_is_heard_no_more(ada: Clone, ben: Clone) -> None:
    session = ada.start()
    found(ada)
    add(ada, ben)
    ada.nc("sync")
    ben.nc("sync")
    say(ada, ops.revoke(device(ben)))
    ada.nc("sync")
    insist(ben, session, "from a stolen laptop")
    ben.nc("sync", code=3)
    assert ada.nc("sync", code=3).code == 3
    assert ada.texts(session) == []


def test_a_signed_entry_pasted_into_another_session_stays_out(
    ada: Clone, ben: Clone, eve: Clone
) -> None:
    one, two = ada.start("One"), ada.start("Two")
    found(ada)
    add(ada, ben)
    ada.nc("session", "say", one, "yes, ship it")
    ada.nc("sync")
    ben.nc("sync")
    eve.nc("sync")
    path = eve.git("ls-tree", "-r", "--name-only", "naturecode", "log/session").split()
    source = next(p for p in path if one in p and device(ada) in p)
    target = next(p for p in path if two in p and device(ada) in p)
    text = eve.git("show", f"naturecode:{source}")
    block = "<!-- nc:entry " + text.split("<!-- nc:entry ")[-1]
    plain_push(eve, {target: eve.git("show", f"naturecode:{target}") + block})
    assert ben.nc("sync", code=3).code == 3
    assert ben.texts(one) == ["yes, ship it"]
    assert ben.texts(two) == []


def test_an_entry_that_was_changed_by_hand_is_not_what_was_signed(
    ada: Clone, ben: Clone, eve: Clone
) -> None:
    session = ada.start()
    found(ada)
    add(ada, ben)
    ada.nc("session", "say", session, "we keep it")
    ada.nc("sync")
    eve.nc("sync")
    path = eve.git("ls-tree", "-r", "--name-only", "naturecode", "log/session").split()[0]
    plain_push(eve, {path: eve.git("show", f"naturecode:{path}").replace("keep it", "drop it")})
    ben.nc("sync", code=3)
    assert ben.texts(session) == ["we keep it"] or ben.texts(session) == []
    ada.nc("sync", code=3)
    ben.nc("sync")
    assert ben.texts(session) == ["we keep it"]


def test_a_maintainer_adopts_and_a_person_drops(ada: Clone, ben: Clone, eve: Clone) -> None:
    session = ada.start()
    found(ada)
    add(ada, ben)
    ada.nc("sync")
    ben.nc("sync")
    eve.nc("sync")
    insist(eve, session, "a good idea")
    insist(eve, session, "a bad one")
    eve.nc("sync", code=3)
    ada.nc("sync", code=3)
    items = ada.nc("quarantine", "list", "--json").json["items"]
    good, bad = sorted((one["id"] for one in items), key=lambda name: name)
    assert "a good idea" in ada.nc("quarantine", "show", good).out
    ada.nc("quarantine", "drop", bad)
    ada.nc("quarantine", "adopt", good, "--reason", "asked her")
    ada.nc("sync")
    ben.nc("sync", code=3)
    assert ada.texts(session) == ben.texts(session) == ["a good idea"]
    assert ada.nc("quarantine", "list", "--json").json["items"] == []
    refused = ben.nc("quarantine", "adopt", bad, code=5)
    assert "maintainer" in refused.err


def test_the_same_in_mode_open_is_only_told(ada: Clone, ben: Clone, eve: Clone) -> None:
    session = ada.start()
    found(ada, mode="open")
    add(ada, ben)
    ada.nc("sync")
    eve.nc("sync")
    insist(eve, session, "anybody")
    eve.nc("sync")
    ada.nc("sync")
    (message,) = ada.nc("session", "show", session, "--json").json["messages"]
    assert message["standing"]["state"] == "unverified"
    assert "unverified" in ada.nc("session", "show", session).out
    assert standing(ada).mode == "open"


def test_what_a_maintainer_drops_for_everybody_stops_no_clone_and_no_ci(
    box: Box, hub: Path, ada: Clone, ben: Clone, eve: Clone
) -> None:
    session = ada.start()
    found(ada)
    add(ada, ben)
    ada.nc("sync")
    ben.nc("sync")
    eve.nc("sync")
    insist(eve, session, "for ever red")
    eve.nc("sync", code=3)
    ada.nc("sync", code=3)
    ben.nc("sync", code=3)
    held = _held(ben)
    assert "maintainer" in ben.nc("quarantine", "drop", held, "--for-everybody", code=5).err
    assert "--for-everybody" in ben.nc("quarantine", "drop", held, "--reason", "x", code=2).err
    assert person(box, hub, "runner").nc("verify", code=3).err.startswith("error: 1 entry is")

    ada.nc("quarantine", "drop", held, "--for-everybody", "--reason", "spam")
    assert ada.nc("quarantine", "list", "--json").json["items"] == []
    ada.nc("sync")
    ben.nc("sync")
    runner = person(box, hub, "fresh")
    for one in (ada, ben, runner):
        assert one.nc("verify").code == 0
        assert one.nc("quarantine", "list", "--json").json["items"] == []
        assert one.nc("status", "--json").json["team"]["quarantined"] == 0
        (item,) = one.nc("quarantine", "list", "--all", "--json").json["items"]
        assert (item["id"], item["dropped"]) == (held, True)
        assert one.texts(session) == []
    assert "1 entry: spam" in ben.nc("trust", "show", "--log").out

    ada.nc("quarantine", "adopt", held)
    ada.nc("sync")
    ben.nc("sync")
    assert ben.texts(session) == ["for ever red"]


def test_the_word_of_who_may_not_drops_nothing(ada: Clone, ben: Clone, eve: Clone) -> None:
    session = ada.start()
    found(ada)
    add(ada, ben)
    ada.nc("sync")
    ben.nc("sync")
    eve.nc("sync")
    insist(eve, session, "spam")
    eve.nc("sync", code=3)
    ben.nc("sync", code=3)
    (item,) = ben.nc("quarantine", "list", "--json").json["items"]
    said = ops.drop(item["entity"], [(item["id"], item["hash"])], "")
    for one in (ben, eve):
        say(one, said)
        one.nc("sync")
    ada.nc("sync", code=3)
    assert _held(ada) == item["id"]
    assert ada.nc("verify", code=3).code == 3
