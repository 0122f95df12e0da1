"""What a file adds to its article: entries whose ids are the same in every clone."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from git_naturecode import clock, ids
from git_naturecode.domain.kb import makers
from git_naturecode.domain.kb.incoming import ADR, STATUSES, Document
from git_naturecode.domain.kb.model import REVISION
from git_naturecode.domain.kb.reaiming import Page
from git_naturecode.git.listed import Made, Story
from git_naturecode.kb.arrived import TOOL, Known, bare
from git_naturecode.kb.attaching import Read
from git_naturecode.kb.walking import Listed
from git_naturecode.store.entry import Draft, Json

_MOVED = "moved"


@dataclass
class File:
    """One file on its way.

    `name` is what it is called in every clone, `source` by what its article is known (its name,
    unless it was moved), `known` the article that it has already, `page` how links name that,
    `story` who made the file when, `attached` what its text shows. `is_hidden` where that text was
    taken out of another article.
    """

    listed: Listed
    path: str
    document: Document
    name: str
    source: str
    known: Known | None
    page: Page
    story: Story
    attached: dict[str, Read] = field(default_factory=dict)
    is_hidden: bool = False


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
    made = _revision(one, [], _id(one, _sha(one), "revision"))
    if one.name != one.source:
        made = made._replace(fields={**made.fields, **_from(one.name)})
    return [
        makers.opening(
            one.document.title, one.page.type, one.page.slug, origin, id=_id(one, "open"),
            **_said(one, one.story.first),
        ),
        *_tags(one, one.document.tags), *_files(one), made,
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
    tips = sorted(known.tips)
    if not any(tip in _all_revisions(one, known, sha, up) for tip, up in known.tips.items()):
        name = _id(one, sha, "revision")
        if name in there:  # it says again what it had said before
            name = _id(one, sha, *tips, "revision")
        drafts.append(_revision(one, tips, name))
    if one.name != known.path:
        drafts = [each for each in drafts if each.kind != REVISION]
        name = _id(one, sha, one.name, _MOVED)
        if name in there:  # it was called that before, too
            name = _id(one, sha, one.name, *tips, _MOVED)
        made, note = _revision(one, tips, name), f"{known.path} is {one.name} now"
        drafts.append(made._replace(fields={**made.fields, "note": note, **_from(one.name)}))
    return [each for each in drafts if each.id not in there]


def _from(path: str) -> dict[str, Json]:
    return {"from": {"path": path}}


def again_hidden(one: File, known: Known) -> bool:
    """True when the file says again what was redacted or purged of the article."""
    if not known.hidden:
        return False
    there, sha = replace(one, source=known.source), _sha(one)
    return bare(one.document.text) in known.hidden_texts or any(
        each.id in _all_revisions(there, known, sha, each.parents) for each in known.hidden
    )


def _all_revisions(one: File, known: Known, sha: str, parents: Sequence[str]) -> set[str]:
    """The same as `_revisions`, with those that say where the file was moved."""
    ways = ((), sorted(parents))
    moves = [(sha, path, *more, _MOVED) for path in known.followed for more in ways]
    return _revisions(one, sha, parents) | {_id(one, *said) for said in moves}


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
