"""One walk through the tokens of a script: statements, blocks, functions, their parameters."""

from collections.abc import Callable

from git_naturecode.ai.builtin.script import tokens as lexed
from git_naturecode.ai.builtin.script.scope import Scope
from git_naturecode.ai.builtin.script.tokens import NAME, SIGN, Token
from git_naturecode.ai.builtin.taint.values import GIVEN, NOTHING, UNKNOWN, Value, hole, member

Report = Callable[..., None]
_MOST_DEPTH = 60
_SKIPPED = frozenset((
    "else", "do", "try", "finally", "default", "export", "async", "static", "public", "private",
    "protected", "readonly", "abstract", "declare", "override", "get", "set",
))  # fmt: skip
_HEADS = frozenset(("if", "while", "for", "switch", "with"))
_DECLARES = frozenset(("const", "let", "var"))
_GIVES = frozenset(("return", "throw", "yield"))
_OURS = frozenset(
    ("req", "res", "request", "response", "ctx", "next", "db", "client", "conn", "el")
)


class Walk:
    """Reads tokens as statements. Expressions are read by a subclass.

    Every method takes an index into the tokens and gives the one behind what it read, which is
    never less; so each text is read once, however broken it is.
    """

    def __init__(self, found: list[Token], scope: Scope | None = None, depth: int = 0) -> None:
        self.tokens = found
        self.pairs = lexed.pairs(found)
        self.scope = scope or Scope()
        self.depth = depth
        self.lost = 0  # the first line that was nested too deeply to be read

    def is_sign(self, at: int, *signs: str) -> bool:
        """True where one of `signs` stands at `at`."""
        if at >= len(self.tokens):
            return False
        token = self.tokens[at]
        return token.kind == SIGN and token.text in signs

    def word(self, at: int) -> str:
        """The name at `at`; "" where something else stands."""
        if at < len(self.tokens) and self.tokens[at].kind == NAME:
            return self.tokens[at].text
        return ""

    def line(self, at: int) -> int:
        """The line of the token at `at`, or of the last."""
        return self.tokens[min(at, len(self.tokens) - 1)].line if self.tokens else 1

    def end_of(self, at: int) -> int:
        """The index of what closes the bracket at `at`."""
        return self.pairs.get(at, len(self.tokens))

    def expression(self, at: int) -> tuple[Value, int]:
        """The value of the expression at `at`."""
        raise NotImplementedError

    def returned(self, value: Value, line: int) -> None:
        """What is done with a value that a function gives back."""

    def too_deep(self, at: int) -> bool:
        """True where nothing further in is read; the line is kept in `lost`."""
        if self.depth < _MOST_DEPTH:
            return False
        self.lost = self.lost or self.line(at)
        return True

    def block(self, at: int, end: int) -> None:
        """Read the statements from `at` to `end`."""
        while at < end:
            at = max(self.statement(at, end), at + 1)

    def body(self, at: int) -> int:
        """A block with its own names, which begins with the brace at `at`."""
        end = self.end_of(at)
        if not self.too_deep(at):
            self.depth += 1
            self.scope.open()
            self.block(at + 1, end)
            self.scope.close()
            self.depth -= 1
        return end + 1

    def statement(self, at: int, end: int) -> int:
        """One statement, or as much of it as can be read at once."""
        word = self.word(at)
        if self.is_sign(at, "{"):
            return self.body(at)
        if not word:
            return self._plain(at)
        if word in _HEADS and (self.is_sign(at + 1, "(") or self.word(at + 1) == "await"):
            return self._head(at + 1 if self.is_sign(at + 1, "(") else at + 2)
        if word == "catch" and self.is_sign(at + 1, "("):
            return self.end_of(at + 1) + 1
        if word in _DECLARES:
            return self._declare(at + 1, end)
        if word == "import" and not self.is_sign(at + 1, "(", "."):
            return self._to_line_end(at)
        if word in ("interface", "enum", "namespace") and self.word(at + 1):
            return at + 2
        if word in _GIVES:
            value, after = self.expression(at + 1)
            if word == "return":
                self.returned(value, self.line(at))
            return after
        if word in _SKIPPED and not self.is_sign(at + 1, ".", "(", "=", ",", ")"):
            return at + 1
        if word == "class":
            return self._class(at)
        return self._plain(at)

    def _plain(self, at: int) -> int:
        _, after = self.expression(at)
        return max(after, at + 1)

    def _head(self, at: int) -> int:
        """What stands in parentheses behind `if`, `for` and the like."""
        end = self.end_of(at)
        if self.too_deep(at):
            return end + 1
        self.depth += 1
        inside = at + 1
        while inside < end:
            if self.word(inside) in _DECLARES:
                inside = self._declare(inside + 1, end)
            else:
                _, after = self.expression(inside)
                inside = max(after, inside + 1)
        self.depth -= 1
        return end + 1

    def _class(self, at: int) -> int:
        """A class up to its brace; its methods are read as what they look like, functions."""
        at += 1
        while at < len(self.tokens) and not self.is_sign(at, "{", ";", ")", "}"):
            at += 1
        return self.members(at) if self.is_sign(at, "{") else at

    def members(self, at: int) -> int:
        """The methods and fields within the braces at `at`."""
        end = self.end_of(at)
        if self.too_deep(at):
            return end + 1
        self.depth += 1
        inside = at + 1
        while inside < end:
            if self.is_method(inside):
                inside = self.function(inside + 1)
            elif self.is_sign(inside + 1, "=") and self.word(inside):
                _, after = self.expression(inside)
                inside = max(after, inside + 1)
            else:
                inside += 1
        self.depth -= 1
        return end + 1

    def is_method(self, at: int) -> bool:
        """True where a name, parameters and a body follow each other."""
        if not self.word(at) or not self.is_sign(at + 1, "("):
            return False
        after = self.end_of(at + 1) + 1
        return self.is_sign(after, "{") or (self.is_sign(after, ":") and self._type_end(after) > 0)

    def _type_end(self, at: int) -> int:
        """Where the brace of the body stands behind a type that begins at `at`; 0 for none."""
        for after in range(at + 1, min(at + 30, len(self.tokens))):
            if self.is_sign(after, "{"):
                return after
            if self.is_sign(after, ";", ")", "="):
                return 0
        return 0

    def function(self, at: int) -> int:
        """Parameters in the parentheses at `at`, and the body behind them."""
        end = self.end_of(at)
        self.scope.open()
        self.parameters(at + 1, end)
        after = end + 1
        if self.is_sign(after, ":"):
            after = self._type_end(after) or after
        if self.is_sign(after, "{"):
            after = self.body(after)
        self.scope.close()
        return after

    def parameters(self, at: int, end: int) -> None:
        """Declare the names of the parameters from `at` to `end`."""
        expected = True
        while at < end:
            if self.is_sign(at, "{", "["):
                inner = min(self.end_of(at), end)
                if expected and not self.too_deep(at):
                    self.depth += 1
                    self.parameters(at + 1, inner)
                    self.depth -= 1
                at = inner + 1
                continue
            if self.is_sign(at, "("):
                at = self.end_of(at) + 1
                continue
            word = self.word(at)
            if expected and word and word not in ("public", "private", "readonly", "protected"):
                level = UNKNOWN if word in _OURS else GIVEN
                self.scope.declare(word, hole(level, word, self.line(at)))
                expected = False
            elif self.is_sign(at, ","):
                expected = True
            at += 1

    def _declare(self, at: int, end: int) -> int:
        """`const a = ..., {b, c} = ...`, behind the first word."""
        while at < end:
            names, after = self._pattern(at)
            at = after
            if self.is_sign(at, ":"):
                while at < end and not self.is_sign(at, "=", ";", ",") and self.word(at) != "of":
                    at = self.end_of(at) + 1 if self.is_sign(at, "(", "[", "{") else at + 1
            value = NOTHING
            if self.is_sign(at, "=") or self.word(at) in ("of", "in"):
                value, after = self.expression(at + 1)
                at = max(after, at + 1)
            self._bind(names, value)
            if not self.is_sign(at, ","):
                return at
            at += 1
        return at

    def _pattern(self, at: int) -> tuple[list[tuple[str, int]], int]:
        """The names that are declared at `at`, with their lines."""
        if not self.is_sign(at, "{", "["):
            return ([(self.word(at), self.line(at))] if self.word(at) else []), at + 1
        end = self.end_of(at)
        found = []
        for inside in range(at + 1, min(end, at + 2_000)):
            if self.word(inside) and not self.is_sign(inside + 1, ":"):
                found.append((self.word(inside), self.line(inside)))
        return found, end + 1

    def _bind(self, names: list[tuple[str, int]], value: Value) -> None:
        if len(names) == 1 and not (value.named or (value.level == UNKNOWN and not value.built)):
            self.scope.declare(names[0][0], value)
            return
        for name, line in names:
            part = value.named.get(name) if value.named else None
            if part is None:
                part = value if len(names) == 1 else member(value, name, line)
            self.scope.declare(name, part)

    def _to_line_end(self, at: int) -> int:
        line = self.line(at)
        while at < len(self.tokens) and not self.is_sign(at, ";") and self.line(at) == line:
            at = self.end_of(at) + 1 if self.is_sign(at, "{") else at + 1
        return at
