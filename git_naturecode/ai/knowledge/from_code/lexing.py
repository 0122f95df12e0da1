"""Comments and strings of a text, told apart in one pass that is linear for any text."""

import re
from typing import NamedTuple

_DOUBLE = r'"(?:[^"\\\n]|\\.)*"?'
_SINGLE = r"'(?:[^'\\\n]|\\.)*'?"
_BLOCK = r"/\*.*?(?:\*/|\Z)"
_LINE = r"//[^\n]*"
# Bounded, since each may be tried at every sign of a line that holds nothing else.
_REGEX = (
    r"(?<=[=(,:\[!&|?{};\n])[ \t]{0,40}/(?![*/\n])"
    r"(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.){0,100}\]){1,300}/"
)
_TRIPLE = "'''"
_SCRIPT = (
    f"(?P<comment>{_LINE}|{_BLOCK})|(?P<string>`(?:[^`\\\\]|\\\\.)*(?:`|\\Z)|{_DOUBLE}|{_SINGLE})"
)
_FORMS = {
    "Python": r"(?P<comment>\#[^\n]*)"
    rf'|(?P<string>"""(?:[^\\]|\\.)*?(?:"""|\Z)|{_TRIPLE}(?:[^\\]|\\.)*?(?:{_TRIPLE}|\Z)|{_DOUBLE}|{_SINGLE})',
    "JavaScript": f"{_SCRIPT}|(?P<other>{_REGEX})",
    "TypeScript": f"{_SCRIPT}|(?P<other>{_REGEX})",
    "Go": rf"(?P<comment>{_LINE}|{_BLOCK})"
    rf"|(?P<string>`[^`]*(?:`|\Z)|{_DOUBLE}|'(?:\\.[^'\n]*|[^'\\\n])')",
    "Rust": rf"(?P<comment>{_LINE}|{_BLOCK})"
    r'|(?P<string>\br(?P<hash>\#*)".*?(?:"(?P=hash)|\Z)'
    r"|\"(?:[^\"\\]|\\.)*(?:\"|\Z)|'(?:\\[^\n]{1,10}?|[^'\\\n])')",
    "Java": rf"(?P<comment>{_LINE}|{_BLOCK})"
    rf'|(?P<string>"""(?:[^\\]|\\.)*?(?:"""|\Z)|{_DOUBLE}|{_SINGLE})',
}
_LEXERS = {name: re.compile(form, re.S) for name, form in _FORMS.items()}
FILLED = "\x01"
"""Stands in `Lexed.code` for each character of a string between its quotes."""
_NOT_LINES = re.compile(r"[^\n]")


class Comment(NamedTuple):
    """A comment with its marks: where it begins and ends in the text."""

    start: int
    end: int
    text: str


class Lexed(NamedTuple):
    """`code` is as long as the text: comments are blanks there, insides of strings FILLED."""

    text: str
    code: str
    comments: tuple[Comment, ...]

    def line(self, at: int) -> int:
        """The number of the line, from 1, of the character `at`."""
        return self.text.count("\n", 0, at) + 1


def lexed(text: str, language: str) -> Lexed:
    """`text` in `language`, one of those that are read."""
    made: list[str] = []
    comments: list[Comment] = []
    done = 0
    for found in _LEXERS[language].finditer(text):
        start, end = found.span()
        whole = found[0]
        made.append(text[done:start])
        if found.lastgroup == "comment":
            comments.append(Comment(start, end, whole))
            made.append(_NOT_LINES.sub(" ", whole))
        elif found.lastgroup in ("string", "hash"):
            quote = len(whole) - len(whole.lstrip("r#\"'`"))
            quote = min(max(quote, 1), len(whole))
            if whole[:3] in ('"""', "'''"):
                quote = 3
            elif whole[0] in "\"'`":
                quote = 1
            inner = len(whole) - 2 * quote
            if inner < 0:
                made.append(whole)
            else:
                body = _NOT_LINES.sub(FILLED, whole[quote : quote + inner])
                made.append(whole[:quote] + body + whole[quote + inner :])
        else:
            made.append(_NOT_LINES.sub(" ", whole))
        done = end
    made.append(text[done:])
    return Lexed(text, "".join(made), tuple(comments))
