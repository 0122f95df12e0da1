"""The full text: filled in small steps, taken out to the last byte, searched as far as it is."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from box import Box, Clone
from git_naturecode import background
from git_naturecode.domain.kinds import SESSION, open_index
from git_naturecode.errors import NaturecodeError
from git_naturecode.store import index_file, index_rows
from git_naturecode.store.bulk import bulk
from git_naturecode.store.described import Described
from git_naturecode.store.entry import Draft
from git_naturecode.store.index import Index
from git_naturecode.store.index_file import is_behind
from git_naturecode.store.store import TEAM, Store

SECRET = "xylophonequartz"


@pytest.fixture
def clone(box: Box) -> Clone:
    return box.ready()


@pytest.fixture
def store(clone: Clone) -> Iterator[Store]:
    with clone.store() as opened:
        yield opened


def fill_log(store: Store, count: int, text: str = "something was said") -> list[str]:
    """Sessions with one message each; their ids."""
    names = [f"session-20261122-{number:08}" for number in range(count)]
    with bulk(store, TEAM) as writer:
        for name in names:
            opening = Draft("open", {"title": name[17:], "visibility": "team"}, clean=True)
            message = Draft("message", {"role": "user"}, text, clean=True)
            writer.write(name, [opening, message])
    return names


def refreshed(store: Store) -> Index:
    index = open_index(store)
    index.refresh()
    return index


def bytes_kept(store: Store) -> bytes:
    return b"".join(path.read_bytes() for path in Path(store.state_dir).glob("index.db*"))


def test_lists_work_before_any_text_is_in(store: Store) -> None:
    fill_log(store, 30)
    index = refreshed(store)
    assert index.page(SESSION, limit=7).total == 30
    assert index.filled() == (0, 30)
    assert is_behind(store.state_dir)
    assert index.search(SESSION, "said", 50) == []
    assert index.fill(10)
    done, total = index.filled()
    assert 0 < done < total
    assert len(index.search(SESSION, "said", 50)) == done
    while index.fill(10):
        pass
    assert len(index.search(SESSION, "said", 50)) == 30
    assert not is_behind(store.state_dir)
    index.close()


def test_the_background_fills_what_a_list_has_left(clone: Clone, store: Store) -> None:
    fill_log(store, 5)
    assert clone.nc("session", "list", "--json").json["total"] == 5
    job = next(job for job in background.JOBS if job.name == "index")
    assert job.stale(store)
    while job.stale(store):
        job.run(store)
    index = open_index(store)
    assert index.filled() == (5, 5)
    index.close()


def test_a_search_fills_all_where_no_background_will(clone: Clone, store: Store) -> None:
    fill_log(store, 5)
    clone.nc("session", "list")
    found = clone.nc("session", "search", "said", "--json").json
    assert (len(found["items"]), found["indexed"], found["total"]) == (5, 5, 5)


def test_a_search_says_how_far_it_is_where_the_background_is_at_it(
    clone: Clone, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_log(store, 400)
    monkeypatch.setattr("git_naturecode.background.start", lambda store: False)
    monkeypatch.setattr("git_naturecode.cli.filling.PATIENCE", 0.0)
    clone.env["NATURECODE_BACKGROUND"] = "1"
    said = clone.nc("session", "search", "said")
    assert "searched " in said.err
    assert "of 400 sessions" in said.err
    found = clone.nc("session", "search", "said", "--json").json
    assert found["total"] == 400


@pytest.mark.parametrize("how", ["redact", "edit", "delete"])
def test_a_hidden_text_leaves_no_byte_in_the_index(clone: Clone, store: Store, how: str) -> None:
    others = fill_log(store, 20)
    session = clone.start("A title")
    said = clone.nc("session", "say", session, f"the {SECRET} of it", "--json").json
    clone.nc("session", "search", SECRET)
    assert SECRET.encode() in bytes_kept(store)
    changes = {
        "redact": ("session", "redact", session, said["messageId"]),
        "edit": ("session", "edit", session, said["messageId"], "nothing"),
        "delete": ("session", "delete", session),
    }
    clone.nc(*changes[how], *(("--yes",) if how == "delete" else ()))
    clone.nc("session", "list")
    kept = bytes_kept(store)
    assert SECRET.encode() not in kept
    assert SECRET[:8].encode() not in kept  # the search index shortens words by what they share
    assert SECRET[4:].encode() not in kept
    clone.nc("session", "search", SECRET, code=1)
    found = clone.nc("session", "search", "something", "--json").json
    assert {hit["id"] for hit in found["items"]} == set(others)


def test_what_a_reader_delayed_is_taken_out_the_next_time(
    clone: Clone, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_file, "_WAIT", 0.5)
    session = clone.start("A title")
    said = clone.nc("session", "say", session, SECRET, "--json").json
    clone.nc("session", "search", SECRET)
    reader = sqlite3.connect(Path(store.state_dir) / "index.db")
    reader.execute("begin")
    reader.execute("select * from entity").fetchall()
    clone.nc("session", "redact", session, said["messageId"])
    index = open_index(store)
    index.db.execute("pragma busy_timeout = 10")
    index.refresh()
    assert SECRET.encode() in bytes_kept(store)
    reader.close()
    index.fill()
    assert SECRET.encode() not in bytes_kept(store)
    index.close()


def pieces(index: Index) -> int:
    query = "select count(distinct segid) from body_session_idx"
    return int(index.db.execute(query).fetchone()[0])


def test_the_pieces_of_the_search_index_are_made_one_when_all_is_in(store: Store) -> None:
    fill_log(store, 40)
    index = refreshed(store)
    counts = []
    while index.fill(4):
        counts.append(pieces(index))
    assert max(counts) > 1
    assert pieces(index) == 1
    assert len(index.search(SESSION, "said", 50)) == 40
    index.close()


def test_readers_wait_for_nobody_who_fills(store: Store) -> None:
    fill_log(store, 300)
    index = refreshed(store)
    index.fill(100)
    other = open_index(store)
    other.db.execute("begin immediate")  # somebody is writing, and takes his time
    index.db.execute("pragma busy_timeout = 1")
    assert index.page(SESSION, limit=5).total == 300
    assert index.search(SESSION, "said", 5)
    other.db.execute("rollback")
    other.close()
    index.close()


def test_many_may_fill_at_once(clone: Clone, store: Store) -> None:
    fill_log(store, 120)
    refreshed(store).close()
    faults: list[BaseException] = []

    def work() -> None:
        try:
            with StoreOf(clone) as mine:
                index = refreshed(mine)
                while index.fill(7):
                    pass
                index.close()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    index = open_index(store)
    assert index.filled() == (120, 120)
    assert len(index.search(SESSION, "said", 500)) == 120
    index.close()


def test_what_changed_while_it_was_read_is_left_for_the_next_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_log(store, 1)
    index = refreshed(store)
    real = index_rows.described

    def slow(*args: Any, **more: Any) -> Described | None:
        found = real(*args, **more)
        monkeypatch.setattr(index_rows, "described", real)
        fill_log(store, 1, "another thing")
        refreshed(store).close()
        return found

    monkeypatch.setattr(index_rows, "described", slow)
    assert index.fill()
    assert not index.fill()
    assert len(index.search(SESSION, "another", 5)) == 1
    index.close()


def test_what_is_gone_from_the_log_is_gone_from_the_index(clone: Clone, store: Store) -> None:
    fill_log(store, 1)
    before = clone.git("rev-parse", "naturecode").strip()
    fill_log(store, 2, SECRET)
    index = refreshed(store)
    index.fill()
    assert index.page(SESSION).total == 2
    clone.git("update-ref", "refs/heads/naturecode", before)
    index.refresh()
    assert index.page(SESSION).total == index.count(SESSION, {"status": ["active"]}) == 1
    assert not index.search(SESSION, SECRET, 5)
    assert SECRET.encode() not in bytes_kept(store)
    index.close()


@pytest.mark.parametrize(
    "table", ["entity", "facet", "said", "pieces", "body_session_data", "body_session_content"]
)
def test_damage_that_only_reading_shows_is_mended_before_the_answer(
    store: Store, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("git_naturecode.store.index_scores._FEW", 0)  # lengths are read, too
    fill_log(store, 3)
    index = refreshed(store)
    index.fill()
    query = "select rootpage from sqlite_master where name = ?"
    page = index.db.execute(query, (table,)).fetchone()[0]
    index.close()
    with (Path(store.state_dir) / "index.db").open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    index = open_index(store)
    hits = index.search(SESSION, "said", 5)
    index.fill()
    assert len(hits or index.search(SESSION, "said", 5)) == 3
    assert index.page(SESSION, {"status": ["active"]}).total == 3
    index.close()


class StoreOf:
    """A store of its own for a thread: `Clone.store` changes the folder of the whole process."""

    def __init__(self, clone: Clone) -> None:
        self.clone = clone

    def __enter__(self) -> Store:
        from git_naturecode.clock import system_ms
        from git_naturecode.git import repo as repos

        repo = repos.find(str(self.clone.path), dict(os.environ))
        environ = dict(os.environ)
        self.store = Store(repo, repos.read_config(repo), environ, system_ms, os.urandom)
        return self.store

    def __exit__(self, *_: object) -> None:
        self.store.close()


def test_where_nothing_can_be_written_the_file_is_read_and_the_rest_is_in_memory(
    clone: Clone, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_log(store, 5)
    index = refreshed(store)
    index.fill()
    index.close()
    fill_log(store, 8)
    monkeypatch.setattr("git_naturecode.store.index_file._connect", _full)
    index = open_index(store)
    assert index.filled() == (5, 5)  # what the file held
    index.refresh()
    assert index.filled() == (5, 8)
    assert not index.is_kept
    index.fill()
    assert len(index.search(SESSION, "said", 50)) == 8 + 5
    index.close()


def _full(path: str) -> sqlite3.Connection:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise error


def test_what_is_not_in_the_clone_is_said(clone: Clone, store: Store) -> None:
    name = fill_log(store, 1)[0]
    tree = clone.git("ls-tree", "-r", "naturecode").splitlines()
    oid = next(line.split()[2] for line in tree if name in line)
    store.close()
    for pack in (clone.path / ".git/objects/pack").glob("*"):
        pack.chmod(0o600)
    found = clone.path / ".git/objects" / oid[:2] / oid[2:]
    if not found.exists():
        pytest.fail("the object stands in no file of its own")
    found.unlink()
    index = open_index(store)
    with pytest.raises(NaturecodeError, match="not available offline"):
        index.refresh()
    index.close()
