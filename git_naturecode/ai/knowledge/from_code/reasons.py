"""Reasons that somebody wrote beside the code: because, instead of, on purpose, NOTE, WHY."""

import re
from collections.abc import Iterator, Sequence

from git_naturecode.ai.knowledge.from_code.facts import Noted
from git_naturecode.ai.knowledge.from_code.lexing import Lexed
from git_naturecode.ai.knowledge.from_code.sentences import code, sentences

_WEIGHED = (
    r"because|instead of|rather than|on purpose|deliberately|intentionally|by design"
    r"|we (?:decided|chose|prefer)|the reason (?:is|why|for this)|work(?:s|ed)? ?around"
)
_STRONG = re.compile(rf"\b(?:{_WEIGHED})\b", re.I)
_BECAUSE = re.compile(
    rf"\b(?:{_WEIGHED}|so that|to avoid|would otherwise)\b|,\s*since\b"
    r"|(?:^|[,;(]\s*|\. )(?:otherwise|else)\b",
    re.I,
)
_LABEL = re.compile(
    r"^\W{0,3}(NOTE|WHY|DECISION|RATIONALE|IMPORTANT|WARNING|HACK|INVARIANT)\b\W{1,3}(?=\w)"
)
_MARKS = re.compile(r"^[ \t]*(?:#+[!:]?|//[/!]?|/\*+!?|\*+/?|--)[ \t]?|[ \t]*\*+/[ \t]*$", re.M)
_NO_WORDS = re.compile(
    r"^(?:type:|noqa|pylint|mypy|ruff|fmt:|eslint|prettier|istanbul|pragma|@ts-|!/|-\*-)", re.I
)
_CODE = re.compile(
    r"[;{}=]\s*$|^[ \t]*(?:if|for|return|import|def|class|const|let|var)\b[^.]*[:({;]\s*$"
)
_LICENSE = re.compile(r"\b(?:copyright|licen[sc]ed?|warrant(?:y|ies)|spdx)\b", re.I)
_APART = re.compile(r"\n[ \t]*\n|\n(?=[ \t]*(?:[-*+•]|\d{1,2}[.)])[ \t]+\S)")
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,2}[.)])[ \t]+")
_MOST_ITEMS = 4  # of a list, that stand for it
MOST_OF_FILE = 12
_LEAST = 25  # characters of a reason that says something
_MOST_BLOCK = 4_000


def blocks(read: Lexed) -> Iterator[tuple[int, int, str]]:
    """The comments with first line, last line and words; those on lines by themselves that follow
    each other are one."""
    first = last = 0
    words: list[str] = []
    line, done = 1, 0
    for comment in read.comments:
        line += read.text.count("\n", done, comment.start)
        done = comment.start
        start = read.text.rfind("\n", 0, comment.start) + 1
        is_alone = not read.text[start : comment.start].strip()
        height = comment.text.count("\n")
        if words and not (is_alone and line == last + 1):
            yield first, last, "\n".join(words)
            words = []
        if not words:
            first = line
        words.append(comment.text)
        last = line + height
        if not is_alone:
            yield first, last, "\n".join(words)
            words = []
    if words:
        yield first, last, "\n".join(words)


def stripped(comment: str) -> str:
    """The words of a comment without its marks."""
    return _MARKS.sub("", comment[:_MOST_BLOCK]).strip()


def noted(read: Lexed, docs: Sequence[tuple[int, int, str]]) -> tuple[Noted, ...]:
    """The reasons in the comments of a file, and in `docs` (first line, last line, text).

    The first sentence of a docstring says what something is, and is not looked at.
    """
    found: list[Noted] = []
    written = list(docs)
    for first, last, comment in blocks(read):
        if comment.startswith(("/**", "///", "//!")):
            written.append((first, last, stripped(comment)))
        elif _BECAUSE.search(comment) or _LABEL.search(stripped(comment)):
            beside = _beside(read, first) if first == last else ""
            found += _reasons(stripped(comment), first, last, beside, in_comment=True)
    for first, last, text in written:
        if _STRONG.search(text):
            head = _APART.split(text, maxsplit=1)[0]
            said = sentences(head)
            # All of it, where it is one sentence that a list goes on with.
            rest = " ".join(said if len(said) == 1 and head.rstrip().endswith(":") else said[1:])
            more = f"{rest}\n\n{text[len(head) :].lstrip(chr(10))}"
            found += _reasons(more[:_MOST_BLOCK], first, last, in_comment=False)
    found.sort(key=lambda one: one.line)
    return tuple(found[:MOST_OF_FILE])


def _beside(read: Lexed, number: int) -> str:
    """The code on the line of a comment that stands behind it; "" for none."""
    row = read.code.split("\n", number)[number - 1] if number else ""
    where = row.rstrip()
    if not where.strip():
        return ""
    whole = read.text.split("\n", number)[number - 1]
    return whole[: len(where)].strip()


def _reasons(
    text: str, first: int, last: int, beside: str = "", *, in_comment: bool
) -> Iterator[Noted]:
    if _NO_WORDS.match(text) or _LICENSE.search(text):
        return
    label = _LABEL.match(text)
    if label and in_comment:
        said = sentences(text[label.end() :].split("\n\n")[0])
        if said and len(said[0]) >= _LEAST and not _CODE.search(said[0]):
            yield Noted("note", " ".join(said[:2]), first, last)
        return
    wanted = _BECAUSE if in_comment else _STRONG
    paragraphs = _APART.split(text)
    for place, paragraph in enumerate(paragraphs):
        if re.match(r"\s*(?:\.\.\s|:\w+|@\w+|>>>)", paragraph):
            continue  # a directive, what is given, an example
        said = sentences(_ITEM.sub("", paragraph, count=1) if _ITEM.match(paragraph) else paragraph)
        for number, one in enumerate(said):
            if not wanted.search(one) or len(one) < _LEAST or _CODE.search(one):
                continue
            if not re.match(r"[\w`\"']", one):
                continue  # the end of something
            whole = one
            if one.endswith(":"):
                rest = said[number + 1 : number + 2] or _items(paragraphs[place + 1 :])
                if not rest:
                    continue
                whole = f"{one} {'; '.join(rest)}"
            if beside and (not number):
                whole = f"{code(beside, 100)}: {one}"
            # A sentence that begins with the reason speaks of the one before it.
            if number and re.match(r"(?:because|otherwise|instead|this|that|it|so)\b", one, re.I):
                whole = f"{said[number - 1]} {one}"
            strong = _STRONG.search(one)
            kind = "instead" if re.search(r"instead of|rather than", one, re.I) else "because"
            if strong or in_comment:
                yield Noted(kind if strong else "so", whole, first, last)
            break


def _items(paragraphs: Sequence[str]) -> list[str]:
    """The items of the list that comes first, or the first sentence of what does, where it is
    none."""
    found = []
    for paragraph in paragraphs:
        if not _ITEM.match(paragraph):
            break
        found.append(" ".join(_ITEM.sub("", paragraph, count=1).split()).rstrip(".;,"))
    return found[:_MOST_ITEMS] or (sentences(paragraphs[0])[:1] if paragraphs else [])
