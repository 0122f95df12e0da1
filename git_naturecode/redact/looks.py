"""Whether a value looks like a secret, or like what stands in code in the place of one."""

import math
import re
from collections import Counter

_PIECES = re.compile(r"[^A-Za-z0-9]+")
_HUMPS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
# What is written in the place of a secret, in lower case; `in` is quicker than a long alternation.
_PLACEHOLDERS = (
    *("example", "changeme", "change-me", "change_me", "placeholder", "your", "redacted", "dummy"),
    *("fake", "sample", "foobar", "lorem", "insert", "xxx", "***", "...", "…", "todo", "<", ">"),
    *("${", "{{", "%(", "%s", "$(", "#{", "123456", "test", "mock", "secret", "passw", "token"),
    *("credential", "apikey", "api-key", "api_key", "undefined", "default", "optional", "required"),
    *("string", "boolean", "invalid", "missing", "hidden", "empty", "disabled", "enabled"),
    *("unknown", "unset", "value", "localhost", "hunter2hunter2"),
)
_REPEATED = re.compile(r"(.)\1{4}")
_CODE = re.compile(
    r"""\$                                   # a variable
    |[A-Za-z_][\w.]*\s*[(\[{]                 # a call, an index, a literal
    |(?:self|this|os|process|env|config|settings|cfg|opts|options|args|req|request|ctx)[.?\[]
    |[a-z][a-z0-9+.-]*://                     # an address (its password has a rule of its own)
    |\.{0,2}/[\w.-]+/|~/|[A-Za-z]:\\          # a path
    |arn:|op:|vault:|sm:|ssm:|file:|env:|ref\+
    |[&|@%!?^~,;:=+)(\]\[}{-]*$               # nothing but punctuation
    |--?[a-z]                                 # an option
    |(?:null|none|nil|true|false|yes|no|undefined|nan)$
    |v?\d+(?:\.\d+)+$|\d{1,2}:\d\d|\d{4}-\d\d-\d\d""",
    re.I | re.X,
)
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:(?:\.|::|->|\?\.)[A-Za-z_]\w*)+$")
_FILE = re.compile(r"[\w./-]+\.(?:[a-z]{1,4}|json5?|yaml|toml|local)$")
_HASH = re.compile(
    r"(?:sha\d+[-:].*|[0-9a-f]{7,64}|[0-9a-f]{128}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$",
    re.I,
)
_FLOOR = 2.5


def entropy(text: str) -> float:
    """Shannon entropy of the characters of `text`, in bits per character."""
    total = len(text)
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values()) if total else 0.0


def looks_random(text: str, least: int) -> bool:
    """True when some piece of `least` letters and digits or more is not made of words, numbers."""
    return any(_mixed(piece) for piece in _PIECES.split(text) if len(piece) >= least)


def _mixed(piece: str) -> bool:
    """Letters and digits mixed, or cases mixed, more often than words and names do it."""
    humps = _HUMPS.findall(piece)
    digits = sum(c.isdigit() for c in piece)
    if digits in (0, len(piece)):
        return len(humps) * 3 > len(piece) + 3 and entropy(piece) > 3
    # "sha256sum" or "step12" change once between letters and digits; random text does it often.
    return len(humps) >= 3 and len(humps) * 5 >= len(piece)


def is_hash(value: str) -> bool:
    """True for what names content or things: object ids, checksums, UUIDs."""
    return bool(_HASH.match(value))


def is_stand_in(value: str) -> bool:
    """True for what stands in the place of a secret: placeholder, variable, call, path, type."""
    lower = value.lower()
    return any(word in lower for word in _PLACEHOLDERS) or bool(
        _CODE.match(value) or _DOTTED.match(value) or _FILE.match(value) or _REPEATED.search(value)
    )


def looks_secret(value: str, *, strong: bool, literal: bool) -> bool:
    """Whether `value`, standing behind a word such as password or token, is a secret.

    `strong`: the word names nothing but secrets (password, api_key). `literal`: the value is
    written as text (quoted, or behind `KEY=`), not as an expression of a program.
    """
    if len(value) < (6 if strong else 16) or " " in value:
        return False
    if not strong:
        return looks_random(value, least=8) and not (
            is_hash(value) or entropy(value) < _FLOOR or is_stand_in(value)
        )
    if value.isalpha():
        return len(value) >= 16 and _mixed(value) and not is_stand_in(value)
    if is_stand_in(value) or entropy(value) < 2:
        return False
    return (literal and len(value) >= 8) if value.isdigit() else _strong(value, literal)


def _strong(value: str, literal: bool) -> bool:
    """A value with more than letters: words joined by dashes and dots are names, not secrets."""
    words = [w for w in _PIECES.split(value) if w]
    plain = all(w.isdigit() or w.isalpha() for w in words)
    if plain and re.fullmatch(r"[\w.,:/-]+", value):
        return False
    if looks_random(value, least=8):
        return True
    return literal and (len(value) >= 8 or any(c.isdigit() for c in value))
