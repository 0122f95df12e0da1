"""What asking may cost: an estimate before each question, and a cap that no question gets past."""

import math
import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from git_naturecode.ai.providers.protocol import (
    USUAL,
    Answer,
    Around,
    Limits,
    Message,
    ProviderFailed,
)
from git_naturecode.ai.settings import Price, Settings

_LETTERS = string.ascii_letters.encode()
_WIDE = bytes(range(0xF0, 0xF5))
_RANDOM = rb"[A-Za-z0-9+/=]{16,}"  # hashes, keys, what is coded in base64
_MILLION = Decimal(1_000_000)
_BEGUN = ("cut", "time", "too large", "empty", "interrupted")
_AROUND = 8  # tokens that a host puts around each message


class Spent(NamedTuple):
    """Tokens in and out, and what they cost; None: the price of some of them is not known."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost: Decimal | None = Decimal(0)

    def plus(self, other: "Spent") -> "Spent":
        """Both together."""
        known = self.cost is not None and other.cost is not None
        cost = (self.cost or Decimal(0)) + (other.cost or Decimal(0)) if known else None
        return Spent(self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out, cost)

    @property
    def tokens(self) -> int:
        """All tokens."""
        return self.tokens_in + self.tokens_out


class Book(Protocol):
    """Where it is written down what was asked; see `ledger`."""

    def spent(self) -> Spent:
        """All that was spent so far; of what was asked and never settled, the estimate."""

    def reserve(self, label: str, expected: Spent, check: Callable[[Spent], None]) -> str:
        """Note that a question is about to be put, before it is; its name.

        `check` gets what was spent before, and raises where there is no room; nobody else writes
        in between.
        """

    def settle(self, name: str, actual: Spent, finish: str, *, estimated: bool) -> None:
        """Note what it took."""


def tokens_of(text: str) -> int:
    """No fewer tokens than `text` is likely to have, by its bytes alone.

    A tokenizer would need the tables of each model. Taken are a third of a token for each letter,
    half a one for any other byte, more for what looks random, and a tenth on top of it all.
    docs/design/providers.md compares that with the tokenizers of four models.
    """
    data = text.encode("utf-8", "surrogatepass")
    others = len(data.translate(None, _LETTERS))
    found = (len(data) - others) / 3 + others / 2
    found += len(data) - len(data.translate(None, _WIDE))  # a character of four bytes: three
    for run in re.finditer(_RANDOM, data):
        whole = run[0]
        others = len(whole.translate(None, _LETTERS))
        found += 0.8 * len(whole) - (len(whole) - others) / 3 - others / 2
    return math.ceil(found * 1.1)


def estimate(messages: Sequence[Message], limits: Limits, price: Price | None) -> Spent:
    """What asking `messages` takes at most: the question as estimated, the answer in full."""
    into = sum(tokens_of(one.text) + _AROUND for one in messages)
    return priced(into, limits.tokens, price)


def priced(tokens_in: int, tokens_out: int, price: Price | None) -> Spent:
    """That many tokens with their cost."""
    if price is None:
        return Spent(tokens_in, tokens_out, None)
    cost = (tokens_in * price.into + tokens_out * price.out) / _MILLION
    return Spent(tokens_in, tokens_out, cost)


@dataclass(frozen=True)
class Budgeted(Around):
    """A provider that asks only what the budget has room for, and writes down what it took."""

    settings: Settings
    book: Book

    def complete(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None,
        limits: Limits = USUAL, on_text: Callable[[str], None] | None = None,
    ) -> Answer:  # fmt: skip
        """See `Provider`; raises ProviderFailed("too large") where the budget has no room."""
        price = self.settings.price
        expected = estimate(messages, limits, price)

        def check(spent: Spent) -> None:
            require_room(self.settings, spent, expected)

        name = self.book.reserve(self.settings.label, expected, check)
        heard: list[str] = []

        def hear(piece: str) -> None:
            heard.append(piece)
            if on_text is not None:
                on_text(piece)

        try:
            answer = self.inner.complete(
                messages, schema=schema, limits=limits, on_text=hear if on_text else None
            )
        except ProviderFailed as failure:
            self._ended(name, failure.kind, failure.partial, expected)
            raise
        except BaseException:  # who listened has had enough
            self._ended(name, "interrupted", "".join(heard), expected)
            raise
        is_guess = answer.tokens_in is None or answer.tokens_out is None
        tokens_in = expected.tokens_in if answer.tokens_in is None else answer.tokens_in
        tokens_out = tokens_of(answer.text) if answer.tokens_out is None else answer.tokens_out
        actual = priced(tokens_in, tokens_out, price)
        self.book.settle(name, actual, answer.finish, estimated=is_guess)
        return answer

    def _ended(self, name: str, how: str, partial: str, expected: Spent) -> None:
        """A host that turned the question away took nothing; one that began took all of it."""
        begun = bool(partial) or how in _BEGUN
        tokens_in = expected.tokens_in if begun else 0
        actual = priced(tokens_in, tokens_of(partial), self.settings.price)
        self.book.settle(name, actual, how, estimated=True)


def require_room(settings: Settings, spent: Spent, expected: Spent) -> None:
    """Raise ProviderFailed where `expected` on top of `spent` is more than the user allows."""
    most, cap = settings.max_tokens, settings.max_cost
    if spent.tokens + expected.tokens > most:
        raise ProviderFailed(
            f"this would take up to {expected.tokens} tokens, and of {most} that are allowed "
            f"{max(0, most - spent.tokens)} are left",
            kind="too large",
            hint="ask about less, or allow more: git config naturecode.ai.maxTokens NUMBER",
        )
    if cap is None:
        return
    if expected.cost is None or spent.cost is None:
        model = settings.model
        raise ProviderFailed(
            f"a most of {cap} is set, and the price of {model} is not known", kind="too large",
            hint=f"git config naturecode.ai.price.{model}.in PRICE (of a million tokens), and "
            f"the same with .out",
        )  # fmt: skip
    if spent.cost + expected.cost > cap:
        raise ProviderFailed(
            f"this would cost up to {money(expected.cost)}, and of {cap} that are allowed "
            f"{money(max(Decimal(0), cap - spent.cost))} are left",
            kind="too large",
            hint="ask about less, or allow more: git config naturecode.ai.maxCost AMOUNT",
        )


def money(amount: Decimal | None) -> str:
    """An amount for people: two places that say something; "unknown" for None."""
    if amount is None:
        return "unknown"
    return f"{amount:.2f}" if amount >= 1 or not amount else f"{amount:.2g}"
