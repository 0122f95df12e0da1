"""Cursor: its database, the transcripts of its agents, and pages that it exported."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from editors import bubble, cursor_store, jsonl, told
from git_naturecode.capture import conversations, identify, read
from git_naturecode.ids import imported_entry
from git_naturecode.redact import Redactor
from git_naturecode.store.entry import Draft

S = "88888888-aaaa-4bbb-8ccc-000000000001"
AT = "<timestamp>Sunday, Nov 22, 2026, 10:00 AM (UTC+1)</timestamp>"
ASKED = f"{AT}\n<user_query>\nMake it\nred\n</user_query>"
EDIT = {"type": "tool_use", "name": "StrReplace", "input": {"path": "/home/ada/p/a.py"}}
LIST = {"type": "tool_use", "name": "Shell", "input": {"command": "ls"}}
LINES = [
    told("user", ASKED),
    told("assistant", "I do.\n\n[REDACTED]", EDIT),
    told("assistant", "[REDACTED]", LIST),
    told("user", "<system_notification>\nA task has finished.\n</system_notification>"),
    told("assistant", "Done."),
    {"type": "turn_ended", "status": "success"},
    told("user", "<user_query>\nthanks\n</user_query>"),
    told("user", "<user_query>\nthanks\n</user_query>"),
]  # fmt: skip
TOOL = {
    "toolCallId": "c1",
    "name": "run_terminal_cmd",
    "status": "completed",
    "params": '{"command": "make test"}',
    "result": '{"output": "no", "exitCode": 2}',
}
BUBBLES = [
    bubble("b1", 1, "Make it red", workspaceUris=["file:///home/ada/my%20p"]),
    bubble("b2", 2, "", thinking={"text": "Red?"}),
    bubble("b3", 2, "", toolFormerData=TOOL),
    bubble("b4", 2, "Done.", modelInfo={"modelName": "gpt-x"}),
]


def write(path: Path, lines: list[Any]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(jsonl(lines))
    return str(path)


def drafts(path: str | Path, **options: Any) -> list[Draft]:
    return [d for one in conversations(str(path)) for d in read(one, Redactor(), **options)]


def texts(found: list[Draft]) -> list[tuple[Any, ...]]:
    return [(d.fields["role"], d.body) for d in found if d.kind == "message"]


def test_a_transcript_of_an_agent_comes_out_in_its_order(tmp_path: Path) -> None:
    path = write(tmp_path / S / f"{S}.jsonl", LINES)
    found = identify(path)
    assert found is not None
    assert (found.tool, found.session, found.first_ms) == ("cursor", S, 1795338000000)
    opened, *said = drafts(path)
    assert opened.fields == {
        "title": "Make it",
        "origin": {"tool": "cursor", "session": S},
        "t": "2026-11-22T09:00:00.000Z",
    }
    assert texts(said) == [
        ("user", "Make it\nred"),
        ("assistant", "I do."),
        ("tool", ""),
        ("tool", ""),
        ("user", LINES[3]["message"]["content"][0]["text"]),
        ("assistant", "Done."),
        ("user", "thanks"),
        ("user", "thanks"),
    ]
    assert said[4].fields["meta"] is True
    assert [d.fields.get("target") for d in said[2:4]] == ["~/p/a.py", "ls"]
    assert [d.fields["t"][17:] for d in said] == [f"00.00{n}Z" for n in range(8)]


def test_a_transcript_that_grows_adds_only_what_is_new(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{n}/{S}.jsonl", LINES[:n]) for n in (1, 3, len(LINES))]
    whole = texts(drafts(paths[-1]))
    for order in (paths, paths[::-1], paths + paths):
        stored: dict[str, Draft] = {}
        for path in order:
            stored.update((str(d.id), d) for d in drafts(path, known=stored.__contains__))
        kept = sorted(stored.values(), key=lambda d: (str(d.fields["t"]), d.kind != "open"))
        assert texts(kept) == whole


def test_without_times_the_file_tells_when(tmp_path: Path) -> None:
    path = write(tmp_path / S / f"{S}.jsonl", [told("user", "hello")])
    os.utime(path, (1795341700, 1795341700))
    os.utime(Path(path).parent, (1795341600, 1795341600))
    found = identify(path)
    assert found is not None
    assert found.first_ms == 1795341600000
    assert texts(drafts(path)) == [("user", "hello")]


def test_a_subagent_belongs_to_its_parent_and_other_names_are_told_from_the_text(
    tmp_path: Path,
) -> None:
    agent = write(tmp_path / S / "subagents" / f"{S[:-1]}2.jsonl", LINES)
    found = identify(agent)
    assert found is not None
    assert found.session == S
    assert all(d.fields.get("side") for d in drafts(agent)[1:])
    one, two = (identify(write(tmp_path / name, LINES)) for name in ("a.jsonl", "b.jsonl"))
    assert one is not None
    assert two is not None
    assert one.session == two.session != S


def test_the_database_gives_each_conversation(tmp_path: Path) -> None:
    path = cursor_store(tmp_path / "state.vscdb", S, BUBBLES, name="Red", createdOnBranch="main")
    cursor_store(path, "other", [bubble("x", 1, "hello")])
    cursor_store(path, "empty", [])
    found = {one.session: one for one in conversations(str(path))}
    assert sorted(found) == [S, "other"]
    assert (found[S].first_ms, found[S].ended_ms, found[S].project) == (
        1795341600000,
        1795341605000,
        "/home/ada/my p",
    )
    opened, *said = read(found[S], Redactor())
    assert opened.fields["title"] == "Red"
    assert opened.fields["origin"] == {
        "tool": "cursor",
        "session": S,
        "cwd": "~/my p",
        "branch": "main",
    }
    assert texts(said) == [("user", "Make it red"), ("tool", "no"), ("assistant", "Done.")]
    assert said[0].id == imported_entry("cursor", S, "b1", "")
    call = said[1].fields
    assert (call["target"], call["type"], call["ok"]) == ("make test", "shell", False)
    assert said[2].fields["model"] == "gpt-x"
    full = list(read(found[S], Redactor(), full=True))
    assert [d.body for d in full if d.fields.get("think")] == ["Red?"]


def test_older_conversations_hold_their_bubbles(tmp_path: Path) -> None:
    headers: dict[str, Any] = {"fullConversationHeadersOnly": [], "conversation": BUBBLES}
    path = cursor_store(tmp_path / "state.vscdb", S, [], **headers)
    assert texts(drafts(path))[0] == ("user", "Make it red")
    assert texts(drafts(path))[-1] == ("assistant", "Done.")


def test_the_workspace_that_lists_a_conversation_is_its_project(tmp_path: Path) -> None:
    user = tmp_path / "User"
    (user / "globalStorage").mkdir(parents=True)
    storage = user / "workspaceStorage" / "w"
    storage.mkdir(parents=True)
    (storage / "workspace.json").write_text('{"folder": "file:///home/ada/q"}')
    with closing(sqlite3.connect(storage / "state.vscdb")) as database:
        database.execute("CREATE TABLE ItemTable (key TEXT UNIQUE, value BLOB)")
        listed = json.dumps({"allComposers": [{"composerId": S}]})
        database.execute("INSERT INTO ItemTable VALUES ('composer.composerData', ?)", (listed,))
        database.commit()
    path = cursor_store(user / "globalStorage" / "state.vscdb", S, BUBBLES)
    assert [one.project for one in conversations(str(path))] == ["/home/ada/q"]


def test_what_is_growing_is_replaced_once_it_is_whole(tmp_path: Path) -> None:
    early = [*BUBBLES[:2], bubble("b3", 2, "", toolFormerData={**TOOL, "status": "loading"})]
    early.append(bubble("b4", 2, "Do"))
    growing = cursor_store(tmp_path / "1.vscdb", S, early, status="generating")
    stored = {str(d.id): d for d in drafts(growing)}
    assert texts(list(stored.values()))[-1] == ("assistant", "Do")
    whole = cursor_store(tmp_path / "2.vscdb", S, BUBBLES)
    late = drafts(whole, known=stored.__contains__)
    assert texts(late) == [("tool", "no"), ("assistant", "Done.")]
    assert all(d.fields["over"][0] in stored for d in late)
    stored.update((str(d.id), d) for d in late)
    assert drafts(growing, known=stored.__contains__) == []


def test_reading_leaves_no_trace_and_sees_what_a_running_cursor_wrote(tmp_path: Path) -> None:
    path = tmp_path / "state.vscdb"
    with closing(sqlite3.connect(path)) as running:
        running.execute("PRAGMA journal_mode = WAL")
        cursor_store(path, S, BUBBLES)
        running.execute("SELECT count(*) FROM cursorDiskKV").fetchone()
        before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
        assert f"{path.name}-wal" in before
        assert texts(drafts(path))[0] == ("user", "Make it red")
        after = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
        assert before.keys() == after.keys()
        assert before[path.name] == after[path.name]
        assert before[f"{path.name}-wal"] == after[f"{path.name}-wal"]
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    (tmp_path / f"{path.name}-wal").write_bytes(b"")
    assert texts(drafts(path))[0] == ("user", "Make it red")
    assert (tmp_path / f"{path.name}-wal").read_bytes() == b""
    assert sorted(one.name for one in tmp_path.iterdir()) == [path.name, f"{path.name}-wal"]


def test_other_and_broken_databases_are_none_of_cursor(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t (a)")
        database.commit()
    assert identify(str(path)) is None
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    assert identify(str(path)) is None


PAGE = """# Red everywhere
_Exported on {stamp} from Cursor (3.13.25)_

---

**User**

Make it

---
red

---

**Cursor**

Done.

---

**User**

thanks

"""


@pytest.mark.parametrize(
    ("stamp", "t"),
    [
        ("3/28/2026 at 10:44:59 PDT", "2026-03-28T17:44:59.000Z"),
        ("28/9/2026 at 17:49:33 VET", "2026-09-28T21:49:33.000Z"),
        ("01/04/2026 at 23:26:26 GMT+8", "2026-04-01T15:26:26.000Z"),
        ("1/7/2026 at 12:17:50 AM EST", "2026-01-07T05:17:50.000Z"),
        ("22/11/2026 at 10:00:00 XYZ", "2026-11-22T10:00:00.000Z"),
    ],
)
def test_an_exported_page_comes_out(tmp_path: Path, stamp: str, t: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(PAGE.format(stamp=stamp))
    opened, *said = drafts(path)
    assert (opened.fields["title"], opened.fields["t"]) == ("Red everywhere", t)
    assert opened.fields["origin"]["version"] == "3.13.25"
    assert texts(said) == [
        ("user", "Make it\n\n---\nred"),
        ("assistant", "Done."),
        ("user", "thanks"),
    ]


def test_a_page_exported_again_is_the_same_session(tmp_path: Path) -> None:
    early, late = tmp_path / "a.md", tmp_path / "b.md"
    early.write_text(PAGE.format(stamp="3/28/2026 at 10:44:59 PDT"))
    more = "---\n\n**Cursor**\n\nWelcome.\n\n"
    late.write_bytes((PAGE.format(stamp="3/29/2026 at 9:00:00 PDT") + more).encode())
    stored = {str(d.id) for d in drafts(early)}
    assert texts(drafts(late, known=stored.__contains__)) == [("assistant", "Welcome.")]


@pytest.mark.parametrize(
    "text",
    [
        "# Title\n\n**User**\n\nhi\n",
        "# T\n_Exported on 40/40/2026 at 1:00:00 X from Cursor (1)_\n",
    ],
)
def test_other_pages_are_none_of_cursor(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(text)
    assert identify(str(tmp_path / "a.md")) is None
