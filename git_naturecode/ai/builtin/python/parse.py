"""Syntax trees of Python texts as they come: fragments, indented, of the second version, broken."""

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator
from itertools import pairwise

from git_naturecode.ai.builtin.python.second import modern

MOST_TEXT = 4 << 20  # characters of a file
_MOST_REPAIRS = 25
_BEGINS = re.compile(r"(?:@|(?:async\s+)?def\s|class\s)")
_FAILURES = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)


class Parsed:
    """What could be read of a text: trees with the numbers of its lines, and what could not."""

    def __init__(self) -> None:
        self.trees: list[ast.Module] = []
        self.lost = 0  # lines of which nothing could be made

    def nodes(self) -> Iterator[ast.AST]:
        """All nodes of all trees."""
        for tree in self.trees:
            yield from ast.walk(tree)


def parse(text: str) -> Parsed:
    """The trees of `text`: of the whole where it is Python, else of as much as can be read.

    Never raises for what the text holds.
    """
    parsed = Parsed()
    if len(text) > MOST_TEXT or "\0" in text:
        text = text[:MOST_TEXT].replace("\0", " ")
    for form in _forms(text):
        tree = _tree(form)
        if tree is not None:
            parsed.trees.append(tree)
            return parsed
    _in_pieces(modern(_dedented(text)), parsed)
    return parsed


def _forms(text: str) -> Iterator[str]:
    """Ways to read `text` as a whole, each keeping the lines where they are."""
    yield text
    text = _dedented(text)
    yield text
    yield modern(text)
    yield f"{modern(text)}\n pass" if text.rstrip().endswith(":") else text.rstrip() + "\n"


def _dedented(text: str) -> str:
    """`text` without the indentation of its first line, if all others have it, too."""
    text = text.expandtabs(8)
    flat = textwrap.dedent(text)
    first = next((line for line in flat.split("\n") if line.strip()), "")
    blanks = len(first) - len(first.lstrip())
    if not blanks:
        return flat
    lines = flat.split("\n")
    return "\n".join(line[blanks:] if not line[:blanks].strip() else line for line in lines)


def _tree(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except _FAILURES:
        return None


def _in_pieces(text: str, parsed: Parsed) -> None:
    """Read each definition at the top by itself, so that one that is broken spoils no other."""
    lines = text.split("\n")
    # A decorator and what it decorates are one piece.
    starts = [
        at
        for at, line in enumerate(lines)
        if _BEGINS.match(line) and not (at and lines[at - 1].startswith("@"))
    ]
    edges = sorted({0, *starts, len(lines)})
    for first, last in pairwise(edges):
        _piece(lines[first:last], first, parsed)


def _piece(lines: list[str], above: int, parsed: Parsed) -> None:
    whole, lines = lines, [*lines]
    for repairs in range(_MOST_REPAIRS):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse("\n".join(lines))
        except SyntaxError as error:
            if not _repair(lines, (error.lineno or 1) - 1):
                break
        except _FAILURES:
            break
        else:
            ast.increment_lineno(tree, above)
            parsed.trees.append(tree)
            parsed.lost += repairs
            return
    parsed.lost += sum(1 for line in whole if line.strip())


def _repair(lines: list[str], at: int) -> bool:
    """Take out the line that cannot be read, or the one above; False where nothing is left."""
    at = min(at, len(lines) - 1)
    while at >= 0 and not lines[at].strip():
        at -= 1
    if at < 0 or lines[at].strip() == "pass":
        while at >= 0 and lines[at].strip() in ("pass", ""):
            at -= 1
    if at < 0:
        return False
    blanks = len(lines[at]) - len(lines[at].lstrip())
    keeps = (
        "if True:"
        if lines[at].rstrip().endswith(":") and lines[at].strip() != "if True:"
        else "pass"
    )
    lines[at] = " " * blanks + keeps
    return True
