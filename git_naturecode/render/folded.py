"""Texts folded at the width of a terminal, at blanks where there are some."""

from collections.abc import Iterator

from git_naturecode.render.show import columns_of

NO_LIMIT = 1000
"""So many columns and more are a pipe, where every line stays whole."""
_LEAST = 20


def folded(text: str, columns: int, indent: str = "") -> Iterator[str]:
    """The lines of `text`, which `show` has passed, none wider than `columns` with `indent` before
    each; how a line is indented itself is kept in what goes on below it."""
    room = max(_LEAST, columns - len(indent))
    for one in text.split("\n"):
        if columns >= NO_LIMIT or columns_of(one) + 7 * one.count("\t") <= room:
            yield f"{indent}{one}".rstrip()
        else:
            yield from (f"{indent}{piece}".rstrip() for piece in _pieces(one.expandtabs(), room))


def _pieces(text: str, room: int) -> Iterator[str]:
    body = text.lstrip(" ")
    inner = " " * min(len(text) - len(body), room // 2)
    line = inner
    for word in body.split(" "):
        joined = f"{line} {word}" if line.strip() else inner + word
        if columns_of(joined) <= room:
            line = joined
            continue
        if line.strip():
            yield line
        *whole, line = _cut(inner + word, room, inner)
        yield from whole
    yield line


def _cut(word: str, room: int, inner: str) -> list[str]:
    """A word in pieces that are no wider than `room`, one at least."""
    found, piece, used = [], "", 0
    for character in word:
        width = columns_of(character)
        if used + width > room:
            found.append(piece)
            piece, used = inner, len(inner)
        piece += character
        used += width
    return [*found, piece]


def dedented(lines: list[str]) -> list[str]:
    """`lines` without the blanks and tabs that all of them (but empty ones) begin with."""
    told = [one for one in lines if one.strip()]
    if not told:
        return lines
    least, most = min(told), max(told)
    same = 0
    for one, other in zip(least, most, strict=False):
        if one != other or one not in " \t":
            break
        same += 1
    return [one[same:] for one in lines]
