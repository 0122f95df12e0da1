"""The collaborative export: a session as one file that another repository takes in without loss."""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from git_naturecode import ids
from git_naturecode.domain import session as sessions
from git_naturecode.domain.said import hidden
from git_naturecode.errors import Unsafe, Unsupported
from git_naturecode.render import about
from git_naturecode.store import attachments, bundle, forgetting, purge
from git_naturecode.store.entry import Entry, stub_of, writer
from git_naturecode.store.store import PRIVATE, TEAM, Placed, Store

_SHA = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_WAIT = 30.0
_START = 256  # bytes that tell what a file is


@dataclass
class TakenIn:
    """What one file brought: the session, how many entries were new, what was left out."""

    session: str
    entries: int = 0
    files: int = 0
    known: int = 0
    is_new: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        """How many parts of the file were refused."""
        return sum(problem.endswith(("; dropped", "; left out")) for problem in self.problems)


def exported(store: Store, placed: Sequence[Placed]) -> bytes:
    """The file for the session that `placed`, all entries about it, add up to.

    What was redacted leaves as its name and hash only, so that no text that the views hide is in
    the file; everything else leaves as it stands, what is encrypted too.
    """
    session = sessions.build(placed)
    gone = hidden([one.entry for one in placed])
    entries = {}
    for one in placed:
        entry = one.entry
        if entry.id in gone and not entry.is_stub:
            entry = stub_of(entry, one.device)
        entries[(one.device, *one.entry.key)] = (one.device, entry)
    told = sessions.build(store.read(ids.tail(session.id), sessions.KIND, sealed=True))
    named = _named(entry for _, entry in entries.values())
    files = attachments.read(store, named)
    return bundle.render(session.id, about.text(told), entries.values(), files)


def is_one(path: str) -> bool:
    """True when the file at `path` says that it is such an export."""
    try:
        with open(path, "rb") as file:
            return bundle.is_bundle(file.read(_START))
    except OSError:
        return False


def take_in(store: Store, path: str, side: str) -> TakenIn:
    """Take the export at `path` into this clone, on `side`; what is known is passed over.

    Each entry goes to the log of the device that it comes from, as a sync would bring it. Raises
    Unsupported when the file is no export that this program knows, Unsafe when nothing in it can
    be taken.
    """
    found = _read(path)
    placed = store.read(ids.tail(found.entity), sessions.KIND)
    # The day in an id is only for people: what is here already says under which it stands.
    entity = min((one.entity for one in placed), default=found.entity)
    done = TakenIn(entity, is_new=not placed, problems=found.problems)
    if not found.entries:
        raise Unsafe(
            f"nothing in {os.path.basename(path)} can be taken in"
            + (f": {found.problems[0]}" if found.problems else ""),
            "ask for the file once more, unchanged",
        )
    fresh = _fresh(store, found, placed, side)
    done.entries = sum(map(len, fresh.values()))
    done.known = len(found.entries) - done.entries
    done.files = attachments.put(store, side, _wanted(found))
    for device, entries in fresh.items():
        store.keep(side, entity, entries, device)
    if fresh:
        store.stamps.witness(max(one.at for entries in fresh.values() for one in entries))
        store.settle(_WAIT)
    return done


def _read(path: str) -> bundle.Bundle:
    if os.path.getsize(path) > bundle.MOST_BYTES:
        raise Unsafe(f"{os.path.basename(path)} has more than {bundle.MOST_BYTES} bytes")
    with open(path, "rb") as file:
        data = file.read()
    try:
        found = bundle.parse(data)
    except Unsupported as error:
        raise Unsupported(f"{os.path.basename(path)}: {error.message}", error.hint) from None
    if not found.entity.startswith(sessions.KIND + "-"):
        raise Unsupported(f"{os.path.basename(path)} holds no session, but {found.entity}")
    return found


def _fresh(
    store: Store, found: bundle.Bundle, placed: Sequence[Placed], side: str
) -> dict[str, list[Entry]]:
    """The entries of each device that `side` lacks; private ones do not copy shared ones."""
    there = {one.entry.key for one in placed if side == PRIVATE or one.side == TEAM}
    team = store.team
    purged = purge.records(team.objects, team.tree(), forgetting.verifier(store)).purged
    fresh: dict[str, list[Entry]] = {}
    for device, entry in found.entries:
        if entry.key in there:
            continue
        there.add(entry.key)
        if (*entry.key, writer(entry, device)) in purged and not entry.is_stub:
            entry = stub_of(entry, device)
        fresh.setdefault(device, []).append(entry)
    return fresh


def _wanted(found: bundle.Bundle) -> dict[str, bytes]:
    """The files that some entry of the bundle names; nobody needs the others."""
    named = _named(entry for _, entry in found.entries)
    return {name: data for name, data in found.files.items() if name in named}


def _named(entries: Iterable[Entry]) -> set[str]:
    """What in the headers of `entries` may be the name of a file by content."""
    return {sha for entry in entries for sha in _SHA.findall(entry.line)}
