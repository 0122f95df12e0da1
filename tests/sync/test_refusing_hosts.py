"""Hosts that refuse some of our refs, or everything: the rest travels, and it is said once."""

import json
from pathlib import Path

import pytest

from box import Box, Clone
from sync.meeting import OUTBOX, Rival, pair, refs, with_rival
from sync.test_notes_travel import note, noted

OUTBOX_HOOK = 'case "$3" in refs/naturecode/*) echo "no such refs here" >&2; exit 1 ;; esac'
NOTES_HOOK = 'case "$3" in refs/notes/*) exit 1 ;; esac'
DELETE_HOOK = 'case "$2" in *[!0]*) ;; *) exit 1 ;; esac'


def refuse(hub: Path, what: str) -> None:
    """A pre-receive hook, which sees `$1 $2 $3` = old, new, ref, and refuses a push as a whole."""
    hook = hub / "hooks" / "pre-receive"
    hook.write_text(f'#!/bin/sh\nwhile read -r a b c; do set -- "$a" "$b" "$c"; {what}; done\n')
    hook.chmod(0o755)


def pass_days(clone: Clone, days: float) -> None:
    """As if everything that this clone remembers of its remote had happened `days` earlier."""
    path = clone.path / ".git/naturecode/remotes/origin.json"
    known = json.loads(path.read_text())
    for event in known["refused"].values():
        event[0] -= int(days * 86_400_000)
    path.write_text(json.dumps(known))


def test_a_host_that_refuses_notes(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    refuse(hub, NOTES_HOOK)
    note(ada, "stays")
    ada.nc("session", "say", session, "travels")
    said = ada.nc("sync")
    assert said.err.count("origin refuses notes") == 1
    ben.nc("sync")
    assert ben.texts(session) == ["travels"]
    ada.nc("session", "say", session, "again")
    said = ada.nc("sync")
    assert "notes" not in said.err
    assert "notes" in ada.nc("status").out
    assert "nothing new on either side" in ada.nc("sync").out
    (hub / "hooks/pre-receive").unlink()
    ada.nc("sync")
    assert refs(hub, "refs/notes") == []  # not asked again so soon
    pass_days(ada, 2)
    ada.nc("sync")
    ben.nc("sync")
    assert noted(ben) == ["stays"]
    assert "notes" not in ada.nc("status").out


def test_another_address_is_another_host(box: Box) -> None:
    hub, ada, _, _ = pair(box)
    refuse(hub, NOTES_HOOK)
    note(ada, "stays")
    ada.nc("sync")
    other = hub.rename(hub.with_name("other.git"))
    (other / "hooks/pre-receive").unlink()
    ada.git("remote", "set-url", "origin", f"file://{other}")
    ada.nc("sync")
    assert refs(other, "refs/notes") == ["refs/notes/naturecode/sessions"]


def test_a_host_that_refuses_outboxes(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    hub, ada, ben, session = pair(box)
    refuse(hub, OUTBOX_HOOK)
    ada.nc("session", "say", session, "patient")
    with monkeypatch.context() as patch:
        with_rival(patch, Rival(ben, session, 3))
        said = ada.nc("sync", code=4)
    assert "too busy" in said.err
    assert "everything is kept here" in said.err
    assert "refuses the outbox" in ada.nc("status").out
    ada.nc("session", "say", session, "more patient")
    with monkeypatch.context() as patch:
        with_rival(patch, Rival(ben, session, 5))  # without an outbox it tries longer
        ada.nc("sync")
    assert refs(hub, OUTBOX) == []
    ben.nc("sync")
    assert {"patient", "more patient"} <= set(ben.texts(session))


def test_a_host_that_lets_nobody_delete_is_asked_once(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    ben.nc("session", "say", session, "by the outbox")
    ben.nc("session", "list")  # drains
    head = ben.git("rev-parse", "naturecode").strip()
    ben.git("push", "-q", "origin", f"naturecode:{OUTBOX}0123456789abcdef/{head}")
    refuse(hub, DELETE_HOOK)
    said = ada.nc("sync")
    assert "does not let its outbox be emptied" in said.err
    assert ada.texts(session) == ["by the outbox"]
    said = ada.nc("sync")
    assert "nothing new on either side" in said.out
    assert said.err == ""
    ben.nc("sync")
    assert ben.texts(session) == ["by the outbox"]
    assert len(refs(hub, OUTBOX)) == 1


def test_a_host_that_refuses_all_but_the_branch(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    refuse(hub, f"{OUTBOX_HOOK}; {NOTES_HOOK}; {DELETE_HOOK}")
    for number in range(2):
        note(ada, f"note {number}")
        ada.nc("session", "say", session, f"text {number}")
        assert "sent 1 log" in ada.nc("sync").out
        ben.nc("sync")
        assert len(ben.texts(session)) == number + 1


def test_a_protected_branch_lets_the_notes_pass(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    refuse(hub, 'case "$3" in refs/heads/naturecode) exit 1 ;; esac')
    note(ada, "passes")
    ada.nc("session", "say", session, "waits")
    said = ada.nc("sync", code=4)
    assert "1 log waits here" in said.out
    assert "origin refused the push" in said.err
    ben.nc("sync")
    assert noted(ben) == ["passes"]
    assert ben.texts(session) == []
    status = ada.nc("status").out
    assert "1 log" in status
    assert "refused" in status
    (hub / "hooks/pre-receive").unlink()
    ada.nc("sync")  # one who asks for it is not put off with what was true before
    ben.nc("sync")
    assert ben.texts(session) == ["waits"]
    assert "refused" not in ada.nc("status").out


def test_a_read_only_remote_is_still_read(box: Box) -> None:
    _, ada, ben, session = pair(box)
    ben.nc("session", "say", session, "from ben")
    ben.nc("sync")
    ada.nc("session", "say", session, "waits")
    wrapper = box.path / "no-push"
    wrapper.write_text("#!/bin/sh\necho 'ERROR: Permission to hub denied to ada.' >&2\nexit 1\n")
    wrapper.chmod(0o755)
    ada.git("config", "remote.origin.receivepack", str(wrapper))
    for _ in range(2):
        said = ada.nc("sync", "--json", code=4)
        assert said.json["state"] == "read-only"
        assert said.json["waiting"] == 1
        assert "error: origin is read-only for you" in said.err
        assert "init --remote" in said.err
        assert sorted(ada.texts(session)) == ["from ben", "waits"]
    status = ada.nc("status").out
    assert "read-only" in status
    assert "1 log" in status
    ada.git("config", "--unset", "remote.origin.receivepack")
    ada.nc("sync")
    assert "read-only" not in ada.nc("status").out
    ben.nc("sync")
    assert sorted(ben.texts(session)) == ["from ben", "waits"]


def test_nothing_to_say_to_a_read_only_remote_is_no_failure(box: Box) -> None:
    _, ada, ben, session = pair(box)
    ben.git("config", "remote.origin.receivepack", "false")
    ada.nc("session", "say", session, "news")
    ada.nc("sync")
    assert "received 1 log" in ben.nc("sync").out


def test_a_host_without_atomic_pushes(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    box._git("-C", str(hub), "config", "receive.advertiseAtomic", "false")
    ben.nc("session", "say", session, "by the outbox")
    ben.nc("session", "list")
    head = ben.git("rev-parse", "naturecode").strip()
    ben.git("push", "-q", "origin", f"naturecode:{OUTBOX}0123456789abcdef/{head}")
    note(ada, "a note")
    ada.nc("session", "say", session, "mine")
    ada.nc("sync")
    assert refs(hub, OUTBOX) == []
    ben.nc("sync")
    assert sorted(ben.texts(session)) == ["by the outbox", "mine"]
    assert noted(ben) == ["a note"]
