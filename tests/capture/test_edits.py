"""The edits that transcripts record: which entry, which path, what was before and after."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import editors
from git_naturecode.capture import identify
from git_naturecode.capture.edits import edits
from git_naturecode.capture.edits_told import changes
from git_naturecode.domain.attribution import Edit, File, Hunk, Piece
from git_naturecode.ids import imported_entry
from transcripts import S, drafts, line, result, use, write

ROOT = "/home/ada/p"


def found(path: str, *names: str) -> list[Edit]:
    what = identify(path)
    assert what is not None
    return list(edits(what, names))


def asked(call: str, name: str, second: int = 1, **arguments: Any) -> dict[str, Any]:
    return line("assistant", f"u-{call}", [use(call, name, **arguments)], second)


def answered(call: str, told: Any, second: int = 2, **more: Any) -> dict[str, Any]:
    return line("user", f"r-{call}", [result(call, "done", **more)], second, toolUseResult=told)


def told(**more: Any) -> dict[str, Any]:
    return {
        "filePath": f"{ROOT}/src/a.py", "oldString": "1", "newString": "2",
        "originalFile": "x = 1\n", "structuredPatch": [], "userModified": False, **more,
    }  # fmt: skip


def test_an_edit_is_named_as_its_entry_is(tmp_path: Path) -> None:
    call = asked("t1", "Edit", file_path=f"{ROOT}/src/a.py", old_string="1", new_string="2")
    path = write(tmp_path / "s.jsonl", [call, answered("t1", told())])
    (edit,) = found(path)
    assert edit.path == f"{ROOT}/src/a.py"
    assert edit.before == "x = 1\n"
    assert edit.pieces == (Piece("1", "2"),)
    assert edit.t == "2026-11-22T10:00:02.000Z"
    assert edit.message in {draft.id for draft in drafts(path)}


def test_failed_and_refused_calls_do_not_count(tmp_path: Path) -> None:
    arguments: dict[str, Any] = {"file_path": f"{ROOT}/a.py", "old_string": "1", "new_string": "2"}
    lines = [
        asked("t1", "Edit", **arguments),
        answered("t1", "Error: String to replace not found", is_error=True),
        asked("t2", "Edit", **arguments),
        answered("t2", told(), is_error=True),
        asked("t3", "Edit", **arguments),
    ]
    assert found(write(tmp_path / "s.jsonl", lines)) == []


def test_a_result_that_tells_nothing_leaves_the_arguments(tmp_path: Path) -> None:
    lines = [
        asked("t1", "MultiEdit", file_path="src/a.py", edits=[
            {"old_string": "a", "new_string": "b"},
            {"old_string": "c", "new_string": "d", "replace_all": True},
        ]),
        line("user", "r1", [result("t1", "ok")], 2),
    ]  # fmt: skip
    (edit,) = found(write(tmp_path / "s.jsonl", lines), "a.py")
    assert edit.path == f"{ROOT}/src/a.py"
    assert edit.pieces == (Piece("a", "b"), Piece("c", "d", every=True))
    assert edit.before is None


def test_a_written_file_and_a_notebook_are_told_as_a_whole(tmp_path: Path) -> None:
    lines = [
        asked("t1", "Write", file_path=f"{ROOT}/new.py", content="a\n"),
        answered("t1", {
            "type": "create", "filePath": f"{ROOT}/new.py", "content": "a\n", "originalFile": None,
            "structuredPatch": [],
        }),
        asked("t2", "NotebookEdit", notebook_path=f"{ROOT}/n.ipynb", new_source="b"),
        answered("t2", {
            "notebook_path": f"{ROOT}/n.ipynb", "original_file": "{}", "updated_file": "{1}",
        }),
    ]  # fmt: skip
    one, two = found(write(tmp_path / "s.jsonl", lines))
    assert (one.before, one.after) == ("", "a\n")
    assert (two.before, two.after) == ("{}", "{1}")


def test_what_the_person_changed_first_is_told_with_what_was_proposed(tmp_path: Path) -> None:
    call = asked("t1", "Edit", file_path=f"{ROOT}/src/a.py", old_string="1", new_string="2\n3")
    answer = answered("t1", told(userModified=True, newString="2\n4"))
    (edit,) = found(write(tmp_path / "s.jsonl", [call, answer]))
    assert edit.pieces == (Piece("1", "2\n4"),)
    assert edit.proposed == "2\n3\n"


def test_a_mended_text_is_taken_from_the_patch(tmp_path: Path) -> None:
    patch = [
        {"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1, "lines": ["-“x”", "+“y”"]}
    ]
    answer = answered("t1", told(
        originalFile="“x”\n", oldString='"x"', newString='"y"', structuredPatch=patch,
    ))  # fmt: skip
    call = asked("t1", "Edit", file_path=f"{ROOT}/src/a.py", old_string='"x"', new_string='"y"')
    (edit,) = found(write(tmp_path / "s.jsonl", [call, answer]))
    assert (edit.pieces, edit.hunks) == ((), (Hunk(("“x”",), ("“y”",)),))


@pytest.mark.parametrize("name", ["a.py", 'q".py', "ü.py"])
def test_only_wanted_files_are_looked_at(tmp_path: Path, name: str) -> None:
    lines = [
        part
        for number in range(9)
        for part in (
            asked(f"t{number}", "Edit", file_path=f"{ROOT}/{number}{name}"),
            answered(f"t{number}", told(filePath=f"{ROOT}/{number}{name}")),
        )
    ]
    path = write(tmp_path / "s.jsonl", lines)
    assert f"{ROOT}/3{name}" in [edit.path for edit in found(path, f"3{name}")]
    if name == "a.py":
        assert len(found(path, f"3{name}")) == 1


def codex(path: Path, *payloads: Any) -> str:
    lines = [
        {"timestamp": "2026-11-22T10:00:00.000Z", "type": "session_meta",
         "payload": {"id": S, "timestamp": "2026-11-22T10:00:00.000Z", "cwd": ROOT}},
        *({"timestamp": f"2026-11-22T10:00:0{1 + number}.000Z", "type": kind, "payload": payload}
          for number, (kind, payload) in enumerate(payloads)),
    ]  # fmt: skip
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    return str(path)


PATCH = """*** Begin Patch
*** Add File: src/new.py
+one
+
+two
*** Update File: src/a.py
*** Move to: src/b.py
@@ class A:
 x = 1
-y = 2
+y = 3

 z = 4
@@
-old
+new
*** End of File
*** Delete File: src/gone.py
*** End Patch"""

FORMS = {
    "custom": {"type": "custom_tool_call", "name": "apply_patch", "input": PATCH},
    "function": {"type": "function_call", "name": "apply_patch",
                 "arguments": json.dumps({"input": PATCH})},
    "words": {"type": "function_call", "name": "shell",
              "arguments": json.dumps({"command": ["apply_patch", PATCH]})},
    "heredoc": {"type": "function_call", "name": "exec_command",
                "arguments": json.dumps({"cmd": f"apply_patch <<'EOF'\n{PATCH}\nEOF\n"})},
    "bash": {"type": "function_call", "name": "shell", "arguments": json.dumps(
        {"command": ["bash", "-lc", f"apply_patch <<'EOF'\n{PATCH}\nEOF\n"], "workdir": ROOT})},
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_patch_of_codex_is_read_in_every_form(tmp_path: Path, form: str) -> None:
    kind = "custom_tool_call_output" if form == "custom" else "function_call_output"
    path = codex(
        tmp_path / "rollout.jsonl",
        ("response_item", {**FORMS[form], "call_id": "c1"}),
        ("response_item", {"type": kind, "call_id": "c1", "output": "Success. Updated files"}),
    )
    new, moved, gone = found(path)
    assert (new.path, new.after) == (f"{ROOT}/src/new.py", "one\n\ntwo\n")
    assert (moved.path, moved.moved_from) == (f"{ROOT}/src/b.py", f"{ROOT}/src/a.py")
    assert moved.hunks == (
        Hunk(("x = 1", "y = 2", "", "z = 4"), ("x = 1", "y = 3", "", "z = 4"), "class A:"),
        Hunk(("old",), ("new",)),
    )
    assert (gone.path, gone.deletes) == (f"{ROOT}/src/gone.py", True)
    assert {new.message} == {imported_entry("codex", S, "c1", "done")} == {gone.message}


@pytest.mark.parametrize(("said", "success", "count"), [
    ("Success. Updated files", True, 3), ("Success. Updated files", False, 0),
    ("apply_patch verification failed: no such lines", None, 0),
])  # fmt: skip
def test_a_patch_counts_when_it_was_applied(
    tmp_path: Path, said: str, success: bool | None, count: int
) -> None:
    end = {"type": "patch_apply_end", "call_id": "c1", "success": success}
    path = codex(
        tmp_path / "rollout.jsonl",
        ("response_item", {**FORMS["custom"], "call_id": "c1"}),
        *([("event_msg", end)] if success is not None else []),
        ("response_item", {"type": "custom_tool_call_output", "call_id": "c1", "output": said}),
    )
    assert len(found(path)) == count


def gemini(path: Path, *calls: dict[str, Any]) -> str:
    message = {"id": "g1", "timestamp": "2026-11-22T10:00:01.000Z", "type": "gemini", "content": "",
               "toolCalls": list(calls)}  # fmt: skip
    path.write_text(json.dumps({
        "sessionId": S, "projectHash": "x", "startTime": "2026-11-22T10:00:00.000Z",
        "lastUpdated": "2026-11-22T10:00:00.000Z", "messages": [message],
    }))  # fmt: skip
    return str(path)


def test_edits_of_gemini(tmp_path: Path) -> None:
    shown = {"fileName": "c.py", "fileDiff": "", "originalContent": "q\n", "newContent": "r\n"}
    path = gemini(
        tmp_path / "session-1.json",
        {"id": "k1", "name": "replace", "status": "success",
         "args": {"file_path": f"{ROOT}/a.py", "old_string": "1", "new_string": "2"}},
        {"id": "k2", "name": "write_file", "status": "success",
         "args": {"file_path": "b.py", "content": "b\n"}},
        {"id": "k3", "name": "replace", "status": "error",
         "args": {"file_path": "b.py", "old_string": "1", "new_string": "2"}},
        {"id": "k4", "name": "replace", "status": "success", "resultDisplay": shown,
         "args": {"file_path": "c.py", "old_string": "q", "new_string": "r"}},
    )  # fmt: skip
    one, two, four = found(path)
    assert (one.path, one.pieces) == (f"{ROOT}/a.py", (Piece("1", "2"),))
    assert (two.path, two.after) == ("b.py", "b\n")
    assert (four.before, four.after) == ("q\n", "r\n")
    assert {one.message, two.message, four.message} <= {draft.id for draft in drafts(path)}


def test_edits_of_copilot(tmp_path: Path) -> None:
    def call(name: str, number: int, success: bool, **given: Any) -> list[dict[str, Any]]:
        one = {"toolCallId": f"c{number}", "name": name, "arguments": json.dumps(given)}
        return [
            editors.event("assistant.message", number, content="", toolRequests=[one]),
            editors.event(
                "tool.execution_complete", number + 1, toolCallId=f"c{number}", success=success,
                result={"content": "ok"},
            ),
        ]  # fmt: skip

    lines = [
        editors.event("session.start", 1, sessionId=S, copilotVersion="1", context={"cwd": ROOT}),
        editors.event("user.message", 2, content="go"),
        *call("edit", 3, True, path=f"{ROOT}/a.py", old_str="1", new_str="2"),
        *call("create", 5, True, path=f"{ROOT}/b.py", file_text="b\n"),
        *call("edit", 7, False, path=f"{ROOT}/c.py", old_str="1", new_str="2"),
        *call("view", 9, True, path=f"{ROOT}/c.py"),
    ]
    path = write(tmp_path / "events.jsonl", lines)
    one, two = found(path)
    assert (one.path, one.pieces) == (f"{ROOT}/a.py", (Piece("1", "2"),))
    assert (two.path, two.after) == (f"{ROOT}/b.py", "b\n")
    assert {one.message, two.message} <= {draft.id for draft in drafts(path)}


def test_edits_of_cursor(tmp_path: Path) -> None:
    given = {"path": f"{ROOT}/a.py", "old_string": "1", "new_string": "2"}
    gone = {"type": "tool_use", "name": "Delete", "input": {"path": f"{ROOT}/b.py"}}
    folder = tmp_path / "agent-transcripts"
    folder.mkdir()
    edit = {"type": "tool_use", "name": "StrReplace", "input": given}
    path = write(folder / f"{S}.jsonl", [
        editors.told("user", "<user_query>\ngo\n</user_query>"),
        editors.told("assistant", "I do.", edit, gone),
    ])  # fmt: skip
    one, two = found(path)
    assert (one.path, one.pieces) == (f"{ROOT}/a.py", (Piece("1", "2"),))
    assert (two.path, two.deletes) == (f"{ROOT}/b.py", True)
    assert {one.message, two.message} <= {draft.id for draft in drafts(path)}


# The real transcripts, against what their own patches say line by line: the lines that begin with
# a plus, put where the numbers say. No text is compared and none of our code is used.


def replayed(start: list[str], patches: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    lines = [(one, "-") for one in start]
    for message, patch in patches:
        shift = 0
        for hunk in patch:
            at = hunk["oldStart"] - 1 + shift if hunk["oldLines"] else hunk["oldStart"] + shift
            for one in hunk["lines"]:
                if one[:1] == " ":
                    at += 1
                elif one[:1] == "-":
                    del lines[at]
                    shift -= 1
                elif one[:1] == "+":
                    lines.insert(at, (one[1:], message))
                    at, shift = at + 1, shift + 1
    return lines


def test_the_lines_of_real_transcripts_are_those_of_their_patches(data: Path) -> None:
    right = alike = missing = 0
    for path in sorted((data / "claude-code").glob("*.jsonl")):
        what = identify(str(path))
        assert what is not None
        patches: dict[str, list[tuple[str, Any]]] = {}
        start: dict[str, str] = {}
        for raw in path.read_text().split("\n"):
            record = json.loads(raw) if '"structuredPatch"' in raw else {}
            answer = record.get("toolUseResult")
            if isinstance(answer, dict) and answer.get("structuredPatch"):
                call = record["message"]["content"][0]["tool_use_id"]
                message = imported_entry(what.tool, what.session, call, "done")
                file = answer["filePath"]
                start.setdefault(file, answer["originalFile"])
                patches.setdefault(file, []).append((message, answer["structuredPatch"]))
        files: dict[str, File] = {}
        touched: set[str] = set()
        for edit in edits(what, []):
            file = files.setdefault(edit.path, File(edit.before or ""))
            if edit.before is not None and file.text != edit.before:
                touched.add(edit.path)  # by hand in between, which the patches do not tell
            file.take(edit)
        for name, told in patches.items():
            if name in touched:
                continue
            true = replayed(start[name].removesuffix("\n").split("\n"), told)
            text = "".join(one + "\n" for one, _ in true)
            own = files[name].text.removesuffix("\n")
            # Patches show two blanks for a tab.
            assert own.replace("\t", "  ") == text.removesuffix("\n").replace("\t", "  ")
            texts = {
                (message, "".join(one[1:].split()))
                for message, patch in told
                for hunk in patch
                for one in hunk["lines"]
            }
            for (one, author), mine in zip(true, files[name].written(own), strict=True):
                if mine and mine != author:
                    alike += 1
                    assert (mine, "".join(one.split())) in texts
                right += author == mine
                missing += mine is None and author != "-"
    # Which of two equal lines is the new one can be seen both ways.
    assert right > 1000
    assert alike <= right // 100
    assert missing <= right // 100


# Whatever a transcript holds: it gives edits that can be replayed, or none.
WORDS = st.sampled_from([
    "file_path", "filePath", "old_string", "new_string", "oldString", "newString", "edits",
    "content", "command", "input", "patch", "workdir", "structuredPatch", "lines", "originalFile",
    "userModified", "replace_all", "type", "create", f"{ROOT}/a.py", "", "x", "\n", "+x", "-x",
    "*** Begin Patch\n*** Update File: a\n@@\n",
    "*** Begin Patch\n*** Move to: b\n+\n*** End Patch", "*** Begin Patch\n*** Add File: \0\n+x\n",
])  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(["Edit", "Write", "MultiEdit", "NotebookEdit"]), JSON, JSON)
def test_no_json_stops_the_reading(name: str, arguments: Any, answer: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        block = {"type": "tool_use", "id": "t1", "name": name, "input": arguments}
        good = told(filePath=f"{ROOT}/z.py")
        path = write(Path(folder) / "s.jsonl", [
            line("assistant", "u1", [block], 1), answered("t1", answer),
            asked("t2", "Edit", file_path=f"{ROOT}/z.py"), answered("t2", good),
        ])  # fmt: skip
        file = File("x\n")
        read = found(path)
        for edit in read:
            file.take(edit)
        file.written("x\ny\n")
        assert read[-1].path == f"{ROOT}/z.py"
        for edit in changes(name, arguments, ROOT):
            file.take(edit)
