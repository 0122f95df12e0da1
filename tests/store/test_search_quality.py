"""How well a search ranks: the Cranfield collection, and the texts of a made-up team."""

from functools import cache
from pathlib import Path

import pytest

from bench import judged


@cache
def searched(*, by_meaning: bool) -> judged.Rank:
    """The search of what the team wrote, by words, or by meaning as well."""
    return (judged.with_meaning if by_meaning else judged.ours)(judged.own().documents)


def gained(collection: judged.Collection, *, by_meaning: bool = False) -> float:
    """The mean gain of questions about what the team wrote."""
    return judged.mean(judged.gains(collection.questions, searched(by_meaning=by_meaning)))


def test_questions_find_what_answers_them(data: Path) -> None:
    collection = judged.cranfield(data / "cranfield")
    assert len(collection.questions) == 225
    found = judged.gains(collection.questions, judged.ours(collection.documents))
    assert judged.mean(found) >= 0.385


def test_a_team_finds_what_it_wrote_down() -> None:
    collection = judged.own()
    assert len(collection.questions) == 80
    found = gained(collection)
    plain = judged.gains(collection.questions, judged.one_table(collection.documents))
    assert found >= 0.825
    assert judged.mean(plain) < found / 2
    assert gained(collection, by_meaning=True) >= 0.85


@pytest.mark.parametrize(
    ("questions", "asked", "least", "by_meaning"),
    [(judged.SECOND, 80, 0.54, 0.57), (judged.THIRD, 60, 0.78, 0.79)],
)
def test_a_team_finds_what_nobody_has_asked_before(
    questions: str, asked: int, least: float, by_meaning: float
) -> None:
    collection = judged.own(questions=questions)
    assert len(collection.questions) == asked
    assert gained(collection) >= least
    assert gained(collection, by_meaning=True) >= by_meaning
