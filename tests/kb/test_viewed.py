"""How often articles are looked at: by people, in every clone, each look counted once."""

import os
import threading
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.domain.kb.build import build
from git_naturecode.kb import viewed
from git_naturecode.store.store import Store
from security.terminal import shown

DAY_MS = 86_400_000
FIRST = 1_790_000_000_000 - 1_790_000_000_000 % DAY_MS
"""The beginning of a day (UTC), in milliseconds."""


@pytest.fixture
def clone(box: Box) -> Clone:
    return box.ready()


def add(clone: Clone) -> str:
    (clone.path / "a.md").write_text("# Retry\n\nAgain.\n")
    return clone.nc("kb", "add", "--file", "a.md").out.strip()


def on_day(store: Store, number: int) -> None:
    """Let it be noon of day `number`."""
    store.now_ms = lambda: FIRST + number * DAY_MS + DAY_MS // 2


def known(store: Store, tail: str) -> list[int]:
    """What the log says of each day, and how many entries say it."""
    placed = store.read(tail, "kb")
    days = sorted(build(placed).viewed.items())
    return [count for _, count in days] + [sum(one.entry.kind == "view" for one in placed)]


def lines(folder: Path) -> int:
    return sum(len(one.read_bytes()) // 9 for one in folder.glob("*-*-??"))


def test_only_a_person_at_a_terminal_is_counted(clone: Clone) -> None:
    tail = add(clone)[-8:]
    folder = clone.path / ".git/naturecode/viewed"
    for command in (["show", tail], ["show", tail, "--json"], ["list"]):
        clone.nc("kb", *command)
    assert not folder.exists()
    one = ["kb", "show", tail]
    clone.env["CI"] = ""
    shown(clone, [one, [*one, "--json"], [*one, "--raw"], [*one, "--revision", "r1"]])
    assert lines(folder) == 1
    clone.env["CI"] = "true"
    shown(clone, [["kb", "show", tail]])
    assert lines(folder) == 1
    assert clone.nc("kb", "show", tail, "--json").json["views"] == 1


def test_a_day_is_said_once_when_it_is_over(clone: Clone) -> None:
    tail = add(clone)[-8:]
    with clone.store() as store:
        on_day(store, 0)
        for _ in range(3):
            viewed.count(store, tail)
        assert not viewed.wait(store)
        on_day(store, 1)
        viewed.count(store, tail)
        assert viewed.wait(store)
        assert viewed.write(store) == 2
        assert known(store, tail) == [3, 1, 2]
        assert not viewed.wait(store)
        viewed.count(store, tail)
        assert viewed.write(store) == 0  # of today it was said
        on_day(store, 2)
        assert viewed.wait(store)
        assert viewed.write(store) == 1
        assert viewed.write(store) == 0
        assert known(store, tail) == [3, 2, 3]


def test_a_look_at_midnight_is_not_lost(clone: Clone) -> None:
    """Some process counts for yesterday when yesterday has been written already."""
    tail = add(clone)[-8:]
    with clone.store() as store:
        on_day(store, 0)
        viewed.count(store, tail)
        on_day(store, 1)
        viewed.write(store)
        on_day(store, 0)
        viewed.count(store, tail)
        on_day(store, 1)
        assert viewed.wait(store)
        viewed.write(store)
        assert known(store, tail) == [2, 2]


def test_a_writer_that_was_killed_says_nothing_twice(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    tail = add(clone)[-8:]
    with clone.store() as store:
        on_day(store, 0)
        viewed.count(store, tail)
        on_day(store, 1)
        with monkeypatch.context() as patch:
            patch.setattr(viewed, "_mark", _killed)
            with pytest.raises(KeyboardInterrupt):
                viewed.write(store)
        assert viewed.wait(store)
        viewed.write(store)
        assert known(store, tail) == [1, 1]


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_nothing_is_lost_where_many_count_at_once(clone: Clone) -> None:
    tail = add(clone)[-8:]
    with clone.store() as store:
        on_day(store, 0)

        def look() -> None:
            for _ in range(50):
                viewed.count(store, tail)

        threads = [threading.Thread(target=look) for _ in range(8)]
        for one in threads:
            one.start()
        written = [viewed.write(store) for _ in range(5)]
        for one in threads:
            one.join()
        on_day(store, 1)
        viewed.write(store)
        assert known(store, tail)[0] == 400
        assert sum(written) <= 1


def test_old_days_go_when_they_are_written(clone: Clone) -> None:
    tail = add(clone)[-8:]
    folder = clone.path / ".git/naturecode/viewed"
    with clone.store() as store:
        on_day(store, 0)
        viewed.count(store, tail)
        on_day(store, 20)
        viewed.write(store)
        assert list(folder.iterdir()) == []
        assert known(store, tail) == [1, 1]


def test_rubbish_counts_for_nothing(clone: Clone) -> None:
    add(clone)
    with clone.store() as store:
        on_day(store, 0)
        viewed.count(store, "zzzzzzzz")  # nothing is here that is called so
        folder = clone.path / ".git/naturecode/viewed"
        (folder / "2020-01-01").write_bytes(b"\xff\n../../x\n\n12345678\nzz")
        (folder / "2020-01-01.written").write_text("rubbish")
        (folder / "other").write_text("x\n")
        on_day(store, 1)
        assert viewed.write(store) == 0
        assert not viewed.wait(store)
        os.chmod(folder, 0o500)
        viewed.count(store, "zzzzzzzz")  # fails in silence, unless one may do all
        os.chmod(folder, 0o700)


def test_the_views_of_all_clones_add_up(box: Box) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    tail = add(ada)[-8:]
    ada.nc("sync")
    ben.nc("sync")
    for clone, times in ((ada, 2), (ben, 3)):
        clone.env["CI"] = ""
        shown(clone, [["kb", "show", tail]] * times)
    for clone in (ada, ben, ada):
        clone.nc("sync")
    for clone in (ada, ben):
        assert clone.nc("kb", "show", tail, "--json").json["views"] == 5
        (row,) = clone.nc("kb", "list", "--json").json["items"]
        assert row["views"] == 5
