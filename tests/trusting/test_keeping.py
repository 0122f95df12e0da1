"""What is known of trust stands in one file: whole after a kill, done without on a full disk."""

import sqlite3

import pytest

from box import Box, Clone
from git_naturecode import trusting
from git_naturecode.store.store import Store
from git_naturecode.store.trust_file import MEMORY
from git_naturecode.trusting import ENFORCED, TEAMLESS
from git_naturecode.trusting.keeping import Keeper
from trusting.people import add, found, person


@pytest.fixture
def ada(box: Box) -> Clone:
    """A clone with a team that was begun and taken in elsewhere: its own file is gone."""
    hub = box.remote()
    made = person(box, hub, "ada")
    session = made.start()
    ben = person(box, hub, "ben")
    found(made)
    add(made, ben)
    made.nc("session", "say", session, "hello")
    made.nc("sync")
    for path in (made.path / ".git/naturecode").glob("trust.db*"):
        path.unlink()
    return made


def test_a_kill_between_lines_and_their_weight_leaves_nothing_open(
    ada: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with ada.store() as store, monkeypatch.context() as patched:
        patched.setattr(Keeper, "_weigh", die)
        with pytest.raises(KeyboardInterrupt):
            trusting.keeper(store).refresh()
    with ada.store() as store:
        trusting.keeper(store).refresh()
        assert trusting.keeper(store).mode == ENFORCED


def _fill(store: Store, spare: int) -> None:
    """Leave room for `spare` pages more in the file of `store`."""
    db = trusting.keeper(store).db.db
    now = db.execute("pragma page_count").fetchone()[0]
    db.execute(f"pragma max_page_count = {now + spare}")


def test_what_was_known_before_the_disk_was_full_is_known_after(ada: Clone) -> None:
    session = ada.start("Another")
    with ada.store() as store:
        keeper = trusting.keeper(store)
        keeper.refresh()
    for number in range(40):
        ada.nc("session", "say", session, f"{number} " * 40)
    with ada.store() as store:
        keeper = trusting.keeper(store)
        _fill(store, 0)
        trusting.sign(store)
        assert keeper.db.path == MEMORY
        assert keeper.mode == ENFORCED
        assert not trusting.uncovered(store)
    assert "hello" in ada.nc("session", "search", "hello").out


def test_another_fault_of_the_file_is_no_full_disk(ada: Clone) -> None:
    with ada.store() as store:
        keeper = trusting.keeper(store)
        keeper.refresh()
        keeper.db.db.execute("drop table line")
        with pytest.raises(sqlite3.OperationalError):
            keeper.repin()
        assert keeper.db.path != MEMORY
        assert keeper.mode != TEAMLESS
