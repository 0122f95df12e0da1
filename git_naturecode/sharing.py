"""Sharing: private sessions are copied, redacted again, to the branch that is pushed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from git_naturecode.domain import drafts, fold
from git_naturecode.domain import session as sessions
from git_naturecode.domain.said import hidden
from git_naturecode.errors import Negative
from git_naturecode.redact import Redactor
from git_naturecode.store import format, second_look
from git_naturecode.store.bulk import bulk
from git_naturecode.store.entry import Entry, stub_of
from git_naturecode.store.hygiene import fits
from git_naturecode.store.store import PRIVATE, TEAM, Placed, Store


@dataclass(frozen=True)
class Leaving:
    """What would leave this clone if one session were shared."""

    id: str
    name: str
    messages: int
    size: int
    redacted: int
    more: int
    entries: tuple[Entry, ...] = field(repr=False, default=())
    shared: tuple[Entry, ...] = field(repr=False, default=())
    too_large: int = 0
    session: sessions.Session | None = field(repr=False, default=None)


def prepare(store: Store, redactor: Redactor, tail: str) -> Leaving:
    """What sharing the session `tail` would take along; nothing is written.

    `redacted` counts the spans replaced in it, `more` those that only this second look found.
    What a redaction hides leaves as its name alone; `too_large` texts stay, since no other clone
    would take them in. Raises Negative when it was deleted.
    """
    placed = store.read(tail, sessions.KIND)
    session = sessions.build(placed)
    if session.deleted:
        raise Negative(f"{session.id} was deleted", "what is deleted is not shared")
    gone = hidden([one.entry for one in placed])
    there = {one.entry.id for one in placed if one.side == TEAM}
    entries, more = [], 0
    for one in _own(placed):
        if one.entry.id not in there:
            entry, found = one.entry, 0
            if entry.id in gone and not entry.is_stub:
                entry = stub_of(entry, one.device)
            elif not entry.is_stub:
                entry, found = second_look.again(entry, redactor)
            entries.append(entry)
            more += found
    fitting = [entry for entry in entries if fits(entry)]
    too_large = len(entries) - len(fitting)
    entries = fitting
    return Leaving(
        session.id, session.name, sum(e.kind == "message" for e in entries),
        sum(len(format.block(e).encode()) for e in entries),
        sum(len(e.header.get("red", ())) for e in entries), more, tuple(entries),
        tuple(one.entry for one in placed), too_large, session,
    )  # fmt: skip


def share(
    store: Store, leaving: Sequence[Leaving], visibility: str,
    audience: sessions.Audience | None = None, *, encrypt: bool = False,
) -> int:  # fmt: skip
    """Copy what `prepare` found to the shared branch; how many entries that were.

    With `audience` it is for that team from now on; with `encrypt` only those can read it who take
    part, and that team. Raises NotPermitted where there is nobody to encrypt it for.
    """
    store.settle(30.0)
    with bulk(store, TEAM) as writer:
        for one in leaving:
            known = [*one.shared, *one.entries]
            extra = []
            if one.entries or not _has_visibility(known, visibility):
                extra.append(drafts.setting(known, "visibility", visibility))
            if audience and fold.register(known, sessions.TEAM_FIELD) != audience.id:
                extra.append(drafts.audience(known, audience.id, audience.name))
            made = [*one.entries, *store.entries_of(extra)]
            writer.keep(one.id, _sealed(store, one, made, encrypt))
        return writer.entries


def _sealed(store: Store, leaving: Leaving, made: Sequence[Entry], encrypt: bool) -> list[Entry]:
    """`made` as it may leave: encrypted where the session is, or shall be."""
    if encrypt and store.vault is not None:
        return store.vault.begin(leaving.id, made)
    if any(one.as_written is not one for one in made) and not store.is_encrypted(leaving.id):
        raise Negative(
            f"{leaving.id} holds what was said in an encrypted session",
            f"git naturecode session share {leaving.id} --encrypt shares it encrypted",
        )
    return store.sealed(TEAM, leaving.id, made)


def _has_visibility(entries: Sequence[Entry], wanted: str) -> bool:
    opened = next((e.header.get("visibility") for e in entries if e.kind == "open"), None)
    return (fold.register(entries, "visibility") or opened) == wanted


def _own(placed: Sequence[Placed]) -> list[Placed]:
    private = [one for one in placed if one.side == PRIVATE]
    return sorted(private, key=lambda one: one.entry.order)
