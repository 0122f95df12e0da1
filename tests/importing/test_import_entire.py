"""Checkpoints of Entire, in a branch and as refs: the same sessions, linked to their commits."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

import crash
from box import Box, Clone
from samples import write_gemini
from transcripts import CONVERSATION, S, line, result, write

HEX, LATER, ULID = "a3b2c4d5e6f7", "0f2c4d5e6f71", "01KVBJCWYA4YW6J5M9GP655HZN"
BRANCH = "refs/heads/entire/checkpoints/v1"
PRIVATE = ".git/naturecode/private.git"
Files = dict[str, bytes | str]


def commit(clone: Clone, ref: str, files: Files, modes: dict[str, str] | None = None) -> None:
    """A commit on `ref` with `files` laid over what is there."""
    parts = [f"commit {ref}\ncommitter E <e@example.com> 1 +0000\ndata 1\nx\n".encode()]
    if clone.git("for-each-ref", ref):
        parts.append(f"from {ref}^0\n".encode())
    for path, content in files.items():
        data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        mode = (modes or {}).get(path, "100644")
        parts.append(f"M {mode} inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
    subprocess.run(
        ["git", "fast-import", "--quiet", "--date-format=raw-permissive"], cwd=clone.path,
        input=b"".join(parts), check=True, env=os.environ,
    )  # fmt: skip


def checkpoint(name: str, *sessions: Files, **more: Any) -> Files:
    """The files of one checkpoint, with the folders of its sessions."""
    files: Files = {"metadata.json": json.dumps({
        "checkpoint_id": name, "strategy": "manual-commit", "branch": "main",
        "sessions": [{} for _ in sessions], **more,
    })}  # fmt: skip
    for number, session in enumerate(sessions):
        files.update((f"{number}/{path}", content) for path, content in session.items())
    return files


def session(transcript: bytes, name: str = S, agent: str = "Claude Code", at: str = "") -> Files:
    about = {"session_id": name, "agent": agent, "created_at": at or "2026-11-22T10:10:00Z"}
    return {"metadata.json": json.dumps(about), "full.jsonl": transcript, "prompt.txt": "Add"}


def sharded(name: str, files: Files) -> Files:
    return {f"{name[:2]}/{name[2:]}/{path}": content for path, content in files.items()}


@pytest.fixture
def early(tmp_path: Path) -> bytes:
    return Path(write(tmp_path / "early.jsonl", CONVERSATION[:4])).read_bytes()


@pytest.fixture
def late(tmp_path: Path) -> bytes:
    more = [*CONVERSATION, line("user", "u9", [result("t2", "fine")], 9)]
    return Path(write(tmp_path / "late.jsonl", more)).read_bytes()


def kept(clone: Clone) -> set[str]:
    found = crash.in_log(clone, PRIVATE)
    assert set(found.values()) <= {1}
    return set(found)


def only(clone: Clone) -> Any:
    (one,) = clone.ids()
    return clone.nc("session", "show", one, "--json").json


def direct(box: Box, *files: Path) -> tuple[set[str], Any]:
    """What the tool's own files give."""
    other = box.ready("direct")
    other.nc("session", "import", *map(str, files))
    return kept(other), only(other)


def said(shown: Any) -> list[Any]:
    return [(m["messageId"], m["role"], m["content"]) for m in shown["messages"]]


def test_a_branch_gives_what_the_files_of_the_tool_give(
    box: Box, clone: Clone, tmp_path: Path, early: bytes, late: bytes
) -> None:
    clone.git("commit", "-q", "--allow-empty", "-m", f"one\n\nEntire-Checkpoint: {HEX}")
    first = clone.git("rev-parse", "HEAD").strip()
    clone.git(
        "commit", "-q", "--allow-empty", "-m", f"all\n\n* b\n\n    Entire-Checkpoint: {LATER}"
    )
    second = clone.git("rev-parse", "HEAD").strip()
    commit(clone, BRANCH, sharded(HEX, checkpoint(HEX, session(early))))
    commit(clone, BRANCH, sharded(LATER, checkpoint(LATER, session(late))))
    clone.nc("session", "import", "--from", "entire")
    ids, shown = direct(box, tmp_path / "late.jsonl")
    assert said(only(clone)) == said(shown)
    assert ids < kept(clone)
    assert sorted(only(clone)["links"]) == sorted([first, second])
    linked = only(clone)["commits"]
    assert {(one["via"], one["tool"]) for one in linked} == {("entire", "claude-code")}
    assert {one["tree"] for one in linked} == {clone.git("rev-parse", "HEAD^{tree}").strip()}
    before = kept(clone)
    assert "nothing new" in clone.nc("session", "import", "--from", "entire").out
    assert "nothing new" in clone.nc("session", "import", str(tmp_path / "late.jsonl")).out
    assert "nothing new" in clone.nc("session", "import", "--auto").out
    assert kept(clone) == before
    assert not list((clone.path / ".git/naturecode").glob("entire-*"))


def test_refs_one_for_each_checkpoint(
    box: Box, clone: Clone, tmp_path: Path, early: bytes, late: bytes
) -> None:
    head = clone.git("rev-parse", "HEAD").strip()
    files = checkpoint(ULID, session(late), session(early, "other"), commit_sha=head,
                       linked_commits=[{"sha": "0" * 40}, head, 7])  # fmt: skip
    commit(clone, f"refs/entire/checkpoints/{ULID[-2:]}/{ULID}", files)
    clone.nc("session", "import", "--from", "entire", "refs/entire/checkpoints")
    assert said(only(clone)) == said(direct(box, tmp_path / "late.jsonl")[1])
    assert only(clone)["links"] == [head]


def test_another_repository_and_a_remote_branch(
    box: Box, clone: Clone, tmp_path: Path, late: bytes
) -> None:
    other = box.repo("other")
    commit(other, BRANCH, sharded(HEX, checkpoint(HEX, session(late))))
    clone.git("commit", "-q", "--allow-empty", "-m", f"one\n\nEntire-Checkpoint: {HEX}")
    clone.nc("session", "import", "--from", "entire", str(other.path))
    ids, _ = direct(box, tmp_path / "late.jsonl")
    assert ids < kept(clone)
    assert only(clone)["links"] == [clone.git("rev-parse", "HEAD").strip()]
    fetched = box.ready("fetched")
    fetched.git("remote", "add", "origin", str(other.path))
    fetched.git("fetch", "-q", "origin")
    fetched.nc("session", "import", "--from", "entire", "origin/entire/checkpoints/v1")
    assert kept(fetched) == ids


def test_pieces_subagents_and_other_tools(
    box: Box, clone: Clone, tmp_path: Path, late: bytes
) -> None:
    lines = late.split(b"\n")
    whole = {
        **session(b""),
        "full.jsonl": b"\n".join(lines[:3]),
        "full.jsonl.001": b"\n".join(lines[3:5]),
        "full.jsonl.002": b"\n".join(lines[5:]),
        "full.jsonl.3x.tmp": b"{torn",
    }
    agent = write(tmp_path / "agent-7.jsonl", [line("assistant", "s1", "sub", 8, isSidechain=True)])
    gemini = write_gemini(tmp_path, "hi")
    chat = json.loads(gemini.read_text())
    parts = [{**chat, "messages": chat["messages"][:1]}, {"messages": chat["messages"][1:]}]
    halves = {**session(b"", chat["sessionId"], "Gemini CLI"),
              "full.jsonl": json.dumps(parts[0], indent=1),
              "full.jsonl.001": json.dumps(parts[1], indent=1)}  # fmt: skip
    unknown = session(b'{"kind":"odd"}\n', "odd", "OpenCode")
    files = checkpoint(HEX, whole, halves, unknown)
    files["tasks/toolu_1/agent-7.jsonl"] = Path(agent).read_bytes()
    commit(clone, BRANCH, sharded(HEX, files))
    clone.nc("session", "import", "--from", "entire")
    other = box.ready("direct")
    other.nc("session", "import", str(tmp_path / "late.jsonl"), agent, str(gemini))
    assert kept(clone) == kept(other)
    assert len(clone.ids()) == 2


def test_since_goes_by_the_newest_checkpoint_of_a_session(
    clone: Clone, tmp_path: Path, early: bytes
) -> None:
    old = write(tmp_path / "o.jsonl", [{**line("user", "u1", "hi", 1), "sessionId": "old"}])
    commit(clone, BRANCH, sharded(HEX, checkpoint(
        HEX, session(Path(old).read_bytes(), "old", at="2026-11-01T00:00:00Z"))))  # fmt: skip
    commit(clone, BRANCH, sharded(LATER, checkpoint(LATER, session(early))))
    clone.nc("session", "import", "--from", "entire", "--since", "2026-11-20")
    assert only(clone)["origin"]["session"] == S


def test_hostile_checkpoints_cost_nothing_and_stop_nothing(
    box: Box, clone: Clone, tmp_path: Path, late: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("git_naturecode.capture.entire._PIECE", 100_000)
    good = sharded(HEX, checkpoint(HEX, session(late)))
    evil = json.dumps({**line("user", "u1", "evil", 1), "sessionId": "evil"}).encode() + b"\n"
    bad: Files = {
        "zz/zzzzzzzzzz/0/full.jsonl": late,
        "aa/../x": b"",
        "bb/bbbbbbbbbb/metadata.json": b"[" * 100_000,
        "bb/bbbbbbbbbb/0/metadata.json": b'{"session_id": 7, "created_at": [], "agent": {}}',
        "bb/bbbbbbbbbb/0/full.jsonl": b"\0" * 90_000,
        "cc/cccccccccc/0/metadata.json": b"\xff",
        "cc/cccccccccc/0/full.jsonl": evil + b" " * 200_000,
        "dd/dddddddddd/0/full.jsonl": evil,
        "dd/dddddddddd/99999999999999999999/full.jsonl": late[:40],
        "ee/eeeeeeeeee/tasks/..x/agent-$(id).jsonl": late,
        "metadata.jsonx": b"{}",
    }
    bad.pop("aa/../x")
    commit(clone, BRANCH, {**bad, **good}, {"dd/dddddddddd/0/full.jsonl": "120000"})
    commit(clone, "refs/entire/checkpoints/xx/notanid", checkpoint("x", session(late)))
    clone.git("update-ref", "refs/entire/checkpoints/f7/" + HEX,
              clone.git("rev-parse", "HEAD^{tree}").strip())  # fmt: skip
    clone.nc("session", "import", "--from", "entire")
    assert said(only(clone)) == said(direct(box, tmp_path / "late.jsonl")[1])
    assert "links" not in only(clone) or only(clone)["links"] == []


def test_secrets_in_it_are_redacted_again(clone: Clone, tmp_path: Path) -> None:
    secret = "ghp" + "_" + "a8Kd03jZq7" * 3 + "Lm29Xc"
    path = write(tmp_path / "a.jsonl", [line("user", "u1", f"use {secret} now", 1)])
    commit(clone, BRANCH, sharded(HEX, checkpoint(HEX, session(Path(path).read_bytes()))))
    clone.nc("session", "import", "--from", "entire")
    assert only(clone)["messages"][0]["content"] == "use [REDACTED:github-token:1] now"
    assert not list((clone.path / ".git/naturecode").glob("entire-*"))


def test_where_there_is_nothing_it_is_said(box: Box, clone: Clone, tmp_path: Path) -> None:
    told = clone.nc("session", "import", "--from", "entire", code=1)
    assert "there are no checkpoints of Entire in this repository" in told.err
    assert "git fetch origin" in told.err
    clone.nc("session", "import", "--from", "entire", "refs/heads/none", code=1)
    assert "not a git repository" in (
        clone.nc("session", "import", "--from", "entire", str(tmp_path.parent), code=1).err
    )
    clone.nc("session", "import", "--from", "entire", "a", "b", code=2)
    clone.nc("session", "import", code=2)
