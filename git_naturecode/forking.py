"""Forking: a new session that goes on from another one, with the same entries up to a point."""

from collections.abc import Iterable, Sequence

from git_naturecode import ids
from git_naturecode.domain import drafts
from git_naturecode.domain import session as sessions
from git_naturecode.domain.said import Message, text_of
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.store import PRIVATE, TEAM, Placed, Store

_SAID = frozenset({"message", "comment"})
_ABOUT = frozenset({"edit", "redact", "react"})


def fork(
    store: Store, placed: Sequence[Placed], name: str, side: str, visibility: str,
    at: Message | None = None,
) -> tuple[str, int]:  # fmt: skip
    """Begin a fork of the session that `placed` adds up to; its id, and how many entries it took.

    It takes what was said up to message `at` (all, where that is None) with everything that
    later entries say about it, as the same entries: same ids, same hashes. To the team's `side`
    only what is there already is taken.
    """
    origin = sessions.build(placed)
    known = [one for one in placed if side != TEAM or one.side == TEAM]
    entries = list({one.entry.key: one.entry for one in known}.values())
    copies = _taken(entries, origin, at)
    last = at.id if at else origin.messages[-1].id if origin.messages else ""
    person = store.config.get("user.name")
    entity = ids.new_entity(sessions.KIND, store.now_ms(), store.random)
    opening = drafts.forking(name, visibility, person, origin.id, last)
    first = store.entries_of([opening])
    if any(copy.as_written is not copy for copy in copies):
        # Their keys come along: the copies are the same entries, sealed as they are.
        first += [entry for entry in entries if entry.kind == "epoch"]
        if side == TEAM and store.vault is not None:
            first = store.vault.begin(entity, first)
    store.keep(side, entity, [*first, *copies])
    store.settle()
    return entity, len(copies)


def resolved(
    store: Store, placed: Sequence[Placed], name: str, at: Message | None, turns: Sequence[Draft]
) -> str:
    """Begin a private session with what was said in that of `placed` up to `at` (None: nothing),
    and then `turns`; its id."""
    if at is not None:
        entity, _ = fork(store, placed, name, PRIVATE, "private", at)
    else:
        entity = ids.new_entity(sessions.KIND, store.now_ms(), store.random)
        origin = sessions.build(placed)
        person = store.config.get("user.name")
        store.write(PRIVATE, entity, [drafts.forking(name, "private", person, origin.id, "")])
    store.write(PRIVATE, entity, turns)
    store.settle()
    return entity


def _taken(entries: Iterable[Entry], origin: sessions.Session, at: Message | None) -> list[Entry]:
    """The entries that a fork after message `at` has in common with its origin."""
    entries = sorted(entries, key=lambda entry: entry.order)
    about = {e.id: text_of(e, "target") for e in entries if e.kind in _ABOUT}
    taken = _said(entries, origin, at)
    while more := {name for name, target in about.items() if target in taken} - taken:
        taken |= more
    border = "~" if at is None else _stamp(entries, at)
    return [
        entry
        for entry in entries
        if entry.id in taken or (entry.kind == "file" and entry.at <= border)
    ]


def _said(entries: Iterable[Entry], origin: sessions.Session, at: Message | None) -> set[str]:
    """The ids of the messages and comments that are taken along."""
    if at is None:
        return {entry.id for entry in entries if entry.kind in _SAID}
    shown = [message.id for message in origin.messages]
    taken = set(shown[: shown.index(at.id) + 1])
    border = _stamp(entries, at)
    for entry in entries:  # a call that a finished one replaced, as long as it is before
        if entry.kind == "message" and entry.id not in shown and entry.at <= border:
            taken.add(entry.id)
    on_session = {c.id for c in origin.comments if not c.on and c.time <= border}
    return taken | on_session | {c.id for c in origin.comments if c.on in taken}


def _stamp(entries: Iterable[Entry], at: Message) -> str:
    return max(entry.at for entry in entries if entry.id == at.id)
