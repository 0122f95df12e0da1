"""What an edit of an article's file adds up to as entries."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from git_naturecode.domain import fold
from git_naturecode.domain.kb import edited, makers, texts
from git_naturecode.domain.kb.build import TAGS, joined
from git_naturecode.domain.kb.model import REVISION, Article, Revision
from git_naturecode.store.entry import Draft, Entry


class Change(NamedTuple):
    """The entries to write, and the lines of the text before and after (for those who are told)."""

    drafts: tuple[Draft, ...]
    before: str
    after: str


def change(
    article: Article, entries: Sequence[Entry], found: edited.Edited, heads: Sequence[str],
    source: tuple[str, str] = ("", ""),
) -> Change:  # fmt: skip
    """What `found`, made of the revisions `heads`, changes in `article`, whose entries are
    `entries`. `source` is (commit, path) of an edit made elsewhere."""
    drafts: list[Draft] = []
    before = edited.ended(edited.visible(joined(article.revisions, heads)))
    if found.text != before:
        drafts.append(makers.revision(found.text, heads, source=source))
    title = found.title or texts.retitled(article.title, before, found.text)
    if title and title != article.title:
        drafts.append(makers.title(entries, title))
    if found.tags is not None:
        had = _tags_then(entries, found.block.tags)
        drafts += _tags(entries, article.tags, found.tags, had)
    return Change(tuple(drafts), before, found.text)


def said_before(article: Article, draft: Draft, body: str | None, by: str) -> Revision | None:
    """The revision of `article` by which `by` has said `draft` already, with the text `body`.

    Whoever was killed after he wrote an entry finds it there.
    """
    parents = set(draft.fields.get("parents", ()))
    for one in article.revisions:
        if (
            draft.kind == one.kind == REVISION
            and (one.text, one.writer) == (body, by)
            and set(one.parents) == parents
        ):
            return one
    return None


def _tags(
    entries: Sequence[Entry], now: Iterable[str], wanted: Iterable[str], had: Iterable[str]
) -> list[Draft]:
    """Only what was added or taken out in the file: what others added meanwhile stays, and so does
    what the file does not show, or shows in other letters."""
    had = list(had)
    shown = dict(zip(edited.shown_tags(had), had, strict=False))
    wanted, there = set(wanted), set(now)
    added = sorted(one for one in wanted if one not in shown and one not in there)
    gone = [one for name, one in shown.items() if name not in wanted and one in there]
    made = [makers.tag(entries, one, there=True) for one in added]
    return made + [makers.tag(entries, one, there=False) for one in gone]


def _tags_then(entries: Sequence[Entry], wanted: str) -> list[str]:
    """The tags with the short hash `wanted`, as they were at some time; none where never."""
    said = [e for e in entries if e.kind in ("add", "remove") and e.header.get("field") == TAGS]
    said.sort(key=lambda one: one.order)
    for end in range(len(said), -1, -1):
        tags = fold.members(said[:end], TAGS)
        if edited.short_of(edited.shown_tags(tags)) == wanted:
            return tags
    return []
