"""The session commands, as a person or a program uses them."""

import tempfile
from typing import Any

import pytest

from box import Box, Clone
from transcripts import line, write


def test_begin_say_show(clone: Clone) -> None:
    session = clone.start("Retry jitter")
    clone.nc("session", "say", session, "Full or equal?")
    clone.nc("session", "say", session[17:21], "Full.", "--role", "assistant")
    shown = clone.nc("session", "show", session)
    assert "Retry jitter" in shown.out
    assert shown.out.index("Full or equal?") < shown.out.index("Full.")
    assert clone.texts(session) == ["Full or equal?", "Full."]
    assert clone.git("status", "--porcelain") == ""


def test_json_has_the_keys_of_the_specification(clone: Clone) -> None:
    session = clone.start("Retry jitter")
    clone.nc("session", "say", session, "Hello")
    shown = clone.nc("session", "show", session, "--json").json
    assert shown["schema"] == 1
    assert shown["id"] == session
    assert (shown["name"], shown["visibility"], shown["status"]) == (
        "Retry jitter",
        "team",
        "active",
    )
    assert shown["participants"][0]["userId"] == "ada@example.com"
    message = shown["messages"][0]
    assert message["senderId"] == "ada@example.com"
    assert message["content"] == "Hello"
    assert message["messageId"]
    assert message["timestamp"].endswith("Z")


def test_what_is_piped_in_is_kept_byte_for_byte(clone: Clone) -> None:
    session = clone.start()
    said = b"a\r\nb\rc\n\xff not UTF-8"
    with tempfile.TemporaryFile() as piped:
        piped.write(said)
        piped.seek(0)
        done = clone.process("session", "say", session, "-", stdin=piped)
    assert (done.returncode, done.stderr) == (0, f"said in {session}\n")
    (text,) = clone.texts(session)
    assert text == "a\r\nb\rc\n? not UTF-8"
    with clone.store() as store:
        bodies = [one.entry.body for one in store.read(session[-8:], "session")]
    assert said.decode("utf-8", "surrogateescape") in bodies


def test_text_comes_from_stdin_or_the_editor(clone: Clone) -> None:
    session = clone.start()
    said = clone.process("session", "say", session, "-", input="from a pipe\nline two\n")
    assert said.returncode == 0
    assert clone.texts(session) == ["from a pipe\nline two\n"]
    said = clone.process("session", "say", session, input="")
    assert said.returncode == 2
    assert "there is no text" in said.stderr


def test_every_byte_of_a_message_survives(clone: Clone) -> None:
    session = clone.start()
    odd = "a\r\nb\rc\u2028d <!-- nc:end x -->\n<!-- nc:entry {} -->\n```\n\x00\t é 🙂 <details>"
    clone.nc("session", "say", session, odd)
    assert clone.texts(session) == [odd]


@pytest.mark.parametrize(
    "wanted", ["zzzz", "session-20260101-zzzzzzzz", "../x", "", "--", "%", "_"]
)
def test_an_unknown_session_is_answered_with_near_ones(clone: Clone, wanted: str) -> None:
    session = clone.start()
    said = clone.nc("session", "show", "--", wanted, code=1)
    assert said.err.startswith("error: there is no session")
    assert "git naturecode session list" in said.err
    slip = f"{session[:-1]}{'0' if session[-1] != '0' else '1'}"
    assert f"did you mean {session}?" in clone.nc("session", "show", slip, code=1).err


def test_nothing_is_said_in_a_session_that_was_set_back_by_hand(clone: Clone) -> None:
    session = clone.start()
    clone.git("update-ref", "refs/heads/naturecode", "naturecode~1")
    said = clone.nc("session", "say", session, "is anybody there?", code=1)
    assert said.err.startswith("error: there is no session")
    assert not (clone.path / ".git/naturecode/private.git").exists()


def test_an_id_that_fits_two_sessions_is_not_guessed(clone: Clone) -> None:
    tails: dict[str, str] = {}
    while True:
        session = clone.start("one of many")
        first = session[17]
        if first in tails:
            break
        tails[first] = session
    said = clone.nc("session", "show", first, code=1)
    assert "fits 2 sessions" in said.err
    assert session in said.err
    assert tails[first] in said.err


def test_foreign_ids_and_shared_prefix_resolve(
    clone: Clone, tmp_path_factory: pytest.TempPathFactory
) -> None:
    session = clone.start()
    assert clone.nc("session", "show", f"shared-{session}", "--json").json["id"] == session
    source = tmp_path_factory.mktemp("t") / "s.jsonl"
    write(source, [line("user", "u1", "Hi", sessionId="0a1b-foreign")])
    clone.nc("session", "import", str(source))
    assert clone.nc("session", "show", "0a1b-foreign", "--json").json["origin"]["session"]


def test_list_filters(clone: Clone) -> None:
    clone.nc("session", "start", "Tagged", "--tag", "net", "--tag", "api")
    clone.nc("session", "start", "Other", "--tag", "ui")
    clone.start("Mine alone", "private")

    def names(*args: str) -> list[str]:
        return [i["name"] for i in clone.nc("session", "list", "--json", *args).json["items"]]

    assert names() == ["Mine alone", "Other", "Tagged"]
    assert names("--tag", "net", "--tag", "ui") == ["Other", "Tagged"]
    assert names("--status", "closed") == []
    assert names("--since", "1h", "--limit", "1") == ["Mine alone"]
    assert names("--since", "2099-01-01") == []
    assert len(names("--mine")) == 3
    clone.env["GIT_AUTHOR_EMAIL"] = "other@example.com"
    assert names("--mine") == []
    said = clone.nc("session", "list", "--since", "soon", code=2)
    assert "is not a time" in said.err
    assert clone.nc("session", "list", "--limit", "1").err.startswith("hint: 2 more")


def test_search_finds_words_in_messages_and_titles(clone: Clone) -> None:
    session = clone.start("Jitter for retries")
    clone.nc("session", "say", session, "Exponential back-off caps at 30 seconds")
    hits = clone.nc("session", "search", "back-off", "caps", "--json").json["items"]
    assert hits[0]["id"] == session
    assert "back-off" in hits[0]["snippet"]
    assert clone.nc("session", "search", "jitter").out.startswith(session)
    assert clone.nc("session", "search", "caps", "zebra", "--json").json["items"]
    said = clone.nc("session", "search", "zebra", code=1)
    assert said.err.startswith("error: nothing was said about 'zebra'\nhint: ")
    assert "try others" in said.err
    said = clone.nc("session", "search", "jitter", "--tag", "none", code=1)
    assert "hint: search without --tag" in said.err
    for odd in ('"', "AND", "zq* OR", "(", "NEAR("):
        clone.nc("session", "search", "--", odd, code=1)


def test_join_and_leave(box: Box) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    session = ada.start()
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("session", "join", session)
    ben.nc("sync")
    ada.nc("sync")

    def people() -> list[str]:
        shown = ada.nc("session", "show", session, "--json").json
        return [person["userId"] for person in shown["participants"]]

    assert people() == ["ada@example.com", "ben@example.com"]
    assert ben.nc("session", "leave", session).err == f"you have left {session}\n"
    ben.nc("sync")
    ada.nc("sync")
    assert people() == ["ada@example.com"]
    before = ben.git("rev-parse", "naturecode")
    assert ben.nc("session", "leave", session).err == f"you do not take part in {session}\n"
    assert ben.git("rev-parse", "naturecode") == before


def test_private_sessions_stay_until_they_are_shared(box: Box) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    session = ada.start("Secret plan", "private")
    ada.nc("session", "say", session, "not yet")
    ada.nc("sync")
    ben.nc("sync")
    assert ben.ids() == set()
    ada.git("push", "-q", "--mirror", f"file://{box.path / 'hub.git'}", check=False)
    assert "not yet" not in ben.git("ls-remote", "origin")
    said = ada.nc("session", "share", "--dry-run", session)
    assert "1 message" in said.out
    assert ada.nc("session", "list", "--json").json["items"][0]["shared"] is False
    ada.nc("session", "share", session[17:])
    ada.nc("session", "say", session, "now")
    ada.nc("sync")
    ben.nc("sync")
    assert ben.texts(session) == ["not yet", "now"]
    assert ada.texts(session) == ["not yet", "now"]
    again = ada.nc("session", "share", session)
    assert "0 messages" in again.out


def test_a_text_that_no_clone_would_take_in_stays_private(box: Box) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    session = ada.start("Log", "private")
    with ada.store() as store:
        from git_naturecode.domain import drafts

        store.write("private", session, [drafts.message("word " * 900_000, "user")])
        store.settle()
    ada.nc("session", "say", session, "what of it")
    said = ada.nc("session", "share", session)
    assert "warning: 1 text of" in said.err
    ada.nc("sync")
    assert "warning" not in ben.nc("sync").err
    assert ben.texts(session) == ["what of it"]
    assert len(ada.texts(session)) == 2


def test_nothing_of_a_private_session_is_in_the_repository_itself(clone: Clone) -> None:
    session = clone.start("Secret plan", "private")
    clone.nc("session", "say", session, "under the hood")
    assert session not in clone.git("ls-tree", "-r", "--name-only", "naturecode")
    everything = clone.git("cat-file", "--batch-all-objects", "--batch")
    assert "under the hood" not in everything
    mode = (clone.path / ".git/naturecode/private.git").stat().st_mode & 0o777
    assert mode == 0o700


def test_share_by_name_and_its_usage_errors(clone: Clone) -> None:
    said = clone.nc("session", "share", "--name", "Team Design", "--visibility", "team")
    session = said.out.strip()
    assert f"git naturecode session join {session}" in said.err
    assert clone.nc("session", "share", "--json").json["items"][0]["id"] == session
    assert clone.nc("session", "share", session, "--name", "x", code=2).err.startswith(
        "error: an id"
    )
    assert "no session is private" in clone.nc("session", "share", "--all", code=1).err
    clone.nc("session", "share", session, "--visibility", "private", code=2)
    clone.nc("session", "share", session, "--visibility", "secret", code=2)


def test_what_does_not_go_together_says_so(clone: Clone) -> None:
    session = clone.start("Secret plan", "private")
    said = clone.nc("session", "share", session, "--team", "backend-team", code=1)
    assert said.err.startswith("error: there is no team 'backend-team': this repository has no te")
    for args in (
        ["--public", "--expires", "soon"], ["--expires", "7d"], ["--team", "t", "--public"],
        ["--name", "x", "--public"],
    ):  # fmt: skip
        clone.nc("session", "share", session, *args, code=2)
    assert clone.nc("session", "show", session, "--json").json["shared"] is False


@pytest.mark.parametrize(
    "args",
    [
        ["session", "start"], ["session", "start", ""],
        ["session", "start", "x", "--visibility", "all"],
        ["session", "say", "abc", "x", "--role", "king"], ["session", "nonsense"], ["nonsense"],
        ["session", "list", "--limit", "0"], ["session", "show"],
    ],
)  # fmt: skip
def test_a_wrong_command_line_is_one_sentence_and_a_hint(clone: Clone, args: list[str]) -> None:
    said = clone.nc(*args, code=2)
    assert said.out == ""
    lines = said.err.strip().split("\n")
    assert lines[0].startswith("error: ")
    assert len(lines) <= 2


def test_before_init_and_outside_of_a_repository(box: Box) -> None:
    clone = box.repo()
    for args in (["session", "list"], ["status"], ["sync"], ["session", "start", "x"]):
        said = clone.nc(*args, code=1)
        assert said.err == (
            "error: this clone is not set up yet\nhint: run `git naturecode init`\n"
        )
    outside = Clone(box.path)
    assert "not a git repository" in outside.nc("session", "list", code=1).err


def test_hostile_text_is_made_visible_on_the_terminal(clone: Clone) -> None:
    session = clone.start("Title\x1b]0;owned\x07\x9b2J\u202e")
    clone.nc("session", "say", session, "\x1b[2J gone \x1b]52;c;eA==\x07 \u202eevil\U000e0041")
    for args in (["list"], ["show", session], ["search", "gone"]):
        out = clone.nc("session", *args).out
        assert not set(out) & set("\x1b\x07\x9b\u202e\U000e0041")
    assert "\\x1b" in clone.nc("session", "show", session).out
    raw = clone.nc("session", "show", session, "--json").out
    assert "\x1b" not in raw


def test_a_secret_said_is_replaced_and_told(clone: Clone) -> None:
    session = clone.start()
    secret = "ghp_" + "x8Kd0PqLw2Zr" * 3
    said = clone.nc("session", "say", session, f"use {secret}")
    assert "warning: replaced what looked secret" in said.err
    assert secret not in "".join(clone.texts(session))


def test_every_session_command_has_json_and_quiet() -> None:
    import typer

    from git_naturecode.cli.app import build

    def commands(group: Any) -> list[Any]:
        found: list[Any] = []
        for one in group.commands.values():
            found += commands(one) if hasattr(one, "commands") else [one]
        return found

    every = commands(typer.main.get_command(build(["session"])))
    assert len(every) >= 22
    for one in every:
        names = {name for param in one.params for name in param.opts}
        assert {"--json", "-q", "--quiet"} <= names, one.name
