"""How code in JavaScript calls things: sources of untrusted values, and what cleans them."""

import re

from git_naturecode.ai.builtin.taint.values import EVERY, HTML, PATH, SHELL, SQL

_OUTSIDE = re.compile(
    r"^(?:this\.)?(?:req|request|ctx|ctx\.request|context\.req|event)\.(?:query|body|params|headers"
    r"|cookies|url|originalUrl|path|hostname|files?|rawBody|queryStringParameters|pathParameters"
    r"|querystring|param|get|header)\b"
    r"|^(?:window\.|document\.|self\.|globalThis\.)?location\.(?:search|hash|href|pathname)\b"
    r"|^document\.(?:URL|documentURI|referrer|cookie|baseURI)\b|^window\.(?:name|opener)\b"
    r"|^(?:this\.)?(?:\$route|\$router|router|route)\.(?:query|params)\b|searchParams\.get(?:All)?$"
    r"|^(?:useParams|useSearchParams|useQuery|prompt)$|^new URLSearchParams$"
)
_GIVEN = re.compile(r"^process\.argv\b|^(?:e|event|evt|msg|message)\.data\b")
_NUMBERS = frozenset((
    "parseInt", "parseFloat", "Number", "Boolean", "BigInt", "toFixed", "getTime", "randomUUID",
    "digest", "indexOf", "hash", "toISOString", "now", "test", "includes", "startsWith", "endsWith",
    "isNaN", "has", "uuid", "uuidv4", "nanoid", "random", "floor", "round", "ceil",
))  # fmt: skip
_CLEANS = {
    "encodeURIComponent": {HTML, SHELL, PATH, SQL}, "encodeURI": {HTML}, "escape": {HTML, SQL},
    "escapeId": {SQL}, "basename": {PATH}, "createTextNode": {HTML}, "quote": {SHELL},
    "literal": {SQL}, "shellescape": {SHELL}, "encode": {HTML}, "identifier": {SQL},
    "render": {HTML}, "renderToString": {HTML},
}  # fmt: skip
_GENERIC = re.compile(
    r"saniti[sz]|escape|purify|whitelist|allow_?list|stripTags|htmlEntities", re.I
)
_CHECKS = re.compile(
    r"saniti[sz]e|^valid|isValid|isSafe|isAllowed|assert[A-Z]\w*Safe|check\w*(?:Path|Name|Input|Valid)"
    r"|^is(?:Alphanumeric|Int|Integer|Numeric|UUID|SafeInteger|Finite)$|^(?:parse|safeParse)Schema"
)
_ALLOWED = re.compile(r"^[A-Z][A-Z0-9_]*$|allow|valid|known|white|permitted|supported", re.I)


def last(name: str) -> str:
    """The last name of a dotted one."""
    return name.rpartition(".")[2]


def is_outside(name: str) -> bool:
    """True for a name under which code gets at what came from outside."""
    return bool(_OUTSIDE.search(name))


def is_given(name: str) -> bool:
    """True for one under which it gets at what whoever started or called it has given."""
    return bool(_GIVEN.match(name))


def cleans(name: str) -> frozenset[str]:
    """For what the result of the function `name` is clean."""
    short = last(name)
    if short in _NUMBERS or _GENERIC.search(short):
        return EVERY
    return frozenset(_CLEANS.get(short, ()))


def checks(name: str) -> bool:
    """True for the name of a function that looks whether what it is given may pass."""
    return bool(_CHECKS.search(last(name)))


def is_allowed(name: str) -> bool:
    """True for the name of a list of what may pass."""
    return bool(_ALLOWED.search(last(name)))
