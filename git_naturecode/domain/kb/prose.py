"""What of a Markdown text is prose: code and comments blanked out, headings and their anchors."""

import re
from collections.abc import Iterator

from git_naturecode.domain.kb.texts import unclosed

_FENCE = re.compile(r"(?P<before>(?:[ \t>]|[-+*][ \t]|[0-9]{1,9}[.)][ \t])*)(?P<run>`{3,}|~{3,})")
_LIST = re.compile(r"[ \t>]*(?:[-+*]|[0-9]{1,9}[.)])(?:[ \t]|$)")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)")
_RUN = re.compile(r"`+")
_ESCAPED = re.compile(r"\\+$")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
_NAMED = re.compile(
    r"<(?:a|h[1-6]|div|span|p)\s[^<>]{0,200}?\b(?:name|id)=[\"']([^\"'<>]{1,200})[\"']"
)
_LINK_TEXT = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\n]*\)")
_DROPPED = re.compile(r"[^\w\- ]")


def prose(text: str) -> str:
    """`text` with a blank for each character of code (fences, indented code, spans) and comments.

    Lines and offsets stay as they are. Takes time in proportion to the length of `text`.
    """
    return _without_spans(_without_comments("\n".join(_outside(text.split("\n")))))


def _outside(lines: list[str]) -> Iterator[str]:
    """`lines`, those of fences and of indented code blanked out."""
    fence, after_blank, in_list, in_code = "", True, False, False
    for line in lines:
        if fence:
            body = line.strip(" \t>")
            if body and not body.strip(fence[0]) and len(body) >= len(fence):
                fence = ""
            yield " " * len(line)
            continue
        opening = _FENCE.match(line)
        if opening and not (opening["run"][0] == "`" and "`" in line[opening.end() :]):
            fence, after_blank, in_code = opening["run"], False, False
            yield " " * len(line)
            continue
        blank = not line.strip()
        if not blank:
            indented = bool(_INDENTED.match(line))
            in_list = bool(_LIST.match(line)) or (
                in_list and (indented or not after_blank or line[0] in " \t")
            )
            in_code = indented and not in_list and (after_blank or in_code)
        after_blank = blank
        yield " " * len(line) if in_code else line


def _without_comments(text: str) -> str:
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4)
        end = len(text) if end < 0 else end + 3
        parts += [text[at:start], _blank(text[start:end])]
        at = end
    return "".join([*parts, text[at:]]) if parts else text


def _blank(text: str) -> str:
    return "\n".join(" " * len(line) for line in text.split("\n"))


def _without_spans(text: str) -> str:
    """`text` without its code spans: a run of backticks and the next of the same length."""
    if "`" not in text:
        return text
    parts = re.split(r"(\n[ \t]*(?=\n))", text)  # none goes past the end of a paragraph
    return "".join(_spans(part) if "`" in part else part for part in parts)


def _spans(text: str) -> str:
    runs = [(found.start(), found.end()) for found in _RUN.finditer(text)]
    later: dict[int, list[int]] = {}
    for number in reversed(range(len(runs))):
        start, end = runs[number]
        later.setdefault(end - start, []).append(number)
    parts, at, number = [], 0, 0
    while number < len(runs):
        start, end = runs[number]
        same = later[end - start]
        while same and same[-1] <= number:
            same.pop()
        if not same or _is_escaped(text, start):
            number += 1
            continue
        closing = same[-1]
        parts += [text[at:start], _blank(text[start : runs[closing][1]])]
        at, number = runs[closing][1], closing + 1
    return "".join([*parts, text[at:]])


def _is_escaped(text: str, at: int) -> bool:
    found = _ESCAPED.search(text, max(0, at - 20), at)
    return found is not None and len(found[0]) % 2 == 1


def headings(text: str) -> list[tuple[int, str]]:
    """The level (1 to 6) and the words of each heading of `text`, in their order."""
    return [(level, words) for level, words, _ in _headings(text)]


def first_heading(text: str) -> tuple[str, int, int]:
    """The words of the first heading of the first level, and from which line (counted from 0) to
    which before it stands; ("", 0, 0) where there is none."""
    lines = _headings(text)
    return next(((words, at, at + many) for level, words, (at, many) in lines if level == 1),
                ("", 0, 0))  # fmt: skip


def _headings(text: str) -> Iterator[tuple[int, str, tuple[int, int]]]:
    lines, plain = text.split("\n"), "\n".join(_outside(text.split("\n"))).split("\n")
    for number, line in enumerate(plain):
        if found := _HEADING.match(line):
            words = unclosed(lines[number][found.end() :]).strip()
            yield len(found[1]), words, (number, 1)
        elif _UNDERLINE.match(line) and _is_one_line(plain, number - 1):
            level = 1 if line.strip()[0] == "=" else 2
            yield level, lines[number - 1].strip(), (number - 1, 2)


def _is_one_line(lines: list[str], number: int) -> bool:
    """True when line `number` is a paragraph of its own, so far."""
    if number < 0 or not _is_text(lines[number]):
        return False
    return number == 0 or not _is_text(lines[number - 1])


def _is_text(line: str) -> bool:
    return (
        bool(line.strip())
        and not _HEADING.match(line)
        and not _LIST.match(line)
        and (line.lstrip()[0] not in ">|")
    )


def anchors(text: str) -> set[str]:
    """What a link may name behind its `#` in `text`, as forges make it of headings."""
    found: set[str] = set(_NAMED.findall(text))
    counts: dict[str, int] = {}
    for _, words in headings(text):
        name = anchor(words)
        number = counts.get(name, 0)
        counts[name] = number + 1
        found.add(f"{name}-{number}" if number else name)
    return found


def anchor(words: str) -> str:
    """The anchor of a heading of these `words`: small letters, no marks, blanks as dashes."""
    words = _LINK_TEXT.sub(r"\1", words)
    return _DROPPED.sub("", words.strip().lower()).replace(" ", "-")
