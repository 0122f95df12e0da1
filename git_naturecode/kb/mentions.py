"""Which articles refer to something: another article, a commit, code, a session, a review."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.domain.kb import references as refer
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.model import FOLDERS, Article, Link
from git_naturecode.domain.kb.references import Reference, references
from git_naturecode.domain.kb.shelf import Shelf
from git_naturecode.domain.kinds import KB
from git_naturecode.domain.links import read_ranges
from git_naturecode.store import index_rows
from git_naturecode.store.index import Index
from git_naturecode.store.store import Store

_LEAST_HASH = 7


class Sought(NamedTuple):
    """What is asked after: `kind` as in the references, and its full id, hash or path; `lines` of
    a path, (0, 0) for any."""

    kind: str
    target: str
    lines: tuple[int, int] = (0, 0)


class Mention(NamedTuple):
    """An article that refers to it: on `line` of its text, or (0) by a link that `by` has made."""

    article: str
    type: str
    name: str
    title: str
    line: int
    text: str
    by: str = ""


def mentions(store: Store, index: Index, shelf: Shelf, sought: Sought) -> list[Mention]:
    """Every place in which a living article refers to `sought`, by the names of the articles.

    All logs are read in one go and looked through for its name; few of them are then folded.
    """
    wanted = _pattern(shelf, sought)
    found: list[Mention] = []
    for (_, tail), blobs in index_rows.read(index, [(KB, ids.tail(n)) for n in shelf.names]):
        if any(wanted.search(blob.data) for blob in blobs):
            found += _of(build(store.read(tail, KB)), shelf, sought)
    return sorted(found, key=lambda one: (one.name, one.line, one.text))


def _of(article: Article, shelf: Shelf, sought: Sought) -> Iterator[Mention]:
    if article.deleted or article.id == sought.target:
        return
    row = shelf.rows.get(article.id)
    name = shelf.name(row) if row else article.slug
    for one in references(article.text, FOLDERS[article.type]):
        if _is(one, shelf, sought):
            yield Mention(article.id, article.type, name, article.title, one.line, one.text)
    for link in article.links:
        if _is_linked(link, sought):
            where = f"{link.path}:{link.lines}" if link.lines else link.path or link.to
            yield Mention(article.id, article.type, name, article.title, 0, where, link.by)


def _is(one: Reference, shelf: Shelf, sought: Sought) -> bool:
    if one.kind != sought.kind:
        return False
    if one.kind == refer.ARTICLE:
        row = shelf.find(one.target).row
        return row is not None and row["id"] == sought.target
    if one.kind == refer.COMMIT:
        return sought.target.startswith(one.target)
    if one.kind == refer.CODE:
        return one.target == sought.target and _meet(one.lines, sought.lines)
    return ids.tail(one.target) == ids.tail(sought.target)


def _is_linked(link: Link, sought: Sought) -> bool:
    if sought.kind == refer.CODE:
        ranges = read_ranges(link.lines) or ((0, 0),)
        return link.path == sought.target and any(_meet(one, sought.lines) for one in ranges)
    return link.to.partition("#")[0] == sought.target


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """True when two ranges have a line in common; (0, 0) has all of them."""
    return not one[0] or not other[0] or (one[0] <= other[1] and other[0] <= one[1])


def _pattern(shelf: Shelf, sought: Sought) -> re.Pattern[bytes]:
    """What the log of every article holds that refers to it."""
    if sought.kind == refer.COMMIT:
        return re.compile(re.escape(sought.target[:_LEAST_HASH].encode()))
    if sought.kind == refer.CODE:
        name = sought.target.rpartition("/")[2]
        return _any([name.encode("utf-8", "surrogateescape")], is_ascii=name.isascii())
    words = [ids.tail(sought.target).encode()]
    slugs: Sequence[str] = ()
    if sought.kind == refer.ARTICLE and (row := shelf.rows.get(sought.target)):
        slugs = [shelf.name(row), str(row["slug"]), *map(str, row["formerSlugs"])]
        words += [slug.encode() for slug in slugs]
        words.append(b"[[")  # what stands there is written as people like to
    return _any(words, is_ascii=all(slug.isascii() for slug in slugs))


def _any(words: Sequence[bytes], *, is_ascii: bool) -> re.Pattern[bytes]:
    found = [re.escape(word) for word in words]
    if not is_ascii:
        found.append(rb"%[c-f][0-9a-f]%")  # as links write other letters
    return re.compile(b"|".join(found), re.I)
