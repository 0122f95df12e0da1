"""why: what is behind a line, as a person asks for it."""

import json
import time
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode import linking
from git_naturecode.domain.links import Link, Wrote
from git_naturecode.linking.lines import written
from transcript_work import Work


def linked(work: Work, commit: str = "HEAD", wrote: tuple[Wrote, ...] | None = None) -> str:
    """Import the session and link it to `commit`, with what its transcript proves."""
    session = work.imported()
    oid = work.clone.git("rev-parse", commit).strip()
    with work.clone.store(many=False) as store:
        facts = written(store, work.tail, oid) if wrote is None else wrote
        linking.link(store, [Link(session, oid, via="hook", wrote=facts)])
    return session


@pytest.fixture
def work(box: Box) -> Work:
    clone = box.repo()
    clone.nc("init")
    return Work(clone)


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
    (git_dir / "naturecode/queue").write_text(f"commit {seconds} {commit} {session} {git_dir}\n")
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


def test_a_session_that_is_not_here_is_said_to_be_private(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    work.commit("-m", "One", "-m", "NatureCode-Session: session-20261122-k3v9q2m7")
    said = work.clone.nc("why", "a.py:1")
    assert "session-20261122-k3v9q2m7" in said.out
    assert "a private session" in said.out
    (item,) = work.clone.nc("why", "a.py:1", "--json").json["items"]
    assert (item["how"], item["session"]["here"]) == ("elsewhere", False)


def test_what_the_message_names_counts_without_a_link_unless_it_was_taken_back(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    session = work.imported()
    work.commit("-m", "One", "-m", f"NatureCode-Session: {session}")
    (item,) = work.clone.nc("why", "a.py:1", "--json").json["items"]
    assert (item["how"], item["session"]["id"]) == ("likely", session)
    work.clone.nc("session", "attach", session)
    work.clone.nc("session", "detach", session)
    work.clone.nc("why", "a.py:1", code=1)


def test_what_only_a_note_says_is_not_confirmed(work: Work) -> None:
    session = work.imported()
    (work.clone.path / "a.py").write_text("one\n")
    work.commit()
    other = "session session-20261122-k3v9q2m7 via=hook"
    both = f"session {session} via=hook\n{other}\nodd \x1b"
    work.clone.git("notes", "--ref=naturecode/sessions", "add", "-m", both)
    said = work.clone.nc("why", "a.py:1").out
    assert session in said
    assert "only a note says so" in said
    assert "also of session-20261122-k3v9q2m7" in said
    work.clone.git("notes", "--ref=naturecode/sessions", "add", "-f", "-m", other)
    assert "nothing confirms it" in work.clone.nc("why", "a.py:1").out


def test_a_deleted_session_says_so(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    work.commit()
    session = linked(work)
    work.clone.nc("session", "delete", session, "--yes")
    assert "deleted" in work.clone.nc("why", "a.py:1").out


def test_no_session_is_a_negative_answer_with_who_committed_it(work: Work) -> None:
    (work.clone.path / "a.py").write_text("by hand\n")
    commit = work.commit()
    said = work.clone.nc("why", "a.py:1", code=1)
    assert "no session is known; Ada committed it" in said.out
    assert f"session attach ID {commit[:12]}" in said.err


def test_what_is_not_committed_yet_names_who_is_at_work(work: Work) -> None:
    (work.clone.path / "a.py").write_text("one\n")
    work.commit()
    (work.clone.path / "a.py").write_text("one\ntwo\n")
    active, agent = work.clone.start(), "session-20261122-k3v9q2m7"
    folder = work.clone.path / ".git/naturecode/agents"
    folder.mkdir()
    (folder / agent).write_text(f"{int(time.time())}\na.py\n")
    said = work.clone.nc("why", "a.py:2", code=1)
    assert "not committed yet" in said.out
    assert f"at work here: {agent}, {active}" in said.out


def test_notes_of_reviews_and_articles_are_shown_as_they_are(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    work.commit()
    linked(work)
    work.clone.git("notes", "--ref=naturecode/reviews", "add", "-m", "review 7 approved\x1b[31m")
    work.clone.git("notes", "--ref=naturecode/kb", "add", "-m", "article retry-policy")
    said = work.clone.nc("why", "a.py:1").out
    assert "note     review 7 approved\\x1b[31m" in said
    assert "note     article retry-policy" in said


NOTE = """src/a.py
  s_0123456789abcd::t_0123456789abcd 1-2,4
"src/with blank.py"
  abcdef0123456789 1
  h_0123456789abcd 2
---
%s"""


def git_ai(clone: Clone) -> None:
    about = {
        "schema_version": "authorship/3.0.0", "base_commit_sha": "0" * 40,
        "prompts": {"abcdef0123456789": {"agent_id": {"tool": "cursor", "model": "m1"}}},
        "humans": {"h_0123456789abcd": {"author": "Ben <ben@example.com>"}},
        "sessions": {"s_0123456789abcd": {
            "agent_id": {"tool": "claude", "id": "x1", "model": "claude-opus-4-5"},
            "human_author": "Ada <ada@example.com>",
        }},
    }  # fmt: skip
    clone.git("notes", "--ref=ai", "add", "-m", NOTE % json.dumps(about))


def test_notes_of_git_ai_are_a_source(work: Work) -> None:
    (work.clone.path / "src").mkdir()
    (work.clone.path / "src/a.py").write_text("1\n2\n3\n4\n")
    (work.clone.path / "src/with blank.py").write_text("1\n2\n")
    work.commit()
    git_ai(work.clone)
    said = work.clone.nc("why", "src/a.py:2").out
    assert "git-ai says: claude (claude-opus-4-5) for Ada <ada@example.com>" in said
    assert "git-ai says: cursor (m1)" in work.clone.nc("why", "src/with blank.py:1").out
    assert "git-ai says: Ben <ben@example.com>" in work.clone.nc("why", "src/with blank.py:2").out
    assert work.clone.nc("why", "src/a.py:3", code=1).out.count("no session is known") == 1


@pytest.mark.parametrize(("note", "code"), [
    ("---", 1), ("src/a.py\n  k 1-\n---\n{", 1), ('  k 1\n---\n{"prompts": {"k": 3}}', 1),
    ("src/a.py\n  k 1", 0), ("src/a.py\n  k 1\n---\n[1]", 0), ("[" * 99_999, 1),
])  # fmt: skip
def test_a_broken_note_of_git_ai_harms_nothing(work: Work, note: str, code: int) -> None:
    (work.clone.path / "src").mkdir()
    (work.clone.path / "src/a.py").write_text("1\n")
    work.commit()
    (work.clone.path / "note").write_text(note)
    work.clone.git("notes", "--ref=ai", "add", "-F", "note")
    assert "Traceback" not in work.clone.nc("why", "src/a.py:1", code=code).err


def test_a_checkpoint_of_entire_is_named(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    work.commit("-m", "One", "-m", "Entire-Checkpoint: 0123456789ab")
    said = work.clone.nc("why", "a.py:1", code=1).out
    assert "checkpoint 0123456789ab of Entire: git naturecode session import --from entire" in said


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
