"""The entries of an article before they are written: one maker for each thing that can be done."""

from collections.abc import Iterable, Mapping, Sequence

from git_naturecode.domain import fold
from git_naturecode.domain.drafts import element, setting
from git_naturecode.domain.kb.build import TAGS
from git_naturecode.domain.kb.model import DELETE, REVISION, Article
from git_naturecode.domain.people import key
from git_naturecode.domain.said import text_of
from git_naturecode.store.entry import Draft, Entry, Json, writer
from git_naturecode.store.store import Placed


def opening(
    title: str, type: str, slug: str, origin: Mapping[str, Json] | None = None, *,
    id: str | None = None, **more: Json,
) -> Draft:  # fmt: skip
    """The entry that begins an article.

    `origin` says what it was made of: {tool, source}, {session, message} or {code}. Of an import
    `id` is the entry's id; `more` may say its `author` and `t`, the time in the source.
    """
    fields: dict[str, Json] = {"title": title, "type": type, "slug": slug}
    fields |= {"origin": dict(origin)} if origin else {}
    return Draft("open", fields | _said(more), id=id)


def revision(
    text: str, parents: Sequence[str], note: str = "", source: tuple[str, str] = ("", ""), *,
    id: str | None = None, **more: Json,
) -> Draft:  # fmt: skip
    """The entry that gives an article the text `text`; `parents` are the heads that its writer saw.

    `source` is (commit, path) of an edit on a host's page; `id` and `more` as of `opening`.
    """
    fields: dict[str, Json] = {"parents": sorted(parents)}
    fields |= {"note": note} if note else {}
    fields |= {"from": {"commit": source[0], "path": source[1]}} if source[0] else {}
    return Draft(REVISION, fields | _said(more), text, id)


def _said(more: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in more.items() if value}


def title(entries: Sequence[Entry], value: str) -> Draft:
    """The entry that changes the title."""
    return setting(entries, "title", value)


def type(entries: Sequence[Entry], value: str) -> Draft:
    """The entry that makes it an article of another type (one of `model.TYPES`)."""
    return setting(entries, "type", value)


def tag(entries: Iterable[Entry], value: str, *, there: bool) -> Draft:
    """The entry that adds a tag or takes it away."""
    return element(entries, TAGS, value, there=there)


def rename(entries: Iterable[Entry], slug: str) -> Draft:
    """The entry that gives it another slug; the former ones go on leading to it."""
    over = fold.to_replace(one for one in entries if one.kind == "rename")
    return Draft("rename", {"slug": slug, "over": over})


def deletion(parents: Sequence[str], reason: str = "") -> Draft:
    """The entry that deletes it as it stands: an edit that its writer did not see keeps it."""
    return Draft(DELETE, {"parents": sorted(parents), **({"reason": reason} if reason else {})})


def redaction(article: Article, target: str, reason: str = "") -> Draft:
    """The entry that hides the text of revision `target`.

    It says the parents of that: should it be purged nothing else knows where it stood.
    """
    parents = next((one.parents for one in article.revisions if one.id == target), ())
    fields: dict[str, Json] = {"target": target, "parents": sorted(parents)}
    return Draft("redact", fields | ({"reason": reason} if reason else {}))


def vote(entries: Iterable[Entry], who: str, value: str) -> Draft:
    """The entry by which `who` says HELPFUL, UNHELPFUL or nothing any more ("")."""
    mine = fold.to_replace(
        one for one in entries if one.kind == "vote" and key(text_of(one, "by")) == key(who)
    )
    return Draft("vote", {"value": value, "over": mine}, clean=True)


def view(placed: Iterable[Placed], device: str, day: str, count: int) -> Draft:
    """The entry that says that on `day` (`2026-11-26`) people looked at it `count` times here."""
    mine = fold.to_replace(
        one.entry for one in placed
        if one.entry.kind == "view"
        and (writer(one.entry, one.device), text_of(one.entry, "day")) == (device, day)
    )  # fmt: skip
    return Draft("view", {"day": day, "count": count, "over": mine}, clean=True)


def link(to: str, **fields: Json) -> Draft:
    """The entry that links it to `to`; `fields` as the references have them (path, lines, blob)."""
    return Draft("link", {"to": to, **_said(fields)})


def unlink(entries: Iterable[Entry], to: str) -> Draft:
    """The entry that takes the links to `to` away, as far as its writer knows them."""
    known = fold.to_replace(
        one for one in entries if one.kind in ("link", "unlink") and text_of(one, "to") == to
    )
    return Draft("unlink", {"to": to, "over": known})


def file(entries: Iterable[Entry], name: str, sha: str, size: int, media: str) -> Draft:
    """The entry that attaches the file of that SHA-256 under `name`; sha "" takes it away."""
    known = fold.to_replace(
        one for one in entries if one.kind == "file" and text_of(one, "name") == name
    )
    return Draft("file", {"name": name, "sha": sha, "size": size, "media": media, "over": known})
