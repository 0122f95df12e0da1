"""Graphs of revisions for tests: nodes in few words, and the view of some of them."""

from git_naturecode.domain.kb.merge import Node, View, view


def node(
    name: str, parents: str = "", text: str | None = None, *, by: str = "", at: int = 0,
    deleted: bool = False,
) -> Node:  # fmt: skip
    """A revision of that name by somebody of its name, made in minute `at`; parents with blanks."""
    when = at or sum(map(ord, name))
    time = f"2026-11-{1 + when // 1440:02}T{when // 60 % 24:02}:{when % 60:02}:00.000Z"
    return Node(name, tuple(parents.split()), text, deleted, by or name, time, (time, name, ""))


def seen(*nodes: Node) -> View:
    """What `nodes` add up to."""
    return view({one.id: one for one in nodes})


def merged(base: str, *texts: str) -> str:
    """The view of `texts`, by a, b, c, ..., all of which were made of `base`."""
    heads = [node(chr(97 + n), "r", text, at=10 + n) for n, text in enumerate(texts)]
    return seen(node("r", "", base, at=1), *heads).text
