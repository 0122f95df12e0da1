"""Runs: what is read as one message."""

from domain.made import BEN, entry, placed
from git_naturecode.domain.runs import Run, runs
from git_naturecode.domain.session import build
from git_naturecode.render.session_json import run_json
from git_naturecode.store.entry import Entry, Json


def said(number: int, time: str, text: str = "x", **more: Json) -> Entry:
    return entry(number, "message", text, **{"role": "user", "t": f"2026-11-20T{time}Z", **more})


def found(*entries: Entry) -> list[Run]:
    return list(runs(build(placed(*entries)).messages))


def test_a_run_ends_a_minute_after_its_first_message() -> None:
    one, two = said(1, "10:00:00.000", "one"), said(2, "10:00:59.999", "two")
    three = said(3, "10:01:00.000", "three")
    first, second = found(one, two, three)
    assert (first.text, first.start, first.end) == (
        "one\ntwo", "2026-11-20T10:00:00.000Z", "2026-11-20T10:00:59.999Z"
    )  # fmt: skip
    assert (first.handle, second.handle, second.text) == ("#1-2", "#3", "three")
    told = run_json(first)
    assert told["messageIds"] == [one.id, two.id]
    assert (told["startTime"], told["endTime"]) == (first.start, first.end)


def test_the_minute_is_counted_from_the_first_not_from_the_last() -> None:
    times = ["10:00:00.000", "10:00:40.000", "10:01:20.000"]
    assert [r.handle for r in found(*(said(n, t) for n, t in enumerate(times)))] == ["#1-2", "#3"]


def test_another_sender_role_or_model_begins_a_run() -> None:
    same = "10:00:00.000"
    assert len(found(said(1, same), said(2, same, by=BEN))) == 2
    assert len(found(said(1, same), said(2, same, role="note"))) == 2
    models = [said(1, same, role="assistant", model="a"), said(2, same, role="assistant")]
    assert len(found(*models)) == 2


def test_what_needs_a_word_of_its_own_stays_alone() -> None:
    same = "10:00:00.000"
    calls = [said(n, same, role="tool", tool="Bash") for n in (1, 2)]
    assert len(found(*calls)) == 2
    pair = [said(1, same, "one"), said(2, same, "two")]
    assert len(found(*pair)) == 1
    assert len(found(*pair, entry(3, "redact", target=pair[1].id))) == 2
    assert len(found(*pair, entry(3, "comment", "hm", on=pair[0].id))) == 2


def test_times_that_cannot_be_read_combine_nothing() -> None:
    assert len(found(said(1, "x"), said(2, "x"))) == 2
