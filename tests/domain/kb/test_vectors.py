"""The entries of an article are written and understood as ever."""

import json
from pathlib import Path
from typing import Any

from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.model import Article
from git_naturecode.store import format
from git_naturecode.store.store import TEAM, Placed

VECTORS = Path(__file__).parents[2] / "store" / "vectors"
KINDS = {
    "open", "revision", "set", "add", "remove", "rename", "delete", "redact", "vote", "view",
    "link", "unlink", "file",
}  # fmt: skip


def told(article: Article) -> dict[str, Any]:
    """What the vector says of an article."""
    return {
        "title": article.title, "type": article.type, "slug": article.slug,
        "formerSlugs": article.former_slugs, "tags": article.tags, "author": article.author,
        "opener": article.opener, "created": article.created, "updated": article.updated,
        "text": article.text, "heads": list(article.heads), "deleted": article.deleted,
        "views": article.views, "votes": article.votes, "origin": article.origin,
        "revisions": [
            [one.number, one.id, one.kind, list(one.parents), one.by, one.writer, one.time,
             one.text, one.note, list(one.source), list(one.flags)]
            for one in article.revisions
        ],
        "links": [[o.to, o.path, o.lines, o.blob, o.by, o.entry] for o in article.links],
        "files": [[one.name, one.sha, one.size, one.media] for one in article.files],
    }  # fmt: skip


def test_an_article_of_format_1_means_what_it_meant() -> None:
    segment = format.parse((VECTORS / "article.segment").read_bytes())
    known = json.loads((VECTORS / "article.json").read_text())["article"]
    assert {entry.kind for entry in segment.entries} == KINDS
    placed = [Placed(one, segment.entity, segment.device, TEAM) for one in segment.entries]
    assert told(build(placed)) == known
