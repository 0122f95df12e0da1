"""What went wrong between us and a host, in our own words and without a key in them."""

import email.utils
import re
import time
from collections.abc import Callable, Mapping

from git_naturecode.ai.providers.protocol import Kind, ProviderFailed
from git_naturecode.render.show import line

_MOST_SAID = 200  # characters of what a host wrote
_LEAST_KEY = 6
_KINDS: dict[int, Kind] = {
    401: "auth", 402: "auth", 403: "auth", 408: "server", 409: "server", 413: "too large",
    429: "rate",
}  # fmt: skip
_HINTS: dict[Kind, str] = {
    "auth": "is the key right, and is there credit left? how to give one: "
    "git naturecode session chat --help",
    "rate": "wait, or ask for more at the host",
    "too large": "ask about less, or use a model that takes more",
}
_NO_MONEY = ("insufficient_quota", "insufficient balance", "credit balance", "billing")
_TOO_LONG = ("context length", "context_length", "maximum context", "too long", "context window")


def of_status(
    host: str, status: int, said: str, headers: Mapping[str, str], key: str = ""
) -> ProviderFailed:
    """The failure of a host that answered with `status` and wrote `said`."""
    if 300 <= status < 400:
        return ProviderFailed(
            f"{host} sends questions on to another place, where nothing of yours is sent",
            hint="set the address that it means: git config naturecode.ai.endpoint URL",
        )
    lower = said.lower()
    kind = _KINDS.get(status, "server" if status >= 500 else "unknown")
    if kind == "rate" and any(word in lower for word in _NO_MONEY):
        kind = "auth"
    if status == 400 and any(word in lower for word in _TOO_LONG):
        kind = "too large"
    hint = _HINTS.get(kind, "")
    if status == 404:
        hint = "is the model spelt right, and does the address end where the host says? (/v1)"
    told = short(said, key)
    return ProviderFailed(
        f"{host} answered {status}" + (f": {told}" if told else ""), kind=kind, hint=hint,
        retry_after=wanted_pause(headers),
    )  # fmt: skip


def unreachable(host: str, why: str, *, is_here: bool) -> ProviderFailed:
    """The failure of a host that cannot be reached; one that is this machine is not asked again."""
    reason = short(re.sub(r"^\[Errno -?\d+\] ", "", why)) or "no answer"
    return ProviderFailed(
        f"{host} cannot be reached ({reason})", kind="unknown" if is_here else "server",
        hint="is the server running?" if is_here else "is there a network, and is the name right?",
    )  # fmt: skip


def broken(host: str) -> ProviderFailed:
    """The failure of a connection that ended before the answer did."""
    return ProviderFailed(f"{host} broke off before its answer was complete", kind="cut")


def silent(host: str, seconds: float) -> ProviderFailed:
    """The failure of a host that says nothing for too long."""
    return ProviderFailed(f"{host} said nothing for {seconds:g} seconds", kind="time")


def nonsense(host: str, kind: str = "") -> ProviderFailed:
    """The failure of a host that answers something else (of type `kind`) than such services do."""
    return ProviderFailed(
        f"what {host} answered is no answer of a model" + (f" but {short(kind)}" if kind else ""),
        hint="is naturecode.ai.endpoint the address of such a service?",
    )


def short(said: str, key: str = "") -> str:
    """`said` in one line of no great length, without `key` in it."""
    told = said[: 50 * _MOST_SAID]
    if len(key) >= _LEAST_KEY:
        told = told.replace(key, "***")
        half = len(key) // 2  # hosts quote a part of it
        told = told.replace(key[:half], "***").replace(key[half:], "***")
    told = line(told)
    return told if len(told) <= _MOST_SAID else told[:_MOST_SAID] + "…"


def wanted_pause(headers: Mapping[str, str], now: Callable[[], float] = time.time) -> float | None:
    """The seconds that a host wants to be left alone for (RFC 9110, 10.2.3); None: it names none.

    Also read is `retry-after-ms`, which some hosts send because a second is long.
    """
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        text = headers.get(name, "").strip()
        if text.replace(".", "", 1).isdecimal() and text.isascii():
            return float(text) / unit
    try:
        date = email.utils.parsedate_tz(headers.get("retry-after", ""))
        return None if date is None else max(0.0, email.utils.mktime_tz(date) - now())
    except (ValueError, OverflowError):  # no day of any calendar
        return None


def told(host: str, said: str, key: str = "") -> ProviderFailed:
    """The failure of a host that began to answer and then told of an error."""
    why = short(said, key)
    return ProviderFailed(f"{host} gave up" + (f": {why}" if why else ""), kind="server")
