"""Members and calls: what stands behind an operand in JavaScript, and what is done by it."""

from git_naturecode.ai.builtin.found import Found
from git_naturecode.ai.builtin.script import calls, names, sinks
from git_naturecode.ai.builtin.script.scope import Scope
from git_naturecode.ai.builtin.script.tokens import NAME, REGEX, STRING, TEMPLATE, Token
from git_naturecode.ai.builtin.script.walk import Walk
from git_naturecode.ai.builtin.taint.budget import Budget
from git_naturecode.ai.builtin.taint.values import (
    EVERY,
    GIVEN,
    LIST,
    NOTHING,
    OUTSIDE,
    Value,
    hole,
    listed,
    member,
    number,
)

_MOST_CHAIN, _MOST_NAME = 3_000, 200


class Behind(Walk):
    """Reads members, indices and calls, and reports what is wrong with them."""

    def __init__(
        self, found: list[Token], scope: Scope | None = None, depth: int = 0,
        over: "Behind | None" = None,
    ) -> None:  # fmt: skip
        super().__init__(found, scope, depth)
        self.found: list[Found] = [] if over is None else over.found
        self.budget: Budget = Budget() if over is None else over.budget
        self.target = ""

    def report(self, found: Found | None) -> None:
        """Keep what was found."""
        if found is not None:
            self.found.append(found)

    def template(self, token: Token) -> Value:
        """What a template gives."""
        raise NotImplementedError

    def values(self, at: int) -> list[Value]:
        """The values between the bracket at `at` and what closes it."""
        end, found, inside = self.end_of(at), [], at + 1
        while inside < end:
            if self.is_sign(inside, ","):
                inside += 1
                continue
            value, after = self.expression(inside)
            found.append(value)
            inside = max(after, inside + 1)
        return found

    def behind(self, value: Value, name: str, at: int) -> tuple[Value, int]:
        """Members and calls behind an operand that is called `name`."""
        for _ in range(_MOST_CHAIN):
            line = self.line(at)
            name = name[-_MOST_NAME:]
            if self.is_sign(at, ".", "?.") and self.word(at + 1):
                name = f"{name}.{self.word(at + 1)}"
                behind = self._behind_types(at + 2)
                if self.is_sign(behind, "("):
                    value, at = self._call(value, name, behind)
                    name += "()"
                    continue
                value = self._member(value, name, line)
                at += 2
            elif self.is_sign(at, "[") or (self.is_sign(at, "?.") and self.is_sign(at + 1, "[")):
                at = at if self.is_sign(at, "[") else at + 1
                index = self.values(at) if not self.too_deep(at) else []
                value = self._index(value, index, name, line)
                name = f"{name}[]" if name else ""
                at = self.end_of(at) + 1
            elif self.is_sign(at, "("):
                value, at = self._call(None, name, at, callee=value)
                name += "()"
            elif at < len(self.tokens) and self.tokens[at].kind == TEMPLATE and name:
                value = self.template(self.tokens[at]).cleaned(EVERY)
                at += 1
            elif self.is_sign(at, "!") and self.is_sign(at + 1, ".", ")", ",", ";", "["):
                at += 1
            elif self.is_sign(at, "++", "--"):
                value, at = number(line), at + 1
            else:
                break
            self.target = name if "(" not in name and "[" not in name else _assigned(name)
        return value, at

    def _behind_types(self, at: int) -> int:
        """The index behind types such as `<Row[]>` that stand before what a call is given."""
        if not self.is_sign(at, "<"):
            return at
        for after in range(at + 1, min(at + 20, len(self.tokens))):
            if self.is_sign(after, ">") and self.is_sign(after + 1, "("):
                return after + 1
            if not self.word(after) and not self.is_sign(after, ",", ".", "[", "]", "|", "<", ">"):
                break
        return at

    def _member(self, value: Value, name: str, line: int) -> Value:
        if names.is_outside(name):
            return hole(OUTSIDE, name, line)
        if names.is_given(name):
            return hole(GIVEN, name, line)
        known = self.scope.get(name)
        if known is not None:
            return known
        short = names.last(name)
        if value.named and short in value.named:
            return value.named[short]
        if short == "length" or short.isupper():
            return number(line)
        return member(value, name, line)

    def _index(self, value: Value, index: list[Value], name: str, line: int) -> Value:
        if value.items and len(index) == 1 and index[0].literal.isdecimal():
            at = int(index[0].literal[:6])
            if at < len(value.items):
                return value.items[at]
        return member(value, name, line)

    def _call(
        self, on: Value | None, name: str, at: int, callee: Value | None = None
    ) -> tuple[Value, int]:
        end, line = self.end_of(at), self.line(at)
        if self.too_deep(at):
            return NOTHING, end + 1
        given = calls.Given(on, tuple(self.values(at)), self._first_words(at))
        self.budget.take(1 + sum(len(one.parts) for one in given.args))
        sinks.called(name, given, line, self.line(min(end, len(self.tokens) - 1)), self.report)
        for cleaned, purposes in calls.looked_at(name, given):
            self.scope.clean(cleaned, purposes)
        if names.last(name) in ("push", "unshift", "append") and on is not None:
            self._push(name.rpartition(".")[0], on, given, line)
        return calls.result(name, given, line, callee), end + 1

    def _push(self, name: str, on: Value, given: calls.Given, line: int) -> None:
        if on.kind == LIST and on.items is not None and self.scope.get(name) is not None:
            self.scope.assign(name, listed((*on.items, *given.args), line))

    def _first_words(self, at: int) -> tuple[str, ...]:
        """The plain names and expressions that are given, as they stand."""
        words, inside, end = [], at + 1, min(self.end_of(at), at + 200)
        while inside < end:
            token = self.tokens[inside]
            if token.kind in (NAME, REGEX, STRING) and self.is_sign(inside + 1, ",", ")"):
                words.append(token.text)
            inside += 1
        return tuple(words)


def _assigned(name: str) -> str:
    """What is assigned to behind a call or an index: only the last name of it counts."""
    short = names.last(name)
    return f"?.{short}" if "(" not in short and "[" not in short else ""
