"""Secrets by the word before them: `password=...`, `"api_key": "..."`, `--token ...`."""

import re
from collections.abc import Iterator, Set
from typing import NamedTuple

from .looks import looks_secret
from .spans import Span


class Word(NamedTuple):
    """A word that names secrets: how it is spelled, and whether it names nothing else."""

    pattern: re.Pattern[str]
    rule: str
    strong: bool


# By the sign that calls for it. Patterns begin with plain letters, which makes them quick.
WORDS = {
    b"passw": Word(re.compile(r"passw(?:or)?d"), "password", True),
    b"passphrase": Word(re.compile(r"passphrase"), "password", True),
    b"passcode": Word(re.compile(r"passcode"), "password", True),
    b"pwd": Word(re.compile(r"pwd"), "password", True),
    b"secret": Word(re.compile(r"secret"), "secret", True),
    b"apikey": Word(re.compile(r"api[ _-]?key"), "api-key", True),
    b"accesskey": Word(re.compile(r"access[ _-]?key"), "api-key", True),
    b"privatekey": Word(re.compile(r"private[ _-]?key"), "api-key", True),
    b"credential": Word(re.compile(r"credentials?"), "secret", False),
    b"token": Word(re.compile(r"token"), "token", False),
    b"auth:": Word(re.compile(r"auth(?![a-z])"), "token", False),
    b"key:": Word(re.compile(r"key(?=[\\\"'`\] \t]{0,4}[=:])"), "key", False),
}
_STRONG_HEAD = re.compile(
    r"(?:auth|access|refresh|bot|api|bearer|deploy|id|push|npm|git(?:hub|lab)?)[_.-]?$", re.I
)
_NOT_SECRET_HEAD = re.compile(
    r"(?:public|pub|max|min|num|total|next|page|continuation|sort|primary|foreign|partition"
    r"|cache|lookup|idempotency|no|is|has|use|require|forgot|reset|show|hide|count|prompt"
    r"|completion|input|output)[_.-]?$",
    re.I,
)
_HEAD = re.compile(
    r"(?:auth|access|refresh|bot|api|bearer|deploy|id|push|npm|git(?:hub|lab)?)[_.-]?$", re.I
)
_NOT_SECRET_HEAD = re.compile(
    r"(?:public|pub|max|min|num|total|next|page|continuation|sort|primary|foreign|partition|cache|lookup"
    r"|idempotency|no|is|has|use|require|forgot|reset|show|hide|count|prompt|completion|input|output)[_.-]?$",
    re.I,
)
_HEAD = re.compile(r"[\w.-]{0,40}$")
_CONTEXT = re.compile(
    r"(?P<tail>[\w.-]{0,40})"
    r"(?P<close>\\*[\"'`]|\\*[\"']?\])?"
    # the type that some languages write before the equals sign
    r"(?:[ \t]{0,20}:[ \t]{0,4}[A-Za-z_][\w.\[\]| ]{0,30}?(?=[ \t]{0,4}=[^=>]))?"
    r"[ \t]{0,20}(?P<sep>:=|=>|==?=?|:|>|,|(?<=[ \t])is[ \t]|(?<=[ \t]))[ \t]{0,20}"
    r"(?:[|>][+-]?[ \t]*\r?\n[ \t]+)?(?:[a-zA-Z]{0,2}(?=\\*[\"'`]))?"
    r"(?P<open>\\*(?:\"\"\"|\"|'''|'|`))?"
)
_NOT_SECRET_TAIL = re.compile(
    r"[_.-]?(?:name|file|path|url|uri|endpoint|type|count|limit|ids?|field|ref|label|input|hint"
    r"|len(?:gth)?|size|min|max|exp\w*|ttl|regexp?|pattern|prefix|suffix|env|var\w*|arn|version"
    r"|policy|class|column|usage|s|ize[drs]?|izer|izing|manager|provider|store|service|source"
    r"|status|format|style|error|required|strategy|map|err|rotation|reset|page|form|box|reader"
    r"|scopes?|host|port|user|role|mode|level|kind|method|index|config|kwarg)s?$",
    re.I,
)
_VALUE_MOST = 256
_VALUE = re.compile(rf"[^\s\"'`<>]{{1,{_VALUE_MOST}}}")
_LONG = re.compile(r"[^\s\"'`<>]*")
_AMPERSAND = re.compile(r"&(?=[\w.-]+=)|&amp;|\\[nrt\"']|\\u00")
_REST = 4096


def find_in_context(text: str, lower: str, signs: Set[bytes]) -> Iterator[Span]:
    """Values that stand behind a word such as password or token and look like secrets.

    `lower` is `text` in lower case, of the same length. Each try looks at a bounded stretch.
    """
    for sign, word in WORDS.items():
        if sign not in signs:
            continue
        done = 0
        for match in word.pattern.finditer(lower):
            if match.end() < done:
                continue
            span = _try(text, match.start(), match.end(), word)
            if span is not None:
                yield span
                done = span.end


def is_secret_key(key: str) -> bool | None:
    """Whether a mapping's `key` names secrets: True (nothing else), False (perhaps), None (no)."""
    lower = key.lower()
    for word in WORDS.values():
        match = word.pattern.search(lower + "=")
        if match and _kind(key[: match.start()], key[match.end() :], word) is not None:
            return bool(_kind(key[: match.start()], key[match.end() :], word))
    return None


def _kind(head: str, tail: str, word: Word) -> bool | None:
    """Strength of a word in its name (`head` + word + `tail`); None where it names no secret."""
    if tail and (_NOT_SECRET_TAIL.match(tail) or (tail[0].islower() and not word.strong)):
        return None
    if _NOT_SECRET_HEAD.search(head):
        return None
    if word.rule == "key" and not re.search(r"[A-Za-z0-9][_-]?$", head):
        return None
    return word.strong or (word.rule == "token" and bool(_STRONG_HEAD.search(head)))


def _try(text: str, start: int, end: int, word: Word) -> Span | None:
    context = _CONTEXT.match(text, end)
    if context is None:
        return None
    head_match = _HEAD.search(text[max(0, start - 40) : start])
    head = head_match[0] if head_match else ""
    sep = context["sep"].strip()
    flag = head.startswith("--") or text[max(0, start - len(head) - 2) : start].startswith("--")
    if not _joined(sep, flag, context, text, start - len(head)):
        return None
    strong = _kind(head, context["tail"], word)
    if strong is None:
        return None
    at = context.end()
    value = _quoted(text, at, context["open"]) if context["open"] else _bare(text, at)
    name = head + text[start:end]
    literal = (
        bool(context["open"])
        or flag
        or sep in (">", "is")
        or (sep == "=" and (name.replace("_", "").isupper() or _in_query(text, start - len(head))))
        or (sep == ":" and _fills_line(text, start - len(head), at + len(value)))
    )
    if sep == "is" and not any(c.isdigit() for c in value):
        return None
    if not looks_secret(value, strong=strong, literal=literal):
        return None
    end = at + len(value)
    return Span(at, _end(text, end) if len(value) >= _VALUE_MOST - 8 else end, word.rule)


def _joined(sep: str, flag: bool, context: "re.Match[str]", text: str, start: int) -> bool:
    """Whether what stands between the word and the value makes them a pair."""
    if sep == "":
        return flag
    if sep == ",":
        return bool(context["close"]) and bool(context["open"])
    if sep == ">":
        return start > 0 and text[start - 1] == "<"
    return True


def _in_query(text: str, start: int) -> bool:
    return text[max(0, start - 1) : start] in ("?", "&", ";")


def _fills_line(text: str, start: int, end: int) -> bool:
    """Whether a pair is all there is on its line, as in YAML, where quotes are not needed."""
    line = text.rfind("\n", max(0, start - 80), start) + 1 or max(0, start - 80)
    after = text[end : end + 2]
    return not text[line:start].strip(" \t-\"'") and (
        not after or after in ("\r\n", "\\n") or after[0] == "\n"
    )


def _quoted(text: str, at: int, quote: str) -> str:
    """The text from `at` to the closing `quote`; a bare value where there is none in reach."""
    stop = at + _REST
    end = text.find(quote, at, stop)
    while end > 0 and quote in ('"', "'") and _escaped(text, at, end):
        end = text.find(quote, end + 1, stop)
    if end < 0:
        return _bare(text, at)
    value = text[at:end]
    if "\n" in value:
        return value.split("\n", 1)[0].rstrip("\r")
    return value


def _escaped(text: str, at: int, end: int) -> bool:
    slashes = 0
    while end - slashes > at and text[end - slashes - 1] == "\\":
        slashes += 1
    return slashes % 2 == 1


def _bare(text: str, at: int) -> str:
    match = _VALUE.match(text, at)
    if match is None:
        return ""
    return _AMPERSAND.split(match[0], maxsplit=1)[0].rstrip(",;)]}.\\")


def _end(text: str, end: int) -> int:
    """Where a value goes on to that was looked at only as far as `end`."""
    rest = _LONG.match(text, end)
    return rest.end() if rest else end
