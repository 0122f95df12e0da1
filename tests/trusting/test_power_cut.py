"""A power cut loses what no fsync has made safe; what this clone wrote is signed all the same."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import crash
from box import Box, Clone
from git_naturecode.clock import system_ms
from git_naturecode.store import drained, unsigned
from git_naturecode.store.drain import drain
from git_naturecode.store.lock import hold
from git_naturecode.store.spool import Spool
from git_naturecode.store.unsigned import Written
from trusting.people import add, found, person

DAY = 86_400_000
Cut = Callable[[Path, bytes], None]
"""What a cut makes of the note, which held these bytes when it was last on the disk."""


def _gone(note: Path, _safe: bytes) -> None:
    note.unlink()


def _as_before(note: Path, safe: bytes) -> None:
    note.write_bytes(safe)


def _torn(note: Path, safe: bytes) -> None:
    more = len(note.read_bytes()) - len(safe)
    os.truncate(note, len(safe) + more * 2 // 3)


def _zeros(note: Path, safe: bytes) -> None:
    note.write_bytes(safe + bytes(len(note.read_bytes()) - len(safe)))


def note_of(clone: Clone) -> Path:
    return clone.path / ".git/naturecode/unsigned"


@pytest.mark.parametrize("cut", [_gone, _as_before, _torn, _zeros])
def test_the_next_sync_signs_it(box: Box, cut: Cut) -> None:
    hub = box.remote()
    ada, ben = person(box, hub, "ada"), person(box, hub, "ben")
    session = ada.start()
    found(ada)
    add(ada, ben)
    ada.nc("session", "say", session, "before")
    safe = note_of(ada).read_bytes()
    for text in ("one", "two", "three"):
        ada.nc("session", "say", session, text)
    assert not list((ada.path / ".git/naturecode/spool/team").iterdir())
    cut(note_of(ada), safe)
    ada.nc("sync")
    ben.nc("sync")
    assert ben.texts(session) == ["before", "one", "two", "three"] == ada.texts(session)
    told = ben.nc("verify", "--json").json["entries"]
    assert set(told) <= {"verified", "inherited"}
    assert ada.nc("sync", "--json").json["signed"] == 0  # each once
    with ada.store() as store:
        assert not drained.is_news(store.state_dir, store.team.spool)


def test_the_part_of_the_journal_that_is_dropped_is_noted_first(box: Box) -> None:
    """The machine was off for longer than the journal is kept."""
    clone = crash.set_up(box)
    with clone.store(many=False) as store:
        (entry,) = crash.say(store, crash.new_session(), "what a cut shall not silence")
        drain(store.team, store.lock, store.now_ms())
        note_of(clone).unlink()
        crash.say(store, crash.new_session(), "two days later")
        drain(store.team, store.lock, system_ms() + 2 * DAY)
        assert len(store.team.spool.hours()) == 1
    assert entry in {one.id for one in unsigned.read(str(clone.path / ".git/naturecode"))}


def test_wherever_the_note_is_cut_the_journal_completes_it(box: Box) -> None:
    clone = crash.set_up(box)
    state = str(clone.path / ".git/naturecode")
    with clone.store(many=False) as store:
        session, spool = crash.new_session(), store.team.spool
        crash.say(store, session, "a", "b")
        crash.say(store, session, "c")
        drain(store.team, store.lock, store.now_ms())
        whole = note_of(clone).read_bytes()
        noted = unsigned.read(state)
        for length in range(0, len(whole), 7):
            note_of(clone).write_bytes(whole[:length])
            with hold(store.lock, 1.0):
                drained.note(state, spool, list(spool.hours()))
            assert set(unsigned.read(state)) == set(noted), length
            size = note_of(clone).stat().st_size
            with hold(store.lock, 1.0):
                drained.note(state, spool, list(spool.hours()))
            assert note_of(clone).stat().st_size == size
    assert len(noted) == 3


def test_what_was_looked_at_is_not_read_again(box: Box) -> None:
    clone = crash.set_up(box)
    state = str(clone.path / ".git/naturecode")
    with clone.store(many=False) as store:
        read = list[str]()

        class Counting(Spool):
            def read_drained(self, hour: str, name: str) -> bytes:
                read.append(name)
                return super().read_drained(hour, name)

        def say(text: str) -> None:
            crash.say(store, crash.new_session(), text)
            drain(store.team, store.lock, store.now_ms())

        def look() -> set[Written]:
            read.clear()
            note_of(clone).unlink(missing_ok=True)
            with hold(store.lock, 1.0):
                drained.note(state, spool, list(spool.hours()))
                drained.looked(state, spool)
            return set(unsigned.read(state))

        spool = Counting(store.team.spool.folder)
        say("one")
        assert drained.is_news(state, spool)
        assert len(look()) == 1
        assert not drained.is_news(state, spool)
        say("two")
        assert drained.is_news(state, spool)
        assert len(look()) == len(read) == 1
        # One that took its stamp earlier and came later is found all the same.
        (hour,) = spool.hours()
        (folder,) = Path(spool.journal).iterdir()
        say("three")
        newest = max(folder.iterdir())
        newest.rename(folder / f"0000{newest.name}")
        assert drained.is_news(state, spool)
        assert len(look()) == len(read) == len(spool.names_of(hour)) == 3
