"""Sessions: conversations of people and assistants, folded from their entries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from git_naturecode.domain import fold
from git_naturecode.store.entry import Draft, Entry, Json
from git_naturecode.store.index import Described
from git_naturecode.store.store import TEAM, Placed

KIND = "session"
VISIBILITIES = ("private", "team", "public")
ROLES = ("user", "assistant", "system", "tool", "note")
SUMMARY_CHARACTERS = 200


@dataclass(frozen=True)
class Message:
    """One thing said: by whom, in which role, when (ISO time of the source or of writing)."""

    id: str
    role: str
    by: str
    time: str
    text: str
    header: dict[str, Json]
    device: str
    flags: tuple[str, ...] = ()

    @property
    def redacted(self) -> list[str]:
        """The labels of the spans that were replaced."""
        marks = self.header.get("red")
        return [str(mark) for mark in marks] if isinstance(marks, list) else []


@dataclass(frozen=True)
class Participant:
    """Somebody who takes part: an e-mail address, a name to show, since when."""

    id: str
    name: str
    joined: str


@dataclass
class Session:
    """A session as it stands after all its entries."""

    id: str
    name: str = ""
    owner: str = ""
    created: str = ""
    updated: str = ""
    status: str = "active"
    visibility: str = "private"
    tags: list[str] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    origin: dict[str, Json] = field(default_factory=dict)
    summary: str = ""
    shared: bool = False
    has_private: bool = False
    opened: bool = False

    @property
    def derived_summary(self) -> str:
        """The first request and the last answer, for a session that nobody summed up."""
        said = [m for m in self.messages if m.text.strip()]
        first = next((m.text for m in said if m.role == "user"), "")
        last = next((m.text for m in reversed(said) if m.role == "assistant"), "")
        parts = (" ".join(text.split())[:SUMMARY_CHARACTERS] for text in (first, last))
        return " … ".join(part for part in parts if part)


def build(placed: Sequence[Placed]) -> Session:
    """The session that `placed`, all entries about it, add up to."""
    counted = fold.count(placed)
    entries = [one.entry for one in counted]
    out = fold.replaced(entries)
    # Two clones may have imported parts of one conversation that begin on other days.
    session = Session(id=min((one.entity for one in placed), default=""))
    session.shared = any(one.side == TEAM for one in placed)
    there = {one.entry.id for one in placed if one.side == TEAM}
    session.has_private = any(one.entry.id not in there for one in placed)
    for entry in entries:
        if entry.kind == "open":
            _open(session, entry)
    _registers(session, entries)
    session.participants = _participants(session.owner, entries)
    session.messages = _messages(counted, out)
    times = [m.time for m in session.messages]
    session.created = session.created or min(times, default="")
    session.updated = max([*times, session.created])
    return session


def _open(session: Session, entry: Entry) -> None:
    header = entry.header
    session.opened = True
    session.name = _text(header.get("title"))
    session.owner = _text(header.get("by"))
    session.created = _text(header.get("t")) or entry.at[:24]
    visibility = _text(header.get("visibility"))
    session.visibility = visibility if visibility in VISIBILITIES else "private"
    origin = header.get("origin")
    session.origin = origin if isinstance(origin, dict) else {}


def _registers(session: Session, entries: Sequence[Entry]) -> None:
    session.name = _text(fold.register(entries, "title")) or session.name
    session.summary = _text(fold.register(entries, "summary"))
    session.status = _text(fold.register(entries, "status")) or session.status
    visibility = _text(fold.register(entries, "visibility"))
    session.visibility = visibility if visibility in VISIBILITIES else session.visibility
    session.tags = fold.members(entries, "tags")


def _participants(owner: str, entries: Iterable[Entry]) -> list[Participant]:
    """Who has joined and not left since; for each person the last word counts."""
    last: dict[str, Entry] = {}
    for entry in entries:
        who = _text(entry.header.get("who")) or _text(entry.header.get("by"))
        if entry.kind in ("open", "join", "leave") and who:
            last[who] = entry
    return [
        Participant(who, _text(entry.header.get("name")), entry.at[:24])
        for who, entry in sorted(last.items(), key=lambda item: (item[0] != owner, item[1].order))
        if entry.kind != "leave"
    ]


def _messages(counted: Iterable[fold.Counted], out: set[str]) -> list[Message]:
    messages = [
        _message(placed, one)
        for one in counted
        if one.entry.kind == "message" and one.entry.id not in out
        for placed in (one.placed, *one.rivals)
    ]
    return [m for _, m in sorted(messages, key=lambda pair: pair[0])]


def _message(placed: Placed, one: fold.Counted) -> tuple[tuple[str, str, str], Message]:
    entry, header = placed.entry, placed.entry.header
    time = _text(header.get("t")) or entry.at[:24]
    flags = []
    if entry.edited_by_hand:
        flags.append("edited by hand")
    if one.rivals:
        flags.append("two contents under one id")
    if entry.is_stub:
        flags.append("purged")
    message = Message(
        entry.id, _text(header.get("role")) or "user", _text(header.get("by")), time,
        entry.body or "", header, placed.device, tuple(flags),
    )  # fmt: skip
    return (time, entry.at, entry.hash), message


def describe(tail: str, placed: list[Placed]) -> Described | None:
    """What the index keeps of a session: its row and the texts to search."""
    session = build(placed)
    if not session.opened and not session.messages:
        return None
    texts = [("title", session.name)] if session.name else []
    texts += [(m.id, m.text) for m in session.messages if m.text]
    return Described(row(session), session.updated, texts)


def row(session: Session) -> dict[str, Json]:
    """What a list says about a session."""
    roles = [m.role for m in session.messages]
    return {
        "id": session.id,
        "name": session.name,
        "status": session.status,
        "visibility": session.visibility,
        "shared": session.shared,
        "hasPrivate": session.has_private,
        "owner": session.owner,
        "participants": [p.id for p in session.participants],
        "messages": len(roles) - roles.count("tool"),
        "toolCalls": roles.count("tool"),
        "tags": session.tags,
        "tool": _text(session.origin.get("tool")),
        "origin": _text(session.origin.get("session")),
        "createdAt": session.created,
        "updatedAt": session.updated,
    }


def opening(title: str, visibility: str, name: str) -> Draft:
    """The entry that begins a session."""
    return Draft("open", {"title": title, "visibility": visibility, "name": name})


def message(text: str, role: str) -> Draft:
    """The entry that says `text`."""
    return Draft("message", {"role": role}, text)


def attendance(kind: str, name: str) -> Draft:
    """The entry by which somebody joins or leaves (`kind`)."""
    return Draft(kind, {"name": name} if name else {})


def setting(entries: Sequence[Entry], name: str, value: str) -> Draft:
    """The entry that sets scalar `name`, naming those that it replaces among `entries`."""
    return Draft("set", {"field": name, "value": value, "over": fold.current(entries, name)})


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
