"""The text of an article as it comes from people, made one kind of text."""

import re

MOST_TITLE = 200
"""Characters of a title."""
_MARK = "\ufeff"
_HEADING = re.compile(r" {0,3}#[ \t]+")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def normal(text: str) -> str:
    """`text` with line feeds alone, without a byte order mark, with a line break at its end."""
    plain = text.removeprefix(_MARK).replace("\r\n", "\n").replace("\r", "\n")
    return plain if plain.endswith("\n") or not plain else plain + "\n"


def bytes_of(text: str) -> bytes:
    """The bytes of `text`; also of what is no text in UTF-8, since a log may hold anything."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def title_of(text: str) -> str:
    """The first heading of the highest level in Markdown, "" where there is none."""
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line.strip(" `~"):
            fence = ""
        elif not fence and (found := _HEADING.match(line)):
            return unclosed(line[found.end() :]).strip()
    return ""


def unclosed(words: str) -> str:
    """The words of a heading, from behind its `#`, without the ones that close it.

    No pattern does this in less than the square of a long line.
    """
    words = words.strip(" \t")
    bare = words.rstrip("#")
    return bare.rstrip(" \t") if not bare or bare[-1] in " \t" else words


def retitled(title: str, before: str, after: str) -> str:
    """The title that an article called `title` gets where its text, which began with that as its
    heading, has another heading now; "" where it stays."""
    new = " ".join(title_of(after).split())
    follows = title_of(before) == title and new not in ("", title)
    return new if follows and len(new) <= MOST_TITLE else ""


def size_of(text: str) -> int:
    """How many bytes an entry holds it in."""
    return len(text.encode("utf-8", "surrogatepass"))
