"""session export: where it writes, what it writes, what it refuses."""

import json
import os
import pty
import subprocess
import sys

import pytest

from box import Clone


@pytest.fixture
def session(clone: Clone) -> str:
    made = clone.start("Retry jitter")
    for text in ("one", "two", "Full."):
        clone.nc("session", "say", made, text, "--role", "user" if text != "Full." else "assistant")
    return made


def test_in_a_pipe_it_goes_to_stdout(clone: Clone, session: str) -> None:
    for form, begins in (
        ("collaborative", "---\nnaturecode: bundle/1\n"), ("markdown", "# Retry jitter\n"),
        ("html", "<!DOCTYPE html>"), ("json", "{\n"),
    ):  # fmt: skip
        said = clone.nc("session", "export", session, "--format", form)
        assert said.out.startswith(begins)
        assert said.err == ""
    assert clone.nc("session", "export", session).out.startswith("---\nnaturecode: bundle/1\n")


def test_at_a_terminal_it_goes_to_a_file(clone: Clone, session: str) -> None:
    path = clone.path / f"{session}.naturecode.md"
    assert f"written: {path.name}" in at_terminal(clone, "session", "export", session)
    assert path.read_text().startswith("---\nnaturecode: bundle/1\n")
    assert "is there already" in at_terminal(clone, "session", "export", session)
    at_terminal(clone, "session", "export", session, "--format", "html")
    assert (clone.path / f"{session}.html").exists()
    assert "naturecode: bundle/1" in at_terminal(clone, "session", "export", session, "-o", "-")


def at_terminal(clone: Clone, *args: str) -> str:
    """What `git naturecode ARGS` shows on a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "git_naturecode", *args], cwd=clone.path, stdin=theirs,
        stdout=theirs, stderr=theirs, env={**os.environ, **clone.env},
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
        process.wait()
    os.close(ours)
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux's way to say that the other side has gone
        return b""


def test_to_a_named_file_whole_or_not_at_all(clone: Clone, session: str) -> None:
    target = clone.path / "x.md"
    target.write_text("before")
    told = clone.nc("session", "export", session, "-o", "x.md", "--json").json
    assert told["file"] == "x.md"
    assert told["bytes"] == target.stat().st_size > 100
    assert clone.nc("session", "export", session, "-o", "no/such/folder/x.md", code=1).out == ""
    assert [p.name for p in clone.path.iterdir() if ".new" in p.name] == []


def test_the_json_combines_what_was_said_within_a_minute(clone: Clone, session: str) -> None:
    told = json.loads(clone.nc("session", "export", session, "--format", "json").out)
    assert [m["content"] for m in told["messages"]] == ["one", "two", "Full."]
    said = told["conversation"]["messages"]
    assert [m["content"] for m in said] == ["one\ntwo", "Full."]
    assert said[0]["startTime"] <= said[0]["endTime"]
    assert said[0]["messageIds"] == [m["messageId"] for m in told["messages"][:2]]
    assert told["conversation"]["summary"] == "one … Full."
    inside = clone.nc("session", "export", session, "--json").json
    assert inside["content"].startswith("---\nnaturecode: bundle/1\n")


def test_what_it_refuses(clone: Clone, session: str) -> None:
    said = clone.nc("session", "export", session, "--format", "pdf", code=2)
    assert "use collaborative, markdown, html, json" in said.err
    clone.nc("session", "export", "zzzzzzzz", code=1)
    clone.nc("session", "export", code=2)


def test_odd_characters_survive(clone: Clone) -> None:
    session = clone.start("Titel \u202e mit \U0001f600")
    with clone.store() as store:
        from git_naturecode.domain import drafts

        store.write("team", session, [drafts.message("lone \ud800 surrogate", "user")])
        store.settle()
    for form in ("collaborative", "markdown", "html", "json"):
        assert "surrogate" in clone.nc("session", "export", session, "--format", form).out
