"""Asking a model for JSON of a form: what does not fit is asked for once more, and then refused."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from git_naturecode.ai.providers.protocol import Limits, Message, Provider, ProviderFailed
from git_naturecode.ai.reviewing import neutral, schema
from git_naturecode.ai.reviewing.prompts import repair

Made = TypeVar("Made")


def ask(
    provider: Provider, messages: Sequence[Message], form: Mapping[str, Any], limits: Limits,
    read: Callable[[dict[str, Any]], Made],
) -> Made:  # fmt: skip
    """What `read` makes of the answer, which fits `form`; `read` may raise Wrong.

    One repair round; raises ProviderFailed where the second answer is no better.
    """
    asked = list(messages)
    faults: tuple[str, ...] = ("",)
    for _ in range(2):
        answer = provider.complete(asked, schema=form, limits=limits)
        if answer.finish == "refused":
            raise ProviderFailed(f"{provider.name} refused to answer", kind="refused")
        is_cut = answer.finish == "length"
        try:
            if is_cut:
                raise schema.Wrong("the answer was cut off before its end")
            return read(schema.read(answer.text, form))
        except schema.Wrong as wrong:
            faults = wrong.faults or ("",)
            asked = repair(messages, answer.text, faults, cut=is_cut)
    raise ProviderFailed(
        f"{provider.name} did not answer as it was asked to, twice: {neutral.line(faults[0], 200)}",
        hint="nothing was changed; ask again, or another --model; --provider builtin needs none",
    )
