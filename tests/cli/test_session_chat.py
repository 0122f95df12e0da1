"""session chat: a conversation with a model over a real socket, of which every turn is kept."""

import json
import os

import pytest

from ai.providers import server as acts
from ai.providers.server import ModelServer, texts
from box import Box, Clone
from cli.asking import KEY, ask, said, session, use
from git_naturecode.cli import context as contexts
from git_naturecode.cli.chatting import Chat

TOKEN = "ghp_" + "Zq7LmN2vXc9RtY4wPs8KdF3hJb6GnA1eUi5o"


def test_both_sides_are_kept(chat: Clone, server: ModelServer) -> None:
    server.plays(acts.says("Because ", "of *jitter*."))
    assert ask(chat, "Why?") == "Because of *jitter*.\n"
    assert said(chat) == [("user", "Why?", None), ("assistant", "Because of *jitter*.", None)]
    shown = chat.nc("session", "show", session(chat)).out
    assert f"#2 {acts.NAME}" in shown
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_what_was_said_before_is_told(chat: Clone, server: ModelServer) -> None:
    ask(chat, "One?")
    chat.nc("session", "say", session(chat), "a thought", "--role", "note")
    ask(chat, "Two?")
    system, *turns = server.asked[1].body["messages"]
    assert "Retry jitter" in system["content"]
    assert [one["role"] for one in turns] == ["user", "assistant", "user"]
    assert texts(turns) == ["One?", "Hello.", "a thought\n\nTwo?"]


def test_what_was_redacted_is_not_told(chat: Clone, server: ModelServer) -> None:
    ask(chat, "My canary?")
    chat.nc("session", "redact", session(chat), "#1")
    ask(chat, "Two?")
    assert "canary" not in json.dumps(server.asked[1].body)


def test_a_secret_that_was_not_known_then_is_not_told(
    chat: Clone, server: ModelServer
) -> None:  # fmt: skip
    secret = "quetzal-lands-7f3a-at-four"
    chat.nc("session", "say", session(chat), f"it is {secret}")
    chat.nc("session", "edit", session(chat), "#1", f"it is still {secret}")
    chat.env["LANDING_PASSWORD"] = secret
    ask(chat, f"Is {secret} safe?")
    assert secret not in json.dumps(server.asked[0].body)
    assert "it is still [REDACTED:" in json.dumps(server.asked[0].body)


def test_without_a_model_it_says_how_to_have_one(clone: Clone) -> None:
    clone.start()
    told = clone.nc("session", "chat", session(clone), "hi", code=2).err
    assert "git config --global naturecode.ai.provider deepseek" in told
    assert "DEEPSEEK_API_KEY" in told
    told = clone.nc("session", "chat", session(clone), "hi", "--provider", "deepseek", code=2).err
    assert "no key for deepseek" in told
    told = clone.nc("session", "chat", session(clone), "hi", "--provider", "x", code=2).err
    assert "there are builtin, deepseek" in told
    assert clone.texts(session(clone)) == []


def test_before_anything_leaves_it_is_said_what_is_wrong(chat: Clone, server: ModelServer) -> None:
    chat.nc("session", "chat", "zzzzzzzz", "hi", code=1)
    ask(chat, "  ", code=2)
    ask(chat, code=2)
    ask(chat, "hi", "--file", "nowhere.py", code=1)
    ask(chat, "hi", "--attach", "nothing", code=2)
    assert not server.asked
    assert said(chat) == []


@pytest.mark.parametrize(
    ("act", "kept"),
    [
        (acts.status(401, f"wrong key {KEY}"), []), (acts.raw(b"data: {\n\n"), []),
        (acts.says(" "), []), (acts.raw(b"<p>", "text/html"), []),
        (acts.cut("half ", "of it"), [("assistant", "half of it", "failed")]),
    ],
)  # fmt: skip
def test_a_model_that_fails_is_inconclusive(
    chat: Clone, server: ModelServer, act: acts.Act, kept: list[tuple[str, str, str | None]]
) -> None:
    server.plays(act)
    answer = chat.nc("session", "chat", session(chat), "Why?", code=6)
    assert "error: " in answer.err
    assert KEY not in answer.err
    assert said(chat) == [("user", "Why?", None), *kept]


@pytest.mark.parametrize(
    ("finish", "cut", "told"),
    [("length", "length", "as long as it may be"), ("content_filter", "refused", "(refused)")],
)
def test_an_answer_that_is_not_whole_is_marked(
    chat: Clone, server: ModelServer, finish: str, cut: str, told: str
) -> None:
    server.plays(acts.says("as far as", finish=finish))
    ask(chat, "Why?")
    assert said(chat)[1] == ("assistant", "as far as", cut)
    assert told in chat.nc("session", "show", session(chat)).out


def test_as_json(chat: Clone, server: ModelServer) -> None:
    server.plays(acts.says("So \x1b[2J."))
    told = chat.nc("session", "chat", session(chat), "Why?", "--json")
    found = told.json
    assert found["answer"]["content"] == "So \x1b[2J."
    assert "\x1b" not in told.out
    assert found["answer"]["tokensIn"] == acts.USAGE[0]
    assert found["spent"] == {"tokensIn": 11, "tokensOut": 7, "cost": None}
    ids = [
        m["messageId"] for m in chat.nc("session", "show", session(chat), "--json").json["messages"]
    ]
    assert ids == [found["messageId"], found["answer"]["messageId"]]


def test_an_answer_does_not_command_the_terminal(chat: Clone, server: ModelServer) -> None:
    server.plays(acts.says("a\r", "\nb\r", "c\x1b", "]52;c;x\x07\u202e", "d"))
    assert ask(chat, "Why?") == "a\nb\\x0dc\\x1b]52;c;x\\x07\\u{202e}d\n"


def test_files_are_shown_without_secrets(chat: Clone, server: ModelServer) -> None:
    (chat.path / "src").mkdir()
    (chat.path / "src/a.py").write_text(f"def retry(): ...\ntoken = '{TOKEN}'\n")
    (chat.path / "new.txt").write_text("fresh\n")
    chat.git("add", "src")
    told = chat.nc(
        "session", "chat", session(chat), "Why?", "--file", "src/a.py", "--file", "new.txt"
    ).err
    asked = texts(server.asked[0].body["messages"])[-1]
    assert "def retry(): ..." in asked
    assert "fresh\n" in asked
    assert "[REDACTED:" in asked
    assert TOKEN not in json.dumps(server.asked[0].body)
    assert "of src/a.py is not shown" in told
    shared = chat.nc("session", "show", session(chat), "--json").json["fileAccess"]
    assert [(one["path"], bool(one["blob"])) for one in shared] == [
        ("src/a.py", True),
        ("new.txt", False),
    ]
    assert said(chat)[0] == ("user", "Why?", None)


def test_a_file_that_was_shown_is_shown_on(chat: Clone, server: ModelServer) -> None:
    (chat.path / "a.py").write_text("the first form\n")
    chat.git("add", "a.py")
    ask(chat, "Why?", "--file", "a.py")
    (chat.path / "a.py").write_text("the second form\n")
    ask(chat, "And?")
    assert "the first form" in texts(server.asked[1].body["messages"])[-1]
    ask(chat, "Now?", "--file", "a.py")
    asked = texts(server.asked[2].body["messages"])[-1]
    assert "the second form" in asked
    assert "the first form" not in asked


def test_files_of_others_do_not_crowd_a_question_out(chat: Clone, server: ModelServer) -> None:
    for name in ("old", "new"):
        (chat.path / name).write_text(f"{name} " + "words " * 4000)
        chat.git("add", name)
        chat.nc("session", "file", session(chat), name)
    told = chat.nc("session", "chat", session(chat), "Why?").err
    assert "old has no room" in told
    asked = texts(server.asked[0].body["messages"])[-1]
    assert "new words" in asked
    assert "old words" not in asked


def test_what_is_no_file_to_show(chat: Clone, server: ModelServer, box: Box) -> None:
    (box.path / "outside").write_text("secret")
    (chat.path / "link").symlink_to(box.path / "outside")
    (chat.path / "bin").write_bytes(b"\x7fELF\0\0")
    (chat.path / "big").write_text("x" * (1 << 19))
    (chat.path / "folder").mkdir()
    os.mkfifo(chat.path / "pipe")
    for path, code in {
        "link": 5, "../outside": 5, ".git/config": 5, ".GIT/config": 5, "bin": 1, "big": 1,
        "folder": 1, "pipe": 1, "nothing": 1, "": 1, "/etc/passwd": 5,
    }.items():  # fmt: skip
        ask(chat, "Why?", "--file", path, code=code)
    assert not server.asked
    assert said(chat) == []


def test_commits_are_attached(chat: Clone, server: ModelServer) -> None:
    said = chat.nc("session", "chat", session(chat), "Why?", "--attach", "HEAD", "--json")
    assert said.json["answer"]["content"] == "Hello."
    assert "linked: " in said.err
    shown = chat.nc("session", "show", session(chat), "--json").json
    assert [one["id"] for one in shown["commits"]] == [chat.git("rev-parse", "HEAD").strip()]


def test_the_newest_has_room_and_the_oldest_has_not(chat: Clone, server: ModelServer) -> None:
    use(server, contextTokens="700")
    for number in range(4):
        chat.nc("session", "say", session(chat), f"{number} " + "words " * 80)
    told = chat.nc("session", "chat", session(chat), "Why?").err
    assert "the first 2 messages have no room" in told
    sent = json.dumps(server.asked[0].body)
    assert "2 words" in sent
    assert "1 words" not in sent
    ask(chat, "why " * 900, code=2)
    assert len(server.asked) == 1


def test_a_budget_ends_before_the_question_is_put(chat: Clone, server: ModelServer) -> None:
    use(server, maxTokens="2600", answerTokens="1000")
    server.plays(acts.says("x" * 30))
    ask(chat, "One?")
    use(server, maxTokens="1000")
    told = chat.nc("session", "chat", session(chat), "Two?", code=6).err
    assert "naturecode.ai.maxTokens" in told
    assert len(server.asked) == 1
    assert len(said(chat)) == 2


def test_a_prize_makes_it_known_what_it_cost(chat: Clone, server: ModelServer) -> None:
    chat.git("config", "naturecode.ai.price.m-1.in", "1000")
    chat.git("config", "naturecode.ai.price.m-1.out", "2000")
    told = chat.nc("session", "chat", session(chat), "Why?", "--json").json
    assert told["spent"]["cost"] == "0.025"


def test_settings_from_a_file_of_the_work_tree_are_refused(
    chat: Clone, server: ModelServer
) -> None:
    (chat.path / "team.gitconfig").write_text(f'[naturecode "ai"]\n\tendpoint = {server.url}/x\n')
    chat.git("config", "include.path", "../team.gitconfig")
    told = chat.nc("session", "chat", session(chat), "Why?", code=2).err
    assert "team.gitconfig" in told
    assert not server.asked
    chat.git("config", "--unset", "include.path")
    chat.git("config", "naturecode.ai.model", "m-2")
    ask(chat, "Why?")
    assert server.asked[0].body["model"] == "m-2"


def test_a_program_of_ones_own_is_asked(clone: Clone) -> None:
    made = clone.start()
    clone.git("config", "naturecode.ai.provider", "command")
    clone.nc("session", "chat", made, "Why?", code=2)
    clone.git("config", "naturecode.ai.command", "tr a-z A-Z")
    assert "WHY?" in clone.nc("session", "chat", made, "Why?").out
    assert said(clone)[1][0] == "assistant"


def test_a_recorded_conversation_is_played_again(chat: Clone, server: ModelServer) -> None:
    kept = chat.path.parent / "kept.jsonl"
    chat.git("config", "naturecode.ai.record", str(kept))
    ask(chat, "Why?")
    assert json.loads(kept.read_text())["answer"] == "Hello."
    kept.write_text('{"contains": "Why", "answer": "Again."}\n')
    chat.git("config", "--unset", "naturecode.ai.record")
    chat.git("config", "naturecode.ai.replay", str(kept))
    assert ask(chat, "Why?", "--provider", "replay") == "Again.\n"
    ask(chat, "What?", "--provider", "replay", code=6)
    assert len(server.asked) == 1


def test_a_program_is_called_by_the_setting_that_names_it(clone: Clone) -> None:
    clone.git("config", "naturecode.ai.provider", "command")
    clone.git("config", "naturecode.ai.command", "cat")
    session_id = clone.start("Retry jitter")
    with clone.entered():
        made = Chat(contexts.current(quiet=True), session_id, None, None)
    assert made.about == "talking with what naturecode.ai.command names"
