"""Which agents wrote the files of a commit, told by transcripts alone; what leaves the notes."""

import importlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.firing import Claude, capture, noted
from box import Box, Clone
from git_naturecode import agents, clock
from git_naturecode.capture import Found, conversations
from git_naturecode.git import repo as repos


@pytest.fixture
def clone(clone: Clone) -> Clone:
    return capture(clone)


class Silent(Claude):
    """An agent without hooks: only its transcript tells what it did, at the time of the clock."""

    def fire(self, name: str, **more: object) -> None:
        pass

    def write_line(self, kind: str, content: object, **more: object) -> None:
        super().write_line(kind, content, **{"timestamp": clock.iso(clock.system_ms()), **more})


OTHER = "22222222-aaaa-4bbb-8ccc-000000000002"


def commit(clone: Clone, *paths: str, **env: str) -> str:
    clone.git("add", "-A", "--", *paths)
    clone.git("commit", "-qm", "x", "--", *paths)
    return clone.git("rev-parse", "HEAD").strip()


def found(clone: Clone, oid: str) -> set[str]:
    with clone.store() as store:
        return {one[17:] for one in agents.touching(store, store.repo, oid)}


def test_only_who_wrote_files_of_the_commit_is_imported(clone: Clone, box: Box) -> None:
    one, two, idle = Silent(clone), Silent(clone, OTHER), Silent(clone, OTHER.replace("2", "3"))
    elsewhere = Silent(box.repo("other"), OTHER.replace("2", "4"))
    for agent in (one, two, idle, elsewhere):
        agent.asked("token ghp_" + "a1B2" * 9)
    one.edit("src/a.py", "1\n")
    two.edit("b.py", "2\n")
    elsewhere.edit("src/a.py", "3\n")
    (clone.path / "hand.py").write_text("by hand\n")
    assert found(clone, commit(clone, "hand.py")) == set()
    assert clone.ids() == set()
    assert found(clone, commit(clone, "src/a.py")) == {one.id[17:]}
    (session,) = clone.ids()
    assert session[17:] == one.id[17:]
    shown = clone.nc("session", "show", session, "--json").json
    assert shown["visibility"] == "private"
    assert "ghp_" not in json.dumps(shown)
    # What was written before an earlier commit, and is committed only now, is found, too.
    assert found(clone, commit(clone, "b.py")) == {two.id[17:]}
    assert len(clone.ids()) == 2


def test_what_was_written_before_its_last_commit_does_not_count(clone: Clone) -> None:
    agent = Silent(clone)
    agent.asked()
    agent.edit("a.py", "1\n")
    commit(clone, "a.py")
    (clone.path / "a.py").write_text("by hand\n")
    clone.git("commit", "-qam", "by hand")
    os.utime(agent.transcript)  # it goes on talking
    assert found(clone, clone.git("rev-parse", "HEAD").strip()) == set()


def test_a_linked_work_tree_and_a_subfolder(clone: Clone, box: Box) -> None:
    tree = Clone(clone.path / "trees/linked", clone.way)
    clone.git("worktree", "add", "-q", str(tree.path), "-b", "linked")
    (clone.path / "sub").mkdir()
    link = box.path / "through"
    link.symlink_to(clone.path)
    here = Silent(clone, folder=link / "sub")
    there = Silent(tree, OTHER)
    for agent in (here, there):
        agent.asked()
    here.edit("a.py", "1\n")
    there.edit("sub/a.py", "2\n")
    ours, theirs = commit(clone, "sub/a.py"), commit(tree, "sub/a.py")
    assert found(clone, ours) == {here.id[17:]}
    with clone.store() as store, tree.entered():
        linked = repos.find(str(tree.path), dict(os.environ))
        assert {one[17:] for one in agents.touching(store, linked, theirs)} == {there.id[17:]}
    there.edit(str(clone.path / "b.py"), "3\n")  # the session of another work tree
    assert found(clone, commit(clone, "b.py")) == set()


def test_codex_and_gemini_tell_it_too(clone: Clone) -> None:
    home, now = Path(os.environ["HOME"]), clock.iso(clock.system_ms())
    patch = "*** Begin Patch\n*** Add File: new.py\n+x\n*** End Patch\n"
    lines = [
        ("session_meta", {"id": "c1", "timestamp": now, "cwd": str(clone.path)}),
        ("response_item", {"type": "custom_tool_call", "name": "apply_patch", "call_id": "1",
                           "input": patch}),
        ("response_item", {"type": "custom_tool_call_output", "call_id": "1",
                           "output": '{"output":"Success","metadata":{"exit_code":0}}'}),
    ]  # fmt: skip
    rollout = home / ".codex/sessions/2026/11/25/rollout-2026-11-25T10-00-00-c1.jsonl"
    rollout.parent.mkdir(parents=True)
    records = ({"timestamp": now, "type": kind, "payload": told} for kind, told in lines)
    rollout.write_text("".join(json.dumps(record) + "\n" for record in records))
    chat = home / ".gemini/tmp/slug/chats/session-1.json"
    chat.parent.mkdir(parents=True)
    (chat.parent.parent / ".project_root").write_text(str(clone.path))
    call = {
        "id": "k", "name": "write_file", "status": "success", "timestamp": now,
        "args": {"file_path": "g.py", "content": "x"}, "result": [],
    }  # fmt: skip
    chat.write_text(json.dumps({
        "sessionId": "g1", "projectHash": "h", "startTime": now, "lastUpdated": now,
        "messages": [
            {"id": "m", "timestamp": now, "type": "gemini", "content": "", "toolCalls": [call]},
        ],
    }))  # fmt: skip
    for name in ("new.py", "g.py"):
        (clone.path / name).write_text("x\n")
    with clone.store() as store:
        both = agents.touching(store, store.repo, commit(clone, "new.py", "g.py"))
        assert len(both) == 2
        for session in both:
            assert session in clone.ids()


def test_only_what_was_changed_since_is_opened(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = Silent(clone)
    agent.asked()
    agent.edit("a.py", "1\n")
    old = agent.transcript.read_bytes()
    for number in range(300):
        path = agent.transcript.parent / f"{number:08d}-aaaa-4bbb-8ccc-000000000001.jsonl"
        path.write_bytes(old)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    opened: list[str] = []
    where = importlib.import_module("git_naturecode.capture.discover")

    def watched(path: str) -> Iterator[Found]:
        opened.append(path)
        return conversations(path)

    monkeypatch.setattr(where, "conversations", watched)
    assert found(clone, commit(clone, "a.py")) == {agent.id[17:]}
    assert {Path(path).name for path in opened} == {agent.transcript.name}


def test_what_was_committed_leaves_the_notes(clone: Clone) -> None:
    one, two = Claude(clone), Claude(clone, OTHER)
    for agent in (one, two):
        agent.asked()
    one.edit("a", "1\n")
    one.edit("late", "1\n")
    one.edit("gone", "1\n")
    two.edit("a", "2\n")
    two.edit("ü b", "2\n")
    oid = commit(clone, "a", "late", "ü b", "gone")
    one.edit("late", "2\n")
    (clone.path / "gone").unlink()
    with clone.store() as store:
        git_dir = str(clone.path / ".git")
        agents.committed(store, git_dir, [oid])
        assert noted(clone) == {one.id: ["gone", "late"], two.id: []}
        agents.committed(store, git_dir, [oid, "0" * 40])
        agents.committed(store, str(clone.path / ".git/worktrees/none"), [oid])
        clone.git("commit", "-qam", "rest")
        agents.committed(store, git_dir, [clone.git("rev-parse", "HEAD").strip()])
    assert noted(clone) == {one.id: [], two.id: []}


def test_in_a_linked_work_tree_too(clone: Clone) -> None:
    tree = Clone(clone.path.parent / "linked", clone.way)
    clone.git("worktree", "add", "-q", str(tree.path), "-b", "linked")
    here, there = Claude(clone), Claude(tree, OTHER)
    for agent in (here, there):
        agent.asked()
        agent.edit("a", agent.session)
    oid = commit(tree, "a")
    with clone.store() as store:
        agents.committed(store, str(clone.path / ".git/worktrees/linked"), [oid])
    assert (noted(clone), noted(tree)) == ({here.id: ["a"]}, {there.id: []})
