"""What commands that propose something have in common: asking a model, and then a person."""

from typing import TYPE_CHECKING

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts

if TYPE_CHECKING:
    from git_naturecode.ai.settings import Settings
    from git_naturecode.cli.model import Asked
    from git_naturecode.store.store import Store

BUILTIN = "builtin"
"""How the rules are called that need no model."""
_MARK_BYTES = 8


def model_for(
    context: contexts.Context, store: "Store", entity: str, provider: str | None, model: str | None
) -> "Asked | None":
    """The model to be asked; None for the rules that need none, which are the default."""
    wanted = settings_for(context, store, provider, model)
    if wanted is None:
        return None
    from git_naturecode.cli import model as models

    return models.opened(context, store, wanted, entity)


def settings_for(
    context: contexts.Context, store: "Store", provider: str | None, model: str | None
) -> "Settings | None":
    """The settings of that model; None for the rules, which load nothing of the models."""
    if (
        provider in (None, BUILTIN)
        and not model
        and not context.config.get("naturecode.ai.provider")
    ):
        return None
    from git_naturecode.ai import settings
    from git_naturecode.cli import model as models

    wanted = models.chosen(context, store, provider, model)
    if wanted.speaks != settings.BUILTIN:
        return wanted
    if model:
        raise errors.Usage("the built-in rules have no models", "leave --model out")
    return None


def mark(context: contexts.Context) -> str:
    """A line that nobody can have written: material for a model stands between such."""
    return "=" * 8 + context.random(_MARK_BYTES).hex()


def is_wanted(context: contexts.Context, accept: bool, question: str, as_json: bool) -> bool:
    """Whether the person takes what is proposed; who cannot be asked has not."""
    import sys

    if accept:
        return True
    if as_json or not (sys.stdin.isatty() and context.err.isatty()):
        return False
    try:
        return bool(typer.confirm(question, err=True))
    except typer.Abort:
        context.err.write("\n")
        return False


def conclude(context: contexts.Context, taken: bool, done: str, how: str) -> None:
    """Say that it was `done`, or `how` it is taken."""
    context.tell(done if taken else f"nothing was changed; to take it: {how}")


def source(asked: "Asked | None") -> str:
    """Who proposed it: the name of a model, or `builtin`."""
    return asked.settings.label if asked else BUILTIN
