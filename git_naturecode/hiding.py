"""Redactions reach forks that whoever redacted did not know: when both come together somewhere."""

import os
import re
from collections.abc import Collection
from contextlib import suppress

from git_naturecode import ids
from git_naturecode.store.lock import hold
from git_naturecode.store.store import PRIVATE, TEAM, Store

_MARKS = (b'"kind":"redact"', b'"forked":{')
_ENTITY = re.compile(r"session-[0-9]{8}-[0-9a-z]{8}")
_PATIENCE = 15.0  # seconds for whoever drains the spool meanwhile


def is_about(segment: bytes) -> bool:
    """True when a redaction or the beginning of a fork may stand in `segment`."""
    return any(mark in segment for mark in _MARKS)


def note(store: Store, entities: Collection[str]) -> None:
    """Remember that these sessions got a redaction or became forks; for one who holds the lock."""
    if entities:
        with open(_path(store), "a", encoding="ascii") as file:
            file.write("".join(f"{entity}\n" for entity in sorted(entities)))


def is_behind(store: Store) -> bool:
    """True when something was noted that `carry` has not looked at."""
    return any(map(os.path.exists, (_path(store), _taken(store))))


def carry(store: Store) -> int:
    """Copy redactions into the sessions that share the redacted entries; how many there were.

    A copy is the same entry: same id, same hash. Where two clones do it, it is there once. What is
    noted meanwhile, and what a carrier that was killed had begun with, is left for the next one.
    """
    from git_naturecode.domain import family
    from git_naturecode.domain import session as sessions
    from git_naturecode.domain.kinds import open_index

    notes = _take(store)
    store.settle(_PATIENCE)
    index = open_index(store)
    try:
        index.refresh()
        rows = index.rows(sessions.KIND)
    finally:
        index.close()
    copied = 0
    for entity in _entities(notes):
        group = [entity, *family.members(rows, entity)]
        if len(group) > 1:
            copied += _within(store, group)
    if copied:
        store.settle(_PATIENCE)
    _drop(store, notes)
    return copied


def _within(store: Store, group: list[str]) -> int:
    """Bring every redaction of one family to all of its members."""
    from git_naturecode.domain import family
    from git_naturecode.domain import session as sessions

    placed = {entity: store.read(ids.tail(entity), sessions.KIND) for entity in group}
    # What was hidden in a private member says something about it, and stays there.
    made = {
        one.entry.key: (one.entry, entity)
        for entity, those in placed.items()
        for one in those
        if one.entry.kind == "redact" and one.side == TEAM
    }
    copied = 0
    for entries in placed.values():
        session = sessions.build(entries)
        if not session.opened or session.deleted:
            continue
        # What is encrypted opens only where the session is that it was said in, and in its forks.
        origin = session.forked.session if session.forked else ""
        those = [e for e, at in made.values() if e.as_written is e or at in (session.id, origin)]
        owed = family.owed(session, those)
        if owed:
            store.keep(TEAM if session.shared else PRIVATE, session.id, owed)
            copied += len(owed)
    return copied


def _take(store: Store) -> bytes:
    """All that was noted until now, set aside from what will be."""
    with hold(store.lock, _PATIENCE) as held:  # whoever notes something holds it, too
        noted = _read(_path(store))
        if held and noted:
            with open(_taken(store), "ab") as file:
                file.write(noted)
            os.unlink(_path(store))
        return _read(_taken(store))


def _drop(store: Store, notes: bytes) -> None:
    """Let go of `notes`, unless another carrier has taken more since."""
    with hold(store.lock, _PATIENCE) as held:
        if held and _read(_taken(store)) == notes:
            with suppress(FileNotFoundError):
                os.unlink(_taken(store))


def _entities(notes: bytes) -> list[str]:
    found = dict.fromkeys(notes.decode("ascii", "replace").split())
    return [entity for entity in found if _ENTITY.fullmatch(entity)]


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def _path(store: Store) -> str:
    return os.path.join(store.state_dir, "hide")


def _taken(store: Store) -> str:
    return os.path.join(store.state_dir, "hide-taken")
