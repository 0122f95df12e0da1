"""What a provider of a model is asked, what it answers, and the one way in which it fails."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from git_naturecode.errors import INCONCLUSIVE, NaturecodeError

Role = Literal["system", "user", "assistant"]
Kind = Literal[
    "auth", "rate", "server", "cut", "time", "too large", "refused", "empty", "unknown"
]  # fmt: skip
Finish = Literal["stop", "length", "refused", "unknown"]

TEMPERATURE = 0.3
ANSWER_TOKENS = 2000
WRAPPING = 32  # a host that streams writes some hundred bytes around each token
# What another try may mend; for the rest a second question gets the same answer.
PASSING: frozenset[Kind] = frozenset({"rate", "server", "cut"})


class Message(NamedTuple):
    """One turn of what the model is told."""

    role: Role
    text: str


class Limits(NamedTuple):
    """What one question may take; whatever is reached first ends it.

    `seconds` are for the whole question, with all tries and the waiting between them; `connect`
    for reaching the host; `silence` for the longest pause of a host that answers. `size` is the
    longest answer in bytes of its text; what is wrapped around it may be `WRAPPING` times as long.
    """

    temperature: float = TEMPERATURE
    tokens: int = ANSWER_TOKENS
    seconds: float = 180.0
    connect: float = 10.0
    silence: float = 60.0
    size: int = 1 << 20
    tries: int = 3


USUAL = Limits()


class Answer(NamedTuple):
    """What the model said.

    `model` is the name that the host gives it. The tokens are None where the host does not count
    them. `finish`: "stop" it was done, "length" it had no more tokens, "refused" it or the host
    would not go on.
    """

    text: str
    model: str
    tokens_in: int | None
    tokens_out: int | None
    finish: Finish


class Provider(Protocol):
    """A model that can be asked."""

    @property
    def name(self) -> str:
        """What kind of provider it is: `openai`, `anthropic`, `command`, `replay`."""

    @property
    def model(self) -> str:
        """The name of the model that is asked for; "" where the provider has only one."""

    def complete(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None,
        limits: Limits = USUAL, on_text: Callable[[str], None] | None = None,
    ) -> Answer:  # fmt: skip
        """Ask, and wait for the whole answer.

        `schema` (JSON Schema) asks the host to hold the answer to JSON where it can; whoever asks
        says so in words too, and checks what comes. `on_text` hears each piece of the answer once,
        in order, as it comes: what it has heard is never taken back, so after the first piece a
        failure is final. An answer with finish "refused" or "length" is an answer.

        Raises ProviderFailed, and whatever `on_text` raises.
        """


@dataclass(frozen=True)
class Around:
    """What stands around another provider goes by the names of that one."""

    inner: Provider

    @property
    def name(self) -> str:
        """That of the inner one."""
        return self.inner.name

    @property
    def model(self) -> str:
        """That of the inner one."""
        return self.inner.model


class ProviderFailed(NaturecodeError):
    """The model gave no answer that can be used: nothing follows from it, least of all a pass.

    `retry_after`: seconds that the host wants to be left alone for. `partial`: what had come
    before the failure. The message never holds a key, nor what a host wrote beyond a short line.
    """

    code = INCONCLUSIVE

    def __init__(
        self, reason: str, *, kind: Kind = "unknown", retry_after: float | None = None,
        partial: str = "", hint: str = "",
    ) -> None:  # fmt: skip
        super().__init__(reason, hint)
        self.kind: Kind = kind
        self.retry_after = retry_after
        self.partial = partial
