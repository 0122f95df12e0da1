"""Transcripts of Gemini CLI: both forms of the file, and two states of one session."""

import json
from pathlib import Path
from typing import Any

from git_naturecode.capture import identify, read
from git_naturecode.ids import imported_entry
from git_naturecode.redact import Redactor
from git_naturecode.store.entry import Draft

S = "22222222-aaaa-4bbb-8ccc-000000000001"
HEAD = {
    "sessionId": S,
    "projectHash": "ab" * 32,
    "startTime": "2026-11-22T10:00:00.000Z",
    "lastUpdated": "2026-11-22T10:00:09.000Z",
}
ASKED = {
    "id": "g1",
    "timestamp": "2026-11-22T10:00:01.000Z",
    "type": "user",
    "content": "make it red",
}
CALL = {
    "id": "k1",
    "name": "replace",
    "args": {"file_path": "a.py", "old_string": "1", "new_string": "2"},
    "status": "success",
    "timestamp": "2026-11-22T10:00:03.000Z",
    "result": [
        {"functionResponse": {"id": "k1", "name": "replace", "response": {"output": "did it"}}}
    ],
}
ANSWER = {
    "id": "g2",
    "timestamp": "2026-11-22T10:00:02.000Z",
    "type": "gemini",
    "content": "Done",
    "model": "gemini-x",
    "thoughts": [
        {"subject": "Red", "description": "why not", "timestamp": "2026-11-22T10:00:01.500Z"}
    ],
    "toolCalls": [CALL],
}
PARTS = {
    "id": "g3",
    "timestamp": 1795341604000,
    "type": "user",
    "content": [{"text": "see"}, {"inlineData": {"mimeType": "image/png", "data": "QUJD"}}],
}
NOTE = {
    "id": "g4",
    "timestamp": "2026-11-22T10:00:05.000Z",
    "type": "info",
    "content": "Update available",
}


def whole(path: Path, messages: list[Any], **more: Any) -> str:
    path.write_text(json.dumps({**HEAD, "messages": messages, **more}, indent=2))
    return str(path)


def lines(path: Path, *records: Any) -> str:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return str(path)


def drafts(path: str, **options: Any) -> list[Draft]:
    return list(read(path, Redactor(), **options))


def told(found: list[Draft]) -> list[tuple[str, str, str | None]]:
    return [(d.fields["role"], d.fields["t"][17:19], d.body) for d in found if d.kind == "message"]


def test_a_session_comes_out_in_its_order(tmp_path: Path) -> None:
    opened, *said = drafts(whole(tmp_path / "session-1.json", [ASKED, ANSWER, PARTS, NOTE]))
    assert opened.fields == {
        "title": "make it red",
        "origin": {"tool": "gemini", "session": S},
        "t": "2026-11-22T10:00:01.000Z",
    }
    assert opened.id == imported_entry("gemini", S, "open", "")
    assert told(said) == [
        ("user", "01", "make it red"),
        ("assistant", "02", "Done"),
        ("tool", "03", "did it"),
        ("user", "04", "see\n[image: image/png, 3 bytes]"),
        ("system", "05", "Update available"),
    ]
    assert said[1].fields["model"] == "gemini-x"
    assert said[2].id == imported_entry("gemini", S, "k1", "done")
    assert {**said[2].fields} == {
        "role": "tool",
        "t": "2026-11-22T10:00:03.000Z",
        "type": "write",
        "tool": "replace",
        "target": "a.py",
        "ok": True,
        "size": 6,
    }


def test_both_forms_give_the_same(tmp_path: Path) -> None:
    old = drafts(whole(tmp_path / "a.json", [ASKED, ANSWER]), full=True)
    new = drafts(lines(tmp_path / "a.jsonl", HEAD, ASKED, ANSWER), full=True)
    replaced = drafts(
        lines(tmp_path / "b.jsonl", HEAD, {"$set": {"messages": [ASKED, ANSWER]}}), full=True
    )
    assert old == new == replaced
    assert [d.body for d in old if d.fields.get("think")] == ["Red\n\nwhy not"]


def test_only_the_last_version_of_a_message_comes(tmp_path: Path) -> None:
    half = {
        **ANSWER,
        "content": "Do",
        "toolCalls": [{**CALL, "status": "executing", "result": None}],
    }
    path = lines(
        tmp_path / "a.jsonl", HEAD, ASKED, half, {"$rewindTo": "g1"}, {"lastUpdated": "x"}, ANSWER
    )
    assert told(drafts(path)) == told(drafts(lines(tmp_path / "b.jsonl", HEAD, ASKED, ANSWER)))


def test_a_grown_file_adds_what_is_new_and_doubles_nothing(tmp_path: Path) -> None:
    half = {**ANSWER, "toolCalls": [{**CALL, "status": "executing", "result": None}]}
    early = drafts(whole(tmp_path / "a.json", [ASKED, half]))
    stored = {d.id for d in early}
    late = drafts(whole(tmp_path / "a.json", [ASKED, ANSWER, NOTE]), known=stored.__contains__)
    assert [(d.body, d.fields.get("over")) for d in late] == [
        ("did it", [early[-1].id]),
        ("Update available", None),
    ]


def test_a_text_that_changed_is_another_entry(tmp_path: Path) -> None:
    early = drafts(whole(tmp_path / "a.json", [ASKED, {**ANSWER, "content": "Do"}]))
    late = drafts(
        whole(tmp_path / "a.json", [ASKED, ANSWER]), known={d.id for d in early}.__contains__
    )
    assert [d.body for d in late] == ["Done"]


def test_failed_calls_and_summaries(tmp_path: Path) -> None:
    failed = {**CALL, "status": "error", "result": None, "resultDisplay": "no such file"}
    path = whole(
        tmp_path / "a.json", [ASKED, {**ANSWER, "toolCalls": [failed]}], summary="Make it red"
    )
    opened, summary, *_, tool = drafts(path)
    assert opened.fields["title"] == "Make it red"
    assert (summary.kind, summary.fields) == ("set", {"field": "summary", "value": "Make it red"})
    assert (tool.body, tool.fields["ok"]) == ("no such file", False)


def test_identify_and_broken_files(tmp_path: Path) -> None:
    folder = tmp_path / "slug" / "chats"
    folder.mkdir(parents=True)
    (tmp_path / "slug" / ".project_root").write_text("/home/ada/p\n")
    found = identify(whole(folder / "session-1.json", [ASKED]))
    assert found is not None
    assert (found.tool, found.session, found.first_ms, found.project) == (
        "gemini",
        S,
        1795341600000,
        "/home/ada/p",
    )
    path = lines(
        folder / "b.jsonl",
        HEAD,
        ASKED,
        7,
        {"id": 3, "type": "odd", "content": None},
        {"type": "gemini", "content": 5},
    )
    with Path(path).open("a") as file:
        file.write('{"broken\n{"id":"torn","type":"us')
    reading = read(path, Redactor())
    assert [d.body for d in reading] == [None, "make it red"]
    assert reading.broken == 2
    cut = folder / "c.json"
    cut.write_text(Path(whole(folder / "d.json", [ASKED])).read_text()[:-20])
    assert [d.kind for d in read(str(cut), Redactor())] == ["open"]
