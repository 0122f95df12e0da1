"""Heads of a graph of revisions made one text, over the merge of what they have in common."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from git_naturecode.domain.kb import blocks, layout, marks
from git_naturecode.domain.kb.dag import Graph
from git_naturecode.domain.kb.layout import Side
from git_naturecode.domain.kb.losses import lost
from git_naturecode.domain.kb.three_way import Both, merged

_MOST_DEEP = 16  # merges of common ancestors of common ancestors of ...
_MOST_BASES = 8  # common ancestors that are merged for one base
_MOST_CHARACTERS = 8_000_000  # that are merged for common ancestors
_MOST_SEARCHED = 200_000_000  # characters in which the writers of single places are looked for

Key = tuple[str, ...]


class Written(Protocol):
    """A revision, as far as a merge needs it."""

    @property
    def text(self) -> str | None: ...
    @property
    def by(self) -> str: ...
    @property
    def time(self) -> str: ...
    @property
    def order(self) -> tuple[str, str, str]: ...


def folded(graph: Graph, nodes: Mapping[str, Written], heads: Sequence[str]) -> str:
    """The text that `heads`, none of which has seen another, add up to, merged in that order.

    Bounded: where common ancestors have common ancestors of their own without end, or are too many
    or too large, one of them stands for all.
    """
    return _Folding(graph, nodes).text(tuple(heads))


class _Folding:
    def __init__(self, graph: Graph, nodes: Mapping[str, Written]) -> None:
        self.graph = graph
        self.nodes = nodes
        self.seen = frozenset(name for name, node in nodes.items() if node.text is not None)
        self.known: dict[Key, str] = {}
        self.left = _MOST_CHARACTERS
        self.writers = _Writers(graph, nodes)

    def text(self, wanted: Key) -> str:
        """The merge of `wanted`; what it needs for that is merged before, without recursion."""
        waiting = [wanted]
        while waiting:
            key = waiting[-1]
            steps = [] if key in self.known else list(self._steps(key))
            missing = [base for _, base in steps if base and not self._is_known(base)]
            if missing and len(waiting) < _MOST_DEEP and self.left > 0:
                waiting += missing[:1]
                continue
            if steps:
                self.known[key] = self._whole(key, self._fold(key, steps))
            waiting.pop()
        return self._known(wanted)

    def _whole(self, heads: Key, text: str) -> str:
        """`text`, the merge of `heads`; where it lacks or hides something, theirs side by side."""
        texts = [self.nodes[one].text or "" for one in heads]
        is_whole = not lost(self.graph, self.nodes, heads, text) and not _swallows(text, texts)
        return text if is_whole else self._beside(heads)

    def _beside(self, heads: Sequence[str]) -> str:
        """The whole texts of `heads`, one after the other, for a person to choose from."""
        sides = []
        for name in heads:
            node = self.nodes[name]
            lines = tuple(marks.items(_unix(node.text or "").rstrip("\n")))
            sides.append(Side(lines, marks.named(node.by), marks.minute(node.time), name))
        return "\n".join(layout.laid_out([layout.clash(sides)])) + "\n"

    def _steps(self, key: Key) -> Iterator[tuple[str, Key]]:
        """Each of `key` but the first, and what it has in common with those before it."""
        for number in range(1, len(key)):
            bases = self.graph.bases(key[:number], key[number])
            if not self.seen.issuperset(bases):
                bases = self.graph.standing(bases, self.seen)
            bases.sort(key=lambda one: self.nodes[one].order)  # as their view was made
            yield key[number], tuple(bases[:_MOST_BASES])

    def _is_known(self, key: Key) -> bool:
        return len(key) == 1 or key in self.known

    def _known(self, key: Key) -> str:
        return self.known[key] if key in self.known else self.nodes[key[0]].text or ""

    def _fold(self, key: Key, steps: Sequence[tuple[str, Key]]) -> str:
        text = _unix(self._known(key[:1]))
        for number, (name, base) in enumerate(steps, 1):
            other = _unix(self.nodes[name].text or "")
            was = _unix(self._known(base)) if base else None
            self.left -= len(text) + len(other) + len(was or "")
            text = self._merged(key[:number], name, base, was, text, other)
        return text

    def _merged(
        self, before: Key, name: str, base: Key, was: str | None, one: str, other: str
    ) -> str:
        if one == other or other == was:
            return one
        if one == was:
            return other
        parts: list[layout.Part] = []
        for part in merged(
            None if was is None else marks.items(was), marks.items(one), marks.items(other)
        ):
            if isinstance(part, Both):
                sides = [
                    self.writers.side(before, base, part.was, part.one),
                    self.writers.side((name,), base, part.was, part.other),
                ]
                parts.append(layout.clash(sides))
            else:
                parts.append(part)
        lines = layout.laid_out(parts)
        return "\n".join(lines) + ("\n" if lines and _ends(was, one, other) else "")


class _Writers:
    """Who wrote a piece of a text: the first revision, of those not in common, that had it."""

    def __init__(self, graph: Graph, nodes: Mapping[str, Written]) -> None:
        self.graph = graph
        self.nodes = nodes
        self.left = _MOST_SEARCHED

    def side(self, heads: Key, bases: Key, was: Sequence[str], lines: tuple[str, ...]) -> Side:
        """`lines`, which stand in the merge of `heads` in place of `was`, with their writer."""
        common, stood = frozenset(bases), _piece(lines)
        gone = "" if stood else _piece(was)
        head = next((one for one in heads if self._has(one, stood, gone)), heads[-1])
        name = head
        while True:
            above = (one for one in self.graph.parents[name] if one not in common)
            before = next((one for one in above if self._has(one, stood, gone)), None)
            if before is None or (not stood and self._shrank(before, name)):
                node = self.nodes[name]
                return Side(lines, marks.named(node.by), marks.minute(node.time), head)
            name = before

    def _has(self, name: str, stood: str, gone: str) -> bool:
        """True when `stood` is in the text of a revision, or `gone` is not where that is empty."""
        text = self.nodes[name].text
        if text is None or self.left < 0:
            return False
        self.left -= len(text)
        text = f"\n{text}\n"
        return stood in text if stood else bool(gone) and gone not in text

    def _shrank(self, before: str, name: str) -> bool:
        """True when `name` has fewer lines than `before`: then it is what took lines out."""
        sizes = [len((self.nodes[one].text or "").split("\n")) for one in (before, name)]
        return sizes[1] < sizes[0]


def _swallows(text: str, heads: Sequence[str]) -> bool:
    """True where a comment that none of `heads` leaves open is open at the end of `text`.

    One has taken the fence away in which another began it, say: no line is lost, but who reads the
    page sees none of those that follow.
    """
    return _is_hidden(text) and not any(map(_is_hidden, heads))


def _is_hidden(text: str) -> bool:
    return bool(blocks.after(_unix(text).split("\n")).end)


def _piece(lines: Sequence[str]) -> str:
    said = "\n".join(lines).strip("\n")
    return f"\n{said}\n" if said else ""


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n") if "\r" in text else text


def _ends(was: str | None, one: str, other: str) -> bool:
    """Whether the merged text ends with a line end: as whoever changed that wants it."""
    mine, theirs = one.endswith("\n"), other.endswith("\n")
    if mine == theirs or was is None:
        return mine or theirs
    return not was.endswith("\n")
