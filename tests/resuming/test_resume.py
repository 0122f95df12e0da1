"""session resume as a user types it, what goes wrong, and what comes back from the agent."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import transcripts
from box import Box, Clone

from . import judge

TOOLS = ("claude-code", "codex", "gemini")
JUDGES: dict[str, Callable[[Path], list[str]]] = {
    "claude-code": judge.claude, "codex": judge.codex, "gemini": judge.gemini,
}  # fmt: skip


def talk(clone: Clone) -> str:
    """A session of a person and an assistant; its id."""
    session = clone.start("Retry jitter", "private")
    clone.nc("session", "say", session, "Make the jitter configurable.")
    clone.nc("session", "say", session, "It is now.", "--role", "assistant")
    return session


def resumed(clone: Clone, session: str, *args: str) -> tuple[Path, dict[str, Any]]:
    """The file that a resume wrote, and what the command said."""
    said = clone.nc("session", "resume", session, *args, "--json").json
    return Path(said["file"]), said


def goes_on(path: Path, tool: str, *texts: str, first: int = 0) -> None:
    """Write into the transcript what the tool would: what the user asks next, and an answer."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    with path.open("a") as file:
        for number, text in enumerate(texts, first):
            time = f"2099-01-01T10:00:{number:02d}.000Z"
            role = "assistant" if number % 2 else "user"
            for line in _added(tool, lines, role, text, time, number):
                file.write(json.dumps(line, separators=(",", ":")) + "\n")


def _added(
    tool: str, lines: list[Any], role: str, text: str, time: str, number: int
) -> list[dict[str, Any]]:
    name = f"aaaaaaaa-0000-4000-8000-{number:012d}"
    if tool == "codex":
        kind = "output_text" if role == "assistant" else "input_text"
        content = [{"type": kind, "text": text}]
        payload = {"type": "message", "role": role, "content": content}
        return [{"timestamp": time, "type": "response_item", "payload": payload}]
    if tool == "gemini":
        kind = "gemini" if role == "assistant" else "user"
        added = {"id": name, "timestamp": time, "type": kind, "content": text}
        # Gemini CLI writes all messages again, some without what it does not know.
        again = [{k: v for k, v in one.items() if k != "naturecode"} for one in lines[1:]]
        return [added, {"$set": {"messages": [*again, added], "lastUpdated": time}}]
    said: Any = [{"type": "text", "text": text}] if role == "assistant" else text
    keys = ("userType", "cwd", "sessionId", "version", "gitBranch", "isSidechain")
    return [
        {
            "parentUuid": lines[-1]["uuid"], **{key: lines[0][key] for key in keys}, "type": role,
            "message": {"role": role, "content": said}, "uuid": name, "timestamp": time,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("tool", TOOLS)
def test_a_session_is_given_back_once_and_the_command_is_printed(clone: Clone, tool: str) -> None:
    session = talk(clone)
    first = clone.nc("session", "resume", session, "--tool", tool)
    (command,) = first.out.splitlines()
    words = {"claude-code": "claude --resume", "codex": "codex resume", "gemini": "gemini --resume"}
    assert command.startswith(words[tool] + " ")
    again = clone.nc("session", "resume", session, "--tool", tool)
    assert again.out == first.out
    assert "there already" in again.err
    assert "written" not in again.err
    path, said = resumed(clone, session, "--tool", tool)
    assert JUDGES[tool](path) == ["user", "assistant"]
    assert (said["messages"], said["toolCalls"], said["written"]) == (2, 0, False)
    assert said["command"] == command
    assert said["conversationId"] in command
    assert len(list(Path(os.environ["HOME"]).rglob("*.jsonl"))) == 1


@pytest.mark.parametrize("tool", TOOLS)
def test_what_the_agent_adds_becomes_a_session_forked_from_it(clone: Clone, tool: str) -> None:
    session = talk(clone)
    last = clone.nc("session", "show", session, "--json").json["messages"][-1]["messageId"]
    path, _ = resumed(clone, session, "--tool", tool)
    quiet = clone.nc("session", "import", str(path), "--json").json
    assert (quiet["entries"], quiet["newSessions"]) == (0, 0)
    goes_on(path, tool, "And a test, please.", "Here it is.")
    done = clone.nc("session", "import", "--auto", "--json").json
    assert done["newSessions"] == 1
    (new,) = done["sessions"]
    assert new != session
    assert clone.texts(new) == ["And a test, please.", "Here it is."]
    shown = clone.nc("session", "show", new, "--json").json
    assert shown["forked"] == {"session": session, "messageId": last}
    assert shown["name"] == "And a test, please."
    assert f"forked from {session}" in clone.nc("session", "show", new).out
    goes_on(path, tool, "Thanks.", first=2)
    more = clone.nc("session", "import", str(path), "--json").json
    assert (more["newSessions"], more["entries"]) == (0, 1)
    assert clone.texts(new)[-1] == "Thanks."
    assert clone.texts(session) == ["Make the jitter configurable.", "It is now."]
    assert "it is there already, and the agent has gone on" in (
        clone.nc("session", "resume", session, "--tool", tool).err
    )


@pytest.mark.parametrize("tool", TOOLS)
def test_where_the_session_is_unknown_all_of_it_comes_in(clone: Clone, box: Box, tool: str) -> None:
    path, _ = resumed(clone, talk(clone), "--tool", tool)
    goes_on(path, tool, "And a test, please.")
    other = box.ready("other")
    done = other.nc("session", "import", str(path), "--json").json
    (new,) = done["sessions"]
    assert other.texts(new) == [
        "Make the jitter configurable.",
        "It is now.",
        "And a test, please.",
    ]
    assert "forked" not in other.nc("session", "show", new, "--json").json


def test_on_another_machine_from_git(box: Box, tmp_path: Path) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    source = transcripts.write(tmp_path / "x.jsonl", transcripts.CONVERSATION)
    (session,) = ada.nc("session", "import", source, "--json").json["sessions"]
    ada.nc("session", "share", session)
    ada.nc("sync")
    ben.nc("sync")
    ben.env["CLAUDE_CONFIG_DIR"] = str(tmp_path / "claude")
    said = ben.nc("session", "resume", session)
    assert "written by ada@example.com" in said.err
    (path,) = (tmp_path / "claude" / "projects").rglob("*.jsonl")
    assert path.parent.name == str(ben.path.resolve()).replace("/", "-").replace(".", "-").replace(
        "_", "-"
    )
    judge.claude(path)
    assert said.out.strip() == f"claude --resume {path.stem}"
    (ben.path / "below").mkdir()
    below = Clone(ben.path / "below", env=ben.env)
    assert below.nc("session", "resume", session).out.startswith(f"cd {ben.path.resolve()} && ")


@pytest.mark.parametrize("tool", TOOLS)
def test_what_is_hidden_is_never_given_back(clone: Clone, tool: str) -> None:
    session = talk(clone)
    clone.nc("session", "say", session, "my password is tomato")
    clone.nc("session", "edit", session, "1", "Make the delay configurable.")
    before, _ = resumed(clone, session, "--tool", tool)
    assert "tomato" in before.read_text()
    clone.nc("session", "redact", session, "3")
    after, said = resumed(clone, session, "--tool", tool)
    text = after.read_text()
    assert said["written"]
    assert after != before
    assert "tomato" not in text
    assert "[redacted]" in text
    assert "jitter configurable" not in text
    assert "delay configurable" in text
    JUDGES[tool](after)


def test_at_and_last_cut(clone: Clone) -> None:
    session = clone.start()
    for number in range(1, 7):
        role = "assistant" if number % 2 == 0 else "user"
        clone.nc("session", "say", session, f"text {number}", "--role", role)
    text = clone.nc(
        "session", "resume", session, "--tool", "codex", "--at", "5", "--last", "2", "--print"
    ).out
    found = [number for number in range(1, 7) if f"text {number}" in text]
    assert found == [4, 5]
    assert "3 earlier messages of this conversation are left out" in text
    assert not (Path(os.environ["HOME"]) / ".codex").exists()
    told = clone.nc("session", "resume", session, "--tool", "codex", "--last", "0", code=2)
    assert "last" in told.err


def test_a_conversation_that_is_too_long_is_said_to_be(clone: Clone) -> None:
    session = talk(clone)
    clone.nc("session", "say", session, "x" * 300_000)
    clone.nc("session", "say", session, "y" * 200_000)
    said = clone.nc("session", "resume", session, "--tool", "codex")
    assert "500039 characters" in said.err
    assert "--last 1 would fit" in said.err
    fits = clone.nc("session", "resume", session, "--tool", "codex", "--last", "1")
    assert "would fit" not in fits.err


def test_remarks_of_people_come_only_when_asked_for(clone: Clone) -> None:
    session = talk(clone)
    clone.nc("session", "comment", session, "Sounds wrong.", "--on", "2")
    clone.nc("session", "say", session, "Call me.", "--role", "note")
    plain, told = resumed(clone, session, "--tool", "claude-code")
    assert told["comments"] == 2
    assert "Sounds wrong" not in plain.read_text()
    assert "Call me" not in plain.read_text()
    assert "2 remarks of people" in clone.nc("session", "resume", session, "--tool", "codex").err
    path, _ = resumed(clone, session, "--tool", "claude-code", "--comments")
    assert judge.claude(path) == ["user", "assistant", "user"]
    last = json.loads(path.read_text().splitlines()[-1])
    assert last["isMeta"] is True
    assert "ada@example.com on #2: Sounds wrong." in last["message"]["content"]
    assert "ada@example.com: Call me." in last["message"]["content"]


def test_without_a_tool_of_its_own_one_has_to_be_named(clone: Clone) -> None:
    session = talk(clone)
    said = clone.nc("session", "resume", session, code=2)
    assert "claude-code, codex, gemini" in said.err
    said = clone.nc("session", "resume", session, "--tool", "emacs", code=2)
    assert "claude-code, codex, gemini" in said.err
    clone.nc("session", "resume", session, "--tool", "codex", "--print", "--json", code=2)


def test_what_is_not_there_cannot_be_given_back(clone: Clone) -> None:
    clone.nc("session", "resume", "zzzzzzzz", "--tool", "codex", code=1)
    empty = clone.start("Nothing yet")
    assert "nothing was said" in clone.nc("session", "resume", empty, "--tool", "codex", code=1).err
    session = talk(clone)
    clone.nc("session", "delete", session, "--yes")
    assert "deleted" in clone.nc("session", "resume", session, "--tool", "codex", code=1).err
    assert not (Path(os.environ["HOME"]) / ".codex").exists()


@pytest.mark.parametrize("tool", TOOLS)
def test_a_home_that_is_missing_or_closed_or_full(
    clone: Clone, tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = talk(clone)
    clone.env["HOME"] = ""
    said = clone.nc("session", "resume", session, "--tool", tool, code=2)
    assert "HOME" in said.err
    assert "--print" in said.err
    clone.nc("session", "resume", session, "--tool", tool, "--print")
    clone.env["HOME"] = str(tmp_path / "file")
    (tmp_path / "file").write_text("")
    clone.nc("session", "resume", session, "--tool", tool, code=1)
    full = tmp_path / "full"
    full.mkdir()
    clone.env["HOME"] = str(full)

    def no_room(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("git_naturecode.resuming.giving.os.fsync", no_room)
    said = clone.nc("session", "resume", session, "--tool", tool, code=1)
    assert "the disk is full" in said.err
    assert not [path for path in full.rglob("*") if path.is_file() and path.suffix != ""]


def test_nothing_that_is_there_is_written_over(clone: Clone) -> None:
    session = talk(clone)
    path, _ = resumed(clone, session, "--tool", "claude-code")
    path.write_text("mine")
    assert "there already" in clone.nc("session", "resume", session, "--tool", "claude-code").err
    assert path.read_text() == "mine"
    path.unlink()
    path.symlink_to("nowhere")
    clone.nc("session", "resume", session, "--tool", "claude-code")
    assert path.is_symlink()
    assert not path.exists()


def test_in_a_bare_repository_only_to_print(box: Box, tmp_path: Path) -> None:
    hub = box.remote()
    ada = box.clone(hub, "ada")
    session = ada.start()
    ada.nc("session", "say", session, "Hello.")
    ada.nc("sync")
    bare = Clone(hub)
    bare.nc("init")
    assert "bare" in bare.nc("session", "resume", session, "--tool", "codex", code=1).err
    assert "Hello." in bare.nc("session", "resume", session, "--tool", "codex", "--print").out


def test_gemini_finds_the_folder_that_it_has_for_a_work_tree(clone: Clone, tmp_path: Path) -> None:
    session = talk(clone)
    home = tmp_path / "g"
    clone.env["GEMINI_CLI_HOME"] = str(home)
    tmp = home / ".gemini" / "tmp"
    (tmp / "repo").mkdir(parents=True)
    (tmp / "repo" / ".project_root").write_text("/somewhere/else")
    path, _ = resumed(clone, session, "--tool", "gemini")
    assert path.parent.parent == tmp / "repo-1"
    assert (tmp / "repo-1" / ".project_root").read_text() == str(clone.path.resolve())
    clone.nc("session", "say", session, "one more")
    (home / ".gemini" / "projects.json").write_text(
        json.dumps({"projects": {str(clone.path.resolve()): "chosen", "/x": "../../evil"}})
    )
    path, _ = resumed(clone, session, "--tool", "gemini")
    assert path.parent.parent == tmp / "chosen"


def test_a_mark_that_we_did_not_write_hides_nothing(clone: Clone, tmp_path: Path) -> None:
    for number, mark in enumerate(("x", {"session": "x"}, {"session": "session-1", "message": ""})):
        lines = [dict(line) for line in transcripts.CONVERSATION]
        for line in lines:
            line["naturecode"] = mark
            line["sessionId"] = f"s{number}"
        path = transcripts.write(tmp_path / f"{number}.jsonl", lines)
        (new,) = clone.nc("session", "import", path, "--json").json["sessions"]
        assert "Make `retry()` jitter configurable." in clone.texts(new) or clone.texts(new)


def test_the_transcript_of_the_agent_itself_is_named_where_it_is_here(
    clone: Clone, tmp_path: Path
) -> None:
    folder = Path(os.environ["HOME"]) / ".claude" / "projects"
    folder /= "".join(c if c.isalnum() and c.isascii() else "-" for c in str(clone.path.resolve()))
    folder.mkdir(parents=True)
    path = transcripts.write(folder / f"{transcripts.S}.jsonl", transcripts.CONVERSATION)
    (session,) = clone.nc("session", "import", path, "--json").json["sessions"]
    said = clone.nc("session", "resume", session)
    assert f"is here: claude --resume {transcripts.S}" in said.err
    assert transcripts.S not in said.out
    Path(path).unlink()
    assert "is here:" not in clone.nc("session", "resume", session).err


def test_who_may_only_read_can_resume(clone: Clone, tmp_path: Path) -> None:
    session = talk(clone)
    said = clone.nc("session", "resume", session, "--tool", "codex")
    state = clone.path / ".git" / "naturecode"
    real = os.access

    def denied(path: object, mode: int) -> bool:
        return str(path) != str(state) and real(str(path), mode)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "access", denied)
        patch.setenv("GIT_AUTHOR_EMAIL", "")
        again = clone.nc("session", "resume", session, "--tool", "codex")
    assert again.out == said.out


def test_what_goes_on_from_others_is_given_back_with_what_they_say(clone: Clone) -> None:
    first = talk(clone)
    path, _ = resumed(clone, first, "--tool", "claude-code")
    goes_on(path, "claude-code", "And a test, please.", "Here it is.")
    (second,) = clone.nc("session", "import", str(path), "--json").json["sessions"]
    clone.nc("session", "say", first, "said after the fork")
    again, told = resumed(clone, second, "--tool", "claude-code")
    assert told["messages"] == 4
    text = again.read_text()
    assert text.index("Make the jitter") < text.index("It is now.") < text.index("And a test")
    assert "after the fork" not in text
    assert judge.claude(again) == ["user", "assistant"] * 2
    goes_on(again, "claude-code", "Thanks.", first=4)
    (third,) = clone.nc("session", "import", str(again), "--json").json["sessions"]
    assert clone.texts(third) == ["Thanks."]
    assert clone.nc("session", "show", third, "--json").json["forked"]["session"] == second
    clone.nc("session", "redact", first, "1")
    last, told = resumed(clone, third, "--tool", "codex")
    assert told["messages"] == 5
    assert "Make the jitter" not in last.read_text()
    fork = clone.nc("session", "fork", second, "--name", "Fork").out.strip()
    assert resumed(clone, fork, "--tool", "gemini")[1]["messages"] == 4
    clone.nc("session", "delete", first, "--yes")
    assert resumed(clone, third, "--tool", "codex")[1]["messages"] == 3
    assert resumed(clone, fork, "--tool", "gemini")[1]["messages"] == 2
