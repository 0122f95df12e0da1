"""A repository that cannot be written: what is there can be read, the rest is said in a word."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import crash
import transcripts
from box import Box, Clone, Said
from disks import NO_MOUNT, attempt, read_only
from git_naturecode.errors import NOT_PERMITTED

READING = (["session", "list"], ["session", "show", "ID"], ["session", "search", "before"],
           ["status"])  # fmt: skip
NOBODY = 65_534


@pytest.fixture
def clone(box: Box) -> Clone:
    return prepared(box)


def prepared(box: Box) -> Clone:
    """A clone in which something was said and shared."""
    return box.scene("prepared", lambda: _prepared(box))


def _prepared(box: Box) -> Clone:
    made = box.clone(box.remote(), "ada")
    session = made.start("Together")
    made.nc("session", "say", session, "before")
    made.nc("sync")
    made.nc("session", "list")
    return made


def commands(clone: Clone, tmp_path: Path) -> tuple[list[list[str]], list[list[str]], str]:
    """Those that read, those that write, and the session that they are about."""
    (session,) = clone.ids()
    path = transcripts.write(tmp_path / "t.jsonl", transcripts.CONVERSATION)
    reading = [[session if word == "ID" else word for word in one] for one in READING]
    writing = [
        ["session", "say", session, "too late"], ["session", "start", "New"],
        ["session", "start", "Mine", "--visibility", "private"], ["session", "import", path],
    ]  # fmt: skip
    return reading, writing, session


def check(run: Callable[..., Said], reading: list[list[str]], writing: list[list[str]]) -> None:
    for one in reading:
        said = run(*one)
        assert said.code == 0, (one, said)
    assert "before" in run(*reading[1]).out
    for one in writing:
        said = run(*one)
        assert said.code == NOT_PERMITTED, (one, said)
        assert "hint: " in said.err
        assert "writable" in said.err, (one, said)
    found = run("doctor")
    assert found.code == 1
    assert "error" in found.out
    assert "you can read, not write" in found.out or "cannot be written by you" in found.out


def test_a_read_only_mount(clone: Clone, tmp_path: Path) -> None:
    reading, writing, session = commands(clone, tmp_path)
    with read_only(clone.path):
        check(lambda *args: attempt(clone, *args), reading, writing)
        said = attempt(clone, "sync")
        assert said.code in (0, NOT_PERMITTED), said
    clone.nc("session", "say", session, "after")
    assert clone.texts(session) == ["before", "after"]
    clone.nc("sync")
    assert crash.fsck(clone) == ""


@pytest.fixture
def open_place(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that others may enter, with the home in it; those of pytest are for nobody else."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(sealed, folder / "home")
        with (folder / "home" / ".gitconfig").open("a") as file:
            file.write("[safe]\n\tdirectory = *\n")
        monkeypatch.setenv("HOME", str(folder / "home"))
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", name)
        yield folder


def test_another_user_may_only_read(open_place: Path) -> None:
    """By the rights of files, for one whom they bind: root becomes nobody for it."""
    if os.geteuid():
        pytest.skip(NO_MOUNT)
    clone = prepared(Box(open_place))
    reading, writing, session = commands(clone, open_place)
    subprocess.run(["chmod", "-R", "a+rX", str(open_place)], check=True)
    reader = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]

    def run(*args: str) -> Said:
        done = subprocess.run(
            [*reader, sys.executable, "-m", "git_naturecode", *args], cwd=clone.path,
            capture_output=True, text=True, check=False, env={**os.environ, **clone.env},
        )  # fmt: skip
        return Said(done.returncode, done.stdout, done.stderr)

    check(run, reading, writing)
    assert clone.texts(session) == ["before"]
