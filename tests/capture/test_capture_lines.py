"""Odd lines, times and files of Claude Code: nothing stops the reading, nothing is lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from git_naturecode.capture import Reading, identify, lines, read
from git_naturecode.errors import Usage
from git_naturecode.redact import Redactor
from transcripts import CONVERSATION, S, line, messages, result, use, write


def test_broken_torn_and_foreign_lines_do_not_stop_the_reading(tmp_path: Path) -> None:
    lines = [
        "\n",
        '{"type":"brandnew","uuid":"n","sessionId":"s"}\n',
        CONVERSATION[1],
        '{"type":"user","uuid":"bro\n',
        "[1, 2]\n",
        '{"type":"user","uuid":"m","message":7}\n',
        '{"type":"assistant","message":{"content":[{"type":"tool_use"},{"type":"tool_result"},{"type":"text"}]}}\n',
        CONVERSATION[3],
        '{"type":"user","uuid":"torn","message":{"content":"half',
    ]
    reading: Reading = read(write(tmp_path / "a.jsonl", lines), Redactor())
    found = list(reading)
    assert [d.body for d in found if d.fields.get("role") in ("user", "assistant")] == [
        "\nAdd a test\nfor retry",
        "I do.",
    ]
    assert reading.broken == 2


def test_a_last_line_without_a_line_end_counts_when_it_is_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [CONVERSATION[1], CONVERSATION[3]])
    Path(path).write_bytes(Path(path).read_bytes()[:-1])
    assert [d.body for d in messages(path)][1] == "I do."


def test_texts_survive_as_they_are(tmp_path: Path) -> None:
    texts = [
        "a\r\nb\rc",
        "lone \ud83d half",
        "nul \x00 \x85 \u2028 end\n\n",
        " ",
        "\ufeffbom",
        "日本 İß",
    ]
    path = write(
        tmp_path / "a.jsonl", [line("user", f"u{n}", text) for n, text in enumerate(texts)]
    )
    assert [d.body for d in messages(path)] == texts


@pytest.mark.parametrize(
    ("stamp", "told"),
    [
        ("2026-11-22T10:00:01Z", "2026-11-22T10:00:01.000Z"),
        ("2026-11-22T11:00:01.5+01:00", "2026-11-22T10:00:01.500Z"),
        (1795341601000, "2026-11-22T10:00:01.000Z"),
        (1795341601.25, "2026-11-22T10:00:01.250Z"),
        ("1795341601000", "2026-11-22T10:00:01.000Z"),
        ("yesterday", "2026-11-22T09:00:00.000Z"),
        (None, "2026-11-22T09:00:00.000Z"),
        ("2026-02-30T10:00:01.000Z", "2026-11-22T09:00:00.000Z"),
        (1e300, "2026-11-22T09:00:00.000Z"),
    ],
)
def test_times_are_told_as_iso_and_made_up_from_the_line_before(
    tmp_path: Path, stamp: Any, told: str
) -> None:
    before = {**line("user", "u1", "one"), "timestamp": "2026-11-22T09:00:00.000Z"}
    path = write(tmp_path / "a.jsonl", [before, {**line("user", "u2", "two"), "timestamp": stamp}])
    assert messages(path)[1].fields["t"] == told


def test_lines_without_uuid_get_ids_from_what_they_say(tmp_path: Path) -> None:
    nameless = [
        {**line("user", "", "same"), "uuid": None},
        {**line("user", "", "same"), "uuid": None},
    ]
    path = write(tmp_path / "a.jsonl", [CONVERSATION[1], *nameless])
    again = write(tmp_path / "b.jsonl", [CONVERSATION[1], *nameless, CONVERSATION[3]])
    ids = [d.id for d in messages(path)]
    assert len(set(ids)) == 3
    assert [d.id for d in messages(again)][:3] == ids


def test_a_line_that_stands_twice_comes_once(tmp_path: Path) -> None:
    assert len(messages(write(tmp_path / "a.jsonl", [CONVERSATION[1], CONVERSATION[1]]))) == 1


def test_keys_in_any_order_and_nested_look_alikes_are_read(tmp_path: Path) -> None:
    turned = dict(reversed(list(CONVERSATION[1].items())))
    nested = line(
        "assistant",
        "u7",
        [use("t9", "odd", type="progress", toolUseResult={"uuid": "x"}, timestamp=1)],
        7,
    )
    nested = {"message": nested.pop("message"), **nested}
    path = write(
        tmp_path / "a.jsonl", [turned, nested, line("user", "u8", [result("t9", "did")], 8)]
    )
    assert [d.body for d in messages(path)] == ["\nAdd a test\nfor retry", "did"]


def test_a_second_copy_of_a_result_is_skipped_wherever_it_stands(tmp_path: Path) -> None:
    copy = {"stdout": "x", "uuid": "no", "timestamp": "2020-01-01T00:00:00.000Z"}
    early = line("user", "u2", "first", 2)
    early = {
        "type": early.pop("type"),
        "message": early.pop("message"),
        "toolUseResult": copy,
        **early,
    }
    late = line("user", "u3", "second", 3, toolUseResult=copy)
    plain = [line("user", "u2", "first", 2), line("user", "u3", "second", 3)]
    first = write(tmp_path / "a.jsonl", [early, late])
    assert messages(first) == messages(write(tmp_path / "b.jsonl", plain))


def test_identify_tells_tool_session_time_and_project(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", CONVERSATION)
    found = identify(path)
    assert found is not None
    assert (found.tool, found.session, found.first_ms, found.project) == (
        "claude-code",
        S,
        1795341601000,
        "/home/ada/p",
    )
    assert found.path == path


def test_identify_reads_only_the_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    write(path, CONVERSATION)
    with path.open("a") as file:
        file.write(json.dumps(line("user", "u9", "x" * 1_000_000)) + "\n")
        file.write("broken\n" * 1000)
    read_lines = 0
    real = lines.parse

    def counted(data: bytes) -> dict[str, Any] | None:
        nonlocal read_lines
        read_lines += 1
        return real(data)

    monkeypatch.setattr("git_naturecode.capture.claude.parse", counted)
    assert identify(str(path)) is not None
    assert read_lines <= 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"# Notes\n",
        b'{"a": 1}\n',
        b"{}",
        b"\x00\x01" * 500,
        b"[]",
        b"{" * 70_000,
        b'{"type":"summary","summary":"x","leafUuid":"y"}\n',
    ],
)
def test_other_files_are_no_transcripts(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    assert identify(str(path)) is None
    with pytest.raises(Usage):
        read(str(path), Redactor())


def test_what_cannot_be_opened_is_no_transcript(tmp_path: Path) -> None:
    assert identify(str(tmp_path)) is None
    assert identify(str(tmp_path / "missing.jsonl")) is None
