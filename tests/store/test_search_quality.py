"""How well a search ranks: the Cranfield collection, and the texts of a made-up team."""

from pathlib import Path

from bench import judged


def gained(collection: judged.Collection, *, by_meaning: bool = False) -> float:
    """The mean gain of its questions, by words, or by meaning as well."""
    made = judged.with_meaning if by_meaning else judged.ours
    return judged.mean(judged.gains(collection.questions, made(collection.documents)))


def test_questions_find_what_answers_them(data: Path) -> None:
    collection = judged.cranfield(data / "cranfield")
    assert len(collection.questions) == 225
    assert gained(collection) >= 0.385


def test_a_team_finds_what_it_wrote_down() -> None:
    collection = judged.own()
    assert len(collection.questions) == 80
    found = gained(collection)
    plain = judged.gains(collection.questions, judged.one_table(collection.documents))
    assert found >= 0.825
    assert judged.mean(plain) < found / 2
    assert gained(collection, by_meaning=True) >= 0.85


def test_a_team_finds_what_it_asks_for_in_other_words() -> None:
    collection = judged.own(questions=judged.SECOND)
    assert len(collection.questions) == 80
    assert gained(collection) >= 0.54
    assert gained(collection, by_meaning=True) >= 0.57
