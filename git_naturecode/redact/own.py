"""The user's own secrets: which values of his environment they are, how they may be written."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

from .context import is_secret_key
from .links import find_addresses
from .looks import is_stand_in, looks_random
from .spans import Span
from .tokens import find_tokens

LEAST = 6
_LINE = re.compile(
    r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*(.*?)[ \t]*\r?$", re.M
)
_WORD = re.compile(r"[A-Za-z]{1,15}|[a-z]+(?:[_-][a-z]+)+|\d{1,7}")
_RUN = re.compile(r"[A-Za-z0-9_-]+")


def own_secrets(environ: Mapping[str, str], dotenv: Iterable[str]) -> list[str]:
    """The values of the environment and of `.env` texts that look like secrets, longest first.

    A value is taken where its name says so (password, token, key ...) and it is no plain word,
    path or number, or where its own form says so. Of an address only the password is taken.
    """
    pairs = [*environ.items(), *(pair for text in dotenv for pair in _dotenv(text))]
    found = {secret for name, value in pairs for secret in _secrets_of(name, value)}
    return sorted(found, key=lambda value: (-len(value), value))


def _dotenv(text: str) -> Iterator[tuple[str, str]]:
    for name, value in _LINE.findall(text):
        if value[:1] in ("'", '"'):
            yield name, value[1:].partition(value[0])[0]
        else:
            yield name, re.split(r"\s#", value, maxsplit=1)[0].strip()


def _secrets_of(name: str, value: str) -> Iterator[str]:
    for span in (*find_tokens(value), *find_addresses(value)):
        yield value[span.start : span.end]
    strong = is_secret_key(name)
    if strong is None or len(value) < LEAST or _WORD.fullmatch(value) or "://" in value:
        return
    if "/" in value and not looks_random(value, least=12):
        return
    if strong or not is_stand_in(value):
        yield value


class Forms:
    """The ways in which the own secrets may stand in a text, and a quick test for them.

    Forms that hold a run of 20 word characters are only looked for among such runs of a text:
    these make up a tenth of it.
    """

    def __init__(self, secrets: Iterable[str], run: int) -> None:
        forms = {form for secret in secrets if len(secret) >= LEAST for form in _forms(secret)}
        ordered = sorted(forms, key=lambda form: (-len(form), form))
        self._in_runs: list[tuple[bytes, str]] = []
        self._anywhere: list[str] = []
        for form in ordered:
            longest = max(_RUN.findall(form), key=len, default="")
            if len(longest) >= run:
                self._in_runs.append((longest.encode(), form))
            else:
                self._anywhere.append(form)

    def __bool__(self) -> bool:
        return bool(self._in_runs or self._anywhere)

    def find(self, text: str, runs: bytes) -> Iterator[Span]:
        """Where the forms stand in `text`, whose long word runs are `runs`."""
        found = [form for form in self._anywhere if form in text]
        found += [form for core, form in self._in_runs if core in runs and form in text]
        for form in found:
            at = text.find(form)
            while at >= 0:
                yield Span(at, at + len(form), "own")
                at = text.find(form, at + 1)


def _forms(secret: str) -> set[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    escaped = json.dumps(secret)[1:-1]
    unescaped = json.dumps(secret, ensure_ascii=False)[1:-1]
    forms = {secret, escaped, unescaped, json.dumps(escaped)[1:-1], escaped.replace("/", "\\/")}
    forms |= {quote(raw, safe=""), quote(raw), quote_plus(raw)}
    forms |= {
        re.sub("%..", lambda match: match[0].lower(), form) for form in set(forms) if "%" in form
    }
    for skip in range(3):
        forms |= _base64_forms(raw, skip)
    if len(raw) >= 8:
        forms |= {raw.hex(), raw.hex().upper()}
    return {form for form in forms if len(form) >= LEAST}


def _base64_forms(raw: bytes, skip: int) -> set[str]:
    """What is sure to stand in a base64 text that holds `raw` after 3n + `skip` other bytes."""
    bits = base64.b64encode(b"\0" * skip + raw)
    first = (8 * skip + 5) // 6
    last = 8 * (skip + len(raw)) // 6
    core = bits[first:last].decode()
    # A short piece of base64 would be found in text that has nothing to do with the secret.
    return {core, core.replace("+", "-").replace("/", "_")} if len(core) >= 8 else set()
