"""The entries of a review before they are written: one maker for each thing that can be done."""

from collections.abc import Iterable, Sequence

from git_naturecode.domain import fold
from git_naturecode.domain.drafts import element, setting
from git_naturecode.domain.people import key
from git_naturecode.domain.review.anchor import Anchor
from git_naturecode.domain.review.model import (
    REQUIRED,
    REVIEWERS,
    Revision,
    Target,
    Thread,
)
from git_naturecode.domain.said import text_of
from git_naturecode.store.entry import Draft, Entry, Json

MOST_IN_ENTRY = 64 * 1024
"""Bytes of a file table that stand in the entry itself; a longer one goes into a file."""


def opening(
    title: str, description: str, target: Target, base: str, name: str, foreign: str = ""
) -> Draft:
    """The entry that begins a review of `target`, to be merged into branch `base`; `foreign` is
    the id that another system gave it."""
    fields: dict[str, Json] = {
        "title": title, "target": dict(target._asdict()), "base": {"name": base}, "name": name,
    }  # fmt: skip
    fields |= {"origin": {"review": foreign}} if foreign else {}
    return Draft("open", fields, description or None)


def revision(
    head: str, base: str, tip: str, count: int, parents: Sequence[str], table: str, sha: str = ""
) -> Draft:
    """The entry that writes down the state `base`..`head`; `sha` names the file that holds the
    table where it is too long to stand in it."""
    fields: dict[str, Json] = {"head": head, "base": base, "count": count, "parents": list(parents)}
    if tip:
        fields["tip"] = tip
    fields |= {"table": sha} if sha else {}
    return Draft("revision", fields, None if sha else table, clean=True)


def comment(text: str, revision: str, anchor: Anchor | None = None, on: str = "") -> Draft:
    """The entry that remarks `text` on lines (`anchor`), on a comment (`on`), or on the whole."""
    fields: dict[str, Json] = {"revision": revision} if revision else {}
    if on:
        fields["on"] = on
    if anchor:
        fields["anchor"] = anchor.json()
    return Draft("comment", fields, text)


def settling(entries: Iterable[Entry], thread: Thread, kind: str, text: str = "") -> Draft:
    """The entry that resolves or reopens (`kind`) a thread; it says which answers were seen,
    unless they are so many that only their times can tell."""
    earlier = fold.to_replace(
        e for e in entries
        if e.kind in ("resolve", "reopen") and text_of(e, "target") == thread.id
    )  # fmt: skip
    fields: dict[str, Json] = {"target": thread.id, "over": earlier}
    seen = [one.id for one in thread.comments[1:] if not one.draft]
    if kind == "resolve" and len(seen) <= fold.MOST_NAMED:
        fields["seen"] = seen
    return Draft(kind, fields, text or None)


def reaction(entries: Iterable[Entry], who: str, target: str, value: str, *, off: bool) -> Draft:
    """The entry by which `who` reacts to `target` with `value`, or takes that back."""
    mine = fold.to_replace(
        e
        for e in entries
        if e.kind == "react"
        and (text_of(e, "target"), text_of(e, "value")) == (target, value)
        and key(text_of(e, "by")) == key(who)
    )
    fields: dict[str, Json] = {"target": target, "value": value, "over": mine}
    return Draft("react", fields | ({"off": True} if off else {}))


def verdict(
    entries: Iterable[Entry], who: str, value: str, about: Revision | None, text: str = "",
    files: Sequence[str] = (),
) -> Draft:  # fmt: skip
    """The entry that says what `who` thinks of revision `about`, over what he said before."""
    mine = fold.to_replace(
        e for e in entries if e.kind == "verdict" and key(text_of(e, "by")) == key(who)
    )
    fields: dict[str, Json] = {"value": value, "over": mine}
    if about:
        fields |= {
            "revision": about.id, "head": about.head, "base": about.base, "digest": about.digest,
        }  # fmt: skip
    return Draft("verdict", fields | ({"files": list(files)} if files else {}), text or None)


def reviewer(entries: Sequence[Entry], who: str, *, there: bool) -> Draft:
    """The entry that asks `who` to review, or asks him no longer."""
    return element(entries, REVIEWERS, who, there=there)


def required(entries: Sequence[Entry], who: str, *, value: bool) -> Draft:
    """The entry that says whether `who` has to approve."""
    return setting(entries, REQUIRED + who, value)


def merging(
    entries: Iterable[Entry], head: str, onto: str, result: str, strategy: str, base: str,
    text: str = "",
) -> Draft:  # fmt: skip
    """The entry that says that branch `base` was moved from `onto` to `result`."""
    fields: dict[str, Json] = {
        "head": head, "onto": onto, "result": result, "strategy": strategy, "base": base,
    }  # fmt: skip
    return Draft("merge", fields, text or None)
