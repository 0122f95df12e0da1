"""A proposal for the knowledge base: what it says, and where each statement of it comes from."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from git_naturecode.store.entry import Json

SESSION_KINDS = ("decision", "problem", "pattern", "lesson", "practice")
CODE_KINDS = ("architecture", "decisions", "dependencies", "configuration", "testing")
KINDS = (*SESSION_KINDS, *CODE_KINDS, "snippet", "faq")
"""What a proposal can be; the specification names the first five of sessions and of code."""
TYPES: Mapping[str, str] = {
    "snippet": "snippet", "practice": "practice", "lesson": "practice", "faq": "faq",
}  # fmt: skip
"""The type of the article that a proposal becomes; of a kind that is not here `article`."""
_MOST_TITLE = 120
_ODD = re.compile(r"[\s()]")


class Source(NamedTuple):
    """Where a statement comes from: a message of a session, or lines of a file.

    `message` is the id of the message that is number `number` (from 1) of `session`; `lines` is
    "12" or "12-30". What does not apply is empty.
    """

    session: str = ""
    message: str = ""
    number: int = 0
    path: str = ""
    lines: str = ""

    @property
    def label(self) -> str:
        """How it is named: `session-20261126-k3v9q2m7#12`, `src/app.py:12-30`."""
        if self.session:
            return f"{self.session}#{self.number}"
        return f"{self.path}:{self.lines}" if self.lines else self.path

    @property
    def target(self) -> str:
        """Where a Markdown link to it leads: the same for a message; `src/app.py#L12-L30`."""
        if self.session:
            return self.label
        first, _, last = self.lines.partition("-")
        lines = f"#L{first}-L{last}" if last else f"#L{first}" if first else ""
        return f"<{self.path}{lines}>" if _ODD.search(self.path) else self.path + lines

    @property
    def link(self) -> str:
        """A Markdown link to it."""
        return f"[{self.label}]({self.target})"


class Statement(NamedTuple):
    """One thing that a proposal says, as Markdown, and all that it rests on.

    `heading` stands above it, where it has one ("Why", "What went wrong").
    """

    text: str
    sources: tuple[Source, ...]
    heading: str = ""


class Near(NamedTuple):
    """An article that says much the same: how alike they are, from 0 to 1."""

    id: str
    title: str
    score: float


class Proposal(NamedTuple):
    """Something to keep: a title that says the point, and a body (Markdown, LF at its end).

    `origin` becomes that of the article: {session, message} or {code, topic}; it is the same at the
    next run. `why` tells the person who decides what made it look worth keeping, `confidence` (0 to
    1) how sure that is; neither is kept. `files` are paths of the repository that it is about,
    `near` the articles that it could be an edit of, the likest first.
    """

    kind: str
    title: str
    body: str
    origin: Mapping[str, Json]
    sources: tuple[Source, ...] = ()
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    confidence: float = 0.5
    why: str = ""
    near: tuple[Near, ...] = ()

    @property
    def type(self) -> str:
        """The type of the article that it becomes."""
        return TYPES.get(self.kind, "article")

    @property
    def key(self) -> str:
        """What is the same when it is proposed again: its origin, in one spelling."""
        return json.dumps(self.origin, sort_keys=True, ensure_ascii=False)


def body(statements: Sequence[Statement], files: Sequence[str] = ()) -> str:
    """`statements` as the text of an article, each followed by links to what it rests on."""
    parts = []
    for one in statements:
        head = f"## {one.heading}\n\n" if one.heading else ""
        cited = ", ".join(source.link for source in one.sources)
        parts.append(f"{head}{one.text.strip()}" + (f"\n\nSource: {cited}" if cited else ""))
    if files:
        parts.append("Files: " + ", ".join(f"`{path}`" for path in files))
    return "\n\n".join(parts) + "\n"


def sources(statements: Sequence[Statement]) -> tuple[Source, ...]:
    """All that `statements` rest on, each once, in the order in which it is named."""
    return tuple(dict.fromkeys(source for one in statements for source in one.sources))


def titled(text: str) -> str:
    """`text` as a title: one line, no longer than fits a list, cut where a word ends."""
    whole = " ".join(text.split()).strip(" .:;,-*_#")
    if len(whole) <= _MOST_TITLE:
        return whole
    cut = whole[: _MOST_TITLE - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" .:;,-*_#") + "…"
