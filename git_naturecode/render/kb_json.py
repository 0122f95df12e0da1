"""An article of the knowledge base as JSON, with the keys of the specification."""

from git_naturecode.domain.kb.changes import Change
from git_naturecode.domain.kb.model import Article, File, Link, Revision
from git_naturecode.domain.said import Mark
from git_naturecode.store.entry import Json


def json(article: Article, slug: str) -> dict[str, Json]:
    """All that is known of an article; `slug` is what it is called here."""
    return {
        "id": article.id,
        "type": article.type,
        "title": article.title,
        "slug": slug,
        "content": article.text,
        "authorId": article.author,
        "broughtInBy": article.opener if article.opener != article.author else None,
        "tags": article.tags,
        "createdAt": article.created,
        "updatedAt": article.updated,
        "views": article.views,
        "helpful": article.helpful,
        "unhelpful": article.unhelpful,
        "heads": list(article.heads),
        "marked": article.marked,
        "places": [_place(one) for one in article.places],
        "deleted": _mark(article.deleted) if article.deleted else None,
        "keptOver": [_mark(one) for one in article.kept_over],
        "links": [_link(one) for one in article.links],
        "files": [_file(one) for one in article.files],
        "formerSlugs": article.former_slugs,
        "origin": article.origin or None,
        "standing": article.standing,
    }


def _place(one: Json) -> dict[str, Json]:
    texts = [{"userId": by, "timestamp": time, "content": text} for by, time, text in one.texts]
    return {"line": one.start + 1, "endLine": one.end, "texts": texts}


def _mark(one: Mark) -> dict[str, Json]:
    return {"userId": one.by, "timestamp": one.time, "reason": one.reason or None}


def _link(one: Link) -> dict[str, Json]:
    found = {"to": one.to, "path": one.path, "lines": one.lines, "blob": one.blob}
    more = {"userId": one.by, "timestamp": one.time}
    return {**{key: value for key, value in found.items() if value}, **more}


def _file(one: File) -> dict[str, Json]:
    return {"name": one.name, "sha256": one.sha, "size": one.size, "media": one.media}


def change_json(one: Change) -> dict[str, Json]:
    """A change to something else than the text."""
    return {
        "field": one.field, "former": one.former or None, "value": one.value or None,
        "userId": one.by, "timestamp": one.time,
    }  # fmt: skip


def revision_json(one: Revision, *, content: bool) -> dict[str, Json]:
    """One revision; with its text if `content`."""
    found: dict[str, Json] = {
        "id": one.id, "number": one.number, "kind": one.kind, "parents": list(one.parents),
        "userId": one.by, "timestamp": one.time, "note": one.note or None,
        "broughtInBy": one.writer if one.writer not in ("", one.by) else None,
        "commit": one.source[0] or None, "path": one.source[1] or None,
        "flags": list(one.flags), "redacted": _mark(one.hidden) if one.hidden else None,
    }  # fmt: skip
    return found | ({"content": one.text} if content else {})
