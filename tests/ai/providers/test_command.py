"""A program of the user's own as the model."""

import os
import sys

import pytest

from ai.providers.asked import LONG, QUESTION
from git_naturecode.ai.providers.command import Command, prompt
from git_naturecode.ai.providers.protocol import Message, ProviderFailed

LOUD = "import sys, os; print(sys.stdin.read().upper(), os.environ.get('NATURECODE_AI_MODEL'))"


def program(code: str, model: str = "") -> Command:
    """A model that is a little program."""
    return Command((sys.executable, "-S", "-c", code), model, os.environ)


def test_the_question_goes_in_and_the_answer_comes_out() -> None:
    heard: list[str] = []
    answer = program(LOUD, model="big").complete(QUESTION, limits=LONG, on_text=heard.append)
    assert answer.text == "BE BRIEF.\n\nWHY?\n big\n"
    assert "".join(heard) == answer.text
    assert (answer.finish, answer.tokens_in) == ("stop", None)


def test_turns_are_headed() -> None:
    said = [Message("user", "a"), Message("assistant", "b"), Message("user", "c")]
    assert prompt(said) == "## user\n\na\n\n## assistant\n\nb\n\n## user\n\nc\n\n## assistant\n"
    assert prompt([Message("user", "just this")]) == "just this\n"


def test_an_answer_that_is_no_utf8() -> None:
    code = "import sys; sys.stdout.buffer.write('wör'.encode()[:2] + b'\\xff')"
    assert program(code).complete(QUESTION, limits=LONG).text == "w\ufffd\ufffd"


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("import sys; print('half'); sys.exit('no\\nmodel here')", "unknown", "1: model here"),
        ("pass", "empty", "answered nothing"),
        ("while True: print('x' * 9999)", "too large", "more than"),
    ],
)
def test_a_program_that_fails(code: str, kind: str, words: str) -> None:
    with pytest.raises(ProviderFailed, match=words) as caught:
        program(code).complete(QUESTION, limits=LONG)
    assert caught.value.kind == kind


def test_a_program_that_takes_too_long() -> None:
    with pytest.raises(ProviderFailed, match="stopped after") as caught:
        program("import time; time.sleep(999)").complete(
            QUESTION, limits=LONG._replace(seconds=0.3)
        )
    assert caught.value.kind == "time"


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(ProviderFailed, match="cannot be run") as caught:
        Command(("no-such-program",)).complete(QUESTION, limits=LONG)
    assert "naturecode.ai.command" in caught.value.hint
