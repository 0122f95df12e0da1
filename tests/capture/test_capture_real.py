"""Real transcripts: everything said comes out, next to nothing is touched, nothing is doubled."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from git_naturecode.capture import read
from git_naturecode.redact import Redactor

DATA = Path(__file__).parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the project")
CLAUDE = sorted((DATA / "claude-code").glob("*.jsonl")) if DATA.is_dir() else []


def said_by_the_source(path: Path) -> Counter[tuple[str, str]]:
    """User and assistant texts, read without any of the code under test."""
    said: Counter[tuple[str, str]] = Counter()
    for line in path.read_bytes().split(b"\n"):
        record: dict[str, Any] = json.loads(line) if line.strip() else {}
        if record.get("type") in ("user", "assistant"):
            content = record["message"]["content"]
            blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
            said.update(
                (record["type"], b["text"]) for b in blocks if b["type"] == "text" and b["text"]
            )
    return said


@pytest.mark.parametrize("path", CLAUDE, ids=lambda path: path.name[:8] + path.name[36:38])
def test_everything_said_comes_out_as_it_was(path: Path) -> None:
    reading = read(str(path), Redactor())
    found = list(reading)
    out = Counter(
        (str(d.fields["role"]), str(d.body))
        for d in found
        if d.fields.get("role") in ("user", "assistant") and not d.redacted
    )
    source = said_by_the_source(path)
    redacted = [d for d in found if d.fields.get("role") in ("user", "assistant") and d.redacted]
    assert not out - source
    assert (source - out).total() == len(redacted)
    assert reading.broken == 0
    assert len({d.id for d in found}) == len(found)


def test_hardly_any_message_is_touched() -> None:
    found = [d for path in CLAUDE for d in read(str(path), Redactor())]
    touched = Counter(label.partition(":")[0] for d in found for label in d.redacted)
    assert sum(bool(d.redacted) for d in found) <= 0.005 * len(found)
    # All in one session that asked for made-up secrets (looked at by hand).
    assert touched == {"password": 1, "url-password": 1, "jwt": 1, "private-key": 1}


def test_full_touches_no_more_than_a_few() -> None:
    found = [d for path in CLAUDE for d in read(str(path), Redactor(), full=True)]
    assert sum(bool(d.redacted) for d in found) <= 0.005 * len(found)


@pytest.mark.parametrize("turned", [False, True])
def test_two_files_of_a_session_make_one(turned: bool) -> None:
    pairs = [p for p in CLAUDE if p.name.endswith(".2.jsonl")]
    assert len(pairs) == 6
    for second in pairs:
        first = second.with_name(second.name.replace(".2.", ".1."))
        stored: dict[str, str | None] = {}
        for path in (second, first) if turned else (first, second):
            for d in read(str(path), Redactor(), known=stored.__contains__):
                assert d.id is not None
                assert d.id not in stored
                stored[d.id] = d.body
        for path in (first, second):
            assert list(read(str(path), Redactor(), known=stored.__contains__)) == []
        want = said_by_the_source(first) | said_by_the_source(second)
        assert {text for _, text in want} <= set(stored.values())


def test_the_grown_gemini_file_adds_only_what_is_new() -> None:
    early, late = (DATA / "gemini" / f"session-f7633853.{n}.json" for n in (1, 2))
    before = list(read(str(early), Redactor()))
    stored = {str(d.id) for d in before}
    added = list(read(str(late), Redactor(), known=stored.__contains__))
    whole = list(read(str(late), Redactor()))
    assert {str(d.id) for d in whole} == stored | {str(d.id) for d in added}
    assert len(before) + len(added) == len(whole)
    texts = [m["content"] for m in json.loads(late.read_text())["messages"] if m["content"]]
    assert [
        d.body for d in whole if d.fields.get("role") in ("user", "assistant", "system")
    ] == texts
    calls = [c for m in json.loads(late.read_text())["messages"] for c in m.get("toolCalls", [])]
    assert sum(d.fields.get("role") == "tool" for d in whole) == len(calls)


@pytest.mark.parametrize(
    "name",
    ["2026-01-12_15-08-38Z-update-our-docs-to", "2026-05-10_09-00-00Z-where-is-save-implemented"],
)
def test_specstory_histories_come_out(name: str) -> None:
    path = DATA / "specstory" / f"{name}.md"
    text = path.read_text()
    found = list(read(str(path), Redactor(), full=True))
    tools = [d for d in found if d.fields.get("role") == "tool"]
    assert len(tools) == text.count("<tool-use ")
    assert sum(bool(d.fields.get("think")) for d in found) == text.count("<think>")
    assert all(
        d.body in text for d in found if d.fields.get("role") in ("user", "assistant") and d.body
    )
    assert all(d.fields.get("target") for d in tools if d.fields["type"] in ("read", "shell"))
