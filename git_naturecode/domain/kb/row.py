"""What the index keeps of an article: its row for lists, the texts to search, facets."""

from collections.abc import Iterable

from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.marks import without
from git_naturecode.domain.kb.model import REVISION, Article
from git_naturecode.domain.people import key
from git_naturecode.store.described import NAMED, TITLE, WHOLE, Described
from git_naturecode.store.entry import Json
from git_naturecode.store.store import Placed

LIVE, DELETED = "live", "deleted"


def describe(tail: str, placed: list[Placed]) -> Described | None:
    """What the index keeps of the article with these entries; None where nothing opens one."""
    return described(build(placed))


def described(article: Article, revisions: int | None = None) -> Described | None:
    """What the index keeps of `article`, of which so many `revisions` were written where they are
    not in it."""
    if not article.opened:
        return None
    return Described(row(article, revisions), article.updated, texts(article), facets(article))


def row(article: Article, revisions: int | None = None) -> dict[str, Json]:
    """What a list says about an article; how many `revisions` it has where they are not in it."""
    if revisions is None:
        revisions = sum(one.kind == REVISION for one in article.revisions)
    return {
        "id": article.id,
        "type": article.type,
        "title": article.title,
        "slug": article.slug,
        "authorId": article.author,
        "tags": article.tags,
        "createdAt": article.created,
        "updatedAt": article.updated,
        "views": article.views,
        "helpful": article.helpful,
        "unhelpful": article.unhelpful,
        "marked": article.marked,
        "deleted": article.deleted is not None,
        "revisions": revisions,
        "heads": list(article.heads),
        "formerSlugs": article.former_slugs,
        "links": sorted({one.to for one in article.links}),
        "files": [one.name for one in article.files],
        "origin": origin_key(article.origin),
    }


def origin_key(origin: dict[str, Json]) -> str:
    """What an article was made of as one text: `tool source` of an import, `session message`, or
    the path of the code; "" of what somebody wrote."""
    names = ("tool", "source", "session", "message", "code", "topic")
    said = [origin.get(name) for name in names]
    return " ".join(one for one in said if isinstance(one, str) and one)


def texts(article: Article) -> list[tuple[str, str]]:
    """What a search looks through: (what it is, text). Nothing of a deleted article, and no line
    of a mark, which nobody wrote."""
    if article.deleted:
        return []
    named = " ".join([*article.tags, article.slug, *article.former_slugs])
    found = [(TITLE, article.title), (NAMED, named), (WHOLE, without(article.text))]
    return [(name, text) for name, text in found if text]


def facets(article: Article) -> list[tuple[str, str]]:
    """What lists can be narrowed by: state (LIVE, DELETED), type, tag, author, slug and former
    slugs, what it was made of, what it is linked to, and `marked`."""
    state = DELETED if article.deleted else LIVE
    found = [("state", state), ("type", article.type), ("author", key(article.author))]
    found += [("slug", article.slug), ("origin", origin_key(article.origin))]
    found += _each("former", article.former_slugs)
    found += _each("tag", article.tags)
    found += _each("link", (one.to for one in article.links))
    found += _each("path", (one.path for one in article.links))
    found += [("marked", "yes" if article.marked and not article.deleted else "")]
    return sorted({(name, value) for name, value in found if value})


def _each(name: str, values: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, value) for value in values]
