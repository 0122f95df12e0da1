"""Rollouts of Codex: what was said and done, from the items alone, whatever their age."""

import json
from pathlib import Path
from typing import Any

import pytest

from editors import T, jsonl
from git_naturecode.capture import identify, read
from git_naturecode.ids import imported_entry
from git_naturecode.redact import Redactor
from git_naturecode.store.entry import Draft
from samples import codex, item, rollout, spoken

S = "44444444-aaaa-4bbb-8ccc-000000000001"
META = rollout(
    "session_meta",
    0,
    id=S,
    timestamp="2026-11-22T09:59:59.000Z",
    cwd="/home/ada/p",
    cli_version="0.142.0",
    git={"branch": "main"},
)
CONTEXT = rollout("turn_context", 0, cwd="/home/ada/p", model="gpt-x")
PATCH = (
    "*** Begin Patch\n*** Update File: src/a.py\n@@\n-1\n+2\n*** Add File: b.py\n+3\n*** End Patch"
)
DONE = '{"output":"Done","metadata":{"exit_code":0}}'
FAILED = "Wall time: 1 s\nProcess exited with code 2\nOutput:\nno"
TALK = [
    META,
    spoken(1, "developer", "be good"),
    spoken(1, "user", "# AGENTS.md instructions for /p\n\n<INSTRUCTIONS>x</INSTRUCTIONS>"),
    spoken(1, "user", "<environment_context>\n<cwd>/p</cwd></environment_context>"),
    CONTEXT,
    spoken(1, "user", "Make it red"),
    rollout("event_msg", 1, type="user_message", message="Make it red"),
    item(2, "reasoning", summary=[{"text": "Red?"}], content=[{"text": "Why"}]),
    spoken(3, "assistant", "I do."),
    rollout("event_msg", 3, type="agent_message", message="I do."),
    item(4, "custom_tool_call", name="apply_patch", call_id="c1", input=PATCH),
    item(5, "custom_tool_call_output", call_id="c1", output=DONE),
    item(6, "function_call", name="exec_command", call_id="c2", arguments='{"cmd":"make test"}'),
    item(7, "function_call_output", call_id="c2", output=FAILED),
    item(8, "local_shell_call", call_id="c3", action={"command": ["/bin/bash", "-lc", "ls | wc"]}),
]  # fmt: skip


def rolled(path: Path, lines: list[Any]) -> str:
    path.write_bytes(jsonl(lines).encode())
    return str(path)


def drafts(path: str, **options: Any) -> list[Draft]:
    return list(read(path, Redactor(), **options))


def told(found: list[Draft]) -> list[tuple[Any, ...]]:
    return [(d.fields["role"], d.body) for d in found if d.kind == "message"]


def test_a_conversation_comes_out_in_its_order_and_once(tmp_path: Path) -> None:
    opened, *said = drafts(rolled(tmp_path / "a.jsonl", TALK))
    assert opened.id == imported_entry("codex", S, "open", "")
    assert opened.fields == {
        "title": "Make it red",
        "origin": {
            "tool": "codex",
            "session": S,
            "version": "0.142.0",
            "cwd": "~/p",
            "branch": "main",
        },
        "t": "2026-11-22T09:59:59.000Z",
    }
    assert told(said) == [
        ("user", "Make it red"),
        ("assistant", "I do."),
        ("tool", "Done"),
        ("tool", FAILED),
        ("tool", ""),
    ]
    assert said[1].fields["model"] == "gpt-x"
    calls = [{k: d.fields.get(k) for k in ("type", "tool", "target", "ok")} for d in said[2:]]
    assert calls == [
        {"type": "write", "tool": "apply_patch", "target": "src/a.py, b.py", "ok": True},
        {"type": "shell", "tool": "exec_command", "target": "make test", "ok": False},
        {"type": "shell", "tool": "local_shell", "target": "ls | wc", "ok": None},
    ]
    assert [d.fields["t"][17:] for d in said] == [f"0{n}.000Z" for n in (1, 3, 4, 6, 8)]


def test_full_keeps_reasoning_inputs_and_what_came_before_the_user(tmp_path: Path) -> None:
    said = drafts(rolled(tmp_path / "a.jsonl", TALK), full=True)[1:]
    assert [(d.fields["role"], str(d.body)[:20]) for d in said if d.fields.get("meta")] == [
        ("system", "be good"),
        ("user", "# AGENTS.md instruct"),
        ("user", "<environment_context"),
    ]
    assert [d.body for d in said if d.fields.get("think")] == ["Red?\n\nWhy"]
    edit = next(d for d in said if d.fields.get("tool") == "apply_patch")
    assert edit.body == PATCH + "\nDone"
    assert edit.fields["in"] == len(PATCH)


def test_a_grown_file_adds_only_what_is_new_in_any_order(tmp_path: Path) -> None:
    parts = [rolled(tmp_path / f"{n}.jsonl", TALK[:n]) for n in (7, 12, len(TALK))]
    for order in (parts, parts[::-1], parts[1:] + parts[:1]):
        stored: dict[str, Draft] = {}
        for path in order + order:
            for draft in drafts(path, known=stored.__contains__):
                assert draft.id not in stored
                stored[str(draft.id)] = draft
        replaced = {over for d in stored.values() for over in d.fields.get("over", [])}
        kept = [d for name, d in stored.items() if name not in replaced]
        kept.sort(key=lambda d: (d.fields["t"], d.fields.get("role", "")))
        assert told(kept) == told(drafts(parts[-1]))


def test_lines_of_one_time_stay_in_their_order(tmp_path: Path) -> None:
    lines = [META, *(spoken(1, "user", f"text {n}") for n in range(9, 0, -1))]
    said = drafts(rolled(tmp_path / "a.jsonl", lines))[1:]
    times = [d.fields["t"] for d in said]
    assert times == [T.format(1, n) for n in range(9)]
    assert len({d.id for d in said}) == 9


def test_a_subagent_is_part_of_its_parent_and_marked(tmp_path: Path) -> None:
    other = "55555555-aaaa-4bbb-8ccc-000000000001"
    spawned = {"subagent": {"thread_spawn": {"parent_thread_id": S, "depth": 1}}}
    meta = rollout("session_meta", 3, id=other, timestamp=T.format(3, 0), source=spawned, cwd="/p")
    agent = rolled(tmp_path / "sub.jsonl", [meta, *TALK[4:]])
    main = rolled(tmp_path / "main.jsonl", TALK)
    found = identify(agent)
    assert found is not None
    assert found.session == S
    ids = {d.id for d in drafts(main)}
    late = drafts(agent, known=ids.__contains__)
    assert [d.fields.get("side") for d in late] == [True] * 5


def test_compaction_and_rollback_are_told(tmp_path: Path) -> None:
    lines = [
        *TALK[:6],
        rollout("compacted", 8, message="so far", replacement_history=[{"role": "user"}]),
        rollout("event_msg", 9, type="thread_rolled_back", num_turns=2),
    ]
    said = drafts(rolled(tmp_path / "a.jsonl", lines))[2:]
    assert [(d.fields["role"], d.fields.get("meta"), d.body) for d in said] == [
        ("user", True, "so far"),
        ("system", None, "[the last 2 turns rolled back]"),
    ]


@pytest.mark.parametrize(
    ("output", "body", "ok"),
    [
        ("plain", "plain", True),
        ("Exit code: 0\nWall time: 1 s\nOutput:\nx", None, True),
        ("aborted by user after 3 s", None, False),
        ({"content": "bad", "success": False}, "bad", False),
        ({"content": [{"type": "input_text", "text": "a"}]}, "a", True),
        ('{"output": "x", "metadata": {"exit_code": 3}}', "x", False),
        ([{"image_url": "data:image/png;base64,QUJD"}], "[image: image/png, 3 bytes]", True),
        (None, "", True),
    ],
)  # fmt: skip
def test_outputs_of_all_sorts(tmp_path: Path, output: Any, body: str | None, ok: bool) -> None:
    call = item(4, "function_call", name="shell", call_id="c", arguments="{}")
    lines = [META, call, item(5, "function_call_output", call_id="c", output=output)]
    done = drafts(rolled(tmp_path / "a.jsonl", lines))[-1]
    assert done.body == (output if body is None else body)
    assert done.fields["ok"] is ok


def test_rollouts_without_an_envelope(tmp_path: Path) -> None:
    meta = {"id": S, "timestamp": T.format(0, 0), "instructions": None, "git": {"branch": "b"}}
    lines = [
        meta,
        {"record_type": "state"},
        spoken(1, "user", "<environment_context><cwd>/home/ada/p</cwd>")["payload"],
        spoken(1, "user", "Make it red")["payload"],
        spoken(1, "assistant", "I do.")["payload"],
    ]
    path = rolled(tmp_path / "a.jsonl", lines)
    found = identify(path)
    assert found is not None
    assert (found.tool, found.session, found.project) == ("codex", S, "/home/ada/p")
    opened, *said = drafts(path)
    assert opened.fields["origin"]["branch"] == "b"
    assert told(said) == [("user", "Make it red"), ("assistant", "I do.")]
    whole = tmp_path / "rollout.json"
    whole.write_text(json.dumps({"session": meta, "items": lines[2:]}, indent=2))
    assert told(drafts(str(whole))) == told(said)


def test_the_name_that_the_user_gave_is_the_title(tmp_path: Path) -> None:
    folder = tmp_path / "sessions" / "2026" / "11" / "22"
    folder.mkdir(parents=True)
    path = rolled(folder / "rollout-x.jsonl", TALK)
    (tmp_path / "session_index.jsonl").write_text(
        jsonl({"id": S, "thread_name": name} for name in ("first", "Red everywhere"))
    )
    assert drafts(path)[0].fields["title"] == "Red everywhere"


def test_a_file_without_its_first_line_is_known_by_its_name(tmp_path: Path) -> None:
    path = rolled(tmp_path / f"rollout-2026-11-22T10-00-00-{S}.jsonl", TALK[5:])
    found = identify(path)
    assert found is not None
    assert (found.tool, found.session) == ("codex", S)
    assert told(drafts(path))[0] == ("user", "Make it red")
    assert identify(rolled(tmp_path / "other.jsonl", TALK[5:])) is None


def test_every_place_of_the_sample_comes_out(tmp_path: Path) -> None:
    said = drafts(rolled(tmp_path / "a.jsonl", codex("mark")), full=True)
    assert sum("mark" in str(d) for d in said) == len(said) - 1  # all but the rollback
