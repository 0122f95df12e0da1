"""What the index keeps of a session, told by the headers of its entries where that will do."""

from collections.abc import Iterator, Sequence

from git_naturecode.domain import session as sessions
from git_naturecode.domain.people import people
from git_naturecode.store import scan
from git_naturecode.store.described import Described, Part
from git_naturecode.store.entry import Json
from git_naturecode.store.store import TEAM, Placed

# What these say changes no text; of the others only the headers count in a row.
_TEXTS_STAY = frozenset((
    "open", "set", "add", "remove", "join", "leave", "invite", "link", "unlink", "file", "view",
    "message", "comment", "react",
))  # fmt: skip


def outline(tail: str, parts: Sequence[Part], texts: bool) -> Described | None:
    """The same as `sessions.describe`, in a tenth of the time; None where only that can tell.

    Nearly all entries are messages, which need not be made into anything to be counted.
    """
    roles: list[str] = []
    times: list[str] = []
    others: list[Placed] = []
    for part in parts:
        for header, block in zip(part.headers, part.blocks, strict=True):
            kind = header["kind"]
            if kind != "message":
                if texts and kind not in _TEXTS_STAY:
                    return None
                entry = scan.entry(header, block, bodies=texts)
                others.append(Placed(entry, part.entity, part.device, part.side))
                continue
            if "over" in header:
                return None
            time, role = header.get("t"), header.get("role")
            times.append(time if isinstance(time, str) and time else header["at"][:24])
            roles.append(role if isinstance(role, str) and role else "user")
    session = _built(others)
    session.id = min((part.entity for part in parts), default="")
    if not session.opened and not roles and not session.deleted:
        return None
    session.created = session.created or min(times, default="")
    session.updated = max([session.updated, session.created, *times])
    session.shared = any(part.side == TEAM for part in parts)
    session.has_private = any(part.side != TEAM and part.headers for part in parts)
    row = sessions.row(session, [] if session.deleted else roles)
    found = sessions.texts(session, _said(parts)) if texts else ()
    return Described(
        row, session.updated, found, sessions.facets(row, session.linked.live.values())
    )


def _built(others: list[Placed]) -> sessions.Session:
    """What all entries but the messages add up to: most often one, which opens the session."""
    if len(others) != 1 or others[0].entry.kind != "open":
        return sessions.build(others)
    session = sessions.Session("")
    opening = others[0].entry
    sessions.open_by(session, opening)
    session.people = people(session.owner, [opening])
    session.updated = session.created
    return session


def _said(parts: Sequence[Part]) -> Iterator[tuple[str, str, dict[str, Json]]]:
    """Id, text and header of each message."""
    for part in parts:
        for header, block in zip(part.headers, part.blocks, strict=True):
            if header["kind"] == "message":
                yield header["id"], scan.body(header, block) or "", header
