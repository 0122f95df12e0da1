"""The values of expressions in JavaScript, as far as the text tells them."""

from git_naturecode.ai.builtin.script import sinks
from git_naturecode.ai.builtin.script.behind import Behind
from git_naturecode.ai.builtin.script.tokens import NAME, NUMBER, REGEX, STRING, TEMPLATE, Token
from git_naturecode.ai.builtin.taint.values import (
    GIVEN,
    HARMLESS,
    LIST,
    NOTHING,
    TEXT,
    UNKNOWN,
    Value,
    constant,
    hole,
    joined,
    listed,
    number,
    worse,
)
from git_naturecode.ai.builtin.taint.values import NUMBER as NUMERIC

_PREFIX_NUMBER = frozenset(("!", "~", "-", "+", "++", "--"))
_PREFIX_WORD_NUMBER = frozenset(("typeof", "void", "delete"))
_PREFIX_PASS = frozenset(("await", "new", "yield"))
_EITHER = frozenset(("||", "??", "&&"))
_ASSIGNS = frozenset(("=", "+=", "||=", "??=", "&&="))
_OTHER = frozenset((
    "-", "*", "/", "%", "**", "<", ">", "<=", ">=", "==", "===", "!=", "!==", "&", "|", "^", "-=",
    "*=", "/=", "%=", "&=", "|=", "^=",
))  # fmt: skip
_BINARY_WORDS = frozenset(("in", "instanceof", "of"))
_MOST_CHAIN = 3_000


class Evaluator(Behind):
    """Reads expressions, and reports what is wrong with the calls and assignments in them."""

    def returned(self, value: Value, line: int) -> None:
        """A page or a query that a function gives back."""
        sinks.returned(value, line, self.report)

    def expression(self, at: int) -> tuple[Value, int]:
        """The value at `at`, up to a comma, a semicolon or a bracket that closes."""
        if self.too_deep(at):
            return NOTHING, self._past(at)
        self.depth += 1
        try:
            return self._expression(at)
        finally:
            self.depth -= 1

    def _past(self, at: int) -> int:
        return self.end_of(at) + 1 if self.is_sign(at, "(", "[", "{") else at + 1

    def _expression(self, at: int) -> tuple[Value, int]:
        self.target = ""
        value, at = self.primary(at)
        target, terms = self.target, [value]
        for _ in range(_MOST_CHAIN):
            line = self.line(at)
            if self.is_sign(at, "+"):
                one, at = self.primary(at + 1)
                terms.append(one)
                continue
            value = _sum(terms, line)
            if self.is_sign(at, *_ASSIGNS):
                return self._assign(target, value, at)
            if self.is_sign(at, "?"):
                return self._choice(at)
            if self.is_sign(at, *_EITHER):
                is_and = self.is_sign(at, "&&")
                one, at = self.expression(at + 1)
                return (one if is_and else worse(value, one)), at
            if self.is_sign(at, *_OTHER) or self.word(at) in _BINARY_WORDS:
                _, at = self.primary(at + 1)
                terms = [number(line)]
            elif self.word(at) in ("as", "satisfies"):
                at += 2
            else:
                return value, at
        return _sum(terms, self.line(at)), at

    def _choice(self, at: int) -> tuple[Value, int]:
        one, at = self.expression(at + 1)
        if not self.is_sign(at, ":"):
            return one, at
        other, at = self.expression(at + 1)
        return worse(one, other), at

    def _assign(self, target: str, old: Value, at: int) -> tuple[Value, int]:
        sign, line = self.tokens[at].text, self.line(at)
        value, after = self.expression(at + 1)
        whole = value
        if sign == "+=":
            whole = _sum([old, value], line)
        elif sign != "=":
            whole = worse(old, value)
        if target:
            sinks.assigned(
                target, value if sign == "+=" else whole, line, self.line(after - 1), self.report
            )
            if target.rpartition(".")[2] not in sinks.MARKUP_PROPERTIES:
                self.scope.assign(target, whole)
        return whole, after

    def primary(self, at: int) -> tuple[Value, int]:
        """An operand with what stands behind it: members, calls."""
        self.target = ""
        numeric, made = False, False
        while at < len(self.tokens):
            word = self.word(at)
            if self.is_sign(at, *_PREFIX_NUMBER) or word in _PREFIX_WORD_NUMBER:
                numeric = True
            elif word in _PREFIX_PASS or self.is_sign(at, "..."):
                made = made or word == "new"
            else:
                break
            at += 1
        if at >= len(self.tokens):
            return NOTHING, at
        value, at = self._operand(at, made=made)
        if numeric:
            self.target = ""
            return number(self.line(at)), at
        return value, at

    def _operand(self, at: int, *, made: bool) -> tuple[Value, int]:
        token = self.tokens[at]
        if token.kind == STRING:
            return self.behind(constant(token.text), "", at + 1)
        if token.kind == NUMBER:
            return self.behind(constant(token.text, NUMERIC), "", at + 1)
        if token.kind == TEMPLATE:
            return self.behind(self.template(token), "", at + 1)
        if token.kind == REGEX:
            return self.behind(constant(token.text, NUMERIC), "/", at + 1)
        if token.kind == NAME:
            return self._named(at, made=made)
        if token.text == "(":
            return self._parentheses(at)
        if token.text == "[":
            return self.behind(listed(self.values(at), token.line), "", self.end_of(at) + 1)
        if token.text == "{":
            return self._object(at), self.end_of(at) + 1
        if token.text in ")]},;:":
            return NOTHING, at
        return NOTHING, at + 1

    def template(self, token: Token) -> Value:
        """What a template gives."""
        parts: list[Value] = []
        for part in token.parts:
            if isinstance(part, str):
                parts.append(constant(part))
            elif self.depth < 50:
                inner = Evaluator(list(part), self.scope, self.depth + 1, self)
                parts.append(inner.expression(0)[0] if part else NOTHING)
        return joined(parts, token.line)

    def _named(self, at: int, *, made: bool) -> tuple[Value, int]:
        token = self.tokens[at]
        word = token.text
        if word == "function" or (word == "async" and self.word(at + 1) == "function"):
            at += 1 + (word == "async")
            while at < len(self.tokens) and not self.is_sign(at, "(", "{", ";"):
                at += 1
            after = self.function(at) if self.is_sign(at, "(") else at
            return number(token.line), after
        if word == "class":
            return number(token.line), self._class(at)
        if word == "async" and (self.is_sign(at + 1, "(") or self.word(at + 1)):
            while self.word(at + 1) == "async":
                at += 1
            return self._operand(at + 1, made=False)
        if self.is_sign(at + 1, "=>"):
            return self._arrow([(word, token.line)], None, at + 1)
        if self.is_method(at):
            return number(token.line), self.function(at + 1)
        name = f"new {word}" if made else word
        known = self.scope.get(word)
        level = (
            HARMLESS
            if word.isupper() or word in ("true", "false", "null", "undefined")
            else UNKNOWN
        )
        value = known if known is not None else hole(level, word, token.line)
        self.target = word
        return self.behind(value, name, at + 1)

    def _parentheses(self, at: int) -> tuple[Value, int]:
        end = self.end_of(at)
        if self._is_arrow(end + 1):
            return self._arrow(None, at, end + 1)
        value, inside = NOTHING, at + 1
        while inside < end:
            value, after = self.expression(inside)
            inside = max(after, inside + 1)
        self.target = ""
        return self.behind(value, "", end + 1)

    def _is_arrow(self, at: int) -> bool:
        """True for `=>`, with or without a type before it."""
        if self.is_sign(at, "=>"):
            return True
        if not self.is_sign(at, ":"):
            return False
        for after in range(at + 1, min(at + 12, len(self.tokens))):
            if self.is_sign(after, "=>"):
                return True
            if self.is_sign(after, ";", "(", ")", "{", "=", ",", "?"):
                return False
        return False

    def _arrow(
        self, given: list[tuple[str, int]] | None, at: int | None, after: int
    ) -> tuple[Value, int]:
        """A function with an arrow, whose parameters are `given` or in the parentheses at `at`."""
        self.scope.open()
        for name, line in given or ():
            self.scope.declare(name, hole(GIVEN, name, line))
        if at is not None:
            self.parameters(at + 1, self.end_of(at))
        while after < len(self.tokens) and not self.is_sign(after, "=>"):
            after += 1
        line = self.line(after)
        if self.is_sign(after + 1, "{"):
            end = self.body(after + 1)
        else:
            value, end = self.expression(after + 1)
            self.returned(value, line)
        self.scope.close()
        self.target = ""
        return number(line), end

    def _object(self, at: int) -> Value:
        end, line = self.end_of(at), self.line(at)
        if self.too_deep(at):
            return NOTHING
        named: dict[str, Value] = {}
        inside = at + 1
        while inside < end:
            token = self.tokens[inside]
            key = token.text if token.kind in (NAME, STRING, NUMBER) else ""
            if key and self.is_sign(inside + 1, ":"):
                value, after = self.expression(inside + 2)
                named[key] = value
                sinks.property_set(key, value, token.line, self.report)
                inside = max(after, inside + 2)
            elif self.is_method(inside):
                inside = self.function(inside + 1)
            elif token.kind == NAME and self.is_sign(inside + 1, ",", "}"):
                named[key] = self._operand(inside, made=False)[0]
                inside += 1
            else:
                _, after = self.expression(inside)
                inside = max(after, inside + 1)
        return joined(named.values(), line, LIST)._replace(named=named)


def _sum(terms: list[Value], line: int) -> Value:
    if len(terms) == 1:
        return terms[0]
    if any(one.kind == TEXT for one in terms):
        return joined(terms, line)
    if all(one.kind == NUMERIC for one in terms):
        return number(line)
    return joined(terms, line)
