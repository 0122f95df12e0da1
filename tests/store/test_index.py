"""The index holds nothing that the logs do not: damaged, deleted, read-only, it answers right."""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from box import Box, Clone
from git_naturecode.domain.kinds import open_index
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import beside
from git_naturecode.store import index_file, index_rows
from git_naturecode.store.described import Described


@pytest.fixture
def clone(box: Box) -> Clone:
    made = box.ready()
    made.nc("session", "say", made.start("Retry jitter"), "full jitter it is")
    return made


def answers(clone: Clone) -> tuple[str, str]:
    return clone.nc("session", "list").out, clone.nc("session", "search", "jitter").out


def index(clone: Clone) -> Path:
    return clone.path / ".git/naturecode/index.db"


@pytest.mark.parametrize(
    "damage", ["gone", "empty", "rubbish", "cut", "cut a little", "torn pages"]
)
def test_whatever_happens_to_the_file_the_answers_are_the_same(clone: Clone, damage: str) -> None:
    before = answers(clone)
    path = index(clone)
    data = path.read_bytes()
    for name in list(path.parent.glob("index.db*")):
        name.unlink()
    if damage != "gone":
        kinds = {
            "empty": b"",
            "rubbish": b"x" * 5000,
            "cut": data[: len(data) // 2],
            "cut a little": data[:-3000],
        }
        path.write_bytes(kinds.get(damage, data[:1000] + b"\xff" * 8000 + data[9000:]))
    assert answers(clone) == before
    assert answers(clone) == before


def test_an_index_of_another_version_is_made_anew(clone: Clone) -> None:
    before = answers(clone)
    with sqlite3.connect(index(clone)) as db:
        db.execute("pragma user_version = 99")
    assert answers(clone) == before


def test_where_no_file_can_be_made_it_is_done_without(clone: Clone) -> None:
    before = answers(clone)
    for name in index(clone).parent.glob("index.db*"):
        name.unlink()
    index(clone).mkdir()
    assert answers(clone) == before


def test_many_may_make_it_at_once(tmp_path: Path) -> None:
    path = str(tmp_path / "index.db")
    with ThreadPoolExecutor(8) as pool:
        tables = list(pool.map(lambda _: _tables(path), range(16)))
    assert len(set(tables)) == 1
    assert "entity" in tables[0]


def _tables(path: str) -> tuple[str, ...]:
    db = index_file.open_file(path)
    names = tuple(sorted(row[0] for row in db.execute("select name from sqlite_master")))
    db.close()
    return names


def test_what_only_waits_in_the_spool_is_listed(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("git_naturecode.store.log.STALE_SECONDS", 1000.0)
    lock = clone.path / ".git/refs/heads/naturecode.lock"
    lock.touch()
    session = clone.start("Not drained yet")
    assert os.listdir(clone.path / ".git/naturecode/spool/team")
    assert session in clone.nc("session", "list").out
    assert clone.nc("session", "show", session[17:], "--json").json["name"] == "Not drained yet"
    lock.unlink()
    assert session in clone.nc("session", "list").out
    assert not os.listdir(clone.path / ".git/naturecode/spool/team")


def test_a_folder_that_git_gc_took_meanwhile_is_told_as_missing(clone: Clone) -> None:
    clone.nc("session", "list")
    with clone.store() as store:
        index = open_index(store)
        clone.nc("session", "start", "Another")  # a new tree that the index does not know
        tree = clone.git("rev-parse", "naturecode:log").strip()
        (clone.path / ".git/objects" / tree[:2] / tree[2:]).unlink()
        with pytest.raises(NaturecodeError) as raised:
            index.refresh()
        index.close()
    assert "is missing from this repository" in raised.value.message


@pytest.mark.parametrize("dies", [False, True])
def test_rows_that_a_second_process_tells_are_the_same(
    clone: Clone, monkeypatch: pytest.MonkeyPatch, dies: bool
) -> None:
    for number in range(12):
        clone.nc("session", "say", clone.start(f"number {number}"), "jitter \ud83d")
    before = clone.nc("session", "list", "--json").json, answers(clone)
    told, first = [], os.getpid()
    real = index_rows.described

    def noted(*args: Any, **more: Any) -> Described | None:
        if dies and os.getpid() != first and b"number 3" in args[2][0].data:
            os._exit(1)
        told.append(args)
        return real(*args, **more)

    monkeypatch.setattr(index_rows, "_LOT", 2)
    monkeypatch.setattr(index_rows, "described", noted)
    monkeypatch.setattr(beside, "is_worth_it", lambda _: True)
    for path in index(clone).parent.glob("index.db*"):
        path.unlink()
    assert clone.nc("session", "list", "--json").json == before[0]
    assert dies or len(told) < 9
    monkeypatch.undo()
    assert answers(clone) == before[1]
