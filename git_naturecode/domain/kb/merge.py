"""What the revisions of an article add up to: one text, in which nothing that was written is lost.

docs/design/kb-merge.md has the cases.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from git_naturecode.domain.kb import marks
from git_naturecode.domain.kb.dag import Graph
from git_naturecode.domain.kb.marks import Place, has_marks, places

__all__ = ["Node", "Place", "View", "has_marks", "places", "view"]
MOST_HEADS = 32
"""Versions that are merged into one view; a log with more of them was not made by people."""
_MOST_NAMED = 500  # heads that the next revision can name as its parents
_MOST_BYTES = 8 << 20  # of the texts that are merged for one view: about a second


class Node(NamedTuple):
    """One revision; without a `text` if it is a deletion (`deleted`), hidden or purged."""

    id: str
    parents: tuple[str, ...]
    text: str | None
    deleted: bool
    by: str
    time: str
    order: tuple[str, str, str]


class View(NamedTuple):
    """The text and where somebody has to decide in it; `heads` are what a next revision replaces.

    `deleted` says that nobody kept the article; `kept_over` are deletions that an edit overruled.
    """

    text: str
    places: tuple[Place, ...]
    heads: tuple[str, ...]
    deleted: bool
    kept_over: tuple[str, ...]


def view(nodes: Mapping[str, Node]) -> View:
    """What `nodes`, by their ids, add up to: the same for everybody who has them.

    The heads are merged in the order of their stamps, each over the merge of the best common
    ancestors that it has with those before it. An edit stands against a deletion that did not know
    of it; in place of a head without text stands what it was made of. One head is its text, byte
    for byte.
    """
    graph = Graph({name: node.parents for name, node in nodes.items()})
    heads = graph.heads()
    seen = {name for name, node in nodes.items() if node.text is not None or node.deleted}
    shown = heads if seen.issuperset(heads) else graph.standing(heads, seen)
    live = sorted(
        (one for one in shown if not nodes[one].deleted), key=lambda one: nodes[one].order
    )
    gone = tuple(one for one in shown if nodes[one].deleted)
    if len(live) < 2:
        text = nodes[live[0]].text or "" if live else ""
        named = tuple(heads[:_MOST_NAMED])
        return View(text, places(text), named, bool(gone and not live), gone if live else ())
    chosen = _chosen(nodes, live)
    text = _folded(tuple(nodes[name] for name in graph.parents), tuple(chosen))
    late = set(live).difference(chosen)
    if late:
        text = f"{text.rstrip(chr(10))}\n\n{marks.waiting(len(late))}\n"
    named = tuple(sorted([*chosen, *_others(heads, live)[: _MOST_NAMED - len(chosen)]]))
    return View(text, places(text), named, False, gone)


@lru_cache(maxsize=8)
def _folded(nodes: tuple[Node, ...], heads: tuple[str, ...]) -> str:
    """The merge of `heads`; one command may ask for the same several times."""
    from git_naturecode.domain.kb.folding import folded  # one head needs none of it

    graph = Graph({node.id: node.parents for node in nodes})
    return folded(graph, {node.id: node for node in nodes}, heads)


def _others(heads: Sequence[str], live: Sequence[str]) -> list[str]:
    known = set(live)
    return [one for one in heads if one not in known]


def _chosen(nodes: Mapping[str, Node], live: Sequence[str]) -> list[str]:
    """Those of `live` that are merged, in the order of their stamps: of each writer the latest.

    So that nobody crowds the others out with thousands of versions of his own.
    """
    turns: dict[str, int] = {}
    ranked: list[tuple[int, int, str]] = []
    for number in range(len(live) - 1, -1, -1):
        who = nodes[live[number]].by
        turns[who] = turns.get(who, 0) + 1
        ranked.append((turns[who], -number, live[number]))
    chosen: set[str] = set()
    size = 0
    for _, _, name in sorted(ranked)[:MOST_HEADS]:
        size += len(nodes[name].text or "")
        if len(chosen) > 1 and size * (len(chosen) + 1) > _MOST_BYTES:
            break
        chosen.add(name)
    return [name for name in live if name in chosen]
