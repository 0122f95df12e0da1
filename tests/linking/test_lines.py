"""Which message wrote which line of a commit, from transcripts where their tools keep them."""

import json
import os
from typing import Any

from box import Box
from git_naturecode import ids
from git_naturecode.domain.links import Wrote
from git_naturecode.ids import imported_entry
from git_naturecode.linking.lines import written
from transcript_work import Work
from transcripts import S, line, result, use, write


def wrote(work: Work, commit: str = "HEAD") -> tuple[Wrote, ...]:
    work.imported()
    with work.clone.store(many=False) as store:
        return written(store, work.tail, work.clone.git("rev-parse", commit).strip())


def test_each_message_gets_the_lines_that_it_added(work: Work) -> None:
    (work.clone.path / "a.py").write_text("one\ntwo\nthree\n")
    work.commit()
    first = work.edit("a.py", "two", "zwei\nmore")
    (work.clone.path / "a.py").write_text("one\nby hand\nzwei\nmore\nthree\n")
    second = work.edit("src/b.py", "", "new\n")
    third = work.edit("a.py", "three", "drei", told=False)
    work.commit()
    assert set(wrote(work)) == {
        Wrote(first, "a.py", ((3, 4),)), Wrote(third, "a.py", ((5, 5),)),
        Wrote(second, "src/b.py", ((1, 1),)),
    }  # fmt: skip


def test_a_later_commit_gets_only_what_it_adds(work: Work) -> None:
    work.edit("a.py", "", "one\ntwo\n")
    work.commit()
    second = work.edit("a.py", "two", "two\nthree")
    work.commit()
    work.edit("a.py", "three", "later")
    assert wrote(work) == (Wrote(second, "a.py", ((3, 3),)),)


def test_what_was_done_after_the_commit_changes_nothing(work: Work) -> None:
    first = work.edit("a.py", "", "one\ntwo\n")
    commit = work.commit()
    work.edit("a.py", "two", "three")
    assert wrote(work, commit) == (Wrote(first, "a.py", ((1, 2),)),)


def test_a_commit_made_anew_later_keeps_its_lines(work: Work) -> None:
    first = work.edit("a.py", "", "one\ntwo\n")
    work.commit()
    work.edit("a.py", "two", "three")
    work.clone.git("checkout", "-q", "--", "a.py")
    work.clone.env["GIT_COMMITTER_DATE"] = "2026-11-23T10:00:00Z"
    work.clone.git("commit", "-q", "--amend", "-m", "other words")
    assert wrote(work) == (Wrote(first, "a.py", ((1, 2),)),)


def test_a_file_that_git_sees_moved(work: Work) -> None:
    text = "".join(f"line {number}\n" for number in range(20))
    (work.clone.path / "old.py").write_text(text)
    work.commit()
    first = work.edit("old.py", "line 7\n", "line 7\nseven\n")
    work.clone.git("mv", "old.py", "new.py")
    second = work.edit("new.py", "line 3\n", "line 3\nthree\n")
    work.commit()
    assert set(wrote(work)) == {
        Wrote(first, "new.py", ((10, 10),)), Wrote(second, "new.py", ((5, 5),)),
    }  # fmt: skip


def test_a_checkout_that_was_moved_since(work: Work, box: Box) -> None:
    (work.clone.path / "sub").mkdir()
    first = work.edit("sub/a.py", "", "one\n")
    work.edit("a.py", "", "other\n")
    work.commit()
    work.clone.path.rename(box.path / "elsewhere")
    work.clone.path = box.path / "elsewhere"
    assert Wrote(first, "sub/a.py", ((1, 1),)) in wrote(work)
    assert len(wrote(work)) == 2


def test_in_a_moved_checkout_a_name_alone_is_not_enough(work: Work, box: Box) -> None:
    work.edit("deep/a.py", "", "one\n")
    (work.clone.path / "deep/a.py").rename(work.clone.path / "a.py")
    work.commit()
    work.clone.path = work.clone.path.rename(box.path / "elsewhere")
    assert wrote(work) == ()


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
    (found,) = [one for one in wrote(work) if one.ranges == ((2, 2),)]
    assert found.message == imported_entry("claude-code", S, "sub1", "done")


def test_a_file_that_repeats_another_counts_once(work: Work) -> None:
    (work.clone.path / "a.py").write_text("a\n")
    work.commit()
    first = work.edit("a.py", "a", "b a", told=False)
    below = work.folder / S / "subagents"
    below.mkdir(parents=True)
    write(below / "agent-1.jsonl", work.lines)
    work.commit()
    assert wrote(work) == (Wrote(first, "a.py", ((1, 1),)),)


def test_without_a_transcript_what_was_kept_in_full_tells(work: Work) -> None:
    first = work.edit("a.py", "", "one\ntwo\n")
    work.edit("a.py", "two", "zwei")
    work.commit()
    work.imported("--full")
    os.remove(work.transcript)
    with work.clone.store(many=False) as store:
        found = written(store, work.tail, work.clone.git("rev-parse", "HEAD").strip())
    assert {one.path for one in found} == {"a.py"}
    assert Wrote(first, "a.py", ((1, 1),)) in found


def test_nothing_is_known_without_a_transcript(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    work.commit()
    work.imported()
    os.remove(work.transcript)
    live = work.clone.start()
    head = work.clone.git("rev-parse", "HEAD").strip()
    with work.clone.store(many=False) as store:
        assert written(store, work.tail, head) == ()
        assert written(store, ids.tail(live), head) == ()
        assert written(store, "zzzzzzzz", head) == ()
        assert written(store, work.tail, "0" * 40) == ()


def test_files_that_are_no_text_or_no_utf_8(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    work.edit("b.bin", "", "one\n")
    (work.clone.path / "a.py").write_bytes(b"\xe9t\xe9\none\n")
    (work.clone.path / "b.bin").write_bytes(b"\0one\n")
    work.commit()
    (found,) = wrote(work)
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
    with open(work.transcript, "a") as file:
        file.write(json.dumps({"message": {"content": [3, {"type": "tool_result"}]}}) + "\n")
    first = work.edit("a.py", "", "one\n")
    work.commit()
    assert wrote(work) == (Wrote(first, "a.py", ((1, 1),)),)
