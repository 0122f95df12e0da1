"""Secrets by their place: passwords in addresses, and what stands in Authorization headers."""

import base64
import binascii
import re
from collections.abc import Iterator

from .looks import is_hash, is_stand_in, looks_random
from .spans import Span

WEBHOOKS = frozenset([b"slackcom/", b"discord", b"webhookoffice"])
_SLASHES = re.compile(r":(?://|\\/\\/)")
_USER = re.compile(r"([^\s/:@\"'`<>\\|()]{0,200})(?::([^\s/\"'`<>\\|]{1,500}))?@(?=[\w\[.$%{-])")
_WEAK = re.compile(
    r"(?:pass(?:word|wd)?|pwd?|p|secret|token|key|user|username|u|x+|\d{1,5}[/?].*)$", re.I
)
_SCHEME = re.compile(
    r"\\*[\"']?[ \t]{0,4}[:=,][ \t]{0,4}(?:[a-z]{0,2}\\*[\"'`])?[ \t]{0,4}"
    r"(?:(basic|bearer|token|apikey|digest|bot)[ \t]{1,4})?([^\s\"'`\\,;<>]{6,4096})",
    re.I,
)
_BEARER = re.compile(r"[ \t:=]{1,4}\\*[\"'`]?([A-Za-z0-9._~+/=-]{16,4096})")
_CURL_USER = re.compile(
    r"(?:\s-u|\s--user)[ =]{0,2}\\*[\"']?([^\s:\"'\\]{1,100}):([^\s\"'\\]{4,200})"
)
_WEBHOOK = re.compile(
    r"(?P<slack>hooks\.slack\.com\\?/(?:services|workflows|triggers)\\?/[\w\\/-]{20,255})"
    r"|discord(?:app)?\.com\\?/api\\?/(?:v\d+\\?/)?webhooks\\?/[\w\\/-]{40,255}"
    r"|webhook\.office\.com\\?/webhookb2\\?/[\w@\\/-]{40,512}"
)


def find_webhooks(text: str) -> Iterator[Span]:
    """Addresses of chat webhooks: who knows one may post."""
    for match in _WEBHOOK.finditer(text):
        if looks_random(match[0], least=20) and "XXXX" not in match[0]:
            yield Span(match.start(), match.end(), "slack-webhook" if match["slack"] else "webhook")


def find_addresses(text: str) -> Iterator[Span]:
    """The password, or the token in the place of a user, of each address `scheme://...@host`."""
    for mark in _SLASHES.finditer(text):
        match = _USER.match(text, mark.end())
        if match is None:
            continue
        group = 2 if match[2] is not None else 1
        value = match[group]
        if group == 1 and not looks_random(value, least=16):
            continue
        if value and not _WEAK.match(value) and not _stand_in(value):
            yield Span(match.start(group), match.end(group), "url-password")


def _stand_in(value: str) -> bool:
    return value.startswith(("$", "{", "%(", "<", "[", "*")) or "..." in value


def find_authorizations(text: str, lower: str) -> Iterator[Span]:
    """Credentials of Authorization headers, of `Bearer ...` anywhere and of `curl -u`."""
    for at in _places(lower, "uthorization"):
        match = _SCHEME.match(text, at)
        if match and _credential((match[1] or "").lower(), match[2]):
            yield Span(match.start(2), match.end(2), "authorization")
    for at in _places(lower, "bearer"):
        match = _BEARER.match(text, at)
        if match and _credential("bearer", match[1]):
            yield Span(match.start(1), match.end(1), "authorization")


def find_curl_users(text: str) -> Iterator[Span]:
    """Passwords given to curl on its command line."""
    for match in _CURL_USER.finditer(text):
        if not is_stand_in(match[2]):
            yield Span(match.start(2), match.end(2), "authorization")


def _places(lower: str, word: str) -> Iterator[int]:
    at = lower.find(word)
    while at >= 0:
        yield at + len(word)
        at = lower.find(word, at + len(word))


def _credential(scheme: str, value: str) -> bool:
    if scheme == "basic":
        return _is_pair(value)
    if is_stand_in(value):
        return False
    return looks_random(value, least=12) or (bool(scheme) and len(value) >= 32 and is_hash(value))


def _is_pair(value: str) -> bool:
    try:
        text = base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (ValueError, binascii.Error):
        return False
    return b":" in text
