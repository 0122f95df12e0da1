"""Copilot: chats of VS Code in both their forms, and event streams of the CLI and of Chat."""

import json
from pathlib import Path
from typing import Any

import pytest

from editors import asked, copilot_chat, copilot_events, event, invoked, jsonl, logged
from git_naturecode.capture import identify, read
from git_naturecode.ids import imported_entry
from git_naturecode.redact import Redactor
from git_naturecode.store.entry import Draft

S = "77777777-aaaa-4bbb-8ccc-000000000001"
WORKS = {"result": {"metadata": {}}, "modelState": {"value": 1}}
HEAD = {"version": 3, "sessionId": S, "creationDate": 1795341600000}
FILE = {"fsPath": "/home/ada/p/src/a.py", "scheme": "file"}
FIRST = asked(
    "r1",
    "Make it red",
    {"value": "I look "},
    {"kind": "inlineReference", "inlineReference": FILE},
    {"value": " first."},
    invoked("c1__vscode-7", "copilot_readFile", invocationMessage="Reading"),
    {"kind": "undoStop"},
    invoked(
        "c2",
        "run_in_terminal",
        toolSpecificData={
            "commandLine": {"original": "make test"},
            "terminalCommandOutput": {"text": "no"},
            "terminalCommandState": {"exitCode": 2},
        },
    ),
    {"value": "\n```\n"},
    {"kind": "codeblockUri", "uri": FILE},
    {"kind": "textEditGroup", "uri": FILE, "edits": []},
    {"value": "\n```\n"},
    {"value": "Done."},
    result={
        "metadata": {
            "toolCallRounds": [
                {"toolCalls": [{"id": "c1", "arguments": '{"filePath": "/home/ada/p/b.py"}'}]}
            ],
            "toolCallResults": {"c1": {"content": [{"value": "b = 1"}]}},
        }
    },
)
SECOND = asked("r2", "thanks", {"value": "Welcome."}, **WORKS)
CHAT = {**HEAD, "requests": [FIRST, SECOND]}
CONTEXT = {"cwd": "/home/ada/p", "branch": "main"}
GIVEN = {"path": "/home/ada/p/a.py"}
EDIT = {"toolCallId": "c1", "name": "edit", "arguments": GIVEN}
EVENTS = [
    event("session.start", 0, sessionId=S, copilotVersion="1.0", context=CONTEXT),
    event("session.model_change", 0, newModel="gpt-x"),
    event("user.message", 1, "u1", content="Make it red", attachments=[{"displayName": "a.py"}]),
    event("assistant.turn_start", 2),
    event("assistant.message", 3, "a1", content="I do.", reasoningText="Red?", toolRequests=[EDIT]),
    event("tool.execution_start", 4, toolCallId="c1", toolName="edit", arguments=GIVEN),
    event("tool.execution_complete", 5, toolCallId="c1", success=True, result={"content": "did"}),
    event("assistant.message", 6, "a2", content="Done.", parentToolCallId="c0"),
]  # fmt: skip


def write(path: Path, content: Any) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=2) if isinstance(content, dict) else jsonl(content)
    path.write_text(text)
    return str(path)


def drafts(path: str, **options: Any) -> list[Draft]:
    return list(read(path, Redactor(), **options))


def told(found: list[Draft]) -> list[tuple[Any, ...]]:
    return [(d.fields["role"], d.body) for d in found if d.kind == "message"]


def stored_one_by_one(paths: list[str]) -> list[Draft]:
    """What the store holds after the imports of `paths`: without what was replaced."""
    stored: dict[str, Draft] = {}
    for path in paths:
        for draft in drafts(path, known=stored.__contains__):
            assert draft.id not in stored
            stored[str(draft.id)] = draft
    out = {over for d in stored.values() for over in d.fields.get("over", [])}
    return sorted(
        (d for name, d in stored.items() if name not in out), key=lambda d: str(d.fields["t"])
    )


def test_a_chat_comes_out_in_its_order(tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws/workspace.json").write_text('{"folder": "file:///home/ada/p"}')
    path = write(tmp_path / "ws/chatSessions/x.json", CHAT)
    found = identify(path)
    assert found is not None
    assert (found.tool, found.session, found.first_ms, found.project) == (
        "copilot",
        S,
        1795341600000,
        "/home/ada/p",
    )
    opened, *said = drafts(path)
    assert opened.fields == {
        "title": "Make it red",
        "origin": {"tool": "copilot", "session": S, "cwd": "~/p"},
        "t": "2026-11-22T10:00:00.000Z",
    }
    assert told(said) == [
        ("user", "Make it red"),
        ("assistant", "I look `src/a.py` first."),
        ("tool", "b = 1"),
        ("tool", "no"),
        ("tool", ""),
        ("assistant", "\n```\nDone."),
        ("user", "thanks"),
        ("assistant", "Welcome."),
    ]
    assert said[0].id == imported_entry("copilot", S, "r1", "")
    assert said[1].fields["model"] == "gpt-x"
    calls = [[d.fields.get(k) for k in ("type", "tool", "target", "ok")] for d in said[2:5]]
    assert calls == [
        ["read", "copilot_readFile", "b.py", True],
        ["shell", "run_in_terminal", "make test", False],
        ["write", "edit", "src/a.py", True],
    ]
    times = [str(d.fields["t"]) for d in said]
    assert times == sorted(set(times))


def test_a_log_of_changes_comes_to_the_same(tmp_path: Path) -> None:
    whole = drafts(write(tmp_path / "a.json", CHAT), full=True)
    assert drafts(write(tmp_path / "a.jsonl", logged(CHAT)), full=True) == whole
    longer = [
        *logged({**CHAT, "requests": [FIRST, asked("r9", "left"), asked("r8", "too")]}),
        {"kind": 2, "k": ["requests"], "i": 1, "v": [SECOND]},
        {"kind": 1, "k": ["customTitle"], "v": "Red"},
        {"kind": 3, "k": ["customTitle"]},
        {"kind": 1, "k": ["requests", 7, "result"], "v": 1},
        {"kind": 2, "k": ["requests", 0, "response", 0, "value"], "v": [1]},
        {"kind": 1, "k": [], "v": 1},
        {"kind": 9, "k": ["requests"]},
    ]
    assert drafts(write(tmp_path / "b.jsonl", longer), full=True) == whole


def test_an_answer_that_grows_is_replaced_once_it_is_whole(tmp_path: Path) -> None:
    lines = logged(CHAT)
    paths = [write(tmp_path / f"{n}.jsonl", lines[:n]) for n in range(3, len(lines) + 1)]
    whole = told(drafts(paths[-1]))
    for order in (paths, paths[::-1], paths[::3] + paths[::2] + paths):
        assert told(stored_one_by_one([*order, paths[-1]])) == whole


def test_an_exported_chat_is_named_after_its_first_request(tmp_path: Path) -> None:
    exported = {"responderUsername": "GitHub Copilot", "requests": CHAT["requests"]}
    path = write(tmp_path / "chat.json", exported)
    found = identify(path)
    assert found is not None
    assert (found.session, found.first_ms) == ("r1", 1795341600000)
    assert told(drafts(path)) == told(drafts(write(tmp_path / "b.json", CHAT)))


@pytest.mark.parametrize(
    ("more", "ok"),
    [
        ({}, True),
        ({"isConfirmed": False}, False),
        ({"isConfirmed": {"type": 0}}, False),
        ({"isConfirmed": {"type": 4}}, True),
        ({"resultDetails": {"isError": True, "output": []}}, False),
        ({"isComplete": False}, None),
    ],
)
def test_the_outcome_of_a_call(tmp_path: Path, more: Any, ok: bool | None) -> None:
    chat = {**HEAD, "requests": [asked("r1", "go", invoked("c", "t", **more))]}
    assert drafts(write(tmp_path / "a.json", chat))[-1].fields.get("ok") is ok


def test_what_the_system_asked_is_marked_and_troubles_are_told(tmp_path: Path) -> None:
    one = asked("r1", "notice", {"value": "ok"}, isSystemInitiated=True)
    two = asked("r2", "go", result={"errorDetails": {"message": "no network"}})
    said = drafts(write(tmp_path / "a.json", {**HEAD, "requests": [one, two]}))[1:]
    assert [(d.fields["role"], d.fields.get("meta"), d.body) for d in said] == [
        ("user", True, "notice"),
        ("assistant", None, "ok"),
        ("user", None, "go"),
        ("system", None, "no network"),
    ]


def test_events_come_out_in_their_order(tmp_path: Path) -> None:
    path = write(tmp_path / "events.jsonl", EVENTS)
    found = identify(path)
    assert found is not None
    assert (found.tool, found.session, found.project) == ("copilot", S, "/home/ada/p")
    opened, *said = drafts(path)
    assert opened.fields["origin"] == {
        "tool": "copilot",
        "session": S,
        "version": "1.0",
        "cwd": "~/p",
        "branch": "main",
    }
    assert told(said) == [
        ("user", "Make it red\n[file: a.py]"),
        ("assistant", "I do."),
        ("tool", "did"),
        ("assistant", "Done."),
    ]
    assert said[1].fields["model"] == "gpt-x"
    assert (said[2].fields["target"], said[2].fields["type"]) == ("a.py", "write")
    assert said[2].fields["t"] == "2026-11-22T10:00:03.001Z"  # when it was asked for
    assert said[3].fields["side"] is True
    full = drafts(path, full=True)
    assert [d.body for d in full if d.fields.get("think")] == ["Red?"]


def test_a_stream_that_grows_adds_only_what_is_new(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{n}.jsonl", EVENTS[:n]) for n in (3, 5, 6, len(EVENTS))]
    whole = told(drafts(paths[-1]))
    for order in (paths, paths[::-1], paths + paths):
        assert told(stored_one_by_one(order)) == whole


def test_a_stream_without_its_first_event_is_named_after_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "session-state" / S
    folder.mkdir(parents=True)
    (folder / "workspace.yaml").write_text("id: x\ncwd: /home/ada/p\n")
    found = identify(write(folder / "events.jsonl", EVENTS[2:]))
    assert found is not None
    assert (found.session, found.project) == (S, "/home/ada/p")
    assert identify(write(tmp_path / "a.jsonl", EVENTS[2:])) is None


def test_every_place_of_the_samples_comes_out(tmp_path: Path) -> None:
    for content in (copilot_events("mark"), copilot_chat("mark"), logged(copilot_chat("mark"))):
        path = tmp_path / f"a.{'json' if isinstance(content, dict) else 'jsonl'}"
        assert all("mark" in str(d) for d in drafts(write(path, content), full=True))


def test_other_objects_are_no_chats(tmp_path: Path) -> None:
    others: list[Any] = [
        {"requests": []},
        {"requests": [1]},
        {"requests": {}},
        {"kind": 0, "v": {}},
    ]
    for other in others:
        assert identify(write(tmp_path / "a.json", other)) is None
        assert identify(write(tmp_path / "a.jsonl", [other])) is None
