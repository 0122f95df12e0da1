"""Folding the entries of an article: its revisions and what they add up to, names, votes, views."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import chain

from git_naturecode import ids
from git_naturecode.domain import fold
from git_naturecode.domain.kb import merge, slugs
from git_naturecode.domain.kb.model import (
    ARTICLE,
    DELETE,
    HELPFUL,
    REVISION,
    TYPES,
    UNHELPFUL,
    Article,
    File,
    Link,
    Revision,
)
from git_naturecode.domain.people import key
from git_naturecode.domain.said import ENCRYPTED, TOLD, Mark, text_of
from git_naturecode.store.entry import Entry, Json, writer
from git_naturecode.store.store import TEAM, Placed

TAGS = "tags"
_CHANGES = (
    "open", REVISION, DELETE, "set", "add", "remove", "rename", "redact", "link", "unlink", "file",
)  # fmt: skip
_MOST = 10**12
_MOST_BEYOND = 100_000  # steps over revisions that do not count


def build(placed: Sequence[Placed]) -> Article:
    """The article that `placed`, all entries about it, add up to."""
    counted = fold.count(placed)
    by_kind: dict[str, list[fold.Counted]] = {}
    for one in counted:
        by_kind.setdefault(one.entry.kind, []).append(one)
    said = _Said(by_kind)
    article = Article(min((one.entity for one in placed), default=""))
    article.shared = any(one.side == TEAM for one in placed)
    for entry in said.of("open")[:1]:  # the first counts, should there be several
        open_by(article, entry)
    _registers(article, said)
    article.votes = votes(said.of("vote"))
    article.viewed = viewed(by_kind.get("view", ()))
    article.views = sum(article.viewed.values())
    article.links = links(said.of("link", "unlink"))
    article.files = files(said.of("file"))
    article.standing = Counter(one.placed.mark.state for one in counted if one.placed.mark)
    left_out = dict(placed[0].left_out) if placed else {}
    article.revisions = revisions(said.counted(REVISION, DELETE), said.of("redact"), left_out)
    times = [time_of(one.entry) for kind in _CHANGES for one in by_kind.get(kind, ())]
    article.updated = max([*times, article.created])
    _shown(article)
    return article


class _Said:
    """The entries that count, by their kinds."""

    def __init__(self, by_kind: Mapping[str, list[fold.Counted]]) -> None:
        self.by_kind = by_kind

    def counted(self, *kinds: str) -> list[fold.Counted]:
        """Those of `kinds`, in their order."""
        found = [self.by_kind[kind] for kind in kinds if kind in self.by_kind]
        if len(found) < 2:
            return found[0] if found else []
        return sorted(chain.from_iterable(found), key=lambda one: one.entry.order)

    def of(self, *kinds: str) -> list[Entry]:
        """The same as entries alone."""
        return [one.entry for one in self.counted(*kinds)]


def time_of(entry: Entry) -> str:
    """When it was said: the time of its source, else that of its writing (ISO, UTC)."""
    return text_of(entry, "t") or entry.at[:24]


def author_of(entry: Entry) -> str:
    """Who said it: of an imported one whom its source names, else its writer."""
    named = text_of(entry, "author") if fold.is_imported(entry) else ""
    return named or text_of(entry, "by")


def open_by(article: Article, entry: Entry) -> None:
    """Take over what `entry`, an `open`, says of `article`."""
    origin = entry.header.get("origin")
    article.opened = True
    article.title, article.slug = text_of(entry, "title"), text_of(entry, "slug")
    article.type = _type(entry.header.get("type"), ARTICLE)
    article.author, article.opener = author_of(entry), text_of(entry, "by")
    article.created = time_of(entry)
    article.origin = origin if isinstance(origin, dict) else {}


def _registers(article: Article, said: _Said) -> None:
    sets = said.of("set")
    title = fold.register(sets, "title") if sets else None
    article.title = title if title and isinstance(title, str) else article.title
    article.type = _type(fold.register(sets, "type") if sets else None, article.type)
    article.tags = fold.members(said.of("add", "remove"), TAGS)
    began = article.slug if slugs.is_slug(article.slug) else _slug(article)
    renames = said.of("rename")
    every = [(one, text_of(one, "slug")) for one in fold.live(renames, "rename")]
    named = [slug for _, slug in every if slugs.is_slug(slug)]
    article.slug = named[-1] if named else began
    former = [began, *(text_of(one, "slug") for one in renames)] if renames else []
    article.former_slugs = list(
        dict.fromkeys(one for one in former if one != article.slug and slugs.is_slug(one))
    )


def _slug(article: Article) -> str:
    """What it is called where nobody said so, or nothing that a file can be called."""
    return slugs.slug_of(article.title) or f"{article.type}-{ids.tail(article.id)}"


def revisions(
    nodes: Sequence[fold.Counted], redactions: Iterable[Entry],
    left_out: Mapping[str, tuple[str, ...]] | None = None,
) -> list[Revision]:  # fmt: skip
    """All revisions and deletions, in the order of the log, redacted ones without their text.

    `left_out` are the parents of those that do not count.
    """
    hidden: dict[str, Entry] = {}
    for entry in redactions:
        hidden.setdefault(text_of(entry, "target"), entry)
    found = sorted(nodes, key=lambda one: order_of(one.entry))
    made = [_revision(one, number, hidden.get(one.entry.id)) for number, one in enumerate(found, 1)]
    if not left_out:
        return made
    beyond = _Beyond(left_out.keys() - {one.id for one in made}, left_out)
    return [one._replace(parents=beyond.of(one)) for one in made]


class _Beyond:
    """What stands behind revisions that do not count: who built on such a one had seen that, too.

    Else a text from before the one that was taken out came back beside what was made of both.
    """

    def __init__(self, out: Set[str], parents: Mapping[str, tuple[str, ...]]) -> None:
        self._out = out
        self._parents = parents
        self._left = _MOST_BEYOND

    def of(self, revision: Revision) -> tuple[str, ...]:
        """The parents of `revision`, those of such a parent in its place."""
        if self._out.isdisjoint(revision.parents):
            return revision.parents
        found: dict[str, None] = {}
        seen, waiting = set[str](), list(reversed(revision.parents))
        while waiting:
            name = waiting.pop()
            if name in seen or name == revision.id:
                continue
            seen.add(name)
            if name in self._out and self._left:
                self._left -= 1
                waiting += reversed(self._parents[name])
            else:
                found[name] = None
        return tuple(found)


def order_of(entry: Entry) -> tuple[str, str, str]:
    """The place of a revision among the others: what a purge had to say again keeps its own."""
    said_again = text_of(entry, "t") if not fold.is_imported(entry) else ""
    return f"{said_again[:24]}/0000" if said_again else entry.at, entry.id, entry.hash


def _revision(one: fold.Counted, number: int, redaction: Entry | None) -> Revision:
    entry = one.entry
    # Of a purged revision only whoever redacted it has written down what its parents were.
    said = redaction if entry.is_stub and redaction else entry
    flags = list(_flags(one))
    hidden = None
    if redaction:
        hidden = Mark(text_of(redaction, "by"), redaction.at[:24], text_of(redaction, "reason"))
        flags.append("redacted")
    is_seen = entry.kind == REVISION and not hidden and not entry.is_stub and not entry.is_sealed
    note = "" if hidden else text_of(entry, "note" if entry.kind == REVISION else "reason")
    return Revision(
        entry.id, number, entry.kind, _parents(said), author_of(entry), time_of(entry),
        (entry.body or "") if is_seen else None, note, order_of(entry), _source(entry), hidden,
        tuple(flags), one.placed.mark, text_of(entry, "by"),
    )  # fmt: skip


def _flags(one: fold.Counted) -> Iterable[str]:
    mark, entry = one.placed.mark, one.entry
    if mark and mark.state in TOLD:
        yield TOLD[mark.state] or mark.reason
    if entry.edited_by_hand:
        yield "edited by hand"
    if one.rivals:
        yield "two contents under one id"
    if entry.is_stub:
        yield "purged"
    elif entry.is_sealed:
        yield ENCRYPTED


def _parents(entry: Entry) -> tuple[str, ...]:
    said = entry.header.get("parents")
    named = said if isinstance(said, list) else ()
    return tuple(dict.fromkeys(one for one in named if isinstance(one, str) and one != entry.id))


def _source(entry: Entry) -> tuple[str, str]:
    said = entry.header.get("from")
    if not isinstance(said, dict):
        return "", ""
    return _text(said.get("commit")), _text(said.get("path"))


def _shown(article: Article) -> None:
    view = _view(article.revisions)
    by_id = {one.id: one for one in article.revisions}
    article.text, article.places, article.heads = view.text, view.places, view.heads
    article.kept_over = tuple(_mark(by_id[name]) for name in view.kept_over)
    if view.deleted:
        last = [one for one in article.revisions if one.kind == DELETE][-1]
        article.deleted, article.text, article.places = _mark(last), "", ()


def _mark(deletion: Revision) -> Mark:
    return Mark(deletion.by, deletion.time, deletion.note)


def _view(revisions: Sequence[Revision]) -> merge.View:
    """What the heads add up to."""
    return merge.view({
        one.id: merge.Node(
            one.id, one.parents, one.text, one.kind == DELETE, one.told, one.time, one.order
        )
        for one in revisions
    })  # fmt: skip


def joined(revisions: Sequence[Revision], heads: Iterable[str]) -> str:
    """What the revisions `heads` added up to: the text that their next one was made of."""
    by_id = {one.id: one for one in revisions}
    seen, waiting = set[str](), [name for name in heads if name in by_id]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [one for one in by_id[name].parents if one in by_id]
    return _view([one for one in revisions if one.id in seen]).text


def votes(entries: Iterable[Entry]) -> dict[str, str]:
    """What each person, by the key of his address, says now: HELPFUL or UNHELPFUL."""
    found = [one for one in entries if not one.is_stub]
    out = fold.replaced_within(found, lambda one: key(text_of(one, "by")))
    last = {key(text_of(one, "by")): text_of(one, "value") for one in found if one.id not in out}
    return {who: value for who, value in last.items() if value in (HELPFUL, UNHELPFUL)}


def viewed(counted: Iterable[fold.Counted]) -> dict[tuple[str, str], int]:
    """How often it was looked at: what each device last said of each day."""
    found = list(counted)
    about = {one.entry.id: _viewed(one) for one in found}
    out = fold.replaced_within((one.entry for one in found), lambda entry: about[entry.id])
    last = {about[one.entry.id]: one.entry for one in found if one.entry.id not in out}
    return {place: count_of(entry) for place, entry in last.items()}


def _viewed(one: fold.Counted) -> tuple[str, str]:
    return writer(one.entry, one.placed.device), text_of(one.entry, "day")


def count_of(entry: Entry) -> int:
    """How many views `entry` says there were; 0 where it says nothing that can be so."""
    return _number(entry.header.get("count"))


def _number(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 <= value <= _MOST else 0


def links(entries: Iterable[Entry]) -> list[Link]:
    """What it is linked to, in the order in which that was said; each place once.

    Who takes a link away names the entries that he saw: what somebody else says meanwhile stays.
    """
    said = [one for one in entries if text_of(one, "to")]
    out = fold.replaced_within(said, lambda one: text_of(one, "to"))
    found: dict[tuple[str, str, str], Link] = {}
    for one in said:
        if one.kind == "link" and one.id not in out:
            to, path, lines, blob = (
                text_of(one, field) for field in ("to", "path", "lines", "blob")
            )
            known = found.get((to, path, lines))
            every = (*known.entries, one.id)[-fold.MOST_NAMED :] if known else (one.id,)
            found[to, path, lines] = Link(
                to, path, lines, blob, author_of(one), time_of(one), one.id, one.header, every
            )
    return list(found.values())


def files(entries: Iterable[Entry]) -> list[File]:
    """The attachments, by their names; the last word about a name counts."""
    said = [one for one in entries if text_of(one, "name")]
    out = fold.replaced_within(said, lambda one: text_of(one, "name"))
    last = {text_of(one, "name"): one for one in said if one.id not in out}
    return [_file(one) for _, one in sorted(last.items()) if text_of(one, "sha")]


def _file(entry: Entry) -> File:
    name, sha, media = (text_of(entry, field) for field in ("name", "sha", "media"))
    size = _number(entry.header.get("size"))
    return File(name, sha, size, media, author_of(entry), time_of(entry), entry.id)


def _type(value: Json, otherwise: str) -> str:
    return value if value in TYPES else otherwise


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
