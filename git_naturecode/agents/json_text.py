"""JSON that people keep by hand: members are put in and taken out, all other bytes stay.

Only text is changed, at places that a scanner finds, so that order, indentation, comments and
whatever we do not know stay as they are.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Any
_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.S)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.S)
_WORD = re.compile(r"[^\s,\]}\[{:\"]+")
_DEEPEST = 200


class NotJson(ValueError):
    """The text is not JSON; says where."""


@dataclass
class Node:
    """A value and where it stands; `inner` are the parts of an object or array.

    `name` is the key of a member; `start` is then where the key begins.
    """

    value: Json
    start: int
    end: int
    opened: int = 0  # where the value itself begins
    name: str | None = None
    inner: list["Node"] = field(default_factory=list)

    def member(self, name: str) -> "Node | None":
        """The member called so (the last, which is the one that counts)."""
        return next((one for one in reversed(self.inner) if one.name == name), None)


def scan(text: str, comments: bool) -> Node:
    """The value that `text` is. Raises NotJson where it is none; `comments` may stand in it."""
    blank = _COMMENT.sub(_blanked, text) if comments else text
    blank = " " + blank[1:] if blank.startswith("\ufeff") else blank
    try:
        value = json.loads(blank)
        return _Scanner(blank).value(0, value, 0)
    except RecursionError:
        raise NotJson("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"line {error.lineno}: {error.msg}") from None


def _blanked(found: re.Match[str]) -> str:
    text = found[0]
    return text if text.startswith('"') else re.sub(r"[^\r\n]", " ", text)


class _Scanner:
    """Finds the places of values in a text that is known to be JSON."""

    def __init__(self, text: str) -> None:
        self._text = text

    def value(self, at: int, value: Json, depth: int) -> Node:
        if depth > _DEEPEST:
            raise NotJson("it is nested too deeply")
        at = self._skip(at)
        if self._text[at] in "{[":
            return self._container(at, value, depth)
        found = (_STRING if self._text[at] == '"' else _WORD).match(self._text, at)
        assert found
        return Node(value, at, found.end(), at)

    def _container(self, at: int, value: Json, depth: int) -> Node:
        node, is_object = Node(value, at, at, at), self._text[at] == "{"
        at = self._skip(at + 1)
        while self._text[at] not in "}]":
            start, name = at, None
            if is_object:
                key = _STRING.match(self._text, at)
                assert key
                name = str(json.loads(key[0]))
                at = self._skip(key.end()) + 1
            inner = value.get(name) if is_object else value[len(node.inner)]
            child = self.value(at, inner, depth + 1)
            if is_object:  # of a key that stands twice the first value is lost, and not needed
                child.value = json.loads(self._text[child.opened : child.end])
            child.start, child.name = start, name
            node.inner.append(child)
            at = self._skip(child.end)
            if self._text[at] == ",":
                at = self._skip(at + 1)
        node.end = at + 1
        return node

    def _skip(self, at: int) -> int:
        while at < len(self._text) and self._text[at] in " \t\r\n":
            at += 1
        return at


def put(text: str, root: Node, path: Sequence[str], item: Json) -> str:
    """`text` with `item` at the end of the array at `path` below `root`, made where it is missing.

    Raises NotJson where something else stands in its way.
    """
    here, missing = root, list(path)
    while missing and (found := here.member(missing[0])) is not None:
        here = found
        missing.pop(0)
        wanted = dict if missing else list
        if not isinstance(here.value, wanted):
            raise NotJson(f"{'.'.join(path)} is not what it should be")
    if missing:
        item = [item]
        for name in reversed(missing[1:]):
            item = {name: item}
        return add(text, here, missing[0], item)
    return add(text, here, None, item)


def add(text: str, node: Node, name: str | None, item: Json) -> str:
    """`text` with `item` as the last part of `node`: member `name`, or element of an array."""
    style = _Style(text, node)
    written = style.written(item)
    if name is not None:
        written = f"{json.dumps(name, ensure_ascii=False)}: {written}"
    if node.inner:
        at = node.inner[-1].end
        return f"{text[:at]},{style.between}{written}{text[at:]}"
    at = node.opened + 1
    return f"{text[:at]}{style.first}{written}{style.last}{text[at:]}"


def without(text: str, node: Node, gone: Callable[[Node], bool]) -> str:
    """`text` without the parts of `node` of which `gone` is true."""
    kept = [one for one in node.inner if not gone(one)]
    if not node.inner:
        return text
    if not kept:
        rest = text[node.inner[-1].end :].removeprefix(_Style(text, node).last)
        return text[: node.opened + 1] + rest
    for number in reversed(range(len(node.inner))):
        one = node.inner[number]
        if not gone(one):
            continue
        if number:
            text = text[: node.inner[number - 1].end] + text[one.end :]
        else:
            text = text[: one.start] + text[node.inner[1].start :]
    return text


class _Style:
    """How `node` is laid out: each part on a line of its own, or all on one."""

    def __init__(self, text: str, node: Node) -> None:
        self._unit = _unit(text)
        self._newline = "\r\n" if "\r\n" in text else "\n"
        indent = re.match(r"[ \t]*", text[text.rfind("\n", 0, node.start) + 1 :])
        self._outer = indent[0] if indent else ""
        broken = "\n" in text[node.opened : node.inner[0].start] if node.inner else "\n" in text
        self._in_lines = broken or len(text.strip()) <= 2
        self._inner = self._outer + self._unit
        if node.inner and broken:
            line = text[text.rfind("\n", 0, node.inner[0].start) + 1 : node.inner[0].start]
            self._inner = line if not line.strip() else self._inner
        self.between = self._newline + self._inner if self._in_lines else " "
        self.first = self._newline + self._inner if self._in_lines else ""
        self.last = self._newline + self._outer if self._in_lines else ""

    def written(self, item: Json) -> str:
        if not self._in_lines:
            return json.dumps(item, ensure_ascii=False)
        lines = json.dumps(item, ensure_ascii=False, indent=self._unit).split("\n")
        return (self._newline + self._inner).join(lines)


def _unit(text: str) -> str:
    """One step of indentation: that of the first line that has one."""
    found = re.search(r"^([ \t]+)\S", text, re.M)
    return found[1] if found and len(found[1]) <= 8 else "  "
