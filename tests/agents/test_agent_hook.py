"""What an AI tool's hook notes: the right session, the right files, and nothing else happens."""

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agents.firing import Claude, capture, fire, noted, quietly
from box import Box, Clone
from disks import fill, small
from git_naturecode import ids
from git_naturecode.agents import beginning, event, notes
from git_naturecode.capture import identify
from git_naturecode.store.lock import hold
from transcripts import CONVERSATION, write

S = "11111111-aaaa-4bbb-8ccc-000000000001"


@pytest.fixture
def clone(clone: Clone) -> Clone:
    return capture(clone)


def codex(clone: Clone, patch: str, **more: object) -> dict[str, object]:
    return {
        "session_id": "c1", "transcript_path": None, "cwd": str(clone.path), "model": "x",
        "hook_event_name": "PostToolUse", "tool_name": "apply_patch", "turn_id": "1",
        "tool_input": {"command": patch}, "tool_response": "ok", **more,
    }  # fmt: skip


def test_an_agent_at_work_is_noted_with_its_files(clone: Clone) -> None:
    agent = Claude(clone)
    agent.fire("SessionStart", source="startup")
    assert noted(clone) == {}
    agent.asked()
    agent.edit("src/a b.py", "1\n")
    agent.edit("ü.py", "1\n")
    agent.edit("src/a b.py", "2\n")
    assert noted(clone) == {agent.id: ["ü.py", "src/a b.py"]}
    before = time.time()
    assert abs(notes.all_of(str(clone.path / ".git"), before)[0].seconds - before) < 600
    agent.fire("Stop")
    assert noted(clone) == {agent.id: ["ü.py", "src/a b.py"]}


def test_two_agents_each_have_their_own(clone: Clone) -> None:
    one, two = Claude(clone), Claude(clone, "22222222-aaaa-4bbb-8ccc-000000000002")
    for agent, name in ((one, "a"), (two, "b")):
        agent.asked()
        agent.edit(name, "x")
    assert noted(clone) == {one.id: ["a"], two.id: ["b"]}


def test_hooks_that_run_at_once_lose_no_path(clone: Clone) -> None:
    agent = Claude(clone)
    agent.asked()

    def write_one(number: int) -> None:
        given = {"file_path": str(clone.path / f"f{number}")}
        agent.fire("PostToolUse", tool_name="Edit", tool_input=given)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write_one, range(16)))
    assert sorted(noted(clone)[agent.id]) == sorted(f"f{number}" for number in range(16))


def test_who_changes_a_note_waits_for_another_who_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "_PATIENCE", 60.0)
    git_dir, session = str(tmp_path), "session-20261125-00000001"
    notes.note(git_dir, session, ["first"], 1000)
    with hold(os.path.join(notes.folder(git_dir), ".lock"), 1) as held:
        assert held
        waiting = threading.Thread(target=notes.note, args=(git_dir, session, ["mine"], 1002))
        waiting.start()
        time.sleep(0.1)
        path = Path(notes.folder(git_dir), session)
        path.write_text("1001\nfirst\nother\n")
    waiting.join()
    assert path.read_text() == "1002\nfirst\nother\nmine\n"


def test_each_tool_tells_paths_in_its_way(clone: Clone, box: Box) -> None:
    patch = (
        "*** Begin Patch\n*** Add File: new.py\n+x\n*** Update File: old.py\n"
        "*** Move to: moved.py\n@@\n-a\n+b\n*** Delete File: gone.py\n*** End Patch\n"
    )
    quietly(clone, "codex", codex(clone, patch))
    quietly(clone, "codex", codex(clone, "rm gone2.py", tool_name="Bash"))
    gemini = {
        "session_id": "g1", "transcript_path": "", "cwd": str(clone.path / "src"),
        "hook_event_name": "AfterTool", "tool_name": "replace",
        "tool_input": {"file_path": "in.py"},
    }  # fmt: skip
    quietly(clone, "gemini", gemini)
    cursor = {
        "conversation_id": "k1", "hook_event_name": "afterFileEdit", "edits": [],
        "workspace_roots": [str(clone.path)], "file_path": str(clone.path / "c.ts"),
    }  # fmt: skip
    quietly(clone, "cursor", cursor)
    found = {session[17:]: paths for session, paths in noted(clone).items()}
    assert found == {
        ids.imported_tail("codex", "c1"): ["new.py", "old.py", "moved.py", "gone.py"],
        ids.imported_tail("gemini", "g1"): ["src/in.py"],
        ids.imported_tail("cursor", "k1"): ["c.ts"],
    }


def test_a_linked_work_tree_has_its_own(clone: Clone) -> None:
    tree = Clone(clone.path / "trees/linked", clone.way)
    clone.git("worktree", "add", "-q", str(tree.path), "-b", "linked")
    here, there = Claude(clone), Claude(tree, "22222222-aaaa-4bbb-8ccc-000000000002")
    for agent in (here, there):
        agent.asked()
        agent.edit("a", "x")
    here.edit(str(tree.path / "b"), "x")  # an agent that works in two trees of a clone
    assert noted(clone) == {here.id: ["a"]}
    assert noted(tree) == {here.id: ["b"], there.id: ["a"]}


def test_what_is_outside_of_the_work_tree_is_left_out(clone: Clone, box: Box) -> None:
    other = box.repo("other")
    (clone.path / "out").symlink_to(box.path)
    (clone.path / "in").symlink_to(clone.path / "src")
    (clone.path / "link").symlink_to("/etc/passwd")
    (clone.path / "src").mkdir()
    given = [
        "/etc/passwd", "../x", str(clone.path / "../other/a"), str(other.path / "b"), "out/x",
        str(clone.path), ".", "", ".git/config", ".GIT/hooks/x", "a\nb", "a\0b", "x" * 5000,
        "in/c", "link", "src/../d", 7, None, ["a"], "\udcff", "\ud800", "sub/dir/e",
    ]  # fmt: skip
    agent = Claude(clone)
    agent.asked()
    for path in given:
        agent.fire("PostToolUse", tool_name="Edit", tool_input={"file_path": path})
    assert noted(clone) == {agent.id: ["src/c", "link", "d", "\udcff", "sub/dir/e"]}
    assert not (other.path / ".git/naturecode").exists()


def test_the_clone_is_that_in_which_the_tool_was_started(clone: Clone, box: Box) -> None:
    other = box.ready("other")
    capture(other)
    agent = Claude(clone, env={"CLAUDE_PROJECT_DIR": str(clone.path)})
    agent.asked()
    told = agent.event(
        "PostToolUse", tool_name="Edit", tool_input={"file_path": str(clone.path / "a")}
    )
    for cwd in (other.path, box.path, Path("/")):
        quietly(clone, "claude-code", {**told, "cwd": str(cwd)}, cwd=box.path, **agent.env)
    assert noted(clone) == {agent.id: ["a"]}
    assert noted(other) == {}


@pytest.mark.parametrize("off", ["capture", "init", "variable", "repository"])
def test_where_capture_is_off_nothing_happens(clone: Clone, box: Box, off: str) -> None:
    agent = Claude(clone)
    agent.asked()
    if off == "capture":
        (clone.path / ".git/naturecode/capture").unlink()
    elif off == "init":
        agent.clone = box.repo("fresh")
    elif off == "variable":
        agent.env["NATURECODE"] = "0"
    else:
        agent.clone = Clone(box.path)
    before = sorted(agent.clone.path.rglob("*"))
    for name in ("SessionStart", "Stop", "SessionEnd"):
        agent.fire(name)
    agent.fire("PostToolUse", tool_name="Edit", tool_input={"file_path": str(agent.cwd / "a")})
    assert sorted(agent.clone.path.rglob("*")) == before


HOSTILE = [
    b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b"{}", b'{"session_id": 7}',
    b'{"session_id": "x", "hook_event_name": "rm"}', b'{"hook_event_name": "Stop"}',
    b'{"session_id":"x","hook_event_name":"Stop","cwd":"\\u0000","transcript_path":"\\u0000/x"}',
    b'{"session_id":"x","hook_event_name":"Stop","cwd":["/"],"transcript_path":{"a":1}}',
    b'{"session_id":"x","hook_event_name":"PostToolUse","tool_name":"Edit","tool_input":"a"}',
]  # fmt: skip


def test_rubbish_on_stdin_does_nothing(clone: Clone) -> None:
    for tool in event.MEANINGS:
        assert not any(event.parse(tool, data) for data in HOSTILE[:10])
    for data in HOSTILE[-6:]:
        quietly(clone, "claude-code", data)
    for tool in ("vim", "--help", ""):
        quietly(clone, tool, Claude(clone).event("Stop"))
    assert noted(clone) == {}
    assert not (clone.path / ".git/naturecode/asked").exists()


@pytest.mark.parametrize(
    "session",
    ["../x", "../../../../x", "-rf", "--help", "a\nb", "a b", ".", "..", "x" * 300, "\x1b["],
)
def test_a_hostile_session_id_is_only_hashed(clone: Clone, session: str) -> None:
    told = Claude(clone).event(
        "PostToolUse", tool_name="Edit", tool_input={"file_path": str(clone.path / "a")}
    )
    quietly(clone, "claude-code", {**told, "session_id": session, "transcript_path": ""})
    (name,) = noted(clone)
    assert name[17:] == ids.imported_tail("claude-code", session)
    assert ids.ENTITY.fullmatch(name)


def test_an_odd_thing_in_place_of_a_file_hinders_nobody(clone: Clone) -> None:
    agent = Claude(clone)
    agent.asked()
    agent.edit("a", "x")
    git = clone.path / ".git/naturecode"
    for path in (git / "agents" / agent.id, git / "agents/.lock", git / "agents", git / "asked"):
        for make in (os.mkfifo, os.mkdir, lambda p: Path(p).symlink_to("/nowhere/x")):
            subprocess.run(["rm", "-rf", str(path)], check=True)
            path.parent.mkdir(exist_ok=True)
            make(path)
            started = time.monotonic()
            agent.fire("SessionEnd")
            agent.fire("PostToolUse", tool_name="Edit", tool_input={"file_path": f"{clone.path}/b"})
            assert time.monotonic() - started < 90
        subprocess.run(["rm", "-rf", str(path)], check=True)
    agent.edit("c", "x")
    assert noted(clone)[agent.id][-1] == "c"


def test_an_odd_transcript_hinders_nobody(clone: Clone, box: Box) -> None:
    odd = box.path / "odd"
    fifo, folder, huge = box.path / "fifo", box.path / "folder", box.path / "huge"
    os.mkfifo(fifo)
    folder.mkdir()
    with open(huge, "wb") as file:
        file.truncate(1 << 40)
    odd.symlink_to(fifo)
    for path in (odd, fifo, folder, huge, box.path / "gone", Path("/dev/zero"), Path("/dev/stdin")):
        told = Claude(clone).event(
            "PostToolUse", tool_name="Edit", tool_input={"file_path": f"{clone.path}/a"}
        )
        quietly(clone, "claude-code", {**told, "transcript_path": str(path)})
    (name,) = noted(clone)
    assert name[17:] == ids.imported_tail("claude-code", S)


def test_nothing_is_taken_out_of_a_pipe(clone: Clone, box: Box) -> None:
    pipe = box.path / "pipe"
    os.mkfifo(pipe)
    descriptor = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        os.write(descriptor, b"for somebody else\n")
        told = Claude(clone).event(
            "PostToolUse", tool_name="Edit", tool_input={"file_path": f"{clone.path}/a"}
        )
        quietly(clone, "claude-code", {**told, "transcript_path": str(pipe)})
        assert os.read(descriptor, 100) == b"for somebody else\n"
    finally:
        os.close(descriptor)


def test_a_full_disk_costs_only_what_is_not_noted(box: Box) -> None:
    with small(box.path / "disk", "8m") as disk:
        clone = Box(disk).ready()
        agent = Claude(capture(clone))
        agent.asked()
        agent.edit("a", "x")
        fill(disk, 0)
        for number in range(3):
            agent.fire(
                "PostToolUse", tool_name="Edit", tool_input={"file_path": f"{clone.path}/b{number}"}
            )
        agent.fire("Stop")
        assert noted(clone)[agent.id][:1] == ["a"]


def test_a_killed_hook_leaves_whole_files(clone: Clone) -> None:
    agent = Claude(clone)
    agent.asked()
    agent.edit("first", "x")
    told = agent.event("PostToolUse", tool_name="Edit", tool_input={"file_path": f"{clone.path}/k"})
    for number in range(12):
        running = subprocess.Popen(
            [sys.executable, "-m", "git_naturecode", "hook", "agent", "claude-code"],
            cwd=clone.path, stdin=subprocess.PIPE, env={**os.environ, **clone.env},
        )  # fmt: skip
        assert running.stdin
        running.stdin.write(json.dumps(told).encode())
        running.stdin.close()
        time.sleep(number * 0.008)
        running.kill()
        running.wait()
        assert noted(clone)[agent.id] in (["first"], ["first", "k"])
    agent.edit("last", "x")
    assert noted(clone)[agent.id][-1] == "last"


def test_a_tool_that_never_closes_stdin_is_not_held(clone: Clone) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "git_naturecode", "hook", "agent", "claude-code"],
        cwd=clone.path, stdin=subprocess.PIPE, env={**os.environ, **clone.env},
    ) as running:  # fmt: skip
        assert running.wait(100) == 0


def test_who_is_gone_is_forgotten(clone: Clone) -> None:
    folder = clone.path / ".git/naturecode/agents"
    folder.mkdir(parents=True)
    now = int(time.time())
    for name, text in {
        "session-20261101-00000001": f"{now - 90_000}\na\n",
        "session-20261101-00000002": f"{now - 80_000}\nb\n",
        "session-20261101-00000003": "rubbish",
        "session-20261101-00000004": f"{now + 999_999}\na\n",
        "other": "kept",
    }.items():
        (folder / name).write_text(text)
    done, waits = Claude(clone), Claude(clone, "22222222-aaaa-4bbb-8ccc-000000000002")
    for agent in (done, waits):
        agent.asked()
    done.fire("Stop")
    waits.edit("w", "x")
    assert done.id in os.listdir(folder)
    for agent in (done, waits):
        agent.fire("SessionEnd", reason="exit")
    names = sorted(name for name in os.listdir(folder) if name[0] != ".")
    assert names == sorted(["other", "session-20261101-00000002", waits.id])


def test_the_beginning_tells_what_the_importers_find(data: Path, tmp_path: Path) -> None:
    paths = [*data.glob("claude-code/*.jsonl"), *data.glob("gemini/*.json")]
    paths.append(Path(write(tmp_path / "made.jsonl", CONVERSATION)))
    assert len(paths) > 20
    for path in paths:
        found = identify(str(path))
        assert found
        assert beginning.of(found.tool, str(path)) == (found.session, ids.day_of(found.first_ms))


def test_the_beginning_of_odd_rollouts_too(tmp_path: Path) -> None:
    meta = {"id": "t1", "timestamp": "2026-11-22T10:00:00.5Z", "cwd": "/p", "cli_version": "1"}
    spawned = {"subagent": {"thread_spawn": {"parent_thread_id": "p1"}}}
    for number, payload in enumerate(
        [meta, {**meta, "source": spawned}, {**meta, "source": "cli"}]
    ):
        path = tmp_path / f"rollout-{number}.jsonl"
        line = {"timestamp": "2026-11-22T10:00:01.000Z", "type": "session_meta", "payload": payload}
        path.write_text(json.dumps(line) + "\n")
        found = identify(str(path))
        assert found
        assert beginning.of("codex", str(path)) == (found.session, ids.day_of(found.first_ms))


def test_what_a_hook_answers_is_nothing(clone: Clone) -> None:
    done = fire(clone, "claude-code", Claude(clone).event("SessionStart"))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
