"""JavaScript and TypeScript as tokens, of any text, in time that grows with its length alone."""

import re
from typing import NamedTuple

NAME, NUMBER, STRING, TEMPLATE, REGEX, SIGN = (
    "name",
    "number",
    "string",
    "template",
    "regex",
    "sign",
)
MOST_TOKENS = 1_000_000
_MOST_NESTING = 30  # templates within templates
_BLANK = re.compile(r"[ \t\r\f\v\u00a0\ufeff]+|//[^\n]*|<!--[^\n]*")
_NAME = re.compile(r"[A-Za-z_$@#\u0080-\U0010ffff][\w$\u0080-\U0010ffff]*")
_NUMBER = re.compile(r"(?:0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)n?")
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\(?:.|\n))*\"|'(?:[^'\\\n]|\\(?:.|\n))*'")
_REGEX = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_SIGN = re.compile(
    r"=>|\.\.\.|\?\.(?!\d)|===|!==|==|!=|<=|>=|\*\*=?|&&=?|\|\|=?|\?\?=?|\+\+|--|[-+*/%&|^]=|[^\s\w]"
)
_PIECE = re.compile(r"(?:[^`\\$]|\\.|\\\n|\$(?!\{))+", re.S)
# After these a slash begins an expression, after any other name it divides.
_BEFORE_REGEX = frozenset((
    "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "instanceof", "do",
    "else", "yield", "await",
))  # fmt: skip
_ESCAPE = re.compile(r"\\(.)", re.S)


class Token(NamedTuple):
    """One token. `text` of a string is what it means, that of a regular expression as it stands.

    `parts` are those of a template: texts, and the tokens of what is put in.
    """

    kind: str
    text: str
    line: int
    parts: "tuple[str | tuple[Token, ...], ...]" = ()


def tokens(text: str) -> list[Token]:
    """The tokens of `text`, at most MOST_TOKENS; what is none is passed over."""
    return _Reader(text).read(0)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at, self._line = text, 0, 1

    def read(self, nesting: int) -> list[Token]:
        """The tokens up to the end, or within a template up to the brace that ends it."""
        found: list[Token] = []
        depth = 0
        text = self._text
        while self._at < len(text) and len(found) < MOST_TOKENS:
            mark = text[self._at]
            if mark == "\n":
                self._line += 1
                self._at += 1
                continue
            if blank := _BLANK.match(text, self._at):
                self._at = blank.end()
                continue
            if text.startswith("/*", self._at):
                self._comment()
                continue
            if nesting and mark in "{}":
                depth += 1 if mark == "{" else -1
                if depth < 0:
                    self._at += 1
                    return found
            if (token := self._token(mark, found[-1] if found else None, nesting)) is not None:
                found.append(token)
        return found

    def _comment(self) -> None:
        end = self._text.find("*/", self._at + 2)
        end = len(self._text) if end < 0 else end + 2
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def _token(self, mark: str, before: Token | None, nesting: int) -> Token | None:
        text, line = self._text, self._line
        if mark == "`":
            return self._template(nesting)
        if mark in "\"'":
            if found := _STRING.match(text, self._at):
                self._at = found.end()
                self._line += found[0].count("\n")
                return Token(STRING, _meant(found[0][1:-1]), line)
        elif found := _NAME.match(text, self._at):
            self._at = found.end()
            return Token(NAME, found[0], line)
        elif found := _NUMBER.match(text, self._at):
            self._at = found.end()
            return Token(NUMBER, found[0][:50], line)
        elif mark == "/" and _may_begin(before) and (found := _REGEX.match(text, self._at)):
            self._at = found.end()
            return Token(REGEX, found[0], line)
        found = _SIGN.match(text, self._at)
        self._at = found.end() if found else self._at + 1
        return Token(SIGN, found[0], line) if found else None

    def _template(self, nesting: int) -> Token:
        text, line = self._text, self._line
        self._at += 1
        parts: list[str | tuple[Token, ...]] = []
        while self._at < len(text):
            if text[self._at] == "`":
                self._at += 1
                break
            if text.startswith("${", self._at) and nesting < _MOST_NESTING:
                self._at += 2
                parts.append(tuple(self.read(nesting + 1)))
                continue
            piece = _PIECE.match(text, self._at)
            end = piece.end() if piece else self._at + 1
            self._line += text.count("\n", self._at, end)
            parts.append(_meant(text[self._at : end]))
            self._at = end
        return Token(TEMPLATE, "", line, tuple(parts))


def _may_begin(before: Token | None) -> bool:
    """True where a slash begins a regular expression."""
    if before is None:
        return True
    if before.kind == NAME:
        return before.text in _BEFORE_REGEX
    return before.kind == SIGN and before.text not in (")", "]", "}")


def _meant(text: str) -> str:
    if "\\" not in text:
        return text
    known = {"n": "\n", "t": "\t", "r": "\r", "\n": ""}
    return _ESCAPE.sub(lambda found: known.get(found[1], found[1]), text)


def pairs(found: list[Token]) -> dict[int, int]:
    """For each bracket that opens, the index of the one that closes it (or of the end)."""
    matches = {"(": ")", "[": "]", "{": "}"}
    closed: dict[int, int] = {}
    opened: list[int] = []
    for index, token in enumerate(found):
        if token.kind != SIGN:
            continue
        if token.text in matches:
            opened.append(index)
        elif token.text in ")]}":
            # One that fits no open one closes nothing; those within one that closes are closed.
            fits = next(
                (
                    n
                    for n, at in enumerate(reversed(opened[-50:]))
                    if matches[found[at].text] == token.text
                ),
                None,
            )
            for _ in range(0 if fits is None else fits + 1):
                closed[opened.pop()] = index
    for index in opened:
        closed[index] = len(found)
    return closed
