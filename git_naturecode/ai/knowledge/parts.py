"""A text in Markdown as its sections: what stands above them, and their paragraphs, lists, code."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from git_naturecode.render import inert

TEXT, LIST, CODE, TABLE, QUOTE = "text", "list", "code", "table", "quote"
_KINDS = {
    "paragraph_open": TEXT,
    "bullet_list_open": LIST,
    "ordered_list_open": LIST,
    "fence": CODE,
    "code_block": CODE,
    "table_open": TABLE,
    "blockquote_open": QUOTE,
}
_BOLD = re.compile(r"^(?:\d+[.)]\s+)?(\*\*|__)(?P<name>[^*_\n]{2,120}?)\1\s*[:：]?\s*$")
_LABEL = re.compile(
    r"^(\*\*|__)(?P<name>[^*\n]{2,80}?)(?P<inner>[:：]?)\1(?P<outer>\s*(?:[:：]|[-–—](?=\s))?)\s*"
    r"(?P<rest>\S.*)$",
    re.S,
)
_PLAIN_LABEL = re.compile(r"^(?P<name>[A-Z一-鿿][^:：\n.*`]{1,30})[:：]\s*(?P<rest>\S.*)$", re.S)
_ITEM = re.compile(r"^(?P<mark>[-*+]|\d{1,3}[.)])\s+(?P<rest>.*)$")
_MARKS = re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)")
_ORDINAL = re.compile(r"^(?:(?:step|phase|part)\s+)?\d+[.):]\s+", re.I)
BOLD = 7  # the level of what is only bold, or a bold word before a colon: below every heading


class Part(NamedTuple):
    """A block: `text` is its Markdown, `items` those of a list with all below them, `lang` that of
    code."""

    kind: str
    text: str
    items: tuple[str, ...] = ()
    lang: str = ""


class Section(NamedTuple):
    """What stands below one heading, or before the first one (`title` is empty).

    A line that is only bold is a heading, and so is a bold word before a colon (level BOLD).
    """

    title: str
    level: int
    parents: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """Its Markdown without the heading."""
        return "\n\n".join(part.text for part in self.parts)


def sections(text: str) -> list[Section]:
    """The sections of `text` in their order; of a text that is too long to be read, none."""
    if not inert.is_short(text):
        return []
    made: list[Section] = []
    above: list[tuple[int, str]] = []
    title, level, parts = "", 0, list[Part]()

    def close() -> None:
        if parts or title:
            parents = tuple(name for depth, name in above if depth < level)
            made.append(Section(title, level, parents, tuple(parts)))

    for depth, name, part in _blocks(text):
        if part is not None:
            parts.append(part)
            continue
        close()
        if title:
            above = [one for one in above if one[0] < level] + [(level, title)]
        title, level, parts = name, depth, []
    close()
    return made


class Topic(NamedTuple):
    """A section with what is bold within it: `fields` are (name, parts) of its level BOLD."""

    title: str
    parents: tuple[str, ...]
    parts: tuple[Part, ...]
    fields: tuple[tuple[str, tuple[Part, ...]], ...]


@lru_cache(maxsize=256)  # every rule asks for those of the same texts
def topics(text: str) -> tuple[Topic, ...]:
    """The sections of `text`, each with the bold ones below it as its fields."""
    made: list[Topic] = []
    for one in sections(text):
        if one.level < BOLD:
            made.append(Topic(one.title, one.parents, one.parts, ()))
            continue
        last = made.pop() if made else Topic("", (), (), ())
        if one.title:
            made.append(last._replace(fields=(*last.fields, (one.title, one.parts))))
        else:  # behind a rule
            made += [last, Topic("", (), one.parts, ())]
    return tuple(made)


def _blocks(text: str) -> Iterator[tuple[int, str, Part | None]]:
    """Each block of `text`: a heading as (level, words, None), all else as (0, "", part)."""
    rows = text.split("\n")
    tokens = _reader().parse(text)
    for at, token in enumerate(tokens):
        if token.level or token.map is None:
            continue
        source = "\n".join(rows[token.map[0] : token.map[1]]).strip("\n")
        if token.type == "heading_open":
            yield int(token.tag[1:]), plain(tokens[at + 1].content), None
        elif kind := _KINDS.get(token.type):
            bold = _BOLD.match(source) if kind == TEXT else None
            labelled = _LABEL.match(source) if kind == TEXT else None
            if bold:
                yield BOLD, plain(bold["name"]), None
            elif labelled and (labelled["inner"] or labelled["outer"].strip()):
                yield BOLD, plain(labelled["name"]), None
                yield 0, "", Part(TEXT, labelled["rest"])
            else:
                yield 0, "", _part(kind, source, token.info if kind == CODE else "")
        elif token.type == "hr":
            yield BOLD, "", None


@cache
def _reader() -> inert.Reader:
    return inert.Reader()


def _part(kind: str, source: str, info: str) -> Part:
    if kind == LIST:
        return Part(kind, source, tuple(_items(source)))
    if kind == CODE:
        return Part(kind, source, lang=info.split()[0].lower() if info.split() else "")
    return Part(kind, source)


def label(text: str) -> tuple[str, str]:
    """The words that `text` begins with, where they say what the rest is: `**Cause:** it ...`."""
    found = _LABEL.match(text)
    if found and (found["inner"] or found["outer"].strip()):
        return plain(found["name"]), found["rest"]
    found = _PLAIN_LABEL.match(text)
    return (plain(found["name"]), found["rest"]) if found else ("", text)


def _items(source: str) -> Iterator[str]:
    """The top-level items of a list, without their marks, with all that is indented below them."""
    rows = source.split("\n")
    indent = len(rows[0]) - len(rows[0].lstrip())
    current: list[str] = []
    for row in rows:
        found = _ITEM.match(row[indent:]) if not row[:indent].strip() else None
        if found:
            if current:
                yield "\n".join(current).rstrip()
            current = [found["rest"]]
        else:
            current.append(row)
    if current:
        yield "\n".join(current).rstrip()


def plain(text: str) -> str:
    """Words of Markdown without its marks and without a number before them."""
    words = _MARKS.sub("", " ".join(text.split())).strip(" :：")
    return _ORDINAL.sub("", words)
