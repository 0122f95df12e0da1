"""What asking may cost: estimated first, capped always, written down."""

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.ai import budget
from git_naturecode.ai.budget import Budgeted, Spent
from git_naturecode.ai.ledger import Ledger
from git_naturecode.ai.providers.protocol import Answer, Limits, Message, ProviderFailed
from git_naturecode.ai.settings import Price, Settings

QUESTION = [Message("user", "why " * 30)]
PRICE = Price(Decimal(2), Decimal(8))


def settings(**more: Any) -> Settings:
    """Settings with a budget."""
    usual = Settings(
        "own", "openai", "m", "config", "http://x", "", (), "", "", Limits(), 1000, 10_000, None,
        None,
    )  # fmt: skip
    return usual._replace(**more)


@dataclass
class Model:
    """Answers, or fails, as it was told, and counts how often it was asked."""

    answer: Answer | BaseException
    name: str = "own"
    model: str = "m"
    asked: int = 0
    pieces: list[str] = field(default_factory=list)

    def complete(self, messages: Sequence[Message], **more: Any) -> Answer:
        self.asked += 1
        for piece in self.pieces:
            more["on_text"](piece)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


def ledger(folder: Path) -> Ledger:
    """A ledger of its own."""
    return Ledger(str(folder), "review-20261126-abcdefgh", lambda: 1_764_000_000_000, os.urandom)


def test_what_a_host_counts_is_written_down(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    model = Budgeted(Model(Answer("x", "m", 11, 7, "stop")), settings(price=PRICE), book)
    for _ in range(2):
        model.complete(QUESTION)
    assert book.spent() == Spent(22, 14, Decimal(2 * (22 + 56)) / 1_000_000)
    assert oct(os.stat(book.path).st_mode & 0o777) == "0o600"
    first, second = list(book.lines())[:2]
    assert first["asked"] == "own:m"
    assert first["estimated"] is True
    assert second["estimated"] is False


def test_no_question_gets_past_the_cap(tmp_path: Path) -> None:
    inner = Model(Answer("x", "m", 3000, 1000, "stop"))
    model = Budgeted(inner, settings(), ledger(tmp_path))
    for _ in range(2):
        model.complete(QUESTION)
    with pytest.raises(ProviderFailed, match="2000 are left") as caught:
        model.complete(QUESTION)
    assert caught.value.kind == "too large"
    assert "maxTokens" in caught.value.hint
    assert inner.asked == 2


def test_money_has_a_cap_too(tmp_path: Path) -> None:
    inner = Model(Answer("x", "m", 100, 1000, "stop"))
    cap = Decimal("0.025")
    model = Budgeted(inner, settings(price=PRICE, max_cost=cap), ledger(tmp_path))
    model.complete(QUESTION)
    model.complete(QUESTION)
    with pytest.raises(ProviderFailed, match="cost up to") as caught:
        model.complete(QUESTION)
    assert "maxCost" in caught.value.hint
    assert inner.asked == 2


def test_a_cap_in_money_needs_a_price(tmp_path: Path) -> None:
    inner = Model(Answer("x", "m", 1, 1, "stop"))
    model = Budgeted(inner, settings(max_cost=Decimal(1)), ledger(tmp_path))
    with pytest.raises(ProviderFailed, match="price of m is not known") as caught:
        model.complete(QUESTION)
    assert "naturecode.ai.price.m.in" in caught.value.hint
    assert not inner.asked


def test_a_question_that_was_never_settled_counts_as_estimated(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    book.reserve("own:m", Spent(5, 6, Decimal(1)), lambda _: None)
    assert ledger(tmp_path).spent() == Spent(5, 6, Decimal(1))


def test_two_at_once_do_not_both_take_the_last_of_it(tmp_path: Path) -> None:
    expected, seen = Spent(5, 6, None), list[tuple[str, int]]()

    def second() -> None:
        ledger(tmp_path).reserve("own:m", expected, lambda spent: seen.append(("b", spent.tokens)))

    other = threading.Thread(target=second)

    def check(spent: Spent) -> None:
        other.start()
        other.join(0.3)  # time enough to get past, if it could
        seen.append(("a", spent.tokens))

    ledger(tmp_path).reserve("own:m", expected, check)
    other.join()
    assert seen == [("a", 0), ("b", 11)]


@pytest.mark.parametrize("torn", ["{", '{"id": "x", "tokensIn"', "\0\0\0", "[1]", "7"])
def test_what_a_crash_has_left_does_no_harm(tmp_path: Path, torn: str) -> None:
    book = ledger(tmp_path)
    book.settle("a", Spent(1, 2, None), "stop", estimated=False)
    with open(book.path, "a") as file:
        file.write(torn)
    book.settle("b", Spent(3, 4, None), "stop", estimated=False)
    assert book.spent() == Spent(4, 6, None)


@pytest.mark.parametrize(
    ("failure", "counted"),
    [
        (ProviderFailed("no", kind="auth"), False), (ProviderFailed("no", kind="rate"), False),
        (ProviderFailed("no", kind="cut"), True), (ProviderFailed("no", partial="ab"), True),
        (ProviderFailed("no", kind="time"), True), (KeyboardInterrupt(), True),
    ],
)  # fmt: skip
def test_a_failure_counts_where_the_host_may_count_it(
    tmp_path: Path, failure: BaseException, counted: bool
) -> None:
    book = ledger(tmp_path)
    with pytest.raises(type(failure)):
        Budgeted(Model(failure), settings(), book).complete(QUESTION)
    assert (book.spent().tokens_in > 0) == counted


def test_an_answer_that_was_stopped_counts_as_far_as_it_was_heard(tmp_path: Path) -> None:
    book, heard = ledger(tmp_path), list[str]()
    model = Model(KeyboardInterrupt(), pieces=["some words", " and more"])
    with pytest.raises(KeyboardInterrupt):
        Budgeted(model, settings(), book).complete(QUESTION, on_text=heard.append)
    assert heard == model.pieces
    assert book.spent().tokens_out >= budget.tokens_of("some words and more")


def test_uncounted_answers_are_estimated(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    Budgeted(Model(Answer("So. " * 30, "m", None, None, "stop")), settings(), book).complete(
        QUESTION
    )
    assert book.spent().tokens_out == budget.tokens_of("So. " * 30) > 30
    assert json.loads(Path(book.path).read_text().splitlines()[-1])["estimated"] is True


@given(st.text(), st.text())
def test_the_estimate_grows_with_the_text(one: str, other: str) -> None:
    both = budget.tokens_of(one + other)
    assert max(budget.tokens_of(one), budget.tokens_of(other)) <= both
    assert both <= len((one + other).encode("utf-8", "surrogatepass"))
    assert bool(both) == bool(one + other)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        # As counted by the tokenizers of DeepSeek, o200k_base, cl100k_base and an older one of
        # Anthropic; the largest of them.
        ("def retry(jitter: float = 0.5) -> None:\n    raise ValueError\n", 20),
        ("2f7b1c9e04a8d35566", 13), ("Wir müssen die Wartezeit ändern.", 14),
        ("我们需要把重试的抖动做成可以配置的", 21), ("👩‍👩‍👧‍👦", 18), ("x", 1), ("", 0),
    ],
)  # fmt: skip
def test_the_estimate_is_no_lower_than_what_models_count(text: str, tokens: int) -> None:
    assert budget.tokens_of(text) >= tokens


@pytest.mark.parametrize(
    ("amount", "words"),
    [(None, "unknown"), ("0", "0.00"), ("12.346", "12.35"), ("0.00123", "0.0012")],
)
def test_amounts_for_people(amount: str | None, words: str) -> None:
    assert budget.money(None if amount is None else Decimal(amount)) == words
