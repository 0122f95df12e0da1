"""Recorded answers: the same question, the same answer."""

import json
import stat
from pathlib import Path

import pytest

from ai.providers.asked import LONG, QUESTION
from git_naturecode.ai.providers.protocol import Answer, Message, ProviderFailed
from git_naturecode.ai.providers.replay import Recording, Replay, digest
from git_naturecode.errors import Usage


def test_what_is_recorded_is_replayed(tmp_path: Path) -> None:
    first = tmp_path / "first.json"
    record = {"request": digest(QUESTION), "answer": "So.", "model": "m", "tokensIn": 3}
    first.write_text(json.dumps(record) + "\n")
    inner = Replay(str(tmp_path))
    heard: list[str] = []
    kept = tmp_path / "kept"
    answer = Recording(inner, str(kept)).complete(QUESTION, limits=LONG, on_text=heard.append)
    assert answer == Answer("So.", "m", 3, None, "stop")
    assert heard == ["So."]
    assert Replay(str(kept)).complete(QUESTION) == answer
    assert "Why" not in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_question_that_is_never_the_same_is_known_by_its_words(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text('{"contains": "the weather", "answer": "Rain."}\n')
    for mark in ("7f", "a1"):
        asked = [Message("user", f"{mark} How is the weather? {mark}")]
        assert Replay(str(path)).complete(asked).text == "Rain."


def test_a_question_that_nobody_recorded(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text('\n{"request": "0", "answer": "x"}\n')
    with pytest.raises(ProviderFailed, match="no answer to this question") as caught:
        Replay(str(path)).complete(QUESTION)
    assert digest(QUESTION) in caught.value.hint


@pytest.mark.parametrize(
    "text", ["nonsense\n", "[1]\n", '{"contains": "Why", "answer": 7}\n',
             '{"contains": "Why", "answer": "x", "finish": "never"}\n'],
)  # fmt: skip
def test_records_that_are_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text(text)
    with pytest.raises(ProviderFailed, match="record"):
        Replay(str(path)).complete(QUESTION)


def test_no_records_at_all(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="no recorded answers"):
        Replay(str(tmp_path / "nowhere")).complete(QUESTION)
