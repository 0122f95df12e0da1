"""blame: a file with the session and message behind each line, for people and for programs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from box import Box
from cli.behind import git_ai, linked
from git_naturecode.domain.links import Wrote
from git_naturecode.render import blame as render
from git_naturecode.render.paint import Paint
from transcript_work import Work


@pytest.fixture
def work(box: Box) -> Work:
    clone = box.ready()
    made = Work(clone)
    (clone.path / "a.py").write_text("by hand\n\x1b[31mred\n")
    made.commit()
    made.say("assistant", "I add it.")
    made.edit("a.py", "by hand\n", "by hand\none\ntwo\n")
    made.commit()
    return made


def test_each_line_has_its_session_and_message_beside_it(work: Work) -> None:
    session = linked(work)
    file = work.clone.path / "a.py"
    file.write_text(file.read_text() + "not yet\n")
    shown = work.clone.nc("blame", "a.py").out.split("\n")
    head = work.clone.git("rev-parse", "HEAD").strip()[:8]
    assert re.fullmatch(r"[0-9a-f]{8} +Ada +2026-11-22 1\) by hand", shown[0])
    assert re.fullmatch(rf"{head} {session[17:]} #3 +Ada +2026-11-22 2\) one", shown[1])
    assert shown[3].endswith("4) \\x1b[31mred")
    assert re.fullmatch(r"- +not committed +- 5\) not yet", shown[4])


def test_ranges_are_those_of_git(work: Work) -> None:
    linked(work)
    assert work.clone.nc("blame", "a.py", "-L", "2,+1").out.count("\n") == 1
    assert work.clone.nc("blame", "a.py", "-L", "1,1", "-L", "3,3").out.count("\n") == 2
    assert work.clone.nc("blame", "a.py", "-L2,3", "--rev", "HEAD").out.count("\n") == 2
    assert "no range" in work.clone.nc("blame", "a.py", "-L", "x,y", code=2).err
    assert "only 4 lines" in work.clone.nc("blame", "a.py", "-L", "9", code=1).err
    assert work.clone.nc("blame", "nothing.py", code=1).err.startswith("error: git knows no file")


def test_json_has_one_item_for_each_line(work: Work) -> None:
    session = linked(work)
    found = work.clone.nc("blame", "a.py", "--json").json
    assert (found["schema"], found["path"]) == (1, "a.py")
    assert [one["how"] for one in found["items"]] == ["nothing", "wrote", "wrote", "nothing"]
    assert found["items"][1]["session"]["id"] == session
    assert found["items"][1]["message"]["handle"] == "#3"


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 100, 120])
def test_a_narrow_terminal_leaves_things_out_but_never_the_text(columns: int) -> None:
    row = render.Row(
        "0" * 40, "k3v9q2m7 #12", "Ada 日本語 Lovelace", "2026-11-22", 7, "\tif 日本:" * 30
    )
    shown = render.text([row, row._replace(number=1234, text="")], Paint(False), columns)
    for one in shown.split("\n"):
        assert sum(2 if ord(c) > 0x2E80 else 1 for c in one) <= max(columns, 41)
    assert "if 日" in shown or columns < 60
    assert ("2026-11-22" in shown) is (columns >= 100)


# The schema that agent-trace.dev publishes, as far as a record of ours could offend it.
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def is_record(record: dict[str, Any]) -> None:
    assert record.keys() <= {"version", "id", "timestamp", "vcs", "tool", "files", "metadata"}
    assert record["version"] == "0.1.0"
    assert re.fullmatch(UUID, record["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["timestamp"])
    assert record["tool"].keys() == {"name", "version"}
    if "vcs" in record:
        assert record["vcs"].keys() == {"type", "revision"}
    for file in record["files"]:
        assert file.keys() == {"path", "conversations"}
        for one in file["conversations"]:
            assert one.keys() <= {"url", "contributor", "ranges", "related"}
            assert one["contributor"].keys() <= {"type", "model_id"}
            assert one["contributor"]["type"] in {"human", "ai", "mixed", "unknown"}
            assert re.match(r"naturecode://", one.get("url", "naturecode://"))
            for each in one["ranges"]:
                assert each.keys() == {"start_line", "end_line"}
                assert 1 <= each["start_line"] <= each["end_line"]


def test_an_agent_trace_record(work: Work, tmp_path: Path) -> None:
    session = linked(work)
    head = work.clone.git("rev-parse", "HEAD").strip()
    shown = work.clone.nc("blame", "a.py", "--format", "agent-trace", "--rev", "HEAD").out
    record = json.loads(shown)
    is_record(record)
    assert record["vcs"]["revision"] == head
    (one,) = record["files"][0]["conversations"]
    assert one["ranges"] == [{"start_line": 2, "end_line": 3}]
    assert one["contributor"] == {"type": "ai", "model_id": "anthropic/claude-x"}
    assert one["url"].startswith(f"naturecode://session/{session}#")
    target = tmp_path / "trace.json"
    work.clone.nc("blame", "a.py", "--format", "agent-trace", "--rev", "HEAD", "-o", str(target))
    assert json.loads(target.read_text())["id"] == record["id"]


def test_an_agent_trace_record_tells_what_a_session_deleted(work: Work) -> None:
    work.edit("a.py", "one\ntwo\n", "three\n")
    commit = work.commit()
    linked(work)
    record = work.clone.nc("blame", "a.py", "--format", "agent-trace").json
    is_record(record)
    (gone,) = record["metadata"]["dev.naturecode.deleted"]
    assert (gone["revision"], gone["ranges"]) == (commit, [{"start_line": 2, "end_line": 3}])
    assert "vcs" not in record  # it is about the file as it lies there


def test_an_agent_trace_record_of_notes_of_git_ai(work: Work) -> None:
    (work.clone.path / "src").mkdir()
    (work.clone.path / "src/a.py").write_text("1\n2\n3\n4\n")
    work.commit()
    git_ai(work.clone)
    record = work.clone.nc("blame", "src/a.py", "--format", "agent-trace").json
    is_record(record)
    (one,) = record["files"][0]["conversations"]
    assert one["contributor"] == {"type": "ai", "model_id": "anthropic/claude-opus-4-5"}
    assert len(one["ranges"]) == 2


ENTRY = re.compile(r"  ([0-9a-f]{16}) ((?:\d+(?:-\d+)?)(?:,\d+(?:-\d+)?)*)")
NUMBERS = ("total_additions", "total_deletions", "accepted_lines", "overriden_lines")


def read_by_the_standard(note: str) -> dict[tuple[str, str], list[int]]:
    """The lines of each (path, tool), as the Git AI standard 3.0.0 has a note read."""
    attestation, _, metadata = note.partition("\n---\n")
    about = json.loads(metadata)
    assert about["schema_version"] == "authorship/3.0.0"
    assert re.fullmatch("[0-9a-f]{40}", about["base_commit_sha"])
    for prompt in about["prompts"].values():
        assert prompt["agent_id"].keys() == {"tool", "id", "model"}
        assert isinstance(prompt["messages"], list)
        assert all(isinstance(prompt[name], int) for name in NUMBERS)
    found: dict[tuple[str, str], list[int]] = {}
    path = ""
    for line in attestation.split("\n"):
        if not line.startswith(" "):
            assert line.startswith('"') == (" " in line)
            path = line.strip('"')
            continue
        entry = ENTRY.fullmatch(line)
        assert entry
        numbers: list[int] = []
        for part in entry[2].split(","):
            first, _, last = part.partition("-")
            numbers += range(int(first), int(last or first) + 1)
        assert numbers == sorted(set(numbers))
        found[path, about["prompts"][entry[1]]["agent_id"]["tool"]] = numbers
    return found


def test_notes_for_git_ai_are_written_on_request(work: Work) -> None:
    work.edit("with blank.py", "", "a\nb\n")
    (work.clone.path / "with blank.py").write_text("a\nhand\nb\n")
    work.commit()
    session = work.imported()
    work.clone.nc("session", "attach", session, "HEAD~1..HEAD", "HEAD~1")
    said = work.clone.nc("blame", "with blank.py", "--write-git-ai")
    assert "0 notes of git-ai written" in said.err
    assert "1 commit left out: the session is private" in said.err
    work.clone.nc("session", "share", session)
    assert "1 note of git-ai" in work.clone.nc("blame", "with blank.py", "--write-git-ai").err
    assert "had one already" in work.clone.nc("blame", "with blank.py", "--write-git-ai").err
    note = work.clone.git("notes", "--ref=ai", "show", "HEAD")
    assert read_by_the_standard(note) == {("with blank.py", "claude"): [1, 3]}
    assert "I add it" not in note
    work.clone.nc("blame", "a.py", "--write-git-ai")
    note = work.clone.git("notes", "--ref=ai", "show", "HEAD~1")
    assert read_by_the_standard(note) == {("a.py", "claude"): [2, 3]}
    work.clone.nc("session", "detach", session, "HEAD~1")
    assert "git-ai claude" in work.clone.nc("blame", "a.py").out


def test_a_note_for_git_ai_costs_nothing_that_a_link_may_claim(work: Work) -> None:
    endless = tuple(Wrote("m1", "a.py", ((first, 999_999_999),)) for first in range(1, 100))
    session = linked(work, wrote=endless)
    work.clone.nc("session", "share", session)
    work.clone.nc("blame", "a.py", "--write-git-ai")
    assert " 1-999999999\n" in work.clone.git("notes", "--ref=ai", "show", "HEAD")


def test_what_has_no_lines_says_what_it_is(box: Box) -> None:
    clone = box.ready("inner")
    (clone.path / "a.py").write_text("one\n")
    clone.git("add", "a.py")
    clone.git("commit", "-q", "-m", "One")
    clone.git("switch", "-q", "--orphan", "new")
    (clone.path / "a.py").write_text("one\n")
    assert "nothing is committed" in clone.nc("why", "a.py:1", code=1).err
    clone.git("switch", "-q", "-f", "main")
    outer = box.ready("outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(clone.path), "sub")
    outer.git("commit", "-q", "-m", "Sub")
    said = outer.nc("blame", "sub", code=1).err
    assert said == "error: sub is a submodule, not a file\nhint: ask within sub\n"


def test_a_file_that_cannot_be_written_and_an_unknown_format(work: Work, tmp_path: Path) -> None:
    said = work.clone.nc("blame", "a.py", "-o", str(tmp_path / "no" / "x"), code=1)
    assert "cannot be written" in said.err
    assert "not a format" in work.clone.nc("blame", "a.py", "--format", "xml", code=2).err
