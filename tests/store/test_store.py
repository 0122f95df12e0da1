"""What was said can be read at once, wherever it stands, and by nobody else where it is private."""

import os
from pathlib import Path

import pytest

import crash
from box import Box, Clone
from git_naturecode import ids
from git_naturecode.errors import NaturecodeError
from git_naturecode.store.entry import Draft
from git_naturecode.store.log import Log
from git_naturecode.store.store import Store


def said(store: Store, entity: str) -> list[str | None]:
    """What can be read about `entity`, in order."""
    placed = store.read(ids.tail(entity), "session")
    return [one.entry.body for one in sorted(placed, key=lambda one: one.entry.order)]


def test_what_waits_is_read_like_what_is_drained(clone: Clone) -> None:
    store = crash.opened(clone)
    entity = crash.new_session()
    crash.say(store, entity, "one")
    assert said(store, entity) == ["one"]
    store.settle()
    crash.say(store, entity, "two")
    assert said(store, entity) == ["one", "two"]
    store.settle()
    assert said(store, entity) == ["one", "two"]


def test_a_drain_in_the_middle_of_reading_hides_nothing(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = crash.opened(clone), crash.opened(clone)
    entity = crash.new_session()
    crash.say(store, entity, "one")
    real = Log.tree
    for late in (False, True):

        def tree(log: Log, late: bool = late) -> str | None:
            found = real(log)
            if late:
                other.settle()
            return found

        with monkeypatch.context() as patched:
            patched.setattr(Log, "tree", tree)
            assert said(store, entity) == ["one"]
    assert said(store, entity) == ["one"]


def test_both_sides_of_a_session_are_read(clone: Clone) -> None:
    store = crash.opened(clone)
    entity = crash.new_session()
    crash.say(store, entity, "for me", side="private")
    crash.say(store, entity, "for all")
    store.settle()
    placed = store.read(ids.tail(entity), "session")
    assert {(one.side, one.entry.body) for one in placed} == {
        ("team", "for all"), ("private", "for me"),
    }  # fmt: skip


def test_nothing_private_is_in_the_repository_that_is_pushed(clone: Clone) -> None:
    store = crash.opened(clone)
    crash.say(store, crash.new_session(), "only for me", side="private")
    store.settle()
    assert len(crash.in_log(clone)) == 0
    assert len(crash.in_log(clone, ".git/naturecode/private.git")) == 1
    mode = os.stat(clone.path / ".git/naturecode/private.git").st_mode
    assert mode & 0o77 == 0


def test_a_half_made_private_repository_is_made_again(clone: Clone) -> None:
    half = clone.path / ".git/naturecode/private.git.new"
    half.mkdir()
    (half / "HEAD").write_text("ref: refs/heads/main\n")
    (half / "config.lock").touch()
    store = crash.opened(clone)
    crash.say(store, crash.new_session(), "only for me", side="private")
    store.settle()
    assert len(crash.in_log(clone, ".git/naturecode/private.git")) == 1


def test_nothing_is_written_without_redaction(clone: Clone) -> None:
    store = crash.opened(clone)
    store.redactor = None
    with pytest.raises(NaturecodeError, match="redaction"):
        store.write("team", crash.new_session(), [Draft("message", {}, "x")])
    assert store.team.spool.waiting() == []


def test_the_active_session_is_never_half_written(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = crash.opened(clone)
    assert store.active() == ""
    store.make_active("session-20261122-k3v9q2m7")

    def killed(old: str, new: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            store.make_active("session-20261122-00000000")
    assert store.active() == "session-20261122-k3v9q2m7"
    store.make_active("")
    assert store.active() == ""


def test_a_drain_that_fails_says_that_nothing_is_lost(box: Box) -> None:
    clone = crash.set_up(box)
    store = crash.opened(clone)
    said = crash.say(store, crash.new_session(), "kept")
    (clone.path / ".git/config").write_text("[broken\n")
    with pytest.raises(NaturecodeError, match="is kept, but could not be written") as told:
        store.settle()
    assert "nothing is lost" in told.value.hint
    assert told.value.code == 1
    (clone.path / ".git/config").write_text("[core]\n\trepositoryformatversion = 0\n")
    crash.check(clone, said)


def test_a_killed_reader_is_started_again(box: Box) -> None:
    clone = crash.set_up(box)
    store = crash.opened(clone)
    crash.say(store, crash.new_session(), "kept")
    assert store.team.tree()
    process = store.team.objects._reader._process  # type: ignore[attr-defined]
    process.kill()
    process.wait()
    with pytest.raises(NaturecodeError, match="is kept"):
        store.settle()
    store.settle()
    assert store.team.spool.waiting() == []


def test_no_file_of_ours_can_be_read_by_others(clone: Clone) -> None:
    store = crash.opened(clone)
    crash.say(store, crash.new_session(), "one")
    crash.say(store, crash.new_session(), "two", side="private")
    for name in ("spool", "spool/team", "private.git"):
        if Path(store.state_dir, name).exists():
            assert os.stat(Path(store.state_dir, name)).st_mode & 0o77 == 0, name
