"""Both kinds of hosted models before the scripted server, and a world in which waiting is quick."""

from collections.abc import Sequence
from typing import Any

from ai.providers.server import ModelServer
from git_naturecode.ai.providers.anthropic_messages import AnthropicMessages
from git_naturecode.ai.providers.asking import Chance
from git_naturecode.ai.providers.hosted import Hosted
from git_naturecode.ai.providers.openai_compatible import OpenAICompatible
from git_naturecode.ai.providers.protocol import Limits, Message

KEY = "sk-quetzal-" + "Zq7LmN2vXc9RtY4wPs8K"
FORMS = ("openai", "anthropic")
QUESTION = (Message("system", "Be brief."), Message("user", "Why?"))
LONG = Limits(seconds=250, connect=200, silence=200)  # only a hang gets there


class World:
    """Time that passes only while somebody waits, and a note of how long."""

    def __init__(self) -> None:
        self.time = 0.0
        self.pauses: list[float] = []

    @property
    def chance(self) -> Chance:
        """What providers take from it."""
        return Chance(lambda: self.time, self._sleep, lambda: 0.5)

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds


def model(form: str, server: ModelServer, **more: Any) -> Hosted:
    """A model of that form at `server`."""
    if form == "openai":
        return OpenAICompatible("own", "m-1", server.url + "/v1", KEY, **more)
    return AnthropicMessages("own", "m-1", server.url, KEY, **more)


def roles(messages: Sequence[dict[str, Any]]) -> list[str]:
    """Who speaks in the messages of a question."""
    return [str(one["role"]) for one in messages]
