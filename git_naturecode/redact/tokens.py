"""Secrets that tell by their form what they are: tokens with the prefix of the service."""

import base64
import binascii
import json
import re
from collections.abc import Iterator

from .forms import FORMS, TOKEN
from .looks import looks_random
from .spans import Span

_WEB_TOKEN = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){0,4}")
_AWS_SECRET = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_AWS_NEAR = 240
_PLACEHOLDER = re.compile(r"EXAMPLE|(.)\1{7}|x{6}|1234567890|abcdefghij", re.I)


def find_tokens(text: str) -> Iterator[Span]:
    """Tokens that carry their service's prefix, JSON web tokens, and AWS secrets near AWS ids."""
    for match in TOKEN.finditer(text):
        rule = FORMS[int((match.lastgroup or "r0")[1:])].rule
        if _real(rule, match[0]):
            yield Span(match.start(), match.end(), rule)
            if rule == "aws-key":
                yield from _aws_secrets(text, match.start(), match.end())
    yield from _web_tokens(text)


def _real(rule: str, token: str) -> bool:
    if _PLACEHOLDER.search(token):
        return False
    if rule in ("openai-key", "slack-token", "gitlab-token"):
        return looks_random(token.partition("-")[2], least=8)
    return rule == "aws-key" or any(c.isdigit() for c in token)


def _aws_secrets(text: str, start: int, end: int) -> Iterator[Span]:
    first = max(0, start - _AWS_NEAR)
    for match in _AWS_SECRET.finditer(text, first, end + _AWS_NEAR):
        if looks_random(match[0], least=16):
            yield Span(match.start(), match.end(), "aws-secret")


def _web_tokens(text: str) -> Iterator[Span]:
    """JSON web tokens: three or five base64 parts of which the first is a JSON header.

    Goes on behind the first part after each vain try, so that it is linear.
    """
    at = text.find("eyJ")
    while at >= 0:
        match = _WEB_TOKEN.match(text, at)
        whole = match[0].rstrip(".") if match else "eyJ"
        header, _, rest = whole.partition(".")
        end = at + len(header)
        if len(rest) >= 8 and _is_header(header):
            end = at + len(whole)
            yield Span(at, end, "jwt")
        at = text.find("eyJ", end)


def _is_header(part: str) -> bool:
    if len(part) > 4096:
        return False
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return False
    return isinstance(header, dict) and ("alg" in header or "typ" in header)
