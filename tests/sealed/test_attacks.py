"""Somebody with full push rights who is no member: he reads nothing, and changes nothing unseen.

He works with plain git on the branch, as no program of ours would.
"""

import io
import os
import subprocess
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import cast

import pytest

from box import Box, Clone
from crews import synced
from domain.crew import Person, Team
from domain.made import ENTITY
from git_naturecode.__main__ import run
from git_naturecode.domain import epochs
from git_naturecode.domain.epochs import Plan, Reader
from git_naturecode.sealed.book import Book
from git_naturecode.sealed.ring import Ring
from git_naturecode.store import format
from git_naturecode.store.entry import Entry
from git_naturecode.store.judged import Mark
from git_naturecode.store.paths import entity_folder
from git_naturecode.store.store import TEAM, Placed
from sealed.people import BEN, SECRET


class Outsider:
    """A plain clone of the data branch, and everything that plain git can do to it."""

    def __init__(self, hub: Path, path: Path) -> None:
        self.path = path
        self._git(path.parent, "clone", "-q", "-b", "naturecode", str(hub), str(path))

    def change(self, change: Callable[[], None], *push: str) -> None:
        """Do something to the files, commit it and push."""
        self._git(self.path, "pull", "-q", "--ff-only")
        change()
        self._git(self.path, "add", "-A")
        self._git(self.path, "commit", "-q", "-m", "x")
        self._git(self.path, "push", "-q", *push, "origin", "naturecode")

    def back(self, commits: int) -> None:
        """Force the branch back."""
        self._git(self.path, "pull", "-q", "--ff-only")
        self._git(self.path, "reset", "-q", "--hard", f"HEAD~{commits}")
        self._git(self.path, "push", "-q", "--force", "origin", "naturecode")

    def logs(self, entity: str) -> list[Path]:
        """The segments about `entity`."""
        return sorted((self.path / entity_folder(entity)).glob("*.md"))

    def add(self, entity: str, device: str, *entries: Entry) -> None:
        """Add `entries` to the log of `device` about `entity`."""

        def change() -> None:
            file = self.path / entity_folder(entity) / f"{device}.0001.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            text = file.read_text() if file.exists() else format.preamble(entity, device, 1)
            file.write_text(text + "".join(map(format.block, entries)))

        self.change(change)

    def entries(self, entity: str) -> list[tuple[str, Entry]]:
        """Device and entry of all that is said about `entity`."""
        self._git(self.path, "pull", "-q", "--ff-only")
        found = []
        for file in self.logs(entity):
            segment = format.parse(file.read_bytes())
            found += [(segment.device, one) for one in segment.entries]
        return found

    @staticmethod
    def _git(where: Path, *args: str) -> None:
        subprocess.run(["git", *args], cwd=where, check=True, capture_output=True)


class World:
    """Ada and Ben with an encrypted session, and an outsider."""

    def __init__(self, box: Box, hub: Path, ada: Clone, ben: Clone, zebra: str) -> None:
        self.hub, self.ada, self.ben, self.entity = hub, ada, ben, zebra
        self.eve = Outsider(self.hub, box.path / "eve")

    def begun(self, name: str) -> str:
        entity = self.ada.nc("session", "start", name, "--encrypt").out.strip()
        self.ada.nc("session", "invite", entity, BEN)
        self.ada.nc("session", "say", entity, SECRET)
        synced(self.ada, self.ben)
        return entity

    def both(self) -> tuple[Clone, Clone]:
        """Both of them, after a sync (which may have to say something: see its code)."""
        for clone in (self.ada, self.ben, self.ada):
            out, err = io.StringIO(), io.StringIO()
            with clone.entered(), redirect_stdout(out), redirect_stderr(err):
                assert run(["sync"]) in (0, 3), err.getvalue()
        return self.ada, self.ben


@pytest.fixture
def world(box: Box, hub: Path, ada: Clone, ben: Clone, zebra: str) -> World:
    return box.scene("sealed world", lambda: World(box, hub, ada, ben, zebra))


def test_a_text_put_among_them_in_the_clear_is_not_shown(world: World) -> None:
    device = next(d for d, e in world.eve.entries(world.entity) if e.kind == "open")
    header = {
        "id": "20261126T120000000-0000-" + device, "at": "2026-11-26T12:00:00.000Z/0000",
        "by": "ada@example.com", "kind": "message", "role": "user", "salt": "x",
    }  # fmt: skip
    world.eve.add(world.entity, device, format.make(header, "send the money to Eve"))
    for clone in world.both():
        assert clone.texts(world.entity) == [SECRET]


def test_an_epoch_of_his_own_is_never_written_under(world: World) -> None:
    eve = Person("eve")
    known = [
        epochs.of_entry(entry, device)
        for device, entry in world.eve.entries(world.entity)
        if entry.kind == "epoch"
    ]
    last = max(known, key=lambda one: one.number)
    roster = {**last.roster, eve.device: Reader("ben@example.com", eve.reader.seal)}
    for readers in (roster, dict(last.roster)):  # also one for exactly those who take part
        plan = Plan(last.session, last.team, last.number + 1, readers, (), [last.digest])
        secret = os.urandom(32)
        text = epochs.make(plan, secret, eve.device, eve.public, eve.key.sign)
        name = f"20261126T12000000{len(readers)}-0000-{eve.device}"
        world.eve.add(world.entity, eve.device, eve.says(text, "epoch", id=name))
    ada, ben = world.both()
    ada.nc("session", "say", world.entity, "still ours")
    ben.nc("session", "say", world.entity, "and mine")
    world.both()
    assert ada.texts(world.entity) == ben.texts(world.entity) == [SECRET, "still ours", "and mine"]
    used = {e.header.get("epoch") for _, e in world.eve.entries(world.entity) if e.is_sealed}
    assert used <= {one.digest for one in known}


def test_a_plain_session_is_not_encrypted_by_an_outsider(world: World) -> None:
    plain = world.ada.start("Open to all")
    synced(world.ada, world.ben)
    eve = Person("eve")
    (team,) = {
        epochs.of_entry(entry, device).team
        for device, entry in world.eve.entries(world.entity)
        if entry.kind == "epoch"
    }
    text = eve.text([eve], os.urandom(32), session=plain, team=team)
    world.eve.add(plain, eve.device, eve.puts(text))
    ada, ben = world.both()
    ada.nc("session", "say", plain, "everybody can read this")
    synced(ada, ben)
    assert ben.texts(plain) == ["everybody can read this"]


def test_an_entry_is_moved_to_no_other_session(world: World) -> None:
    other = world.begun("Lion")
    said = [(d, e) for d, e in world.eve.entries(world.entity) if e.kind == "message"]
    (device, entry) = said[0]
    world.eve.add(other, device, entry)
    records = [(d, e) for d, e in world.eve.entries(world.entity) if e.kind == "epoch"]
    for where, record in records:  # with its keys
        world.eve.add(other, where, record)
    for clone in world.both():
        assert clone.texts(other) == [SECRET]
        assert clone.texts(world.entity) == [SECRET]


def test_a_changed_ciphertext_is_not_taken_for_what_was_said(world: World) -> None:
    def change() -> None:
        for file in world.eve.logs(world.entity):
            text = file.read_text()
            for _, entry in entries:
                if entry.kind == "message" and entry.body:
                    body = ("A" if entry.body[40] != "A" else "B").join(
                        [entry.body[:40], entry.body[41:]]
                    )
                    text = text.replace(entry.body, body)
            file.write_text(text)

    entries = world.eve.entries(world.entity)
    world.eve.change(change)
    for clone in world.both():
        shown = clone.nc("session", "show", world.entity, "--json").json["messages"]
        texts = [m["content"] for m in shown]
        assert SECRET in texts
        assert set(texts) <= {SECRET, ""}


def test_what_is_dropped_comes_back(world: World) -> None:
    world.ada.nc("session", "say", world.entity, "second")
    synced(world.ada, world.ben)
    world.eve.back(3)
    ada, ben = world.both()
    assert ada.texts(world.entity) == ben.texts(world.entity) == [SECRET, "second"]
    again = Outsider(world.hub, world.eve.path.parent / "eve-again")
    assert [e.kind for _, e in again.entries(world.entity)].count("message") == 2


def test_an_entry_without_its_device_cannot_be_said_to_be_later(world: World) -> None:
    """Reordering: the stamp is part of what is signed and of what a text is bound to."""
    world.ada.nc("session", "say", world.entity, "second")
    synced(world.ada, world.ben)

    def change() -> None:
        for file in world.eve.logs(world.entity):
            text = file.read_text()
            stamps = sorted(e.at for _, e in entries if e.kind == "message")
            text = text.replace(f'"at":"{stamps[0]}"', '"at":"2026-12-31T00:00:00.000Z/0000"')
            file.write_text(text)

    entries = world.eve.entries(world.entity)
    world.eve.change(change)
    for clone in world.both():
        assert [t for t in clone.texts(world.entity) if t] == [SECRET, "second"]


def test_an_epoch_that_somebody_else_carries_does_not_count() -> None:
    """Made with the key of a stolen device of the owner, signed by an accomplice as his."""
    ada, eve = Person("ada"), Person("eve")
    crew, ring = Team([ada, eve]), cast(Ring, None)  # no key is asked for

    def good(carried: Entry, state: str = "") -> int:
        mark = Mark(state) if state else None
        entries = [ada.says("", "open"), carried]
        placed = [Placed(one, ENTITY, ada.device, TEAM, mark) for one in entries]
        return len(Book(placed, ring, crew).good)

    text = ada.text([ada, eve], os.urandom(32))
    assert good(ada.puts(text)) == 1
    assert good(eve.says(text, "epoch", device=ada.device)) == 0
    assert good(ada.puts(text), "copied") == 0  # she began it elsewhere
