"""Which model is asked, where, and how much of it: from the user's own git configuration alone.

No fetched data and no tracked file is read for this. A verified team may give the name of a model
where the user has set none, and nothing more.
"""

import shlex
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from urllib.parse import urlsplit

from git_naturecode.ai.providers.protocol import ANSWER_TOKENS, TEMPERATURE, Limits
from git_naturecode.config import Config
from git_naturecode.errors import Usage

BUILTIN, COMMAND, REPLAY, ANTHROPIC, OPENAI = "builtin", "command", "replay", "anthropic", "openai"
SECONDS = 180.0
CONTEXT_TOKENS = 32_000  # of what was said before and of files, in one question
MOST_TOKENS = 1_000_000  # of one review or session, unless the user says otherwise
MOST_COST = Decimal(1_000_000)
_AI = "naturecode.ai."


class Known(NamedTuple):
    """A provider that goes by a name: what it speaks, where it is, and what its key is called.

    `variable` is the environment's name of the key, which goes to `endpoint` alone.
    """

    speaks: str
    endpoint: str = ""
    model: str = ""
    variable: str = ""


PROVIDERS: Mapping[str, Known] = {
    BUILTIN: Known(BUILTIN),
    "deepseek": Known(OPENAI, "https://api.deepseek.com", "deepseek-chat", "DEEPSEEK_API_KEY"),
    OPENAI: Known(OPENAI, "https://api.openai.com/v1", "", "OPENAI_API_KEY"),
    "openrouter": Known(OPENAI, "https://openrouter.ai/api/v1", "", "OPENROUTER_API_KEY"),
    ANTHROPIC: Known(ANTHROPIC, "https://api.anthropic.com", "", "ANTHROPIC_API_KEY"),
    "ollama": Known(OPENAI, "http://localhost:11434/v1"),
    COMMAND: Known(COMMAND),
    REPLAY: Known(REPLAY),
}
HINT = "one that you have a key for: git config --global naturecode.ai.provider deepseek"


class Price(NamedTuple):
    """What a million tokens cost, in the currency that the user thinks in."""

    into: Decimal
    out: Decimal


class Settings(NamedTuple):
    """All that has to be known to ask.

    `context_tokens` are the most that a question of a chat has. `model_from` says where the name
    of the model comes from: option, config, team, default. `max_tokens` and `max_cost` (None: no
    limit) hold for all that is asked about one review or session. `price` is None where the user
    has set none for this model.
    """

    provider: str
    speaks: str
    model: str
    model_from: str
    endpoint: str
    variable: str
    command: tuple[str, ...]
    replay: str
    record: str
    limits: Limits
    context_tokens: int
    max_tokens: int
    max_cost: Decimal | None
    price: Price | None

    @property
    def label(self) -> str:
        """How the source of an answer is called: `deepseek:deepseek-chat`."""
        return f"{self.provider}:{self.model}" if self.model else self.provider


def read(
    config: Config, *, provider: str | None = None, model: str | None = None,
    suggested: str | None = None,
) -> Settings:  # fmt: skip
    """What `config` says, over which stands what was asked for on the command line.

    `suggested` is the model that a verified team has set. Raises Usage for what makes no sense.
    """
    endpoint = config.get(_AI + "endpoint")
    name = provider or config.get(_AI + "provider") or (OPENAI if endpoint else BUILTIN)
    if name not in PROVIDERS:
        raise Usage(f"there is no provider {name!r}", "there are " + ", ".join(PROVIDERS))
    known = PROVIDERS[name]
    # An address that was set for one provider is not that of another one.
    is_usual = name == (config.get(_AI + "provider") or OPENAI)
    address = endpoint if endpoint and is_usual else known.endpoint
    if known.speaks in (OPENAI, ANTHROPIC):
        _check_endpoint(address)
    chosen, origin = _model(config, name, known, model, suggested)
    return Settings(
        name, known.speaks, chosen, origin, address.rstrip("/"),
        known.variable if address.rstrip("/") == known.endpoint else "",
        _command(config), config.get(_AI + "replay"), config.get(_AI + "record"),
        _limits(config), _whole(config, "contextTokens", CONTEXT_TOKENS),
        _whole(config, "maxTokens", MOST_TOKENS),
        _amount(config, "maxCost"), price_of(config, chosen),
    )  # fmt: skip


def require_chat(settings: Settings) -> None:
    """Raise Usage where there is nobody to talk with."""
    if settings.speaks == BUILTIN:
        raise Usage(
            "no model is set, and the built-in reviewer cannot talk",
            f"choose {HINT} (or openai, anthropic, openrouter, ollama, command); "
            "its key: in DEEPSEEK_API_KEY, or see git naturecode session chat --help",
        )


def price_of(config: Config, model: str) -> Price | None:
    """What `model` costs by `naturecode.ai.price.MODEL.in` and `.out`; None: not set."""
    found = [_amount(config, f"price.{model}.{way}") for way in ("in", "out")]
    if found[0] is None or found[1] is None:
        return None
    return Price(found[0], found[1])


def _model(
    config: Config, name: str, known: Known, asked: str | None, suggested: str | None
) -> tuple[str, str]:
    own = config.get(_AI + "model")
    # A model that was set belongs to the provider that was set.
    if own and name != (config.get(_AI + "provider") or name):
        own = ""
    for chosen, origin in ((asked, "option"), (own, "config")):
        if chosen:
            return _proper(chosen), origin
    if suggested and known.speaks in (OPENAI, ANTHROPIC):
        return _proper(suggested), "team"
    if known.speaks in (OPENAI, ANTHROPIC) and not known.model:
        raise Usage(
            f"which model of {name}?",
            "name one: --model NAME, for good: git config --global naturecode.ai.model NAME",
        )
    return known.model, "default"


def _proper(model: str) -> str:
    if not model.isprintable() or len(model) > 200 or model != model.strip():
        raise Usage(f"{model[:50]!r} cannot be the name of a model", "write it as its host does")
    return model


def _check_endpoint(address: str) -> None:
    try:
        parts = urlsplit(address)
        is_sound = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_sound = is_sound and parts.port != 0 and not parts.query and not parts.fragment
        has_user = "@" in parts.netloc
    except ValueError:
        is_sound = has_user = False
    if has_user:
        raise Usage(
            "the address of the model holds a user or a password",
            "set it without, and give the key in NATURECODE_AI_KEY",
        )
    if not is_sound:
        raise Usage(
            f"{address!r} cannot be the address of a model",
            "git config --global naturecode.ai.endpoint https://HOST/v1",
        )


def _command(config: Config) -> tuple[str, ...]:
    """The words of the command: one value is split as a shell would, several are its words."""
    values = config.all(_AI + "command")
    if len(values) != 1:
        return tuple(values)
    try:
        return tuple(shlex.split(values[0]))
    except ValueError:
        raise Usage(
            f"{values[0]!r} has a quote that is not closed", "see naturecode.ai.command"
        ) from None


def _limits(config: Config) -> Limits:
    seconds = _amount(config, "timeout")
    temperature = _amount(config, "temperature")
    usual = Limits()
    whole = float(seconds) if seconds else SECONDS
    return usual._replace(
        temperature=TEMPERATURE if temperature is None else float(temperature),
        tokens=_whole(config, "answerTokens", ANSWER_TOKENS),
        seconds=whole, silence=min(usual.silence, whole), connect=min(usual.connect, whole),
    )  # fmt: skip


def _whole(config: Config, name: str, usual: int) -> int:
    found = config.number(_AI + name, usual)
    if found <= 0:
        raise Usage(f"{_AI}{name} is {found}", "a number above 0")
    return found


def _amount(config: Config, name: str) -> Decimal | None:
    text = config.get(_AI + name)
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or not 0 <= found <= MOST_COST:
        raise Usage(f"{_AI}{name} is {text!r}", "a number from 0 on, as 2.50")
    return found
