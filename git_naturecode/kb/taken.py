"""What a file adds to its article: entries whose ids are the same in every clone."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from git_naturecode import clock, ids
from git_naturecode.domain.kb import makers
from git_naturecode.domain.kb.incoming import ADR, STATUSES, Document
from git_naturecode.domain.kb.model import REVISION
from git_naturecode.domain.kb.reaiming import Page
from git_naturecode.git.listed import Made, Story
from git_naturecode.kb.arrived import TOOL, Known
from git_naturecode.kb.attaching import Read
from git_naturecode.kb.walking import Listed
from git_naturecode.store.entry import Draft, Json

_MOVED = "moved"


@dataclass
class File:
    """One file on its way.

    `source` is what it is called in every clone, `known` the article that it has already, `page`
    how links name that, `story` who made the file when, `moved` what it is called now where that
    is not its source any more, `attached` what its text shows.
    """

    listed: Listed
    path: str
    document: Document
    source: str
    known: Known | None
    page: Page
    story: Story
    moved: str = ""
    attached: dict[str, Read] = field(default_factory=dict)


def begun(one: File) -> int:
    """When the file began, in milliseconds since the epoch; 0 where nobody knows."""
    return one.document.time_ms or one.story.first.ms


def _said(one: File, made: Made) -> dict[str, Json]:
    """Who said it when: as the file has it, else as it was `made`."""
    author, ms = one.document.author or made.author, one.document.time_ms or made.ms
    found: dict[str, Json] = {"author": author, "t": clock.iso(ms) if ms else ""}
    return {name: value for name, value in found.items() if value}


def _dated(one: File, draft: Draft, *said: str, clean: bool = False) -> Draft:
    """`draft` as an entry of the file, known by what it says (`said`) wherever it is imported."""
    fields = {**draft.fields, **_said(one, one.story.last)}
    return draft._replace(id=_id(one, *said), fields=fields, clean=clean)


def _id(one: File, *said: str) -> str:
    """The id that every clone gives to the entry that says this of the file."""
    return ids.imported_entry(TOOL, one.source, "\0".join(said[:-1]), said[-1])


def fresh(one: File) -> list[Draft]:
    """All entries of a new article."""
    origin = {"tool": TOOL, "source": one.source}
    return [
        makers.opening(
            one.document.title, one.page.type, one.page.slug, origin, id=_id(one, "open"),
            **_said(one, one.story.first),
        ),
        *_tags(one, one.document.tags), *_files(one),
        _revision(one, [], _id(one, _sha(one), "revision")),
    ]  # fmt: skip


def again(one: File, known: Known) -> list[Draft]:
    """What an article that was imported before lacks of its file."""
    article, there = known.article, known.ids
    drafts = [
        each for each in _tags(one, one.document.tags) if each.id not in there
        and each.fields["value"] not in article.tags
    ]  # fmt: skip
    drafts += _files(one)
    sha = _sha(one)
    if one.document.status:  # of a decision only one status holds
        old = [tag for tag in article.tags if tag in STATUSES and tag != one.document.status]
        for tag in old if ADR in article.tags else ():
            made = makers.tag(known.entries, tag, there=False)
            drafts.append(made._replace(id=_id(one, sha, tag, "untag")))
    title = one.document.title
    if title != known.title and article.title == known.title:
        drafts.append(makers.title(known.entries, title)._replace(id=_id(one, sha, "title")))
    moves = {_id(one, sha, path, _MOVED) for path in known.followed}
    if not any(tip in _revisions(one, sha, up) | moves for tip, up in known.tips.items()):
        tips = sorted(known.tips)
        name = _id(one, sha, "revision")
        if name in there:  # it says again what it had said before
            name = _id(one, sha, *tips, "revision")
        drafts.append(_revision(one, tips, name))
    if one.moved and one.moved not in known.followed:
        drafts = [each for each in drafts if each.kind != REVISION]
        made = _revision(one, sorted(known.tips), _id(one, sha, one.moved, _MOVED))
        note = f"{one.source} is {one.moved} now"
        drafts.append(made._replace(fields={**made.fields, "note": note, **_from(one.moved)}))
    return [each for each in drafts if each.id not in there]


def _from(path: str) -> dict[str, Json]:
    return {"from": {"path": path}}


def again_hidden(one: File, known: Known) -> bool:
    """True when the file says again what was redacted or purged of its article."""
    return not _revisions(one, _sha(one), ()).isdisjoint(known.hidden)


def _revisions(one: File, sha: str, parents: Sequence[str]) -> set[str]:
    """The ids that an imported revision with this text may have."""
    return {_id(one, sha, "revision"), _id(one, sha, *sorted(parents), "revision")}


def _revision(one: File, parents: Sequence[str], name: str) -> Draft:
    """The text of the file; one whose front matter has a date of its own keeps that when it is
    new, and is as old as its last change after that."""
    made = one.story.last
    said = _said(one, made) if not parents else {"author": made.author, "t": _iso(made.ms)}
    return makers.revision(one.document.text, parents, id=name, **said)


def _iso(ms: int) -> str:
    return clock.iso(ms) if ms else ""


def _tags(one: File, wanted: Iterable[str]) -> list[Draft]:
    return [_dated(one, makers.tag([], tag, there=True), tag, "tag") for tag in wanted]


def _files(one: File) -> list[Draft]:
    entries = one.known.entries if one.known else []
    there = {(file.name, file.sha) for file in one.known.article.files} if one.known else set()
    return [
        _dated(
            one, makers.file(entries, read.name, read.sha, len(read.data), read.media), read.name,
            read.sha, "file", clean=True,
        )
        for read in one.attached.values() if (read.name, read.sha) not in there
    ]  # fmt: skip


def _sha(one: File) -> str:
    return hashlib.sha256(one.document.text.encode("utf-8", "surrogatepass")).hexdigest()
