"""why: what is behind a line, as a person asks for it: the message that wrote it, and where."""

from pathlib import Path

import pytest

from box import Box, Clone
from cli.behind import linked
from git_naturecode import linking
from git_naturecode.domain.links import Link, Wrote
from transcript_work import Work


def test_a_line_leads_to_the_message_and_to_what_was_asked(work: Work) -> None:
    work.say("user", "Please count\x1b[31m to three\nand no further")
    work.say("assistant", "I add the lines.")
    message = work.edit("a.py", "", "one\ntwo\nthree\n")
    commit = work.commit("-m", "Count")
    session = linked(work)
    said = work.clone.nc("why", "a.py:2")
    assert "a.py:2  two" in said.out
    assert f"{commit[:8]}  Count · Ada" in said.out
    assert session in said.out
    assert "this message wrote the line" in said.out
    assert "I add the lines." in said.out
    assert "Please count\\x1b[31m to three\n    and no further" in said.out
    assert "claude-code" in said.out
    assert f"session show {session[17:]}" in said.err
    (item,) = work.clone.nc("why", "a.py:2", "--json").json["items"]
    assert item["how"] == "wrote"
    assert item["message"]["messageId"] == message
    assert item["session"]["id"] == session
    assert item["commit"]["id"] == commit
    assert (item["line"], item["text"]) == (2, "two")
    assert item["request"]["content"].startswith("Please count")


def test_a_commit_made_a_moment_ago_answers_at_once(work: Work) -> None:
    message = work.edit("a.py", "", "one\ntwo\n")
    session = work.imported()
    commit = work.commit("-m", "One", "-m", f"NatureCode-Session: {session}")
    git_dir = work.clone.path / ".git"
    seconds = work.clone.git("log", "-1", "--format=%ct").strip()
    (git_dir / "naturecode/queue").write_text(
        f"commit {seconds} {commit} {'0' * 40} {session} {git_dir}\n"
    )
    (item,) = work.clone.nc("why", "a.py:2", "--json").json["items"]
    assert (item["how"], item["message"]["messageId"]) == ("wrote", message)
    assert item["session"]["via"] == "hook"
    assert not (git_dir / "naturecode/queue").exists()


def test_another_clone_sees_the_same_after_one_sync(box: Box) -> None:
    hub = box.remote()
    work, ben = Work(box.clone(hub, "ada")), box.clone(hub, "ben")
    message = work.edit("a.py", "", "one\ntwo\n")
    work.commit()
    session = work.imported()
    work.clone.nc("session", "attach", session)
    work.clone.git("push", "-q", "origin", "main")
    work.clone.nc("sync")
    ben.git("pull", "-q")
    ben.nc("sync")
    assert ben.nc("why", "a.py:2", code=1).out.count("no session is known") == 1
    work.clone.nc("session", "share", session)
    work.clone.nc("sync")
    ben.nc("sync")
    (item,) = ben.nc("why", "a.py:2", "--json").json["items"]
    assert (item["how"], item["message"]["messageId"]) == ("wrote", message)
    assert item["session"]["id"] == session


def test_what_was_attached_by_hand_has_its_messages_too(work: Work) -> None:
    message = work.edit("a.py", "", "one\ntwo\n")
    work.commit()
    work.clone.nc("session", "attach", work.imported())
    (item,) = work.clone.nc("why", "a.py:2", "--json").json["items"]
    assert (item["how"], item["message"]["messageId"]) == ("wrote", message)


def test_the_line_is_found_where_the_commit_had_it(work: Work) -> None:
    message = work.edit("a.py", "", "one\ntwo\nthree\n")
    work.commit()
    linked(work)
    work.clone.git("mv", "a.py", "b.py")
    (work.clone.path / "b.py").write_text("new\nmore\none\ntwo\nthree\n")
    work.commit()
    (item,) = work.clone.nc("why", "b.py:4", "--json").json["items"]
    assert (item["how"], item["message"]["messageId"]) == ("wrote", message)
    assert (item["commit"]["path"], item["commit"]["line"]) == ("a.py", 2)
    assert "there the line is a.py:2" in work.clone.nc("why", "b.py:4").out


def test_a_message_that_has_not_come_here_is_said_to_be_missing(work: Work) -> None:
    session = work.imported()
    message = work.edit("a.py", "", "one\ntwo\n")
    commit = work.commit()
    facts = (Wrote(message, "a.py", ((1, 1),)),)
    with work.clone.store(many=False) as store:
        linking.link(store, [Link(session, commit, via="hook", wrote=facts)])
    assert "has not come here" in work.clone.nc("why", "a.py:1").out
    assert "by hand" in work.clone.nc("why", "a.py:2").out


def test_a_range_is_told_piece_by_piece(work: Work) -> None:
    (work.clone.path / "a.py").write_text("by hand\n")
    work.commit()
    work.edit("a.py", "by hand\n", "by hand\none\ntwo\n")
    work.edit("a.py", "two\n", "two\nthree\n")
    work.commit()
    linked(work)
    items = work.clone.nc("why", "a.py:1-4", "--json").json["items"]
    assert [one["how"] for one in items] == ["nothing", "wrote", "wrote", "wrote"]
    assert work.clone.nc("why", "a.py:1-4").out.count("commit   ") == 3
    assert work.clone.nc("why", "a.py:2,3").out.count("commit   ") == 1


def test_a_function_is_found_by_its_name(work: Work) -> None:
    work.edit("a.py", "", "def first():\n    return 1\n\n\ndef second():\n    return 2\n")
    work.commit()
    linked(work)
    items = work.clone.nc("why", "a.py:second", "--json").json["items"]
    assert [one["text"] for one in items] == ["def second():", "    return 2"]
    assert "no match" in work.clone.nc("why", "a.py:third", code=2).err


def test_without_proof_the_last_message_that_wrote_the_file_is_likely(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    last = work.edit("a.py", "one", "two")
    work.commit()
    work.edit("a.py", "two", "later")
    linked(work, wrote=())
    work.clone.git("checkout", "-q", "a.py")
    (item,) = work.clone.nc("why", "a.py:1", "--json").json["items"]
    assert (item["how"], item["message"]["messageId"]) == ("likely", last)
    assert "likely this message" in work.clone.nc("why", "a.py:1").out


def test_what_is_likely_knows_the_folder_that_the_tool_ran_in(work: Work) -> None:
    work.edit("sub/a.py", "", "deep\n")
    work.edit("b.py", "", "two\n")
    for made in work.lines:
        made["cwd"] = str(work.clone.path / "sub")
    work.say("assistant", "done", cwd=str(work.clone.path / "sub"))
    (work.clone.path / "a.py").write_text("by hand\n")
    work.commit()
    linked(work, wrote=())
    found = [
        work.clone.nc("why", f"{name}:1", "--json").json["items"][0]["how"]
        for name in ("sub/a.py", "b.py", "a.py")
    ]
    assert found == ["likely", "likely", "session"]


def test_a_line_by_hand_in_a_commit_of_a_session_has_no_message(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    (work.clone.path / "a.py").write_text("one\nby hand\n")
    (work.clone.path / "b.py").write_text("also\n")
    work.commit()
    linked(work)
    said = work.clone.nc("why", "a.py:2")
    assert "by hand" in said.out
    (item,) = work.clone.nc("why", "a.py:2", "--json").json["items"]
    assert (item["how"], item["message"]) == ("session", None)
    (item,) = work.clone.nc("why", "b.py:1", "--json").json["items"]
    assert (item["how"], item["message"]) == ("session", None)


def test_comments_and_redactions_of_the_message_are_shown(work: Work) -> None:
    work.say("user", "the secret plan")
    message = work.edit("a.py", "", "one\n")
    work.commit()
    session = linked(work)
    work.clone.nc("session", "comment", session, "looks right", "--on", message)
    shown = work.clone.nc("session", "show", session, "--json").json["messages"]
    asked = next(one["messageId"] for one in shown if one["content"] == "the secret plan")
    work.clone.nc("session", "redact", session, asked)
    said = work.clone.nc("why", "a.py:1").out
    assert "looks right" in said
    assert "secret plan" not in said
    assert "redacted by" in said


def test_a_deleted_session_says_so(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    work.commit()
    session = linked(work)
    work.clone.nc("session", "delete", session, "--yes")
    assert "deleted" in work.clone.nc("why", "a.py:1").out


def test_paths_are_those_of_the_folder_that_one_is_in(work: Work) -> None:
    work.edit("sub/a.py", "", "one\n")
    work.commit()
    linked(work)
    below = Clone(work.clone.path / "sub", env=work.clone.env)
    assert "sub/a.py:1  one" in below.nc("why", "a.py:1").out
    assert below.nc("why", f"{work.clone.path}/sub/a.py:1").out.startswith("sub/a.py:1")
    assert below.nc("why", "../sub/a.py:1").out.startswith("sub/a.py:1")
    assert "not in this repository" in below.nc("why", "../../x.py:1", code=1).err


@pytest.mark.parametrize("name", ["ü b.py", 'q"uote.py', "tab\there.py", "\x1b[31m.py", "a:7.py"])
def test_odd_names_are_names(work: Work, name: str) -> None:
    message = work.edit(name, "", "one\n")
    work.commit()
    work.clone.nc("session", "attach", work.imported())
    (item,) = work.clone.nc("why", f"{name}:1", "--json").json["items"]
    assert (item["how"], item["message"]["messageId"]) == ("wrote", message)
    assert item["commit"]["path"] == name
    shown = work.clone.nc("why", f"{name}:1").out
    assert "\x1b" not in shown
    assert "there the line is" not in shown


def test_an_earlier_commit_can_be_asked(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    work.commit()
    linked(work)
    work.clone.git("rm", "-q", "a.py")
    work.commit()
    assert "git knows no file" in work.clone.nc("why", "a.py:1", code=1).err
    assert "a.py:1  one" in work.clone.nc("why", "a.py:1", "--rev", "HEAD~1").out
    assert "no commit" in work.clone.nc("why", "a.py:1", "--rev", "--output=x", code=2).err


def test_commits_that_git_is_told_to_ignore_are_passed_over(work: Work) -> None:
    message = work.edit("a.py", "", "if x:\n  one\n")
    work.commit()
    linked(work)
    (work.clone.path / "a.py").write_text("if x:\n    one\n")
    commit = work.commit("-m", "Indent")
    assert work.clone.nc("why", "a.py:2", code=1)
    (item,) = work.clone.nc("why", "a.py:2", "-w", "--json").json["items"]
    assert item["message"]["messageId"] == message
    (work.clone.path / ".ignore-revs").write_text(commit + "\n")
    work.clone.git("config", "blame.ignoreRevsFile", ".ignore-revs")
    (item,) = work.clone.nc("why", "a.py:2", "--json").json["items"]
    assert item["message"]["messageId"] == message


@pytest.mark.parametrize(("place", "code"), [
    ("a.py", 2), ("a.py:0", 2), ("a.py:2", 1), ("a.py:1-9", 1), ("b.py:1", 1), (":1", 2), ("", 2),
    ("a.py:1:2", 1), ("--:1", 2),
])  # fmt: skip
def test_what_makes_no_sense_is_said(work: Work, place: str, code: int) -> None:
    work.edit("a.py", "", "one\n")
    work.commit()
    said = work.clone.nc("why", place, code=code)
    assert said.err.startswith("error: ")
    assert "Traceback" not in said.err


def test_outside_of_a_repository_and_before_init(box: Box, tmp_path: Path) -> None:
    assert "not a git repository" in Clone(tmp_path).nc("why", "a.py:1", code=1).err
    clone = box.repo("bare")
    (clone.path / "a.py").write_text("one\n")
    clone.git("add", "a.py")
    clone.git("commit", "-q", "-m", "one")
    assert "git naturecode init" in clone.nc("why", "a.py:1", code=1).err


def test_a_linked_work_tree_and_a_bare_repository(work: Work, box: Box) -> None:
    work.edit("a.py", "", "one\n")
    work.commit()
    session = linked(work)
    work.clone.git("worktree", "add", "-q", str(box.path / "tree"))
    tree = Clone(box.path / "tree", env=work.clone.env)
    assert session in tree.nc("why", "a.py:1").out
    assert session in Clone(work.clone.path / ".git", env=work.clone.env).nc("why", "a.py:1").out


def test_no_git_process_is_started_for_each_session(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    work.commit()
    linked(work)
    work.clone.nc("why", "a.py:1")
    trace = work.clone.path.parent / "trace"
    work.clone.env["GIT_NATURECODE_TRACE"] = str(trace)
    work.clone.process("why", "a.py:1")
    started = [one.split()[2] for one in trace.read_text().splitlines()]
    assert "blame" in started
    assert len(started) <= 6, started
