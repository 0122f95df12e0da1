"""How well a search ranks: the Cranfield collection, and the texts of a made-up team."""

from pathlib import Path

from bench import judged


def test_questions_find_what_answers_them(data: Path) -> None:
    collection = judged.cranfield(data / "cranfield")
    assert len(collection.questions) == 225
    found = judged.gains(collection.questions, judged.ours(collection.documents))
    assert judged.mean(found) >= 0.385


def test_a_team_finds_what_it_wrote_down() -> None:
    collection = judged.own()
    assert len(collection.questions) == 80
    found = judged.mean(judged.gains(collection.questions, judged.ours(collection.documents)))
    plain = judged.gains(collection.questions, judged.one_table(collection.documents))
    assert found >= 0.825
    assert judged.mean(plain) < found / 2


def test_a_team_finds_what_it_asks_for_in_other_words() -> None:
    collection = judged.own(questions=judged.SECOND)
    assert len(collection.questions) == 80
    found = judged.mean(judged.gains(collection.questions, judged.ours(collection.documents)))
    assert found >= 0.54
