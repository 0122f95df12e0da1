"""What the notes on commits say of an article: that it is linked to the commit, or to its lines.

`article ARTICLE type=TYPE slug=SLUG`, `lines ARTICLE RANGE PATH`; values are percent-encoded as in
the notes of sessions (store/note_lines.py). No title: nothing in a note should ever need a purge.
"""

import re
from collections.abc import Iterable

from git_naturecode.domain.kb.model import Article, Link
from git_naturecode.domain.links import read_ranges
from git_naturecode.store.note_lines import MAX_LINE, encoded

COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LINE = re.compile(rb"(?:article|lines) (kb-\d{8}-[0-9a-hjkmnp-tv-z]{8})(?: |$)")
_MOST_PATH = 1_000
_MOST_LINKS = 2_000
"""Of the commits that one article is linked to; each is a file in the notes of every clone."""


def article_of(line: bytes) -> str | None:
    """The article that a line speaks of; None for a line of another kind."""
    found = _LINE.match(line)
    return found[1].decode() if found else None


def lines(article: Article, shared: Iterable[Link]) -> dict[str, set[bytes]]:
    """The lines on each commit, by its id; `shared` are the links that others have, too."""
    found: dict[str, set[bytes]] = {}
    if article.deleted or not article.opened:
        return found
    named = f"article {article.id} type={article.type} slug={encoded(article.slug)}"
    for link in list(shared)[:_MOST_LINKS]:
        if not COMMIT.fullmatch(link.to):
            continue
        _put(found, link.to, named)
        if link.path and len(link.path) <= _MOST_PATH and read_ranges(link.lines):
            path = encoded(link.path, blanks=True)
            _put(found, link.to, f"lines {article.id} {link.lines} {path}")
    return found


def _put(found: dict[str, set[bytes]], commit: str, line: str) -> None:
    data = line.encode("utf-8", "replace")
    if len(data) <= MAX_LINE:
        found.setdefault(commit, set()).add(data)
