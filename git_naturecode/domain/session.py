"""Sessions: conversations of people and assistants, folded from their entries."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from git_naturecode.domain import fold
from git_naturecode.domain.links import NOTHING, Link, current, settle
from git_naturecode.domain.people import (
    NOBODY,
    Invitation,
    invitations,
    key,
    people,
    with_readers,
)
from git_naturecode.domain.people import Participant as Participant
from git_naturecode.domain.readers import Readers, readers
from git_naturecode.domain.said import (
    ENCRYPTED,
    Comment,
    Mark,
    changes,
    comments,
    messages,
    text_of,
)
from git_naturecode.domain.said import Message as Message
from git_naturecode.store.described import Described
from git_naturecode.store.entry import Entry, Json, writer
from git_naturecode.store.store import TEAM, Placed

KIND = "session"
VISIBILITIES = ("private", "team", "public")
ROLES = ("user", "assistant", "system", "tool", "note")
ACTIVE, CLOSED, DELETED = "active", "closed", "deleted"
SUMMARY_CHARACTERS = 200
TEAM_FIELD = "team"
_LATER = frozenset({"comment", "edit", "redact", "delete"})


class FileAccess(NamedTuple):
    """A file of the repository that somebody shared: which lines of it, as it is in which blob."""

    path: str
    lines: str
    blob: str
    by: str
    time: str


class Forked(NamedTuple):
    """Where a fork comes from: the session, and the last message that it took along."""

    session: str
    message: str


class Audience(NamedTuple):
    """The team that a session was shared with: its id, and how it was called then."""

    id: str
    name: str


class Session:
    """A session as it stands after all its entries; of a deleted one no text is left.

    `links` are all things that it is linked to, `linked` the commits among them; `merged` is the
    time from which on it holds what more than one device wrote ("": it does not), `standing` counts
    what is not plainly verified, by what it is. Of an encrypted
    one, `unread` counts the texts for which there was no key, and `with_history` are those who were
    let into what was said before.
    """

    def __init__(self, name: str) -> None:
        self.id = name
        self.name = self.owner = self.created = self.updated = ""
        self.status = ACTIVE
        self.visibility = "private"
        self.tags: list[str] = []
        self.people = NOBODY
        self.messages: list[Message] = []
        self.comments: list[Comment] = []
        self.files: list[FileAccess] = []
        self.links: list[str] = []
        self.linked = NOTHING
        self.standing: dict[str, int] = {}
        self.origin: dict[str, Json] = {}
        self.summary = ""
        self.shared = self.has_private = self.opened = False
        self.forked: Forked | None = None
        self.team: Audience | None = None
        self.deleted: Mark | None = None
        self.merged = ""
        self.encrypted = False
        self.unread = 0
        self.readers = Readers()
        self.gone: list[Entry] = []
        self.with_history: list[str] = []

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Session) and vars(self) == vars(other)

    @property
    def participants(self) -> tuple[Participant, ...]:
        """Who takes part, the owner first."""
        return self.people.participants

    @property
    def invited(self) -> tuple[Invitation, ...]:
        """Who was asked and has not joined yet."""
        return self.people.invited

    @property
    def derived_summary(self) -> str:
        """The first request and the last answer, for a session that nobody summed up."""
        said = [m for m in self.messages if m.text.strip() and not m.header.get("think")]
        first = next((m.text for m in said if m.role == "user"), "")
        last = next((m.text for m in reversed(said) if m.role == "assistant"), "")
        parts = (_beginning(text) for text in (first, last))
        return " … ".join(part for part in parts if part)


def _beginning(text: str) -> str:
    """`text` in one line, if it is long only as far as a word ends, with an ellipsis."""
    whole = " ".join(text.split())
    if len(whole) <= SUMMARY_CHARACTERS:
        return whole
    return (whole[:SUMMARY_CHARACTERS].rpartition(" ")[0] or whole[:SUMMARY_CHARACTERS]) + "…"


def build(placed: Sequence[Placed]) -> Session:
    """The session that `placed`, all entries about it, add up to."""
    counted = fold.count(placed)
    said: list[fold.Counted] = []
    others: list[fold.Counted] = []
    for one in counted:  # nearly all are messages, which nothing else needs to look at
        (said if one.entry.kind == "message" else others).append(one)
    entries = [one.entry for one in others]
    # Two clones may have imported parts of one conversation that begin on other days.
    session = Session(min((one.entity for one in placed), default=""))
    session.shared = any(one.side == TEAM for one in placed)
    there = {one.entry.id for one in placed if one.side == TEAM}
    session.has_private = any(one.entry.id not in there for one in placed)
    for entry in reversed(entries):  # so that the first counts, should there be several
        if entry.kind == "open":
            open_by(session, entry)
    _registers(session, entries)
    session.people = people(session.owner, entries)
    session.encrypted = any(entry.kind == "epoch" for entry in entries)
    if session.encrypted:
        _of_encrypted(session, entries)
    _said(session, said, others)
    session.merged = _merged(placed)
    session.standing = Counter(one.placed.mark.state for one in counted if one.placed.mark)
    if session.deleted:
        session.messages, session.comments, session.files = [], [], []
        session.summary, session.tags = "", []
    return session


def _of_encrypted(session: Session, entries: Sequence[Entry]) -> None:
    """What only an encrypted session has; who takes part, where that cannot be read otherwise."""
    session.readers = readers(entries, session.id)
    session.gone = [one for one in entries if one.kind == "leave" and not one.is_sealed]
    asked = [one for one in invitations(entries) if one.header.get("history")]
    session.with_history = [text_of(one, "who") for one in asked]
    if session.visibility == "private":
        session.visibility = "team"
    if any(one.is_sealed and one.kind in ("invite", "leave", "set") for one in entries):
        session.people = with_readers(session.people, session.readers)
    ids = [one.id for one in session.participants] + [one.id for one in session.invited]
    waiting = [who for who in map(key, ids) if who not in session.readers.here]
    session.readers = session.readers._replace(waiting=tuple(dict.fromkeys(waiting)))


def open_by(session: Session, entry: Entry) -> None:
    """Take over what `entry`, an `open`, says of `session`."""
    header = entry.header
    session.opened = True
    session.name = text_of(entry, "title")
    session.owner = text_of(entry, "by")
    session.created = text_of(entry, "t") or entry.at[:24]
    session.visibility = _visibility(header.get("visibility"), "private")
    origin, forked = header.get("origin"), header.get("forked")
    session.origin = origin if isinstance(origin, dict) else {}
    if isinstance(forked, dict):
        session.forked = Forked(_text(forked.get("session")), _text(forked.get("message")))


def _registers(session: Session, entries: Sequence[Entry]) -> None:
    session.name = _text(fold.register(entries, "title")) or session.name
    session.summary = _text(fold.register(entries, "summary"))
    if fold.register(entries, "status") == CLOSED:
        session.status = CLOSED
    wanted = fold.register(entries, "visibility")
    session.visibility = _visibility(wanted, session.visibility)
    session.team = _audience(fold.last(entries, TEAM_FIELD))
    session.tags = fold.members(entries, "tags")
    session.links = _links(entries)
    session.linked = settle(session.id, entries)
    for entry in fold.live(entries, "delete"):
        session.status = DELETED
        session.deleted = Mark(text_of(entry, "by"), entry.at[:24], text_of(entry, "reason"))


def _audience(entry: Entry | None) -> Audience | None:
    found = text_of(entry, "value") if entry else ""
    return Audience(found, text_of(entry, "name")) if entry and found else None


def _said(session: Session, said: Sequence[fold.Counted], others: Sequence[fold.Counted]) -> None:
    entries = [one.entry for one in others]
    found = changes(entries)
    session.comments = comments(others, found)
    session.messages = messages(said, found, session.comments)
    session.files = [
        _file(entry)
        for entry in fold.live(entries, "file")
        if text_of(entry, "path") and entry.id not in found.hidden
    ]
    flags = [m.flags for m in session.messages] + [c.flags for c in session.comments]
    session.unread = sum(ENCRYPTED in one for one in flags)
    times = [m.time for m in session.messages]
    session.created = session.created or min(times, default="")
    times += [entry.at[:24] for entry in entries if entry.kind in _LATER]
    session.updated = max([*times, session.created])


def _file(entry: Entry) -> FileAccess:
    path, lines, blob, by = (text_of(entry, key) for key in ("path", "lines", "blob", "by"))
    return FileAccess(path, lines, blob, by, entry.at[:24])


def _links(entries: Iterable[Entry]) -> list[str]:
    """What the session is linked to: for each target the last word counts."""
    last = {text_of(e, "to"): e.kind for e in entries if e.kind in ("link", "unlink")}
    return sorted(to for to, kind in last.items() if to and kind == "link")


def _merged(placed: Iterable[Placed]) -> str:
    """When the second device wrote, if there is one. Copies and versions count for their writer."""
    began: dict[str, str] = {}
    for one in placed:
        device, at = writer(one.entry, one.device), one.entry.at
        began[device] = min(began.get(device, at), at)
    return sorted(began.values())[1][:24] if len(began) > 1 else ""


def describe(tail: str, placed: list[Placed]) -> Described | None:
    """What the index keeps of a session: its row, the texts to search, what lists ask for."""
    session = build(placed)
    if not session.opened and not session.messages and not session.deleted:
        return None
    made = row(session)
    return Described(
        made, session.updated, texts(session), facets(made, session.linked.live.values())
    )


def texts(
    session: Session, said: Iterable[tuple[str, str, dict[str, Json]]] | None = None
) -> list[tuple[str, str]]:
    """What a search looks through: (id of the entry, or what it is; text). Nothing hidden.

    `said` are the messages (id, text, header) where they are not in the session itself.
    """
    if session.deleted:
        return []
    if said is None:
        said = ((message.id, message.text, message.header) for message in session.messages)
    found = [("title", session.name), ("summary", session.summary)]
    found.append(("tags", " ".join(session.tags)))
    found += [(name, _searched(text, header)) for name, text, header in said]
    found += [(comment.id, comment.text) for comment in session.comments]
    return [(name, text) for name, text in found if text]


def _searched(text: str, header: dict[str, Json]) -> str:
    if header.get("role") != "tool":
        return text
    called = [_text(header.get(key)) for key in ("tool", "target")]
    return "\n".join(part for part in (" ".join(filter(None, called)), text) if part)


def row(session: Session, roles: Sequence[str] | None = None) -> dict[str, Json]:
    """What a list says about a session; `roles` of its messages where they are not in it."""
    if roles is None:
        roles = [message.role for message in session.messages]
    return {
        "id": session.id,
        "name": session.name,
        "status": session.status,
        "visibility": session.visibility,
        "shared": session.shared,
        "encrypted": session.encrypted,
        "hasPrivate": session.has_private,
        "owner": session.owner,
        "participants": [p.id for p in session.participants],
        "invited": [one.id for one in session.invited],
        "readOnly": sorted(who for who, can in session.people.rights.items() if "write" not in can),
        "messages": len(roles) - roles.count("tool"),
        "toolCalls": roles.count("tool"),
        "comments": len(session.comments),
        "tags": session.tags,
        "commits": len(current(session.linked.live.values())),
        "tool": _text(session.origin.get("tool")),
        "origin": _text(session.origin.get("session")),
        "forkedFrom": session.forked.session if session.forked else "",
        "createdAt": session.created,
        "updatedAt": session.updated,
    }


def facets(row: dict[str, Json], linked: Iterable[Link] = ()) -> list[tuple[str, str]]:
    """What lists can be narrowed by: status, tag, participant, origin; shared, private if so;
    id, tree and patch id of each linked commit.
    """
    found = [("status", row["status"]), ("origin", row["origin"])]
    found += [("encrypted", "yes" if row["encrypted"] else "")]
    found += [("tag", tag) for tag in row["tags"]]
    found += [("participant", key(who)) for who in row["participants"]]
    found += [("shared", "yes" if row["shared"] else "")]
    found += [("private", "yes" if row["hasPrivate"] else "")]
    for link in linked:
        found += [("commit", link.commit), ("tree", link.tree), ("patch", link.patch)]
    return [(name, value) for name, value in found if value]


def _visibility(value: Json, otherwise: str) -> str:
    return value if value in VISIBILITIES else otherwise


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
