"""The standard streams as others leave them: closed, broken, in another encoding."""

import os
import pty
import subprocess
import sys
from contextlib import suppress

import pytest

from box import Clone

NAME = "Größe → 世界"
UNKNOWN = "zzzz"


def run(
    clone: Clone, redirect: str, *args: str, **env: str
) -> "subprocess.CompletedProcess[bytes]":
    """`git-naturecode ARGS` in a shell that has `redirect` done first."""
    script = f'{sys.executable} -m git_naturecode "$@" {redirect}'
    return subprocess.run(
        ["bash", "-c", script, "x", *args], cwd=clone.path, capture_output=True, check=False,
        env={**os.environ, **clone.env, **env},
    )  # fmt: skip


@pytest.fixture
def clone(clone: Clone) -> Clone:
    clone.start(NAME)
    return clone


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_read_and_written_as_nothing(clone: Clone, closed: str) -> None:
    said = run(clone, closed, "session", "say", UNKNOWN, "x")
    assert said.returncode == 1
    assert b"Traceback" not in said.stderr
    assert b"fault" not in said.stderr
    session = clone.ids().pop()
    assert run(clone, closed, "session", "say", session, "said").returncode == 0
    assert clone.texts(session) == ["said"]
    assert run(clone, closed, "session", "list").returncode == 0


def test_output_does_not_go_into_a_file_of_ours_where_stdout_is_closed(clone: Clone) -> None:
    session = clone.ids().pop()
    assert run(clone, ">&- 2>&-", "session", "comment", session, "why", "--json").returncode == 0
    assert clone.nc("doctor").code == 0
    assert not [
        path
        for path in (clone.path / ".git").rglob("*")
        if path.is_file() and b"commentId" in path.read_bytes()
    ]


@pytest.mark.parametrize("args", [("--version",), ("session", "list")])
def test_a_reader_who_has_gone_is_no_fault(clone: Clone, args: tuple[str, ...]) -> None:
    said = run(clone, "| true; exit ${PIPESTATUS[0]}", *args)
    assert said.returncode in (0, 141)
    assert said.stderr == b""


def test_a_full_disk_below_stdout_is_said(clone: Clone) -> None:
    said = run(clone, ">/dev/full", "--version")
    assert said.returncode == 1
    assert said.stderr.startswith(b"error: the disk is full")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_files_and_pipes_get_utf_8_whatever_the_locale(clone: Clone, encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding}
    session = clone.ids().pop()
    for args in (["list"], ["list", "--json"], ["show", session], ["export", session]):
        said = run(clone, "", "session", *args, **env)
        assert said.returncode == 0, said.stderr
        assert NAME in said.stdout.decode()
    said = run(clone, "", "session", "show", "世界", **env)
    assert said.stderr.decode().startswith("error: there is no session 世界\n")


def test_a_terminal_of_another_encoding_is_shown_what_it_can_show(clone: Clone) -> None:
    terminal, inside = pty.openpty()
    env = {**os.environ, **clone.env, "PYTHONIOENCODING": "latin-1", "COLUMNS": "120"}
    command = [sys.executable, "-m", "git_naturecode", "session", "list"]
    done = subprocess.run(command, cwd=clone.path, stdout=inside, check=False, env=env)
    os.close(inside)
    with suppress(OSError), open(terminal, "rb", buffering=0) as screen:
        shown = screen.read(10_000) or b""
    assert done.returncode == 0
    assert "Größe ? ??".encode("latin-1") in shown
