"""One message of a session by itself: its words, of a tool call all that was kept of it."""

import pytest

from ai.knowledge.made import ID, asked, ran, said, session
from git_naturecode.domain.session import Session
from git_naturecode.render.paint import Paint
from git_naturecode.render.session import one_text


@pytest.fixture
def talk() -> Session:
    failed = ran("make test", "3 failed\n\x1b]52;c;x\x07", ok=False)
    return session(asked("Run the tests"), failed, said("Oh."))


def test_what_was_said_below_where_it_was_said(talk: Session) -> None:
    shown = one_text(talk, talk.messages[2], Paint(False))
    assert shown.startswith(f"{ID}#3 · A made-up session\n")
    assert shown.endswith("\nOh.")
    assert "Run the tests" not in shown


def test_of_a_tool_call_also_what_it_gave(talk: Session) -> None:
    shown = one_text(talk, talk.messages[1], Paint(False))
    assert "> Bash make test (failed)" in shown
    assert "\n3 failed\n" in shown
    assert "\x1b" not in shown
