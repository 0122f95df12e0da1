"""Commenting, editing, redacting, closing, deleting."""

from pathlib import Path

import pytest

from box import Box, Clone


@pytest.fixture
def session(clone: Clone) -> str:
    made = clone.start("Retry jitter")
    for text in ("Full or equal?", "Full, says the paper."):
        clone.nc("session", "say", made, text)
    return made


def shown(clone: Clone, session: str) -> str:
    return clone.nc("session", "show", session).out


def test_a_comment_stands_below_its_message(clone: Clone, session: str) -> None:
    clone.nc("session", "comment", f"shared-{session}", "Great solution!")
    clone.nc("session", "comment", session, "Which paper?", "--on", "2")
    clone.nc("session", "comment", session, "The one of 2015.", "--on", "c2")
    text = shown(clone, session)
    order = ["says the paper", "Which paper?", "The one of 2015.", "comments on the", "Great"]
    assert sorted(order, key=text.index) == order
    told = clone.nc("session", "show", session, "--json").json
    assert told["comments"][0]["content"] == "Great solution!"
    assert told["comments"][1]["messageId"] == told["messages"][1]["messageId"]
    hits = clone.nc("session", "search", "2015", "--json").json["items"]
    assert hits[0]["messageId"] == told["comments"][2]["id"]


def test_editing_a_message_by_number_id_and_editor(
    clone: Clone, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone.nc("session", "edit", session, "2", "Full, say both papers.")
    assert "(edited)\nFull, say both papers." in shown(clone, session)
    message = clone.nc("session", "show", session, "--json").json["messages"][1]
    assert message["edited"]["userId"] == "ada@example.com"
    clone.nc("session", "edit", session, message["messageId"][:20], "Once more.")
    assert clone.texts(session) == ["Full or equal?", "Once more."]
    said = clone.nc("session", "edit", session, "2", "Once more.", code=1)
    assert "as it was" in said.err
    clone.nc("session", "edit", session, "2", "", code=2)
    assert clone.nc("session", "edit", session, "2", code=2).err.startswith("error: there is no t")
    assert clone.nc("session", "search", "papers", code=1)
    clone.nc("session", "comment", session, "remark")
    clone.nc("session", "edit", session, "c1", "a better remark")
    assert "a better remark" in shown(clone, session)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    clone.env["GIT_EDITOR"] = "sed -i 's/Once/# Twice/'"
    clone.nc("session", "edit", session, "2")
    assert clone.texts(session)[1] == "# Twice more."


def test_editing_the_session(clone: Clone, session: str) -> None:
    clone.nc("session", "edit", session, "--name", "Jitter", "--tag", "net", "--tag", "api")
    clone.nc("session", "edit", session, "--untag", "net", "--summary", "We took full jitter.")
    told = clone.nc("session", "show", session, "--json").json
    assert (told["name"], told["tags"]) == ("Jitter", ["api"])
    assert (told["summary"], told["summaryDerived"]) == ("We took full jitter.", False)
    clone.nc("session", "edit", session, "--tag", "net")
    assert clone.nc("session", "list", "--tag", "net", "--json").json["total"] == 1
    assert clone.nc("session", "search", "took", "--tag", "net").out.startswith(session)
    clone.nc("session", "search", "took", "--tag", "none", code=1)
    said = clone.nc("session", "edit", session, "--untag", "nothing", code=1)
    assert said.err == "error: it has no tag 'nothing'\nhint: it has api, net\n"
    clone.nc("session", "edit", session, code=2)
    clone.nc("session", "edit", session, "1", "x", "--name", "y", code=2)
    clone.nc("session", "edit", session, "--name", " ", code=2)


def test_a_redacted_text_is_nowhere_to_be_seen(clone: Clone, session: str) -> None:
    clone.nc("session", "say", session, "Acme pays for it.")
    clone.nc("session", "comment", session, "Acme again", "--on", "3")
    clone.nc("session", "list")  # so that the index knows it
    clone.nc("session", "edit", session, "3", "Acme Inc. pays for it.")
    said = clone.nc("session", "redact", session, "#3", "--reason", "a customer")
    assert f"git naturecode redact {session[17:]} " in said.err
    clone.nc("session", "redact", session, "c1")
    text = shown(clone, session)
    assert "[redacted by Ada on " in text
    assert ": a customer]" in text
    for args in (["show", session], ["show", session, "--json"], ["list", "--json"]):
        assert "Acme" not in clone.nc("session", *args).out
    clone.nc("session", "search", "Acme", code=1)
    clone.nc("session", "edit", session, "3", "x", code=1)
    clone.nc("session", "redact", session, "3", code=1)
    told = clone.nc("session", "show", session, "--json").json["messages"][2]
    assert (told["content"], told["redaction"]["reason"]) == ("", "a customer")


def test_handles_that_mean_nothing(clone: Clone, session: str) -> None:
    for wanted in ("9", "#0", "c1", "zzz", ""):
        said = clone.nc("session", "redact", session, wanted, code=1)
        assert "`git naturecode session show" in said.err
    said = clone.nc("session", "redact", session, "0", code=1)
    assert "fits 2 messages" in said.err
    clone.nc("session", "comment", session, "x", "--on", "7", code=1)


def test_close_reopen_delete(clone: Clone, session: str) -> None:
    clone.nc("session", "close", session)
    assert clone.nc("session", "list", "--status", "closed", "--json").json["total"] == 1
    assert "closed" in clone.nc("session", "list").out
    assert clone.nc("session", "shared", "list", "--json").json["items"] == []
    assert clone.nc("session", "use", code=1).err.startswith("error: no session is active")
    assert "already" in clone.nc("session", "close", session).err
    clone.nc("session", "reopen", session)
    assert clone.nc("session", "shared", "list", "--json").json["total"] == 1
    said = clone.nc("session", "delete", session, code=3)
    assert said.err.endswith("hint: add --yes if it shall be done\n")
    clone.nc("session", "delete", session, "--yes", "--reason", "a test")
    assert clone.ids() == set()
    assert clone.nc("session", "list", "--deleted", "--json").json["items"][0]["id"] == session
    assert "deleted by Ada" in shown(clone, session)
    assert "paper" not in clone.nc("session", "show", session, "--json").out
    clone.nc("session", "search", "paper", code=1)
    for args in (
        ["say", session, "x"],
        ["comment", session, "x"],
        ["fork", session, "--name", "x"],
    ):
        assert "was deleted" in clone.nc("session", *args, code=1).err
    clone.nc("session", "list", "--deleted", "--status", "active", code=2)
    clone.nc("session", "list", "--status", "open", code=2)


def test_json_of_every_change(clone: Clone, session: str) -> None:
    for args, keys in (
        (["comment", session, "c"], {"id", "commentId", "messageId"}),
        (["edit", session, "1", "new"], {"id", "entries"}),
        (["redact", session, "1"], {"id", "redacted", "forks"}),
        (["fork", session, "--name", "f"], {"id", "name", "visibility", "entries", "forkedFrom"}),
        (["use", session], {"active", "why", "agents"}),
        (["close", session], {"id", "status", "changed"}),
        (["delete", session, "--yes"], {"id", "status"}),
    ):
        said = clone.nc("session", *args, "--json", "-q")
        assert said.json.keys() == {"schema", *keys}
        assert said.err == ""


def test_what_was_redacted_or_deleted_is_not_shared(clone: Clone) -> None:
    kept, gone = clone.start("Plan", "private"), clone.start("Other plan", "private")
    for session in (kept, gone):
        clone.nc("session", "say", session, "Acme pays for it.")
        clone.nc("session", "edit", session, "1", "Acme Inc. pays for it.")
        clone.nc("session", "say", session, "It costs nothing.")
    clone.nc("session", "redact", kept, "1")
    clone.nc("session", "delete", gone, "--yes")
    assert "was deleted" in clone.nc("session", "share", gone, code=1).err
    shared = clone.nc("session", "share", "--all", "--json").json["items"]
    assert [one["id"] for one in shared] == [kept]
    everything = clone.git("cat-file", "--batch-all-objects", "--batch")
    assert "It costs nothing." in everything
    assert "Acme Inc" not in everything
    assert "Acme pays" not in everything
    assert clone.texts(kept) == ["", "It costs nothing."]
    told = clone.nc("session", "show", kept, "--json").json["messages"][0]
    assert told["redaction"]["userId"] == "ada@example.com"
    clone.nc("session", "share", gone, code=1)


def test_a_text_that_no_clone_would_take_is_refused(clone: Clone, session: str) -> None:
    for args in (["say", session, "-"], ["comment", session, "-"], ["edit", session, "1", "-"]):
        done = clone.process("session", *args, input="x" * (1 << 20) + "x")
        assert done.returncode == 2
        assert "1048577 bytes" in done.stderr
    assert clone.texts(session) == ["Full or equal?", "Full, says the paper."]


def test_two_edits_at_once_are_both_kept(box: Box) -> None:
    hub = box.remote()
    ada, other = box.clone(hub, "ada"), box.clone(hub, "other")
    other.env = dict(ada.env)  # the same person at another machine
    session = ada.start()
    ada.nc("session", "say", session, "first")
    ada.nc("sync")
    other.nc("sync")
    ada.nc("session", "edit", session, "1", "from the desk")
    other.nc("session", "edit", session, "1", "from the train")
    for clone in (ada, other, ada):
        clone.nc("sync")
    for clone in (ada, other):
        message = clone.nc("session", "show", session, "--json").json["messages"][0]
        assert message["content"] == "from the train"
        assert message["rivals"][0]["content"] == "from the desk"
        assert "from the desk" in shown(clone, session)
    told = ada.nc("session", "show", session, "--json").json
    assert told["conflictResolved"] is True
    assert told["mergedAt"]


def test_no_editor_opens_for_a_session_that_there_is_not(
    clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    clone.env["GIT_EDITOR"] = f"touch {tmp_path}/opened; false"
    clone.nc("session", "say", "what I wanted to say", code=1)
    clone.nc("session", "comment", "what I wanted to say", code=1)
    assert not (tmp_path / "opened").exists()
