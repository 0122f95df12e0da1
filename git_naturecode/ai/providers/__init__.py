"""The ways to reach a model, one file for each; a client library is loaded by who needs it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from git_naturecode.ai.providers.protocol import Provider
from git_naturecode.errors import Unsupported, Usage

if TYPE_CHECKING:
    from git_naturecode.ai.settings import Settings


def opened(
    settings: "Settings", key: str, environ: Mapping[str, str], cwd: str, *,
    on_wait: Callable[[float, str], None] | None = None,
) -> Provider:  # fmt: skip
    """The provider that `settings` name; `on_wait` hears of a pause in seconds, and why.

    Raises Usage where it is not wholly set, or is no model (builtin); Unsupported without the
    client library.
    """
    made = _opened(settings, key, environ, cwd, on_wait)
    if settings.record:
        from git_naturecode.ai.providers.replay import Recording

        return Recording(made, settings.record)
    return made


def _opened(
    settings: "Settings", key: str, environ: Mapping[str, str], cwd: str,
    on_wait: Callable[[float, str], None] | None,
) -> Provider:  # fmt: skip
    from git_naturecode.ai.settings import ANTHROPIC, COMMAND, OPENAI, REPLAY

    name, model, endpoint = settings.provider, settings.model, settings.endpoint
    if settings.speaks == REPLAY:
        from git_naturecode.ai.providers.replay import Replay

        return Replay(_set(settings.replay, "replay", "PATH"), model)
    if settings.speaks == COMMAND:
        from git_naturecode.ai.providers.command import Command

        _set(" ".join(settings.command), "command", "'PROGRAM ARGUMENTS'")
        return Command(settings.command, model, environ, cwd)
    try:
        if settings.speaks == OPENAI:
            from git_naturecode.ai.providers.openai_compatible import OpenAICompatible

            return OpenAICompatible(name, model, endpoint, key, on_wait)
        if settings.speaks == ANTHROPIC:
            from git_naturecode.ai.providers.anthropic_messages import AnthropicMessages

            return AnthropicMessages(name, model, endpoint, key, on_wait)
    except ImportError as error:
        raise Unsupported(
            f"there is no Python package `{error.name}` here",
            "install it: pip install 'git-naturecode[ai]'",
        ) from None
    raise Usage(f"{name} is no model that can be asked")


def _set(value: str, name: str, what: str) -> str:
    if not value:
        raise Usage(
            f"naturecode.ai.{name} is not set", f"git config --global naturecode.ai.{name} {what}"
        )
    return value
