"""ai summarize and ai resolve: what is proposed, what a person takes, what is never lost."""

from pathlib import Path
from typing import Any

import pytest

from answering import model
from box import Clone

CODE = "```python\nretry(jitter=True)\n```"


def talk(clone: Clone, name: str, *turns: tuple[str, str]) -> str:
    session = clone.start(name)
    for role, text in turns:
        clone.nc("session", "say", session, text, "--role", role)
    return session


def summary(clone: Clone, session: str) -> str:
    return str(clone.nc("session", "show", session, "--json").json["summary"])


TALK = (
    ("user", "The client retries all at once. Can you add jitter?"),
    ("assistant", f"Yes:\n\n{CODE}\n\nDecision: full jitter, since equal jitter still bunches."),
    ("user", "Good.\n\n- [ ] cap the number of tries"),
)


def test_without_a_model_a_summary_is_put_together_by_rules(clone: Clone) -> None:
    session = talk(clone, "Jitter", *TALK)
    before = summary(clone, session)
    said = clone.nc("ai", "summarize", session)
    assert "Decisions:\n- full jitter, since equal jitter still bunches." in said.out
    assert "To do:\n- cap the number of tries" in said.out
    assert "nothing was changed" in said.err
    assert summary(clone, session) == before
    clone.nc("ai", "summarize", session, "--accept")
    assert summary(clone, session) == said.out.strip()


def test_a_model_sums_up_and_a_person_accepts(clone: Clone, tmp_path: Path) -> None:
    session = talk(clone, "Jitter", *TALK, ("user", "the key is AKIA" + "Q3EGRIKXB4WPJTZV"))
    answer = {
        "summary": "Retries got jitter. See [this](https://evil.example) @ada",
        "keyDecisions": ["full jitter"], "actionItems": [],
    }  # fmt: skip
    folder = model(clone, tmp_path, answer)
    told = clone.nc("ai", "summarize", session, "--accept", "--json").json
    assert told["accepted"] is True
    assert told["keyDecisions"] == ["full jitter"]
    assert "](https" not in told["summary"]
    kept = summary(clone, session)
    assert kept.startswith("Retries got jitter.")
    assert kept.endswith("Decisions:\n- full jitter")
    asked = (folder / "0.question").read_text()
    assert "retry(jitter=True)" in asked
    assert "AKIA" not in asked


@pytest.mark.parametrize("answer", ["no JSON", "{", '{"summary": 1}', "", "[]"])
def test_what_is_no_answer_is_asked_for_once_more_and_then_refused(
    clone: Clone, tmp_path: Path, answer: str
) -> None:
    session = talk(clone, "Jitter", *TALK)
    good = {"summary": "Fine.", "keyDecisions": [], "actionItems": []}
    model(clone, tmp_path, answer, good)
    if answer:
        assert "Fine." in clone.nc("ai", "summarize", session).out
    (tmp_path / "model" / "1.answer").write_text(answer)
    for one in (tmp_path / "model").glob("*.question"):
        one.unlink()
    before = summary(clone, session)
    clone.nc("ai", "summarize", session, "--accept", code=6)
    assert summary(clone, session) == before


def forked(clone: Clone) -> tuple[str, str]:
    """A session and its fork, each with something of its own."""
    one = talk(clone, "Jitter", *TALK[:2])
    other = clone.nc("session", "fork", one, "--name", "Fork", "--json").json["id"]
    clone.nc("session", "say", one, "Cap it at 30 s.")
    clone.nc("session", "say", one, "Log each retry.")
    clone.nc("session", "say", other, "Log  each retry.")
    clone.nc("session", "say", other, f"Use this:\n\n{CODE}")
    return one, other


def texts(clone: Clone, session: str) -> list[str]:
    found = clone.nc("session", "show", session, "--json").json["messages"]
    return [str(one["content"]) for one in found]


def test_two_forks_become_one_without_a_model(clone: Clone) -> None:
    one, other = forked(clone)
    before = [texts(clone, one), texts(clone, other)]
    said = clone.nc("ai", "resolve", other)  # the other version is what it is a fork of
    assert "2 messages are common to both" in said.out
    assert "left out" in said.out
    told = clone.nc("ai", "resolve", one, other, "--accept", "--json").json
    assert [texts(clone, one), texts(clone, other)] == before
    assert texts(clone, told["id"]) == [
        TALK[0][1], TALK[1][1], "Cap it at 30 s.", "Log each retry.", f"Use this:\n\n{CODE}",
    ]  # fmt: skip
    row = next(
        r for r in clone.nc("session", "list", "--json").json["items"] if r["id"] == told["id"]
    )
    assert row["visibility"] == "private"


def test_a_model_makes_one_of_two(clone: Clone, tmp_path: Path) -> None:
    one, other = forked(clone)
    folder = model(clone, tmp_path, {
        "messages": [
            {"of": ["A1"]}, {"of": ["B2"]}, {"of": ["A2", "B1"], "text": "Log every retry."},
        ],
        "left_out": [],
    })  # fmt: skip
    words = ("ai", "resolve", one, other, "--context", "ben was on a train")
    told = clone.nc(*words, "--accept", "--json").json
    assert texts(clone, told["id"])[2:] == [
        "Cap it at 30 s.", f"Use this:\n\n{CODE}", "Log every retry.",
    ]  # fmt: skip
    assert "ben was on a train" in (folder / "0.question").read_text()


LOSING: dict[str, dict[str, Any]] = {
    "B2 stand nowhere": {"messages": [{"of": ["A1"]}, {"of": ["A2"]}, {"of": ["B1"]}],
                         "left_out": []},
    "the code in B2 is lost": {
        "messages": [{"of": ["A1"]}, {"of": ["A2"]}, {"of": ["B1"]}],
        "left_out": [{"message": "B2", "why": "not needed"}]},
    "the code in B2 is not as it was": {
        "messages": [{"of": ["A1"]}, {"of": ["A2"]}, {"of": ["B1", "B2"], "text": "Use jitter."}],
        "left_out": []},
    "A1 stands in two places": {
        "messages": [{"of": ["A1"]}, {"of": ["A1", "A2"], "text": "x"}, {"of": ["B1"]},
                     {"of": ["B2"]}], "left_out": []},
    "there is no message Z9": {"messages": [{"of": ["Z9"]}], "left_out": []},
    "nothing is left": {"messages": [], "left_out": [
        {"message": name, "why": "x"} for name in ("A1", "A2", "B1")]},
}  # fmt: skip


@pytest.mark.parametrize("why", sorted(LOSING))
def test_an_answer_that_loses_something_is_never_taken(
    clone: Clone, tmp_path: Path, why: str
) -> None:
    one, other = forked(clone)
    folder = model(clone, tmp_path, LOSING[why], LOSING[why])
    before = len(clone.nc("session", "list", "--json").json["items"])
    clone.nc("ai", "resolve", one, other, "--accept", code=6)
    assert len(clone.nc("session", "list", "--json").json["items"]) == before
    if why != "nothing is left":
        assert why in (folder / "1.question").read_text()  # it was told what was wrong


def test_what_cannot_be_done_is_said(clone: Clone) -> None:
    empty = clone.start("Empty")
    assert "nothing was said" in clone.nc("ai", "summarize", empty, code=1).err
    assert "is no fork" in clone.nc("ai", "resolve", empty, code=2).err
    assert "the same session" in clone.nc("ai", "resolve", empty, empty, code=2).err
    one, other = forked(clone)
    assert "have no models" in clone.nc("ai", "summarize", one, "--model", "x", code=2).err
    clone.nc("session", "delete", other, "--yes")
    clone.nc("ai", "resolve", one, other, code=1)
    clone.nc("ai", "summarize", "nowhere", code=1)
