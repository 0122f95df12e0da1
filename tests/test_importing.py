"""Import, end to end: real transcripts become sessions, once, whatever the order or the clone."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from box import Box, Clone
from git_naturecode.capture import TOOLS
from samples import WRITERS

MARK = re.compile(r"\[REDACTED:([a-z0-9-]+:\d+)\]")


def claude_texts(files: list[Path]) -> dict[str, list[tuple[str, str]]]:
    """Session -> its user and assistant texts, read with no code of the package."""
    found: dict[str, dict[tuple[str, int], tuple[str, str]]] = {}
    for path in files:
        for raw in path.read_text("utf-8", "surrogatepass").split("\n"):
            if not raw.strip():
                continue
            line: dict[str, Any] = json.loads(raw)
            if line.get("type") not in ("user", "assistant") or "message" not in line:
                continue
            content = line["message"]["content"]
            blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
            for number, block in enumerate(blocks):
                if block["type"] == "text" and block["text"]:
                    said = found.setdefault(line["sessionId"], {})
                    said[line["uuid"], number] = (line["message"]["role"], block["text"])
    return {session: list(said.values()) for session, said in found.items()}


def same(kept: str, source: str, labels: list[str]) -> bool:
    """True when `kept` is `source` but for replaced spans, each of them in `labels`."""
    if kept == source:
        return True
    marks = MARK.findall(kept)
    pattern = ".*?".join(re.escape(piece) for piece in MARK.split(kept)[::2])
    return set(marks) <= set(labels) and re.fullmatch(pattern, source, re.S) is not None


def shown(clone: Clone) -> dict[str, dict[str, Any]]:
    """Source session -> the session as the program shows it."""
    sessions = [clone.nc("session", "show", one, "--json").json for one in clone.ids()]
    return {session["origin"]["session"]: session for session in sessions}


def heads(clone: Clone) -> str:
    private = clone.path / ".git/naturecode/private.git"
    own = clone.git("--git-dir", str(private), "for-each-ref") if private.exists() else ""
    return clone.git("for-each-ref") + own


@pytest.fixture
def claude(data: Path) -> list[Path]:
    return sorted((data / "claude-code").glob("*.jsonl"))


def test_the_real_files_become_twenty_sessions_with_every_text(
    box: Box, claude: list[Path]
) -> None:
    clone = box.ready()
    clone.nc("session", "import", *map(str, claude))
    sessions = shown(clone)
    assert len(sessions) == 20
    touched = total = 0
    for name, texts in claude_texts(claude).items():
        messages = sessions[name]["messages"]
        rest = [m for m in messages if m["role"] in ("user", "assistant")]
        for role, text in texts:
            match = next(
                (m for m in rest if m["role"] == role and same(m["content"], text, m["redacted"])),
                None,
            )
            assert match is not None, (name, text[:200])
            rest.remove(match)
        assert not [m for m in rest if not m.get("meta")], "more messages than in the source"
        total += len(messages)
        touched += sum(bool(m["redacted"]) for m in messages)
    assert touched <= total * 0.005


def test_again_in_another_order_adds_nothing_and_makes_no_commit(
    box: Box, claude: list[Path]
) -> None:
    clone = box.ready()
    clone.nc("session", "import", *map(str, claude))
    before = heads(clone)
    for seed in (1, 2):
        mixed = random.Random(seed).sample(claude, len(claude))
        said = clone.nc("session", "import", *map(str, mixed))
        assert "nothing new" in said.out
    assert heads(clone) == before


def test_other_processes_read_the_same(
    box: Box, claude: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = []
    for worth in (0, 1 << 40):
        monkeypatch.setattr("git_naturecode.capture.ahead.WORTH_IT", worth)
        monkeypatch.setattr("git_naturecode.capture.ahead.LARGEST", 700_000)
        clone = box.ready(f"repo-{worth}")
        clone.nc("session", "import", *map(str, claude))
        sessions.append({name: one["messages"] for name, one in shown(clone).items()})
    assert len(sessions[0]) == 20
    assert sessions[0] == sessions[1]


def test_parts_one_by_one_in_any_order_are_one_session(box: Box, claude: list[Path]) -> None:
    parts = [p for p in claude if sum(q.name[:36] == p.name[:36] for q in claude) > 1]
    clone = box.ready()
    for part in random.Random(3).sample(parts, len(parts)):
        clone.nc("session", "import", str(part))
    whole = box.ready("whole")
    whole.nc("session", "import", *map(str, parts))
    one, other = shown(clone), shown(whole)
    assert len(one) == 6
    assert one.keys() == other.keys()
    for name in one:
        kept = [sorted(m["messageId"] for m in s[name]["messages"] if m["role"] != "tool")
                for s in (one, other)]  # fmt: skip
        assert kept[0] == kept[1]


def test_two_clones_that_import_the_same_have_each_message_once(
    box: Box, claude: list[Path]
) -> None:
    hub = box.remote()
    clones = [box.clone(hub, "ada"), box.clone(hub, "ben")]
    for clone, files in zip(clones, (claude, claude[::-1]), strict=True):
        said = clone.nc("session", "import", "--visibility", "team", *map(str, files))
        assert "warning" not in said.err
    for clone in (*clones, clones[0]):
        assert "warning" not in clone.nc("sync").err
    both = [shown(clone) for clone in clones]
    assert len(both[0]) == 20
    assert both[0] == both[1]
    for session in both[0].values():
        ids = [message["messageId"] for message in session["messages"]]
        assert len(ids) == len(set(ids))
        assert not [m for m in session["messages"] if "flags" in m]


def test_two_clones_with_different_parts_agree(box: Box, claude: list[Path]) -> None:
    hub = box.remote()
    clones = [box.clone(hub, "ada"), box.clone(hub, "ben")]
    for number, clone in enumerate(clones, 1):
        parts = [str(p) for p in claude if p.name.endswith(f".{number}.jsonl")]
        clone.nc("session", "import", "--visibility", "team", *parts)
    for clone in (*clones, clones[0]):
        clone.nc("sync")
    both = [shown(clone) for clone in clones]
    assert len(both[0]) == 20
    assert both[0] == both[1]


def test_gemini_states_and_specstory_come_in_likewise(box: Box, data: Path) -> None:
    clone = box.ready()
    files = [*sorted((data / "gemini").iterdir()), *sorted((data / "specstory").iterdir())]
    clone.nc("session", "import", *map(str, files))
    assert len(clone.ids()) == 4
    before = heads(clone)
    assert "nothing new" in clone.nc("session", "import", *map(str, reversed(files))).out
    assert heads(clone) == before
    gemini = shown(clone)["f7633853-6663-4dbb-bbf4-6159afa29df8"]
    source = json.loads(files[1].read_text())
    wanted = [m["content"] for m in source["messages"] if m["type"] in ("user", "gemini")]
    kept = [m["content"] for m in gemini["messages"] if m["role"] in ("user", "assistant")]
    assert [text for text in wanted if text] == kept


def test_what_is_not_a_transcript_is_said(box: Box, tmp_path: Path) -> None:
    clone = box.ready()
    other = tmp_path / "notes.md"
    other.write_text("# Notes\n")
    said = clone.nc("session", "import", str(other), code=1)
    assert said.err.startswith("error: none of these files")
    said = clone.nc("session", "import", str(tmp_path / "none"), code=2)
    assert "there is no file" in said.err
    assert clone.nc("session", "import", code=2).err.startswith("error: name files")
    clone.nc("session", "import", "--from", "word", str(other), code=2)


def test_the_help_names_every_tool(box: Box) -> None:
    told = " ".join(box.repo().nc("session", "import", "--help").out.split())
    assert [tool for tool in TOOLS if tool not in told] == []


def test_two_clones_tell_what_the_tools_said_in_its_order(box: Box, tmp_path: Path) -> None:
    names = [name for name in WRITERS if name != "llm"]
    files = [str(WRITERS[name][0](tmp_path, "some text")) for name in names]
    hub = box.remote()
    clones = [box.clone(hub, "ada"), box.clone(hub, "ben")]
    for clone, order in zip(clones, (files, files[::-1]), strict=True):
        clone.nc("session", "import", "--visibility", "team", *order)
    alone = shown(clones[0])
    for clone in (*clones, clones[0]):
        clone.nc("sync")
    both = [shown(clone) for clone in clones]
    assert both[0] == both[1]
    assert len(alone) >= len(names) - 2
    for name, session in alone.items():
        ids = [message["messageId"] for message in session["messages"]]
        assert [message["messageId"] for message in both[0][name]["messages"]] == ids
