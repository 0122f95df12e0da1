"""Another version of the program in the same clone, and a clone that was copied."""

import os
import shutil
import sqlite3
import subprocess
import sys

import pytest

import crash
from box import Box, Clone
from damage import REF, edit, state, write
from git_naturecode.store import index_file

LATER = "---\nnaturecode: log/2\nentity: session-20261122-k3v9q2m7\nanything: else\n---\n"
# The same program with an index of another layout.
_OTHER = (
    "import sys\n"
    "from git_naturecode.store import index_file\n"
    "index_file.VERSION += 1000\n"
    "from git_naturecode.__main__ import main\n"
    "main()\n"
)


@pytest.fixture
def clone(box: Box) -> Clone:
    made = box.clone(box.remote(), "ada")
    session = made.start("Together")
    made.nc("session", "say", session, "before")
    return made


def other_version(clone: Clone, *args: str) -> str:
    """Run a command of the other version; its output."""
    done = subprocess.run(
        [sys.executable, "-c", _OTHER, *args], cwd=clone.path, capture_output=True, text=True,
        check=False, env={**os.environ, **clone.env},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_versions_in_turn(clone: Clone) -> None:
    (session,) = clone.ids()
    wanted = ["before"]
    for number in range(2):
        for version, say in (("new", other_version), ("old", lambda c, *a: c.nc(*a).out)):
            text = f"{version}{number}"
            say(clone, "session", "say", session, text)
            wanted.append(text)
            assert session in say(clone, "session", "list")
            assert text in say(clone, "session", "search", text)
    assert clone.texts(session) == wanted
    assert clone.nc("doctor").err == "all is well\n"


def test_an_index_of_a_later_version_is_replaced(clone: Clone) -> None:
    path = state(clone, "index.db")
    clone.ids()
    with sqlite3.connect(path) as db:
        db.execute("pragma user_version = 4711")
    db.close()
    assert len(clone.ids()) == 1
    with sqlite3.connect(path) as db:
        assert db.execute("pragma user_version").fetchone()[0] == index_file.VERSION
    db.close()


def test_a_text_of_a_later_version_waits_for_it(clone: Clone) -> None:
    (session,) = clone.ids()
    path = write(state(clone, "spool/team/2026-11-22T10-later"), LATER)
    for text in ("one", "two"):
        clone.nc("session", "say", session, text)
    clone.nc("sync")
    assert clone.texts(session) == ["before", "one", "two"]
    assert "of a later version" in clone.nc("doctor", code=1).out
    clone.nc("doctor", "--fix", code=1)
    assert path.read_text() == LATER


def test_a_log_of_a_later_version_is_left_alone(clone: Clone) -> None:
    (session,) = clone.ids()
    edit(clone, lambda data: data.replace(b"naturecode: log/1", b"naturecode: log/2"))
    clone.nc("session", "say", session, "after")
    clone.nc("sync")
    assert "after" in clone.texts(session)
    clone.nc("doctor", "--fix")
    texts = clone.git("grep", "-h", "before", REF, "--", "log")
    assert texts.strip() == "before"
    assert "log/2" in clone.git("grep", "-h", "naturecode: log", REF)


def test_state_that_nobody_knows_is_kept(clone: Clone) -> None:
    (session,) = clone.ids()
    kept = [write(state(clone, name), "x") for name in ("queue.v2", "later/inner", "spool/x")]
    clone.nc("session", "say", session, "after")
    clone.nc("sync")
    clone.nc("doctor", "--fix")
    assert [path.read_text() for path in kept] == ["x"] * 3


def test_state_of_rubbish_hinders_nobody(clone: Clone) -> None:
    (session,) = clone.ids()
    for name in ("active", "admitted", "taken", "clock", "background.failed"):
        write(state(clone, name), b"\xff\n\0")
    clone.nc("session", "say", session, "after")
    assert clone.nc("session", "share", code=2).err.startswith("error: which session")
    clone.nc("sync")
    clone.nc("status")
    assert clone.texts(session) == ["before", "after"]


def test_both_of_two_copies_write_and_sync(clone: Clone, box: Box) -> None:
    (session,) = clone.ids()
    with clone.store(many=False) as store:
        crash.say(store, session, "waits in both")
    other = Clone(box.path / "copy", env={"GIT_AUTHOR_EMAIL": "ada@example.com"})
    shutil.copytree(clone.path, other.path, symlinks=True)
    assert "copied" in other.nc("doctor", code=1).out
    told = ["before", "waits in both"]
    for number in range(3):
        for one, name in ((clone, "here"), (other, "there")):
            one.nc("session", "say", session, f"{name} {number}")
            told.append(f"{name} {number}")
    for one in (clone, other, clone, other):
        one.nc("sync")
    assert sorted(clone.texts(session)) == sorted(told)
    assert clone.texts(session) == other.texts(session)
    shown = other.nc("session", "show", session, "--json").json["messages"]
    assert len({message["messageId"] for message in shown}) == len(told)
    devices = {path.rsplit("/", 1)[1].split(".")[0] for path in
               clone.git("ls-tree", "-r", "--name-only", REF, "log/session").split()}  # fmt: skip
    assert len(devices) == 2
    for one in (clone, other):
        assert one.nc("doctor").err == "all is well\n"
        assert crash.fsck(one) == ""
