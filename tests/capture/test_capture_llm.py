"""Logs of llm: both generations of its tables, forks, tools, and databases that mean harm."""

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from git_naturecode.capture import Found, conversations, read
from git_naturecode.redact import Redactor
from git_naturecode.store.entry import Draft
from logs import NEW, OLD, LlmLog, at


def found(log: LlmLog) -> dict[str, Found]:
    log.close()
    return {one.session: one for one in conversations(str(log.path))}


def drafts(one: Found, **options: Any) -> list[Draft]:
    return list(read(one, Redactor(), **options))


def said(one: Found, **options: Any) -> list[tuple[str, str | None]]:
    return [(d.fields["role"], d.body) for d in drafts(one, **options)[1:]]


def old(path: Path) -> LlmLog:
    """Two prompts with a tool, a fragment and an attachment, in the older tables."""
    log = LlmLog(path, OLD)
    log.add("conversations", id="c1", name="Names")
    log.add("fragments", id=1, hash="abcdef0123456", content="a whole novel", source="/n/novel.txt")
    log.add("attachments", id="a1", type="image/png", path="/home/ada/walrus.png", content=b"xyz")
    first = log.response("c1", 1, "A name?", "I look.", system="Be brief.", reasoning="hm")
    log.add("prompt_fragments", response_id=first, fragment_id=1, order=0)
    log.add("prompt_attachments", response_id=first, attachment_id="a1", order=0)
    log.add("tool_calls", response_id=first, name="names", arguments='{"query": "pelican"}',
            tool_call_id="t1")  # fmt: skip
    second = log.response("c1", 2, "", "Percy.", system="Be brief.")
    log.add("tool_results", response_id=second, name="names", output="Percy", tool_call_id="t1")
    return log


def test_the_older_tables(tmp_path: Path) -> None:
    one = found(old(tmp_path / "logs.db"))["c1"]
    assert (one.first_ms, one.last_ms) == (1795341601250, 1795341602250)
    opened, *rest = drafts(one)
    assert opened.fields["title"] == "Names"
    prompt = (
        "[fragment: /n/novel.txt, 13 characters]\nA name?\n"
        "[attachment: image/png, 3 bytes, ~/walrus.png]"
    )
    assert [(d.fields["role"], d.body) for d in rest] == [
        ("system", "Be brief."), ("user", prompt), ("assistant", "I look."), ("tool", "Percy"),
        ("assistant", "Percy."),
    ]  # fmt: skip
    tool = rest[3].fields
    assert (tool["tool"], tool["target"], tool["ok"]) == ("names", "pelican", True)
    assert rest[2].fields["model"] == "old-model"
    times = [d.fields["t"] for d in rest]
    assert times == sorted(times)
    assert len(set(times)) == len(times)
    full = said(one, full=True)
    assert ("assistant", "hm") in full
    assert ("user", prompt.replace("[fragment: /n/novel.txt, 13 characters]", "a whole novel")) in (
        full
    )
    ids = [d.id for d in drafts(one, full=True)]
    assert [i for i in ids if i in {d.id for d in rest}] == [d.id for d in rest]


def new(path: Path, tables: str = OLD + NEW) -> LlmLog:
    """A thread whose first answer was asked for once more, and a fork of it."""
    log = LlmLog(path, tables)
    asked = log.message(None, "user", "A name?")
    bad = log.message(asked, "assistant", "Bob.")
    good = log.message(
        asked, "assistant", {"type": "reasoning", "text": "hm"}, "Percy.",
        {"type": "tool_call", "tool_name": "sqlite", "payload": {
            "arguments": {"query": "select"}, "tool_call_id": "k"}},
    )  # fmt: skip
    told = log.message(
        good, "user", {"type": "tool_result", "tool_name": "sqlite",
                       "payload": {"output": "1", "tool_call_id": "k", "exception": "Boom"}},
    )  # fmt: skip
    tip = log.message(told, "assistant", "Still Percy.")
    other = log.message(good, "user", "Another?")
    log.thread("t1", "Names", tip)
    log.turn("t1", 2, asked, bad)
    log.turn("t1", 3, asked, good)
    log.turn("t1", 4, told, tip)
    log.thread("t2", "Names, again", other, "t1")
    return log


def test_threads_lead_from_their_tip_and_mark_what_was_left(tmp_path: Path) -> None:
    sessions = found(new(tmp_path / "logs.db"))
    assert set(sessions) == {"t1", "t2"}
    first = drafts(sessions["t1"])
    assert [(d.fields["role"], d.body, d.fields.get("side")) for d in first[1:]] == [
        ("user", "A name?", None), ("assistant", "Bob.", True), ("assistant", "Percy.", None),
        ("tool", "1", None), ("assistant", "Still Percy.", None),
    ]  # fmt: skip
    assert first[4].fields["ok"] is False
    assert first[4].fields["target"] == "select"
    assert first[1].fields["t"] == "2026-11-22T10:00:02.250Z"
    fork = drafts(sessions["t2"])
    assert fork[0].fields["origin"]["forked"] == "t1"
    assert [d.body for d in fork[1:]] == ["A name?", "Percy.", "Another?", ""]


def test_a_conversation_that_went_on_in_the_new_tables_says_nothing_twice(tmp_path: Path) -> None:
    log = LlmLog(tmp_path / "logs.db")
    log.response("c1", 1, "A name?", "Percy.")
    before = drafts(found(log)["c1"])
    log = LlmLog(tmp_path / "logs.db")
    log.response("c1", 1, "A name?", "Percy.")
    asked = log.message(log.message(log.message(None, "user", "A name?"), "assistant", "Percy."),
                        "user", "And a walrus?")  # fmt: skip
    tip = log.message(asked, "assistant", "Wallace.")
    log.thread("c1", "Names", tip)
    log.turn("c1", 5, asked, tip)
    after = drafts(found(log)["c1"])
    assert [d.body for d in after[1:]] == ["A name?", "Percy.", "And a walrus?", "Wallace."]
    assert [d.id for d in after[:3]] == [d.id for d in before]


def test_same_words_twice_are_two_messages(tmp_path: Path) -> None:
    log = LlmLog(tmp_path / "logs.db", OLD)
    for number in (1, 2):
        log.response("c1", number, "again", "ok")
    assert said(found(log)["c1"]) == [("user", "again"), ("assistant", "ok")] * 2


def test_a_log_that_is_being_written_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "logs.db"
    old(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("INSERT INTO responses (id, prompt, response, conversation_id, datetime_utc) "
                   "VALUES ('01z', 'late', 'yes', 'c1', ?)", (at(9),))  # fmt: skip
        before = path.read_bytes()
        (one,) = conversations(str(path))
        assert ("user", "late") in said(one)
        assert path.read_bytes() == before
    quiet = {p.name for p in tmp_path.iterdir()}
    list(conversations(str(path)))
    assert {p.name for p in tmp_path.iterdir()} == quiet


@pytest.mark.parametrize(
    "script",
    [
        "DROP TABLE responses; CREATE VIEW responses AS WITH RECURSIVE n(id) AS (SELECT 1 UNION "
        "ALL SELECT id + 1 FROM n) SELECT id, '' prompt, '' response, 'c1' conversation_id, '' "
        "datetime_utc FROM n",
        "DROP TABLE responses; CREATE TABLE responses (id, prompt AS (hex(zeroblob(400000000))), "
        "response, conversation_id, datetime_utc); INSERT INTO responses (id, conversation_id, "
        "datetime_utc) VALUES (1, 'c1', '2026-11-22')",
        "UPDATE responses SET conversation_id = x'00ff', prompt = 7, response = x'ff'",
        "UPDATE responses SET datetime_utc = 5; UPDATE tool_calls SET arguments = '{', name = 1",
        "ALTER TABLE responses RENAME COLUMN prompt TO promt",
        "UPDATE messages SET parent_hash = hash",
        "UPDATE threads SET id = NULL, tip_message_hash = 7",
        "UPDATE parts SET payload = '[[[', text = NULL, position = 'x'",
        "DROP TABLE attachments; DROP TABLE fragments; DROP TABLE tool_calls",
    ],
)
def test_a_hostile_database_costs_little_and_stops_nothing(tmp_path: Path, script: str) -> None:
    log = new(tmp_path / "logs.db")
    first = log.response("c1", 1, "A name?", "Percy.")
    log.add("prompt_fragments", response_id=first, fragment_id=1, order=0)
    log.add("tool_calls", response_id=first, name="n", arguments="{}", tool_call_id="t1")
    log.close()
    with closing(sqlite3.connect(tmp_path / "logs.db", isolation_level=None)) as db:
        db.executescript(script)
    begun = time.process_time()
    for one in conversations(str(tmp_path / "logs.db")):
        drafts(one, full=True)
    assert time.process_time() - begun < 20


def test_a_value_that_is_too_long_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("git_naturecode.capture.llm_log._LONGEST", 50_000)
    log = LlmLog(tmp_path / "logs.db", OLD)
    log.response("c1", 1, "x" * 60_000, "b")
    reading = read(found(log)["c1"], Redactor())
    assert list(reading) == []
    assert reading.broken == 1


def test_a_column_that_is_computed_is_no_column_of_llm(tmp_path: Path) -> None:
    log = LlmLog(tmp_path / "logs.db", "")
    log.db.executescript(
        "CREATE TABLE responses (id, prompt AS (hex(zeroblob(40000000))), response, "
        "conversation_id, datetime_utc); INSERT INTO responses (id, conversation_id, datetime_utc) "
        "VALUES (1, 'c1', '2026-11-22')"
    )
    assert found(log) == {}


def test_a_virtual_table_is_no_table_of_llm(tmp_path: Path) -> None:
    log = LlmLog(tmp_path / "logs.db", "")
    columns = "id, prompt, response, conversation_id, datetime_utc"
    log.db.execute(f"CREATE VIRTUAL TABLE responses USING fts5({columns})")
    log.db.execute(f"INSERT INTO responses ({columns}) VALUES ('1', 'a', 'b', 'c1', '2026-11-22')")
    assert found(log) == {}


def test_another_database_is_no_log(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript("CREATE TABLE notes (id, text)")
    assert list(conversations(str(path))) == []
    path.write_bytes(b"SQLite format 3\0" + json.dumps({}).encode() * 100)
    assert list(conversations(str(path))) == []
