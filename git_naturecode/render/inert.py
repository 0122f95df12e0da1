"""Markdown that does nothing: no HTML, no pictures from elsewhere, no links but to the web."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

# No reader of Markdown is linear in the number of marks (60,000 of them take five seconds): a text
# beyond these limits is shown as it is. The longest real one has 444 marks in 11,953 characters.
MOST_CHARACTERS = 64 << 10
MOST_MARKS = 2_000
_MARK = re.compile(r"[\[\]*_`<~!]")
_HARMLESS = re.compile(r"(?:https?://|mailto:)[^\s]", re.I)


class Reader(MarkdownIt):
    """Markdown as GitHub reads comments, without raw HTML; a bad link is plain text."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "breaks": True})
        self.enable(["table", "strikethrough"])

    def validateLink(self, url: str) -> bool:
        """True when `url` may be the target of a link."""
        return bool(_HARMLESS.match(url))


class Renderer(Reader):
    """Makes HTML of it; what would load a picture is a link to it at most."""

    def __init__(self) -> None:
        super().__init__()
        self.disable("image")
        self.add_render_rule("link_open", _link)
        self.add_render_rule("heading_open", _heading)
        self.add_render_rule("heading_close", _heading)


def _link(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """A link that tells its target nothing of where it was followed."""
    tokens[index].attrSet("rel", "noopener noreferrer nofollow")
    if not tokens[index].attrGet("href"):  # `[x]()`, which would load the page itself once more
        tokens[index].attrs.pop("href", None)
    return str(self.renderToken(tokens, index, options, env))


def _heading(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """A heading below those of the page, so that a text does not make a chapter of it."""
    level = int(tokens[index].tag[1:])
    return str(self.renderToken(tokens, index, options, env)).replace(
        f"h{level}", f"h{min(level + 2, 6)}", 1
    )


def is_short(text: str) -> bool:
    """True when reading `text` as Markdown takes no longer than it should."""
    return len(text) <= MOST_CHARACTERS and len(_MARK.findall(text)) <= MOST_MARKS


def is_inert(text: str) -> bool:
    """True when `text`, read as Markdown beside any other such text, loads and does nothing.

    Read with raw HTML on, since whoever shows the file may have it on.
    """
    if not is_short(text):
        return False
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    # All links are to be seen here, so that the bad ones are.
    reader.validateLink = _any  # type: ignore[method-assign]
    env: dict[str, Any] = {}
    for token in _flat(reader.parse(text, env)):
        if token.type in ("html_block", "html_inline", "image"):
            return False
        if token.type == "text" and "![" in token.content:
            return False  # a definition in another text would make a picture of it
        if token.type == "link_open" and not _HARMLESS.match(str(token.attrGet("href"))):
            return False
    targets = env.get("references", {}).values()
    return all(_HARMLESS.match(str(target.get("href"))) for target in targets)


def _any(url: str) -> bool:
    return True


def _flat(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or ())
