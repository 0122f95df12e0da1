"""Which model is asked, where, and how much of it."""

from decimal import Decimal

import pytest

from git_naturecode import config
from git_naturecode.ai import settings
from git_naturecode.ai.settings import Price, Settings
from git_naturecode.errors import Usage


def given(*pairs: tuple[str, str], **asked: str) -> Settings:
    """The settings that `naturecode.ai.KEY` = VALUE and the command line make."""
    listing = b"".join(
        f"global\0naturecode.ai.{key.lower() if '.' not in key else key}\n{value}\0".encode()
        for key, value in pairs
    )
    return settings.read(config.parse(listing), **asked)


def test_without_any_there_is_the_builtin_and_nobody_to_talk_with() -> None:
    found = given()
    assert found.speaks == settings.BUILTIN
    with pytest.raises(Usage, match="cannot talk") as caught:
        settings.require_chat(found)
    assert "naturecode.ai.provider" in caught.value.hint


def test_deepseek_is_known_by_its_name() -> None:
    found = given(("provider", "deepseek"))
    assert (found.endpoint, found.model, found.variable) == (
        "https://api.deepseek.com", "deepseek-chat", "DEEPSEEK_API_KEY",
    )  # fmt: skip
    assert (found.limits.temperature, found.limits.tokens) == (0.3, 2000)
    assert found.label == "deepseek:deepseek-chat"


def test_a_server_of_ones_own() -> None:
    found = given(("endpoint", "http://gpu:8000/v1/"), ("model", "qwen"))
    assert (found.speaks, found.endpoint, found.model) == ("openai", "http://gpu:8000/v1", "qwen")


def test_the_key_of_a_host_is_not_that_of_another_address() -> None:
    moved = given(("provider", "deepseek"), ("endpoint", "https://elsewhere.example/v1"))
    assert moved.variable == ""
    assert given(("provider", "deepseek"), ("endpoint", "https://api.deepseek.com/")).variable


def test_what_was_set_for_one_provider_is_not_for_another() -> None:
    own = (("provider", "openai"), ("model", "gpt-9"), ("endpoint", "http://gpu:8000/v1"))
    found = given(*own, provider="deepseek")
    assert (found.model, found.endpoint) == ("deepseek-chat", "https://api.deepseek.com")
    assert given(*own, provider="openai").model == "gpt-9"


def test_whose_word_counts_for_the_model() -> None:
    own = (("provider", "deepseek"), ("model", "mine"))
    assert given(*own, model="now", suggested="theirs").model == "now"
    assert given(*own, suggested="theirs").model == "mine"
    found = given(("provider", "deepseek"), suggested="theirs")
    assert (found.model, found.model_from) == ("theirs", "team")
    assert given(("provider", "command"), suggested="theirs").model == ""


@pytest.mark.parametrize(
    "pairs",
    [
        [("provider", "skynet")], [("provider", "openai")], [("provider", "ollama")],
        [("provider", "deepseek"), ("endpoint", "ftp://x")],
        [("provider", "deepseek"), ("endpoint", "https://")],
        [("provider", "deepseek"), ("endpoint", "https://me:secret@host/v1")],
        [("provider", "deepseek"), ("endpoint", "https://host:x/")],
        [("provider", "deepseek"), ("maxTokens", "0")],
        [("provider", "deepseek"), ("maxTokens", "many")],
        [("provider", "deepseek"), ("maxCost", "-1")],
        [("provider", "deepseek"), ("maxCost", "NaN")],
        [("provider", "deepseek"), ("temperature", "hot")],
        [("provider", "deepseek"), ("model", "a\nb")],
        [("provider", "command"), ("command", "say 'x")],
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(Usage) as caught:
        given(*pairs)
    assert caught.value.hint
    assert "secret" not in caught.value.message + caught.value.hint


def test_a_command_is_split_or_given_word_by_word() -> None:
    assert given(("command", "llm -m 'a b'")).command == ("llm", "-m", "a b")
    assert given(("command", "llm"), ("command", "a b")).command == ("llm", "a b")


def test_limits_prices_and_budgets() -> None:
    found = given(
        ("provider", "deepseek"), ("timeout", "2.5"), ("temperature", "0"), ("answerTokens", "50"),
        ("maxTokens", "9"), ("maxCost", "1.50"), ("price.deepseek-chat.in", "0.28"),
        ("price.deepseek-chat.out", "0.42"), ("contextTokens", "77"),
    )  # fmt: skip
    limits = found.limits
    assert (limits.seconds, limits.silence, limits.connect) == (2.5, 2.5, 2.5)
    assert (limits.temperature, limits.tokens) == (0, 50)
    assert (found.max_tokens, found.max_cost, found.context_tokens) == (9, Decimal("1.50"), 77)
    assert found.price == Price(Decimal("0.28"), Decimal("0.42"))
    assert given(("provider", "deepseek"), ("price.deepseek-chat.in", "1")).price is None
