"""Sessions of NatureCode: one object per file, known by an id that people can type."""

import json
from pathlib import Path
from typing import Any

import pytest

from box import Box
from git_naturecode.capture import conversations, identify, read
from git_naturecode.redact import Redactor
from git_naturecode.store.entry import Draft
from logs import naturecode, write_naturecode


def drafts(path: Path, **options: Any) -> list[Draft]:
    return list(read(str(path), Redactor(), **options))


def write(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value))
    return path


def test_a_session_comes_out(tmp_path: Path) -> None:
    path = write_naturecode(tmp_path, "words")
    one = identify(str(path))
    assert one is not None
    assert (one.tool, one.session, one.project) == (
        "naturecode", "session-1234567890", "/home/ada/words",
    )  # fmt: skip
    assert (one.first_ms, one.last_ms) == (1795341600000, 1795341645000)
    opened, *rest = drafts(path)
    assert opened.fields["title"] == "words"
    assert opened.fields["origin"]["cwd"] == "~/words"
    assert [(d.kind, d.fields.get("field"), d.fields.get("value")) for d in rest[:4]] == [
        ("set", "summary", "words"), ("set", "status", "closed"), ("add", "tags", "api"),
        ("add", "tags", "words"),
    ]  # fmt: skip
    assert [(d.fields["role"], d.fields.get("type"), d.body) for d in rest[4:]] == [
        ("user", None, "words"), ("assistant", None, "words"), ("tool", "read", ""),
    ]  # fmt: skip
    assert rest[5].fields["model"] == "words"
    assert drafts(path, full=True)[5].fields["role"] == "system"


def test_a_grown_session_adds_only_what_is_new(tmp_path: Path) -> None:
    early = naturecode("words", status="active")
    stored = {d.id for d in drafts(write(tmp_path / "a.json", early))}
    late = naturecode("words", tags=["api", "words", "new"])
    late["conversation"]["messages"].append({"role": "user", "content": "more"})
    late["conversation"]["summary"] = "two words"
    added = drafts(write(tmp_path / "a.json", late), known=stored.__contains__)
    assert [d.fields.get("value", d.body) for d in added] == ["two words", "closed", "new", "more"]


@pytest.mark.parametrize("name", ["session-1234567890", "shared-session-1234567890"])
def test_both_spellings_of_an_id_find_it(box: Box, tmp_path: Path, name: str) -> None:
    clone = box.ready()
    write(tmp_path / "a.json", naturecode("words", id=name))
    clone.nc("session", "import", str(tmp_path / "a.json"))
    for wanted in ("session-1234567890", "shared-session-1234567890"):
        shown = clone.nc("session", "show", wanted, "--json").json
        assert [m["content"] for m in shown["messages"] if m["role"] != "tool"] == ["words"] * 2
    assert shown["status"] == "closed"
    assert shown["tags"] == ["api", "words"]


def test_a_shared_session_is_read_as_well(tmp_path: Path) -> None:
    value = {
        "sessionId": "shared-session-7", "participants": ["ada"], "visibility": "team",
        "messages": [
            {"messageId": "m1", "senderId": "ada", "content": "hi", "timestamp": 1795341600000},
            {"type": "assistant", "content": [{"type": "text", "text": "yes"}, "!"]},
        ],
    }  # fmt: skip
    path = write(tmp_path / "a.json", value)
    assert [d.body for d in drafts(path)[1:]] == ["hi", "yes\n!"]
    assert [one.session for one in conversations(str(path))] == ["session-7"]


@pytest.mark.parametrize(
    "value",
    [
        {"id": "session-1"},
        {"id": "session-1", "conversation": None},
        {"id": "x", "conversation": {"messages": []}},
        {"sessions": {"session-1": {"id": "session-1"}}, "conversation": 1},
        {"name": "a template", "messages": []},
    ],
)
def test_what_is_no_session_is_none(tmp_path: Path, value: Any) -> None:
    assert list(conversations(str(write(tmp_path / "a.json", value)))) == []
