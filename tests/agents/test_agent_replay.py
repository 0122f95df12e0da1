"""Real sessions of Claude Code, played again line by line as if the agent were at work here."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from agents.firing import Claude, capture, noted, quietly
from box import Box, Clone
from disks import attempt, fill, free, small
from git_naturecode import ids
from git_naturecode.agents import asked
from git_naturecode.capture import identify

WRITERS = ("Edit", "Write", "MultiEdit", "NotebookEdit")
# Small ones with edits; the others say nothing new.
PLAYED = ("488c5296", "559081d6", "4ec443d0")


class Player:
    """A transcript on its way into a clone: written a line at a time, its events fired."""

    def __init__(self, source: Path, clone: Clone) -> None:
        found = identify(str(source))
        assert found
        assert found.project
        here = str(clone.path)
        text = source.read_text(encoding="utf-8")
        self.lines = text.replace(found.project, here).splitlines(keepends=True)
        self.session, self.clone = found.session, clone
        slug = "".join(c if c.isalnum() else "-" for c in os.path.realpath(here))
        folder = Path(os.environ["HOME"]) / ".claude/projects" / slug
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{source.name.split('.')[0]}.jsonl"
        self.wrote: list[str] = []
        self._calls: dict[str, dict[str, Any]] = {}

    @property
    def id(self) -> str:
        found = identify(str(self.path))
        assert found
        return ids.imported_entity("session", found.tool, found.session, found.first_ms)

    def play(self, start: int, end: int) -> None:
        for line in self.lines[start:end]:
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(line)
            for block in blocks(line):
                if block.get("type") == "tool_use" and block.get("name") in WRITERS:
                    self._calls[block["id"]] = block
                elif block.get("type") == "tool_result" and not block.get("is_error"):
                    call = self._calls.pop(block.get("tool_use_id", ""), None)
                    self._write(call) if call else None

    def _write(self, call: dict[str, Any]) -> None:
        path = call["input"].get("file_path") or call["input"].get("notebook_path")
        if path.startswith(f"{self.clone.path}/"):
            inside = path[len(str(self.clone.path)) + 1 :]
            self.wrote = [*(one for one in self.wrote if one != inside), inside]
            full = self.clone.path / inside
            full.parent.mkdir(parents=True, exist_ok=True)
            full.write_text(f"{call['id']}\n")
        self.fire("PostToolUse", tool_name=call["name"], tool_input=call["input"])

    def fire(self, name: str, **more: Any) -> None:
        told = {
            "session_id": self.session, "transcript_path": str(self.path),
            "cwd": str(self.clone.path), "hook_event_name": name, **more,
        }  # fmt: skip
        quietly(self.clone, "claude-code", told)


def blocks(line: str) -> list[dict[str, Any]]:
    try:
        content = json.loads(line)["message"]["content"]
    except (ValueError, LookupError, TypeError):
        return []
    return [block for block in content if isinstance(block, dict)] if content else []


def entries(clone: Clone, session: str) -> set[str]:
    with clone.store() as store:
        return {one.entry.id for one in store.read(ids.tail(session), "session")}


@pytest.mark.parametrize("name", PLAYED)
def test_a_session_is_taken_in_as_it_goes_on(data: Path, box: Box, name: str) -> None:
    clone = box.ready()
    capture(clone)
    (source,) = data.glob(f"claude-code/{name}*.1.jsonl")
    player = Player(source, clone)
    player.fire("SessionStart")
    third = max(len(player.lines) // 3, 1)
    for start in range(0, len(player.lines), third):
        player.play(start, start + third)
        player.fire("Stop")
        player.fire("SubagentStop")
        clone.nc("capture")
        assert clone.ids() == {player.id}
    assert noted(clone) == {player.id: player.wrote}
    whole = box.ready("whole")
    whole.nc("session", "import", str(player.path))
    assert entries(clone, player.id) >= entries(whole, player.id) - {""}
    assert clone.nc("session", "show", player.id, "--json").json["visibility"] == "private"
    assert clone.texts(player.id) == whole.texts(player.id)


def test_two_at_once_commit_each_their_own(data: Path, box: Box) -> None:
    clone = box.ready()
    capture(clone)
    players = []
    for name in PLAYED[1:]:
        (source,) = data.glob(f"claude-code/{name}*.1.jsonl")
        players.append(Player(source, clone))
    for start in range(0, max(len(one.lines) for one in players), 40):
        for player in players:
            player.play(start, start + 40)
    told = noted(clone)
    assert told == {one.id: one.wrote for one in players}
    assert all(told.values())


def test_the_detached_import_does_it_by_itself(data: Path, box: Box) -> None:
    clone = box.ready()
    capture(clone)
    clone.env["NATURECODE_BACKGROUND"] = "1"
    (source,) = data.glob(f"claude-code/{PLAYED[0]}*.1.jsonl")
    player = Player(source, clone)
    player.play(0, len(player.lines))
    for _ in range(4):
        player.fire("Stop")
    player.fire("SessionEnd")
    deadline = time.monotonic() + 60
    while asked.waits(str(clone.path / ".git")) and time.monotonic() < deadline:
        time.sleep(0.05)
    clone.env["NATURECODE_BACKGROUND"] = "0"
    assert not asked.waits(str(clone.path / ".git"))
    assert clone.ids() == {player.id}


def test_what_was_asked_for_and_not_done_is_done_by_the_next_command(data: Path, box: Box) -> None:
    clone = box.ready()
    capture(clone)
    (source,) = data.glob(f"claude-code/{PLAYED[1]}*.1.jsonl")
    player = Player(source, clone)
    player.play(0, 10)
    player.fire("Stop")  # and the process that it started was killed
    (waiting,) = asked.take(str(clone.path / ".git"))
    assert waiting[0].endswith(".taken")
    with clone.store() as store:
        from git_naturecode import background

        (job,) = [job for job in background.JOBS if job.name == "capture"]
        assert job.stale(store)
        job.run(store)
        assert not job.stale(store)
    assert clone.ids() == {player.id}


def test_what_subagents_said_comes_along(box: Box) -> None:
    clone = box.ready()
    agent = Claude(capture(clone))
    agent.asked("main")
    main = agent.transcript
    below = main.with_suffix("") / "subagents"
    below.mkdir(parents=True)
    agent.asked("from a subagent")
    first, second = main.read_text().splitlines(keepends=True)
    main.write_text(first)
    (below / "agent-1.jsonl").write_text(second.replace('"type"', '"isSidechain":true,"type"', 1))
    (below / "agent-2.jsonl").symlink_to("/dev/zero")
    agent.fire("SubagentStop", agent_transcript_path=str(below / "agent-1.jsonl"))
    clone.nc("capture")
    assert clone.texts(agent.id) == ["main", "from a subagent"]


def test_a_note_gets_the_day_that_the_import_knows(box: Box) -> None:
    clone = box.ready()
    agent = Claude(capture(clone))
    given = {"file_path": str(clone.path / "early")}
    agent.fire("PostToolUse", tool_name="Edit", tool_input=given)  # before its first line is there
    (early,) = noted(clone)
    agent.write_line("user", "hello", timestamp="2026-11-02T10:00:00.000Z")
    agent.edit("late", "x")
    assert noted(clone) == {early: ["early", "late"]}
    agent.fire("Stop")
    clone.nc("capture")
    assert clone.ids() == {f"session-20261102-{ids.tail(early)}"}
    assert noted(clone) == {f"session-20261102-{ids.tail(early)}": ["early", "late"]}
    agent.edit("later", "x")
    assert noted(clone) == {f"session-20261102-{ids.tail(early)}": ["early", "late", "later"]}


def test_a_full_disk_and_a_kill_cost_no_message(data: Path, box: Box) -> None:
    with small(box.path / "disk", "24m") as disk:
        clone = Box(disk).ready()
        capture(clone)
        (source,) = data.glob(f"claude-code/{PLAYED[2]}*.1.jsonl")
        player = Player(source, clone)
        player.play(0, len(player.lines))
        player.fire("Stop")
        fill(disk, 100_000)
        assert attempt(clone, "capture").code != 0
        assert asked.waits(str(clone.path / ".git"))
        free(disk)
        for number in range(4):  # killed while it reads, and while it writes
            running = subprocess.Popen(
                [sys.executable, "-m", "git_naturecode", "capture"], cwd=clone.path,
                env={**os.environ, **clone.env},
            )  # fmt: skip
            time.sleep(0.15 * number)
            running.kill()
            running.wait()
        clone.nc("capture")
        assert not asked.waits(str(clone.path / ".git"))
        whole = box.ready("whole")
        whole.nc("session", "import", str(player.path))
        assert clone.texts(player.id) == whole.texts(player.id)


def test_a_transcript_of_another_project_stays_out(data: Path, box: Box) -> None:
    clone = box.ready()
    capture(clone)
    other = box.repo("other")
    (source,) = data.glob(f"claude-code/{PLAYED[0]}*.1.jsonl")
    player = Player(source, other)
    player.play(0, len(player.lines))
    fifo = box.path / "fifo"
    os.mkfifo(fifo)
    link = box.path / "link.jsonl"
    link.symlink_to(player.path)
    for path in (player.path, link, source, fifo, box.path, box.path / "gone", "relative.jsonl"):
        told = {
            "session_id": player.session, "transcript_path": str(path),
            "cwd": str(clone.path), "hook_event_name": "Stop",
        }  # fmt: skip
        quietly(clone, "claude-code", told)
    clone.nc("capture")
    assert clone.ids() == set()
    assert not asked.waits(str(clone.path / ".git"))
