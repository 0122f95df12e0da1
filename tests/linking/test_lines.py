"""Which message wrote which line of a commit, from transcripts where their tools keep them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from box import Box, Clone
from git_naturecode import ids
from git_naturecode.domain.links import Wrote
from git_naturecode.ids import imported_entry
from git_naturecode.linking.lines import written
from transcripts import S, line, result, use, write


class Work:
    """A repository and a session of Claude Code in it, which a test lets say and do things."""

    def __init__(self, clone: Clone) -> None:
        self.clone, self.lines, self.number = clone, list[Any](), 0
        slug = "".join(c if c.isalnum() else "-" for c in os.path.realpath(clone.path))
        self.folder = Path(os.environ["HOME"], ".claude/projects", slug)
        self.folder.mkdir(parents=True)
        self.say("user", "Add a test")

    def say(self, kind: str, content: Any, **more: Any) -> None:
        self.number += 1
        made = line(kind, f"u{self.number}", content, **more)
        made["timestamp"] = f"2026-11-22T10:{self.number // 60:02d}:{self.number % 60:02d}.000Z"
        self.lines.append({**made, "cwd": more.get("cwd", str(self.clone.path))})
        write(self.folder / f"{S}.jsonl", self.lines)

    def edit(self, name: str, old: str, new: str, *, told: bool = True) -> str:
        """Replace `old` by `new` in a file as the tool does; the entry of the call."""
        file = Path(self.clone.path, name)
        before = file.read_text() if file.exists() else ""
        self.number += 1
        call = f"toolu_{self.number}"
        after = before.replace(old, new) if old else new
        self.say(
            "assistant", [use(call, "Edit", file_path=str(file), old_string=old, new_string=new)]
        )
        answer = {"filePath": str(file), "oldString": old, "newString": new, "originalFile": before}
        self.say("user", [result(call, "ok")], **({"toolUseResult": answer} if told else {}))
        file.parent.mkdir(exist_ok=True)
        file.write_text(after)
        return imported_entry("claude-code", S, call, "done")

    def commit(self, *args: str) -> str:
        self.number += 60
        at = f"2026-11-22T10:{self.number // 60:02d}:{self.number % 60:02d}Z"
        self.clone.git("add", "-A")
        self.clone.env.update(GIT_AUTHOR_DATE=at, GIT_COMMITTER_DATE=at)
        self.clone.git("commit", "-q", "-m", "change", *args)
        return self.clone.git("rev-parse", "HEAD").strip()

    def imported(self, *args: str) -> str:
        """Import the session; the last part of its id."""
        self.clone.nc("session", "import", *args, str(self.folder / f"{S}.jsonl"))
        return ids.imported_tail("claude-code", S)

    def wrote(self, commit: str = "HEAD") -> tuple[Wrote, ...]:
        tail = self.imported()
        with self.clone.store(many=False) as store:
            return written(store, tail, self.clone.git("rev-parse", commit).strip())


@pytest.fixture
def work(box: Box) -> Work:
    clone = box.repo()
    clone.nc("init")
    return Work(clone)


def test_each_message_gets_the_lines_that_it_added(work: Work) -> None:
    (work.clone.path / "a.py").write_text("one\ntwo\nthree\n")
    work.commit()
    first = work.edit("a.py", "two", "zwei\nmore")
    (work.clone.path / "a.py").write_text("one\nby hand\nzwei\nmore\nthree\n")
    second = work.edit("src/b.py", "", "new\n")
    third = work.edit("a.py", "three", "drei", told=False)
    work.commit()
    assert set(work.wrote()) == {
        Wrote(first, "a.py", ((3, 4),)), Wrote(third, "a.py", ((5, 5),)),
        Wrote(second, "src/b.py", ((1, 1),)),
    }  # fmt: skip


def test_a_later_commit_gets_only_what_it_adds(work: Work) -> None:
    work.edit("a.py", "", "one\ntwo\n")
    work.commit()
    second = work.edit("a.py", "two", "two\nthree")
    work.commit()
    work.edit("a.py", "three", "later")
    assert work.wrote() == (Wrote(second, "a.py", ((3, 3),)),)


def test_what_was_done_after_the_commit_changes_nothing(work: Work) -> None:
    first = work.edit("a.py", "", "one\ntwo\n")
    commit = work.commit()
    work.edit("a.py", "two", "three")
    assert work.wrote(commit) == (Wrote(first, "a.py", ((1, 2),)),)


def test_a_commit_made_anew_later_keeps_its_lines(work: Work) -> None:
    first = work.edit("a.py", "", "one\ntwo\n")
    work.commit()
    work.edit("a.py", "two", "three")
    work.clone.git("checkout", "-q", "--", "a.py")
    work.clone.env["GIT_COMMITTER_DATE"] = "2026-11-23T10:00:00Z"
    work.clone.git("commit", "-q", "--amend", "-m", "other words")
    assert work.wrote() == (Wrote(first, "a.py", ((1, 2),)),)


def test_a_file_that_git_sees_moved(work: Work) -> None:
    text = "".join(f"line {number}\n" for number in range(20))
    (work.clone.path / "old.py").write_text(text)
    work.commit()
    first = work.edit("old.py", "line 7\n", "line 7\nseven\n")
    work.clone.git("mv", "old.py", "new.py")
    second = work.edit("new.py", "line 3\n", "line 3\nthree\n")
    work.commit()
    assert set(work.wrote()) == {
        Wrote(first, "new.py", ((10, 10),)), Wrote(second, "new.py", ((5, 5),)),
    }  # fmt: skip


def test_a_checkout_that_was_moved_since(work: Work, box: Box) -> None:
    (work.clone.path / "sub").mkdir()
    first = work.edit("sub/a.py", "", "one\n")
    work.edit("a.py", "", "other\n")
    work.commit()
    work.clone.path.rename(box.path / "elsewhere")
    work.clone.path = box.path / "elsewhere"
    assert Wrote(first, "sub/a.py", ((1, 1),)) in work.wrote()
    assert len(work.wrote()) == 2


def test_a_subagent_writes_too(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    below = work.folder / S / "subagents"
    below.mkdir(parents=True)
    path = str(work.clone.path / "a.py")
    told = {"filePath": path, "oldString": "one", "newString": "one\ntwo", "originalFile": "one\n"}
    write(below / "agent-1.jsonl", [
        {**line("assistant", "s1", [use("sub1", "Edit", file_path=path)], 8), "isSidechain": True},
        {**line("user", "s2", [result("sub1", "ok")], 9), "toolUseResult": told},
    ])  # fmt: skip
    (work.clone.path / "a.py").write_text("one\ntwo\n")
    work.commit()
    (found,) = [one for one in work.wrote() if one.ranges == ((2, 2),)]
    assert found.message == imported_entry("claude-code", S, "sub1", "done")


def test_without_a_transcript_what_was_kept_in_full_tells(work: Work) -> None:
    first = work.edit("a.py", "", "one\ntwo\n")
    work.edit("a.py", "two", "zwei")
    work.commit()
    tail = work.imported("--full")
    os.remove(work.folder / f"{S}.jsonl")
    with work.clone.store(many=False) as store:
        found = written(store, tail, work.clone.git("rev-parse", "HEAD").strip())
    assert {one.path for one in found} == {"a.py"}
    assert Wrote(first, "a.py", ((1, 1),)) in found


def test_nothing_is_known_without_a_transcript(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    work.commit()
    tail = work.imported()
    os.remove(work.folder / f"{S}.jsonl")
    live = work.clone.start()
    head = work.clone.git("rev-parse", "HEAD").strip()
    with work.clone.store(many=False) as store:
        assert written(store, tail, head) == ()
        assert written(store, ids.tail(live), head) == ()
        assert written(store, "zzzzzzzz", head) == ()
        assert written(store, tail, "0" * 40) == ()


def test_files_that_are_no_text_or_no_utf_8(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    work.edit("b.bin", "", "one\n")
    (work.clone.path / "a.py").write_bytes(b"\xe9t\xe9\none\n")
    (work.clone.path / "b.bin").write_bytes(b"\0one\n")
    work.commit()
    (found,) = work.wrote()
    assert (found.path, found.ranges) == ("a.py", ((2, 2),))


def test_the_json_of_a_hostile_transcript_is_harmless(work: Work) -> None:
    path = str(work.clone.path / "a.py")
    odd: list[Any] = [
        None, 7, [], "x", {"edits": 3}, {"filePath": 1}, {"filePath": path, "edits": [1, None]},
        {"filePath": path, "structuredPatch": [{"lines": 5}, 3, {"lines": [1, "+x"]}]},
    ]  # fmt: skip
    for number, told in enumerate(odd):
        call = f"c{number}"
        given = {"file_path": path, "old_string": 5, "edits": "no"}
        work.say("assistant", [{"type": "tool_use", "id": call, "name": "Edit", "input": given}])
        work.say("user", [result(call, "ok")], toolUseResult=told)
    with open(work.folder / f"{S}.jsonl", "a") as file:
        file.write(json.dumps({"message": {"content": [3, {"type": "tool_result"}]}}) + "\n")
    first = work.edit("a.py", "", "one\n")
    work.commit()
    assert work.wrote() == (Wrote(first, "a.py", ((1, 1),)),)
