"""Transcripts of Claude Code: what comes out of them, under which ids, and what cannot stop us."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from git_naturecode.capture import read
from git_naturecode.ids import imported_entry
from git_naturecode.redact import Redactor
from git_naturecode.store.entry import Draft
from transcripts import CONVERSATION, S, drafts, line, messages, result, use, write


def entry(message: str, part: str) -> str:
    return imported_entry("claude-code", S, message, part)


def test_a_conversation_comes_out_in_its_order(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", CONVERSATION)
    first, *rest = drafts(path)
    assert first == Draft(
        "open",
        {
            "title": "Add a test",
            "origin": {
                "tool": "claude-code",
                "session": S,
                "version": "2.1.0",
                "cwd": "~/p",
                "branch": "main",
            },
            "t": "2026-11-22T10:00:01.000Z",
        },
        None,
        entry("open", ""),
        (),
        clean=True,
    )
    assert rest == [
        Draft(
            "message",
            {"role": "user", "t": "2026-11-22T10:00:01.000Z"},
            "\nAdd a test\nfor retry",
            entry("u1", "0"),
            (),
            True,
        ),
        Draft(
            "message",
            {"role": "assistant", "t": "2026-11-22T10:00:03.000Z", "model": "claude-x"},
            "I do.",
            entry("u3", "0"),
            (),
            True,
        ),
        Draft(
            "message",
            {
                "role": "tool",
                "t": "2026-11-22T10:00:03.001Z",
                "type": "write",
                "tool": "Edit",
                "target": "src/a.py",
                "ok": True,
                "size": 7,
            },
            "updated",
            entry("t1", "done"),
            (),
            True,
        ),
        Draft(
            "message",
            {
                "role": "tool",
                "t": "2026-11-22T10:00:05.000Z",
                "type": "shell",
                "tool": "Bash",
                "target": "make test",
            },
            "",
            entry("t2", "call"),
            (),
            True,
        ),
    ]


def test_full_keeps_reasoning_and_inputs(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl", [*CONVERSATION, line("user", "u6", [result("t2", "x" * 9000)], 6)]
    )
    said = messages(path, full=True)
    assert [(d.fields.get("think"), d.body) for d in said[1:2]] == [(True, "hm")]
    edit, shell = (d for d in said if d.fields["role"] == "tool")
    assert edit.body is not None
    assert json.loads(edit.body[: edit.fields["in"]])["new_string"] == "2"
    assert edit.body[edit.fields["in"] :] == "\nupdated"
    assert shell.body == "make test\nmake lint\n" + "x" * 9000
    assert shell.fields["in"] == len("make test\nmake lint")
    assert shell.fields["size"] == 9000
    assert "sha" not in shell.fields


def test_long_outputs_are_cut_and_named_by_their_redacted_hash(tmp_path: Path) -> None:
    secret = "ghp" + "_" + "a8Kd03jZq7" * 3 + "Lm29Xc"
    output = f"é{secret}\n" + "".join(f"line {n}\n" for n in range(2000))
    path = write(
        tmp_path / "a.jsonl", [*CONVERSATION, line("user", "u6", [result("t2", output)], 6)]
    )
    done = messages(path)[-1]
    kept = output.replace(secret, "[REDACTED:github-token:1]")
    assert done.body is not None
    assert len(done.body) < 1600
    assert done.body.startswith("é[REDACTED:github-token:1]\nline 0\n")
    assert done.body.endswith("line 1999\n")
    assert " characters cut ...]\n" in done.body
    assert done.fields["size"] == len(kept.encode())
    assert done.fields["sha"] == hashlib.sha256(kept.encode()).hexdigest()[:16]
    assert done.redacted == ("github-token:1",)


@pytest.mark.parametrize("at", range(990, 1030, 3))
def test_a_cut_never_goes_through_a_label_or_a_secret(tmp_path: Path, at: int) -> None:
    secret = "ghp" + "_" + "a8Kd03jZq7" * 3 + "Lm29Xc"
    output = (
        "." * (at - 1) + " " + secret + " " + "." * 3000 + " " + secret + " " + "." * (at - 510)
    )
    path = write(
        tmp_path / "a.jsonl", [*CONVERSATION, line("user", "u6", [result("t2", output)], 6)]
    )
    body = messages(path)[-1].body or ""
    assert not [n for n in range(len(secret) - 7) if secret[n : n + 8] in body]
    assert body.replace("[REDACTED:github-token:1]", "").count("[") == 1
    assert body.replace("[REDACTED:github-token:1]", "").count("]") == 1


def test_a_failed_call_is_not_ok(tmp_path: Path) -> None:
    answer = line("user", "u6", [result("t2", "Exit code 1", is_error=True)], 6)
    done = messages(write(tmp_path / "a.jsonl", [*CONVERSATION, answer]))[-1]
    assert (done.id, done.fields["ok"]) == (entry("t2", "done"), False)
    assert "over" not in done.fields


def test_a_later_result_replaces_the_call_that_the_store_has(tmp_path: Path) -> None:
    early = drafts(write(tmp_path / "a.jsonl", CONVERSATION))
    stored = {draft.id for draft in early}
    grown = [*CONVERSATION, line("user", "u6", [result("t2", "fine")], 6)]
    late = drafts(write(tmp_path / "a.jsonl", grown), known=stored.__contains__)
    assert [(draft.id, draft.fields["over"]) for draft in late] == [
        (entry("t2", "done"), [entry("t2", "call")])
    ]
    stored |= {draft.id for draft in late}
    assert drafts(write(tmp_path / "a.jsonl", grown), known=stored.__contains__) == []
    assert drafts(write(tmp_path / "b.jsonl", CONVERSATION), known=stored.__contains__) == []


def test_a_result_without_its_call_is_kept_and_replaced_once_the_call_is_known(
    tmp_path: Path,
) -> None:
    answer = line("user", "u6", [result("t2", "fine")], 6)
    tail = messages(write(tmp_path / "tail.jsonl", [answer]))
    assert [(d.id, d.body, d.fields["type"]) for d in tail] == [
        (entry("t2", "result"), "fine", "generic")
    ]
    stored = {draft.id for draft in tail}
    whole = messages(
        write(tmp_path / "a.jsonl", [*CONVERSATION, answer]), known=stored.__contains__
    )
    assert whole[-1].fields["over"] == [entry("t2", "result")]
    assert whole[-1].fields["target"] == "make test"


def test_two_parts_of_a_session_open_it_once(tmp_path: Path) -> None:
    one, two = (
        write(tmp_path / "1.jsonl", CONVERSATION[:2]),
        write(tmp_path / "2.jsonl", CONVERSATION[2:]),
    )
    for first, second in ((one, two), (two, one)):
        opened = drafts(first)[0]
        rest = drafts(second, known={opened.id}.__contains__)
        assert opened.kind == "open"
        assert "open" not in [draft.kind for draft in rest]


def test_known_entries_are_left_out_without_a_look_at_their_text(tmp_path: Path) -> None:
    class Blind(Redactor):
        def text(self, text: str, *, keep: int = 0) -> tuple[str, tuple[str, ...]]:
            raise AssertionError("looked at a text")

        def texts(self, texts: Iterable[str]) -> tuple[list[str], tuple[str, ...]]:
            raise AssertionError("looked at a text")

    path = write(
        tmp_path / "a.jsonl", [*CONVERSATION, line("user", "u6", [result("t2", "fine")], 6)]
    )
    assert list(read(path, Blind(), known=lambda _: True, full=True)) == []


def test_meta_sidechain_and_system_lines_are_marked(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        [
            line("user", "u0", "<command-name>/init</command-name>", 0),
            line("user", "u1", "caveat", 1, isMeta=True),
            line("user", "u2", "This session continues", 2, isCompactSummary=True),
            line(
                "assistant",
                "u3",
                [{"type": "text", "text": "sub"}, use("t1", "Read", file_path="/x/b.py")],
                3,
                isSidechain=True,
            ),
            {**line("user", "u4", None, 4), "type": "system", "content": "Conversation compacted"},
            {**line("user", "u5", None, 5), "type": "system", "subtype": "turn_duration"},
        ],
    )
    opened, *said = drafts(path)
    assert opened.fields["title"] == "This session continues"
    flags = [(d.fields["role"], d.fields.get("meta"), d.fields.get("side")) for d in said]
    assert flags == [
        ("user", None, None),
        ("user", True, None),
        ("user", True, None),
        ("assistant", None, True),
        ("system", None, None),
        ("tool", None, True),
    ]


def test_a_session_that_only_ran_a_command_is_named_after_it(tmp_path: Path) -> None:
    text = "<command-message>x</command-message>\n<command-name>/review</command-name>\n"
    text += "<command-args>42</command-args>"
    path = write(
        tmp_path / "a.jsonl",
        [line("user", "u0", text), line("user", "u1", "[Request interrupted by user]")],
    )
    assert drafts(path)[0].fields["title"] == "/review 42"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("word " * 16 + "!", "word " * 14 + "word…"),  # 81 characters
        ("word " * 15 + "words", "word " * 15 + "words"),  # 80
        ("Make it red, " + "and " * 30, "Make it red, " + "and " * 15 + "and…"),
        ("x" * 81, "x" * 79 + "…"),
        ("Look at " + "x" * 99, "Look at " + "x" * 71 + "…"),
    ],
)
def test_a_long_title_ends_after_a_word(tmp_path: Path, said: str, title: str) -> None:
    path = write(tmp_path / "a.jsonl", [line("user", "u0", said)])
    assert drafts(path)[0].fields["title"] == title
    assert len(title) <= 80


def test_summaries_set_the_summary_and_name_the_session(tmp_path: Path) -> None:
    lines = [
        {"type": "summary", "summary": "Retry jitter", "leafUuid": "l1"},
        *CONVERSATION[:2],
        {"type": "summary", "summary": "Retry jitter, tested", "leafUuid": "l2"},
    ]
    path = write(tmp_path / "a.jsonl", lines)
    opened, first, _, second = drafts(path)
    assert opened.fields["title"] == "Retry jitter"
    assert first.fields == {"field": "summary", "value": "Retry jitter"}
    assert second.fields == {
        "field": "summary",
        "value": "Retry jitter, tested",
        "over": [first.id],
    }
    assert drafts(path) == [opened, first, _, second]


def test_blocks_of_all_sorts(tmp_path: Path) -> None:
    image = {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": "QUJD" * 5},
    }
    path = write(
        tmp_path / "a.jsonl",
        [
            line(
                "user",
                "u1",
                [image, {"type": "text", "text": "what is this?"}, {"type": "odd"}, "plain", 7],
            ),
            line(
                "assistant",
                "u2",
                [use("t1", "mcp__x", path="/home/ada/p"), use("t2", "Grep", pattern="a|b")],
            ),
            line(
                "user",
                "u3",
                [
                    result(
                        "t1",
                        [{"type": "text", "text": "one"}, image, {"type": "text", "text": "two"}],
                    )
                ],
            ),
            line("user", "u4", [result("t2", None)]),
        ],
    )
    said = messages(path)
    placeholder = "[image: image/png, 15 bytes]"
    assert [d.body for d in said] == [
        placeholder,
        "what is this?",
        "plain",
        f"one\n{placeholder}\ntwo",
        "",
    ]
    assert [(d.fields.get("type"), d.fields.get("target")) for d in said[3:]] == [
        ("generic", "~/p"),
        ("search", "a|b"),
    ]


def test_a_target_is_redacted_and_cut(tmp_path: Path) -> None:
    secret = "ghp" + "_" + "a8Kd03jZq7" * 3 + "Lm29Xc"
    command = "echo " + "x" * 180 + f" {secret} tail\nsecond"
    path = write(
        tmp_path / "a.jsonl",
        [line("user", "u1", "go"), line("assistant", "u2", [use("t1", "Bash", command=command)])],
    )
    call = messages(path)[-1]
    assert call.fields["target"] == "echo " + "x" * 180 + " "
    assert call.redacted == ()
