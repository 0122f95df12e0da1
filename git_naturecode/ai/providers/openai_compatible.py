"""Models that speak OpenAI's chat completions: DeepSeek, OpenAI, OpenRouter, servers of one's own.

The wire: https://platform.openai.com/docs/api-reference/chat; the others follow it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx2
import openai

from git_naturecode.ai.providers import failures
from git_naturecode.ai.providers.asking import Ending, Stream
from git_naturecode.ai.providers.hosted import UNKEYED, Hosted, Wanted
from git_naturecode.ai.providers.protocol import Finish, Limits, Message

_FINISH: Mapping[str, Finish] = {"stop": "stop", "length": "length", "content_filter": "refused"}
# Fields that not every host knows, and what else they are called.
_OPTIONAL = ("response_format", "stream_options", "temperature")
_TOKENS = ("max_tokens", "max_completion_tokens")
_NEWER = "api.openai.com"


class OpenAICompatible(Hosted):
    """A model that speaks OpenAI's chat completions."""

    def _wanted(
        self, messages: Sequence[Message], schema: Mapping[str, Any] | None, limits: Limits
    ) -> Wanted:
        tokens = _TOKENS[self.host == _NEWER]
        wanted: Wanted = {
            "model": self.model,
            "messages": [{"role": one.role, "content": one.text} for one in messages],
            "temperature": limits.temperature,
            tokens: limits.tokens,
            "stream_options": {"include_usage": True},
        }
        if schema is not None:  # all of them know this form, and only some a schema
            wanted["response_format"] = {"type": "json_object"}
        return wanted

    def _fitted(self, wanted: Wanted, said: str) -> bool:
        for name in _OPTIONAL:
            if name in wanted and name in said:
                del wanted[name]
                return True
        usual, other = _TOKENS
        if usual in wanted and other in said:
            wanted[other] = wanted.pop(usual)
            return True
        return False

    def _proof(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self.key}"} if self.key else {}

    def _open(self, client: httpx2.Client, wanted: Wanted) -> Any:
        library = openai.OpenAI(
            api_key=UNKEYED, base_url=self.endpoint, max_retries=0, http_client=client
        )
        create: Any = library.chat.completions.create
        return create(stream=True, **wanted)

    def _read(self, events: Any) -> Stream:
        model, finish = self.model, ""
        usage: tuple[int | None, int | None] = (None, None)
        for chunk in events:
            model = chunk.model or model
            if chunk.usage is not None:
                usage = (_count(chunk.usage.prompt_tokens), _count(chunk.usage.completion_tokens))
            for choice in (chunk.choices or [])[:1]:
                finish = choice.finish_reason or finish
                if choice.delta is None:
                    continue
                refusal = getattr(choice.delta, "refusal", None)
                if text := choice.delta.content or refusal:
                    yield str(text)
                finish = "content_filter" if refusal else finish
        if not finish:
            raise failures.broken(self.host)
        return Ending(str(model), *usage, _FINISH.get(finish, "unknown"))


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None
