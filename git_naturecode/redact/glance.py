"""A glance at a text that tells, at the speed of memory, which rules have to look at it.

Nearly all text holds nothing that any rule could find. The rules are regular expressions, at 10
to 100 ns a character; `bytes.translate` and `in` take about 1 ns, so they go first.
"""

RUN = 20
LEAST = 40
_BEFORE = 5

_ALNUM = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_WORD_SHAPE = bytes(120 if i in _ALNUM or i in b"_-" else 32 for i in range(256))
_BASE64_SHAPE = bytes(120 if i in _ALNUM or i in b"+/_-" else 32 for i in range(256))
_LONG_WORD = b"x" * RUN
_LONG_BASE64 = b"x" * LEAST
_NO_LETTER = bytes(i for i in range(256) if i not in _ALNUM - frozenset(b"0123456789") | {*b"=:/"})
_FOLD = bytes(i + 32 if 65 <= i <= 90 else 58 if i == 61 else i for i in range(256))
# Looked for in a copy of nothing but letters in lower case, slashes and colons (`=` is one too), so
# that all spellings of a word are one. The words behind are only looked for where the first is.
_SIGNS: tuple[tuple[bytes, tuple[bytes, ...]], ...] = (
    (b"pass", (b"passw", b"passphrase", b"passcode")),
    (b"pwd", (b"pwd",)),
    (b"secret", (b"secret",)),
    (b"token", (b"token",)),
    (b"credential", (b"credential",)),
    (b"key", (b"key:", b"apikey", b"accesskey", b"privatekey")),
    (b"auth", (b"auth:", b"authoriz")),
    (b"bearer", (b"bearer",)),
    (b"://", (b"://", b"curl", b"slackcom/", b"discord", b"webhookoffice")),
)


def one_byte_each(text: str) -> bytes:
    """`text` with one byte per character (? for all but ASCII), so that places are the same."""
    return text.encode("ascii", "replace")


def signs_in(data: bytes) -> set[bytes]:
    """The words of `data` that call for a rule, as `_SIGNS` has them."""
    folded = data.translate(_FOLD, _NO_LETTER)
    hits = [words for word, words in _SIGNS if word in folded]
    return {word for words in hits for word in words if word in folded} if hits else set()


def base64_runs(data: bytes) -> list[tuple[int, int]]:
    """Start and end of the runs of `data` that are long enough to be looked into."""
    shape = data.translate(_BASE64_SHAPE)
    at = shape.find(_LONG_BASE64)
    runs = []
    while at >= 0:
        end = shape.find(b" ", at + LEAST)
        if end < 0:
            end = len(data)
        runs.append((at, end))
        at = shape.find(_LONG_BASE64, end)
    return runs


def has_folds(data: bytes) -> bool:
    """True when a backslash ends a line of `data` (or of a JSON string in it)."""
    if b"\\" not in data:
        return False
    return b"\\\n" in data or b"\\\\\\" in data or (b"\r" in data and b"\\\r" in data)


def long_runs(data: bytes) -> bytes:
    """The runs of 20 or more word characters of `data`, since every token has one.

    Before each come a blank, the few characters before it, and a blank.
    """
    shape = data.translate(_WORD_SHAPE)
    at = shape.find(_LONG_WORD)
    if at < 0:
        return b""
    runs = [b""]
    while at >= 0:
        end = shape.find(b" ", at + RUN)
        if end < 0:
            end = len(data)
        runs.append(data[at - _BEFORE if at > _BEFORE else 0 : at])
        runs.append(data[at:end])
        at = shape.find(_LONG_WORD, end)
    return b" ".join(runs)
