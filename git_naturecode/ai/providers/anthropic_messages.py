"""Models that speak Anthropic's messages (https://platform.claude.com/docs/en/api/messages)."""

from collections.abc import Mapping, Sequence
from typing import Any

import anthropic
import httpx2

from git_naturecode.ai.providers import failures
from git_naturecode.ai.providers.asking import Ending, Stream
from git_naturecode.ai.providers.hosted import UNKEYED, Hosted, Wanted
from git_naturecode.ai.providers.protocol import Finish, Limits, Message

_FINISH: Mapping[str, Finish] = {
    "end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length",
    "model_context_window_exceeded": "length", "refusal": "refused",
}  # fmt: skip
# What not every model takes, and how the host calls it.
_OPTIONAL = {"output_config": ("output_config", "output format", "schema"),
             "temperature": ("temperature",)}  # fmt: skip


class AnthropicMessages(Hosted):
    """A model that speaks Anthropic's messages."""

    def _wanted(
        self, messages: Sequence[Message], schema: Mapping[str, Any] | None, limits: Limits
    ) -> Wanted:
        system = "\n\n".join(one.text for one in messages if one.role == "system")
        wanted: Wanted = {
            "model": self.model,
            "messages": [
                {"role": one.role, "content": one.text} for one in messages if one.role != "system"
            ],
            "temperature": limits.temperature,
            "max_tokens": limits.tokens,
        }
        if system:
            wanted["system"] = system
        if schema is not None:
            wanted["output_config"] = {"format": {"type": "json_schema", "schema": dict(schema)}}
        return wanted

    def _fitted(self, wanted: Wanted, said: str) -> bool:
        for name, words in _OPTIONAL.items():
            if name in wanted and any(word in said for word in words):
                del wanted[name]
                return True
        return False

    def _proof(self) -> Mapping[str, str]:
        return {"x-api-key": self.key} if self.key else {}

    def _open(self, client: httpx2.Client, wanted: Wanted) -> Any:
        library = anthropic.Anthropic(
            api_key=UNKEYED, base_url=self.endpoint, max_retries=0, http_client=client,
            open_telemetry=False,
        )  # fmt: skip
        # The time is ours; the library refuses answers that it thinks would take too long.
        create: Any = library.messages.create
        # Its newest versions do not know this field, which the newest models do not take.
        told = {name: wanted[name] for name in ("temperature",) if name in wanted}
        rest = {name: value for name, value in wanted.items() if name not in told}
        return create(stream=True, timeout=client.timeout, extra_body=told or None, **rest)

    def _read(self, events: Any) -> Stream:
        model, finish, tokens_in, tokens_out, is_over = self.model, "", None, None, False
        for event in events:
            if event.type == "message_start":
                model = event.message.model or model
                tokens_in = _tokens_in(event.message.usage)
            elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                yield str(event.delta.text)
            elif event.type == "message_delta":
                finish = event.delta.stop_reason or finish
                tokens_out = getattr(event.usage, "output_tokens", None)
            is_over = is_over or event.type == "message_stop"
        if not is_over or not finish:
            raise failures.broken(self.host)
        return Ending(str(model), tokens_in, tokens_out, _FINISH.get(finish, "unknown"))


def _tokens_in(usage: Any) -> int | None:
    """All that was read: what the host had kept from before counts too."""
    names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    found = [getattr(usage, name, None) for name in names]
    counts = [one for one in found if isinstance(one, int)]
    return sum(counts) if counts else None
