"""why without proof by a transcript: messages of commits, notes, git-ai, Entire, or nobody."""

import time

import pytest

from cli.behind import git_ai, linked
from transcript_work import Work


def test_a_session_that_is_not_here_may_be_private_or_not_synced(work: Work) -> None:
    work.edit("a.py", "", "one\n")
    work.commit("-m", "One", "-m", "NatureCode-Session: session-20261122-k3v9q2m7")
    said = work.clone.nc("why", "a.py:1")
    assert "session-20261122-k3v9q2m7" in said.out
    assert "a private one, or not synced yet" in said.out
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
