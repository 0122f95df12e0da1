"""Comments beside code in languages of C's family: at the top of a file, above a definition."""

import bisect
import re

from git_naturecode.ai.knowledge.from_code.lexing import Lexed
from git_naturecode.ai.knowledge.from_code.reasons import stripped
from git_naturecode.ai.knowledge.from_code.sentences import first

_NO_DOC = re.compile(
    r"copyright|licen[sc]e|spdx|eslint|prettier|istanbul|jshint|use strict|@ts-|go:build|\+build"
    r"|@flow|@jest|module dependencies|module exports|vim:|-\*-",
    re.I,
)
_TAGS = re.compile(r"^[ \t]*@\w+.*$", re.M | re.S)
_FILE = re.compile(r"^[ \t]*@(?:fileoverview|file|module|packageDocumentation)\b\s*", re.I)


def starts(text: str) -> list[int]:
    """Where each line begins, for `at`."""
    found = [0]
    at = text.find("\n")
    while at >= 0:
        found.append(at + 1)
        at = text.find("\n", at + 1)
    return found


def at(lines: list[int], where: int) -> int:
    """The number of the line, from 1, of the character `where`."""
    return bisect.bisect_right(lines, where)


def header(seen: Lexed) -> tuple[str, tuple[int, int]]:
    """The first sentence of a comment at the top that is no licence, and the lines of it."""
    for number, comment in enumerate(seen.comments[:6]):
        if seen.code[: comment.start].strip() or seen.text.startswith("#!", comment.start):
            break
        if comment.text.startswith("/*") or comment.text.startswith("//!"):
            words = _FILE.sub("", stripped(comment.text))
            said = _TAGS.sub("", words).strip()
            after = seen.text[comment.end : comment.end + 2]
            alone = after.startswith("\n\n") or bool(_FILE.match(stripped(comment.text)))
            if said and alone and not _NO_DOC.search(comment.text):
                line = seen.line(comment.start)
                return first(said), (line, line + comment.text.count("\n"))
        elif _NO_DOC.search(comment.text) and number == 0:
            continue
    return "", (0, 0)


def above(seen: Lexed, where: int) -> str:
    """The first sentence of the comment that ends right above the line of `where`."""
    start = seen.code.rfind("\n", 0, where) + 1
    number = bisect.bisect_left([one.end for one in seen.comments], start) if seen.comments else 0
    words: list[str] = []
    edge = start
    for comment in reversed(seen.comments[: number + 1]):
        if comment.end > start:
            continue
        between = seen.text[comment.end : edge]
        if between.strip() or between.count("\n") > 1:
            break
        words.insert(0, comment.text)
        edge = comment.start
        if comment.text.startswith("/*") or len(words) > 40:
            break
    text = stripped("\n".join(words))
    if not text or _NO_DOC.search(text):
        return ""
    return first(_TAGS.sub("", text).strip())
