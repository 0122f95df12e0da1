"""Words of a text as the search counts them: parts of identifiers, pairs of Chinese characters."""

import re
from functools import lru_cache

OPEN, CLOSE = "\x02", "\x03"
"""Around a match in a snippet."""
_MORE, _END = "\x04", "\x05"  # around what is only for the index
_MARKS = dict.fromkeys(map(ord, (OPEN, CLOSE, _MORE, _END)), " ")
# Scripts that are written without spaces between words, and Hangul, whose words carry endings.
_DENSE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0002ffff"
_RUN = re.compile(f"[{_DENSE}]+")
_IDENTIFIER = re.compile(
    r"[A-Za-z][A-Za-z0-9]*[a-z0-9][A-Z][A-Za-z0-9]*|[A-Z]{2,}[a-z][A-Za-z0-9]*"
)
_HUMP = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+[0-9]*")
_CLASSES = (
    bytes(
        b"a"[0] if chr(c).islower() or chr(c).isdigit() else b"A"[0] if chr(c).isupper() else 32
        for c in range(128)
    )
    + b" " * 128
)
_INNER = re.compile(b"aA|AAa")
_EXPANSION = re.compile(f"{_MORE}([^{_END}]*){_END}")
_MATCH = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
# Words that say nothing in a question; they count where a query has no others.
_STOP_WORDS = """
a about all an and any are as at be been being but by can could did do does for from had has have
how i if in into is it its may me must my no not of on or our should so such than that the their
then there these they this to was we were what when where which who why will with would you your
"""
STOP = frozenset(_STOP_WORDS.split())
_DENSE_STOP = re.compile(
    "为什么|什么时候|怎么办|怎么样|怎么|怎样|什么|如何|是不是|能不能|要不要|可不可以|有没有|哪些|哪个|哪里|"
    "多少|多久|几次|为何|应该|可以|需要|能否|是否|还是|以及|或者|我们|他们|你们|它们|一个|一下|这个|那个|"
    "这些|那些|的|了|吗|呢|吧|啊"
)
MOST_WORDS = 64  # of a query
_BEFORE, _WIDTH = 40, 160
_SHORT = 64  # characters of a word that is worth remembering


def expanded(text: str) -> str:
    """`text` as it is indexed: identifiers and dense scripts followed by their parts, marked."""
    if _MORE in text or _END in text or OPEN in text or CLOSE in text:
        text = text.translate(_MARKS)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    classes = text.encode("ascii", "replace").translate(_CLASSES)
    if b"aA" in classes or b"AAa" in classes:
        text = _with_parts(text, classes)
    return text if text.isascii() else _RUN.sub(_with_pairs, text)


def headed(title: str, text: str) -> str:
    """`text`, expanded, with the words of `title` before it, which only the index sees."""
    words = expanded(title).translate(_MARKS)
    return f"{_MORE} {words} {_END}\n{text}" if words.strip() else text


def _with_parts(text: str, classes: bytes) -> str:
    """`text` with the parts of its identifiers; `classes` are those of its characters.

    Only words with an inner capital are looked at, which is ten times faster than all.
    """
    made, done = [], 0
    for found in _INNER.finditer(classes):
        if found.start() < done:
            continue
        start = classes.rfind(b" ", done, found.start()) + 1 or done
        end = classes.find(b" ", found.end())
        end = len(text) if end < 0 else end
        word = text[start:end]
        made += [text[done:start], _known(word) if len(word) <= _SHORT else _parted(word)]
        done = end
    return "".join((*made, text[done:]))


def _parted(word: str) -> str:
    """A word of ASCII letters and digits with the parts of what is an identifier in it."""
    return _IDENTIFIER.sub(_with_humps, word)


_known = lru_cache(maxsize=4096)(_parted)  # the same few stand in nearly all texts


def plain(text: str) -> str:
    """A text that was made by `expanded` or `headed` without what is only for the index."""
    if text.startswith(f"{_MORE} "):
        text = text.partition(f"{_END}\n")[2]
    return _EXPANSION.sub("", text)


def inner(query: str) -> str:
    """`query` without what no text may hold."""
    return query.translate(_MARKS).encode("utf-8", "replace").decode()


def without_dense_stops(query: str) -> str:
    """`query` without Chinese words that say nothing in a question."""
    return query if query.isascii() else _DENSE_STOP.sub(" ", query)


def dense_runs(text: str) -> list[tuple[int, int]]:
    """Where runs of characters that are written without spaces begin and end in `text`."""
    return [] if text.isascii() else [found.span() for found in _RUN.finditer(text)]


def excerpt(marked: str) -> str:
    """The piece of a text around its matches; the text as `shown` gives it."""
    text = marked.lstrip("\n")
    best = _densest([found.start() for found in _MATCH.finditer(text)])
    start = max(0, best - _BEFORE) if len(text) > _WIDTH else 0
    if start:
        start = max(text.find(" ", start, best) + 1, text.rfind(OPEN, 0, start), start)
    end = min(len(text), start + _WIDTH)
    if end < len(text):
        space = text.rfind(" ", best, end)
        end = space if space > best else end
        opened, closed = text.rfind(OPEN, start, end), text.rfind(CLOSE, start, end)
        if opened > closed:  # never cut through a match
            end = text.find(CLOSE, opened) + 1
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def places(marked: str) -> int:
    """How many paragraphs of a text hold a match; the text as `shown` gives it."""
    return sum(OPEN in part for part in marked.split("\n\n"))


def matches(marked: str) -> list[str]:
    """The words that are marked in a text, each once; the text as `shown` gives it."""
    found: dict[str, str] = {}
    for one in _MATCH.findall(marked):
        found.setdefault(one.casefold(), " ".join(one.split()))
    return list(found.values())


def below_title(marked: str, title: str) -> str:
    """A text without the heading that says its title again; the text as `shown` gives it."""
    heading, _, rest = marked.lstrip("\n").partition("\n")
    plain_heading = heading.replace(OPEN, "").replace(CLOSE, "")
    is_title = plain_heading.startswith("# ") and plain_heading[2:].strip() == title.strip()
    return rest.lstrip("\n") if is_title else marked


def _with_humps(found: re.Match[str]) -> str:
    word = found[0]
    return f"{word}{_MORE} {' '.join(_HUMP.findall(word))} {_END}"


def _with_pairs(found: re.Match[str]) -> str:
    run = found[0]
    pairs = [run[i : i + 2] for i in range(len(run) - 1)]
    # An empty one before it parts it from a word of another script; the last character by itself
    # lets a query of one character find it wherever it stands.
    return f"{_MORE}{_END}{run}{_MORE} {' '.join((*pairs, run[-1]))} {_END}"


def term(word: str) -> list[str]:
    """What to look for in place of one word of a query, each quoted for FTS5."""
    if word.isascii():
        parts = [part for piece in word.split("_") for part in _HUMP.findall(piece)]
        longer = [part for part in parts if len(part) > 1 and part.lower() not in STOP]
        return [f'"{word}"', *(f'"{part}"' for part in longer if part != word)]
    found = []
    position = 0
    for run in _RUN.finditer(word):
        found += term(word[position : run.start()]) if run.start() > position else []
        pairs = [run[0][i : i + 2] for i in range(len(run[0]) - 1)]
        found += [f'"{pair}"' for pair in pairs] or [f'"{run[0]}" *']
        position = run.end()
    rest = word[position:]
    return found + ([f'"{rest}"'] if rest else [])


def shown(text: str) -> str:
    """A text as it was written, its matches marked; `text` is what is indexed, its matches marked.

    Matches in what is only for the index are marked in the word itself.
    """
    made, done = [], 0
    for found in _EXPANSION.finditer(text):
        made.append(text[done : found.start()])
        done = found.end()
        if OPEN in found[1] and (word := _LAST_WORD.search(made[-1])):
            made[-1] = made[-1][: word.start()] + _marked(word[0], _MATCH.findall(found[1]))
    return "".join((*made, text[done:]))


def _marked(word: str, parts: list[str]) -> str:
    """`word` with all `parts` of it marked; as it is where it is marked itself."""
    if OPEN in word or not parts:
        return word
    inside = [False] * (len(word) + 1)
    # A phrase that matched is several parts of one word: `Connection Pool`, pairs of characters.
    for part in dict.fromkeys(piece for one in parts for piece in one.split()):
        start = word.find(part)
        while start >= 0:
            inside[start : start + len(part)] = [True] * len(part)
            start = word.find(part, start + 1)
    made, before = [], False
    for character, now in zip((*word, ""), inside, strict=True):
        made.append((OPEN if now else CLOSE) * (now != before) + character)
        before = now
    return "".join(made)


_LAST_WORD = re.compile(r"[^\s]+$")


def _densest(starts: list[int]) -> int:
    """Where the stretch begins that holds the most matches."""
    best, most = 0, 0
    for i, start in enumerate(starts):
        count = sum(other < start + _WIDTH - _BEFORE for other in starts[i : i + 20])
        if count > most:
            best, most = start, count
    return best
