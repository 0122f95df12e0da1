"""What the text of an article refers to: articles, sessions, reviews, commits, code, files."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from git_naturecode.domain.kb import slugs
from git_naturecode.domain.kb.model import FOLDERS
from git_naturecode.domain.kb.prose import prose
from git_naturecode.domain.kb.targets import EMBED, HTML, WIKI, Target, plain, targets

ARTICLE, SESSION, REVIEW, ISSUE, COMMIT, CODE, FILE, HEADING = (
    "article", "session", "review", "issue", "commit", "code", "file", "heading",
)  # fmt: skip
MOST = 20_000
"""Of how many references of one text anything is looked up."""
_MOST_TOKEN = 1_000
_TOKEN = re.compile(r"[^\s<>()\[\]{}\"'`|,;*\u3000-\u303f\uff00-\uffef]+")
_HINT = re.compile(r"(?:session|review|issue|kb)-\d{8}-|commit:|[0-9a-f]{40}|#L\d|:\d")
"""Without any of it a line names nothing outside of links."""
_ENTITY = re.compile(
    r"(session|review|issue|kb)-\d{8}-[0-9a-hjkmnp-tv-z]{8}(?:#([0-9A-Za-z][\w.-]{0,99}))?"
)
_NAMED = re.compile(r"commit:([0-9a-f]{7,64})")
_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_CODE = re.compile(
    r"((?:[^\s:#/]{1,255}/){0,50}[^\s:#/]{1,255})"
    r"(?:#L(\d{1,9})(?:C\d+)?(?:-L?(\d{1,9})(?:C\d+)?)?|:(\d{1,9})(?:[-:,](\d{1,9}))?)"
)
_PLACE = re.compile(r"(.+?)(?:#L(\d{1,9})(?:-L?(\d{1,9}))?|:(\d{1,9})(?:[-,](\d{1,9}))?)", re.S)
_LINES = re.compile(r"L(\d{1,9})(?:C\d+)?(?:-L?(\d{1,9})(?:C\d+)?)?")
_NO_PAGE = re.compile(r"_[A-Z]+_$|-")
"""A table of contents where GitLab has one, and what a shell tests."""
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9_+-]{0,9}")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://\S*|www\.\S*")
_FILE = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_PAGE = re.compile(r"kb/(?:articles|snippets|practices|faqs)/([^/]+)\.md")
_KINDS = {"session": SESSION, "review": REVIEW, "issue": ISSUE, "kb": ARTICLE}


class Reference(NamedTuple):
    """Something that stands on `line` (from 1) of a text and leads to something else.

    `target` is a slug or id (ARTICLE), an id, a hash or the beginning of one (COMMIT), a path from
    the top of the repository (CODE), a SHA-256 (FILE), or "" (a HEADING of the text itself).
    `part` is what of it is meant: a heading, or the handle of a message or thread; `lines` those of
    a file, (0, 0) for all of it. `meant` is False where it is not a link but words that look so.
    """

    kind: str
    target: str
    part: str = ""
    lines: tuple[int, int] = (0, 0)
    line: int = 0
    text: str = ""
    meant: bool = True


def references(text: str, folder: str = FOLDERS["article"]) -> list[Reference]:
    """What `text`, that of an article which stands in `kb/<folder>/`, refers to, in its order.

    At most MOST of them. Takes time in proportion to the length of `text`.
    """
    starts = _Lines(text)
    found: list[tuple[int, Reference]] = []
    shown = prose(text)
    parts, at = [], 0
    for one in targets(text, shown):
        if one.start < at:
            continue
        if (reference := _linked(one, folder)) is not None:
            found.append((one.start, reference))
        parts += [shown[at : one.start], " " * (one.end - one.start)]
        at = one.end
    rest = "".join([*parts, shown[at:]])
    for start, reference in _bare(_URL.sub(lambda url: " " * len(url[0]), rest)):
        found.append((start, reference))
    found.sort(key=lambda pair: pair[0])
    return _once(one._replace(line=starts.of(start)) for start, one in found[:MOST])


def _once(found: Iterable[Reference]) -> list[Reference]:
    """`found` without what is the same on one line: `[session-ID#3](session-ID#3)` is one link."""
    kept: dict[tuple[object, ...], Reference] = {}
    for one in found:
        kept.setdefault((one.line, one.kind, one.target, one.part, one.lines), one)
    return list(kept.values())


class _Lines:
    """The numbers of lines by offsets that only grow."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.number = text, 0, 1

    def of(self, offset: int) -> int:
        self.number += self.text.count("\n", self.at, offset)
        self.at = max(self.at, offset)
        return self.number


def _linked(one: Target, folder: str) -> Reference | None:
    """What a link leads to; None for what is elsewhere, such as the web."""
    if one.form in (WIKI, EMBED):
        return _wiki(one)
    if (named := entity(plain(one.to))) is not None:
        return named._replace(text=one.to)
    if one.to.startswith("#"):
        return Reference(HEADING, "", one.part, text=one.to) if one.part else None
    if one.is_away or (one.form == HTML and not one.path):
        return None
    return _path(one.path, one.part, folder, one.to)


def _wiki(one: Target) -> Reference | None:
    if (named := entity(one.to)) is not None:
        return named._replace(text=one.to)
    if not one.path:
        return Reference(HEADING, "", one.part, text=one.to) if one.part else None
    if _NO_PAGE.match(one.path):
        return None
    if _CODE.fullmatch(one.to) and _looks_like_code(one.to):
        return _code(one.to, meant=True)
    if one.form == EMBED and _SUFFIX.search(one.path):
        return Reference(CODE, one.path, text=one.to)
    name = one.path.rpartition("/")[2].removesuffix(".md")
    return Reference(ARTICLE, slugs.slug_of(name, name), one.part, text=one.to)


def entity(word: str) -> Reference | None:
    """What `word` names by an id, a commit by `commit:` or a whole hash; None for other words."""
    if found := _ENTITY.fullmatch(word):
        return Reference(_KINDS[found[1]], word.partition("#")[0], found[2] or "", text=word)
    if found := _NAMED.fullmatch(word):
        return Reference(COMMIT, found[1], text=word)
    if _HASH.fullmatch(word):
        return Reference(COMMIT, word, text=word, meant=False)
    return None


def _path(path: str, part: str, folder: str, to: str) -> Reference | None:
    """What a relative destination means: a page, an attachment, or a file of the repository."""
    if "\0" in path or not path.strip("/"):
        return None
    whole = posixpath.normpath(posixpath.join("kb", folder, path))
    if not path.startswith("/"):
        if found := _FILE.fullmatch(whole):
            return Reference(FILE, found[2], text=to)
        if found := _PAGE.fullmatch(whole):
            return Reference(ARTICLE, found[1], part, text=to)
    inside = posixpath.normpath(path.lstrip("/"))
    while inside.startswith("../"):
        inside = inside[3:]
    if inside in (".", ".."):
        return None
    numbered = _LINES.fullmatch(part)
    lines = _range(numbered.groups()) if numbered else (0, 0)
    return Reference(CODE, inside, "" if lines != (0, 0) else part, lines, text=to)


def _bare(text: str) -> Iterator[tuple[int, Reference]]:
    """What is named outside of links."""
    start = 0
    for line in text.split("\n"):
        if _HINT.search(line):
            yield from ((start + at, one) for at, one in _in_line(line))
        start += len(line) + 1


def _in_line(line: str) -> Iterator[tuple[int, Reference]]:
    for token in _TOKEN.finditer(line):
        word = token[0]
        if len(word) > _MOST_TOKEN:
            continue
        word = word.rstrip(".:!?\u2026")
        if (named := entity(word)) is not None:
            yield token.start(), named
        elif ("#L" in word or ":" in word) and _looks_like_code(word):
            yield token.start(), _code(word, meant=False)


def _looks_like_code(word: str) -> bool:
    """True for `a/b.py:3`, false for `12:30`, `host.example:80` (no path) and the like."""
    found = _CODE.fullmatch(word)
    if found is None:
        return False
    name = found[1].rpartition("/")[2]
    suffix = posixpath.splitext(name)[1]
    return bool(_SUFFIX.fullmatch(suffix)) or ("/" in found[1] and "#L" in word)


def _code(word: str, *, meant: bool) -> Reference:
    found = _CODE.fullmatch(word)
    assert found is not None
    path = posixpath.normpath(found[1].lstrip("/") or ".")
    return Reference(CODE, path, lines=_range(found.groups()[1:]), text=word, meant=meant)


def _range(found: Sequence[str | None]) -> tuple[int, int]:
    numbers = [int(one) for one in found if one]
    return (numbers[0], max(numbers)) if numbers and numbers[0] else (0, 0)


def place(word: str) -> tuple[str, int, int] | None:
    """Path, first and last line of `FILE:10-20` or `FILE#L10-L20`, as somebody types it; None
    where it names no lines."""
    found = _PLACE.fullmatch(word)
    numbers = [int(one) for one in found.groups()[1:] if one] if found else []
    return (found[1], numbers[0], max(numbers)) if found and numbers[0] else None
