"""What was said in a session: messages and comments as edits and redactions have left them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from git_naturecode.domain import fold
from git_naturecode.store.entry import Entry, Json
from git_naturecode.store.judged import Mark as Standing
from git_naturecode.store.store import Placed

TOLD = {"unverified": "unverified", "vouched": "", "adopted": ""}
"""What people are told beside a text, by the state of its standing; "": the reason of it."""
ENCRYPTED = "encrypted"
"""The flag of what this reader has no key for."""
_STEPS = 32  # from an edit of an edit to what it is about
# What may still be said about a message whose text was redacted or purged.
_HARMLESS = frozenset(
    {"role", "t", "model", "tool", "type", "ok", "side", "think", "meta", "device", "at", "kind"}
)


class Mark(NamedTuple):
    """Who did something to an entry, when, and why (only a redaction says that)."""

    by: str
    time: str
    reason: str = ""


class Rival(NamedTuple):
    """The text of an edit that another one, made at the same time, stands before."""

    text: str
    by: str
    time: str


class Comment(NamedTuple):
    """A remark on a message (`on`), or on the session as a whole (`on` is empty)."""

    id: str
    by: str
    time: str
    text: str
    on: str = ""
    flags: tuple[str, ...] = ()
    edited: Mark | None = None
    hidden: Mark | None = None
    rivals: tuple[Rival, ...] = ()
    standing: Standing | None = None


class Message(NamedTuple):
    """One thing said: by whom, in which role, when (ISO time of the source or of writing).

    `text` is the newest; of a redacted message neither text nor what its header told is left.
    """

    id: str
    role: str
    by: str
    time: str
    text: str
    header: dict[str, Json]
    device: str
    flags: tuple[str, ...] = ()
    edited: Mark | None = None
    hidden: Mark | None = None
    rivals: tuple[Rival, ...] = ()
    comments: tuple[Comment, ...] = ()
    reactions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    standing: Standing | None = None

    @property
    def redacted(self) -> list[str]:
        """The labels of the spans that were replaced before anything was written."""
        marks = self.header.get("red")
        return [str(mark) for mark in marks] if isinstance(marks, list) else []

    @property
    def call(self) -> tuple[str, str]:
        """What a tool was given, where the whole of it was kept (else ""), and what it gave.

        An import with `--full` keeps the input, `in` characters, above the output.
        """
        length = self.header.get("in")
        if isinstance(length, int) and 0 < length <= len(self.text) and not self.edited:
            return self.text[:length], self.text[length:].removeprefix("\n")
        return "", self.text


class Changes(NamedTuple):
    """What later entries say about earlier ones, by the id of these."""

    edits: dict[str, list[Entry]]
    hidden: dict[str, Mark]
    reactions: dict[str, list[Entry]]


def changes(entries: Sequence[Entry]) -> Changes:
    """The edits that nobody replaced, the redactions and the reactions among `entries`.

    A redaction cannot be replaced: it absorbs every edit, made before, after or meanwhile.
    """
    found = Changes({}, {}, {})
    about = {e.id: text_of(e, "target") for e in entries if e.kind == "edit"}
    edits = [e for e in entries if e.kind == "edit"]
    out = fold.replaced_within(edits, lambda e: _root(about, e.id)) if edits else set()
    for entry in edits:
        if entry.id not in out and entry.body is not None and not entry.is_sealed:
            found.edits.setdefault(_root(about, entry.id), []).append(entry)
    for entry in entries:
        if entry.kind == "redact":
            mark = Mark(text_of(entry, "by"), entry.at[:24], text_of(entry, "reason"))
            found.hidden.setdefault(_root(about, text_of(entry, "target")), mark)
    reacted = [e for e in entries if e.kind == "react"]
    taken = fold.replaced_within(reacted, _reaction) if reacted else set()
    for entry in reacted:
        if (
            entry.id not in taken
            and text_of(entry, "value")
            and entry.header.get("off") is not True
        ):
            found.reactions.setdefault(text_of(entry, "target"), []).append(entry)
    return found


def _reaction(entry: Entry) -> tuple[str, ...]:
    return text_of(entry, "by"), text_of(entry, "target")


def hidden(entries: Sequence[Entry]) -> set[str]:
    """The ids of all entries whose text a redaction hides, every edit of it among them."""
    gone = set(changes(entries).hidden)
    about = {e.id: text_of(e, "target") for e in entries if e.kind == "edit"}
    while more := {name for name, target in about.items() if target in gone} - gone:
        gone |= more
    return gone


def _root(about: Mapping[str, str], name: str) -> str:
    """What `name`, perhaps an edit of an edit, is about in the end."""
    for _ in range(_STEPS):
        if name not in about:
            break
        name = about[name]
    return name


def messages(
    said: Sequence[fold.Counted], found: Changes, comments: Iterable[Comment]
) -> list[Message]:
    """The messages among `said`, which holds no others, in the order of their times."""
    out = fold.replaced_within((one.entry for one in said), _sayer)
    on: dict[str, list[Comment]] = {}
    for comment in comments:
        if comment.on:
            on.setdefault(comment.on, []).append(comment)
    made = [
        _message(version, one, found, tuple(on.get(one.entry.id, ())))
        for one in said
        if one.entry.id not in out
        for version in (one.placed, *one.rivals)
    ]
    return [message for _, message in sorted(made, key=lambda pair: pair[0])]


def _sayer(entry: Entry) -> str:
    """Whose words may be replaced by `entry`: his own; a longer import stands for a shorter one."""
    return "" if fold.is_imported(entry) else text_of(entry, "by").casefold()


def comments(counted: Iterable[fold.Counted], found: Changes) -> list[Comment]:
    """All comments in their order; an answer to a comment stands where that one stands."""
    said = [one for one in counted if one.entry.kind == "comment"]
    out = fold.replaced_within((one.entry for one in said), lambda e: text_of(e, "by"))
    about = {one.entry.id: text_of(one.entry, "on") for one in said}
    return [
        _comment(version, one, found, about)
        for one in said
        if one.entry.id not in out
        for version in (one.placed, *one.rivals)
    ]


def _comment(
    placed: Placed, one: fold.Counted, found: Changes, about: Mapping[str, str]
) -> Comment:
    entry = placed.entry
    state, on = _State(placed, one, found), _root(about, text_of(entry, "on"))
    return Comment(
        entry.id, text_of(entry, "by"), entry.at[:24], state.text, on, state.flags, state.edited,
        state.hidden, state.rivals, placed.mark,
    )  # fmt: skip


class _State:
    """What became of the text of one entry."""

    def __init__(self, placed: Placed, one: fold.Counted, found: Changes) -> None:
        entry = placed.entry
        edits = found.edits.get(entry.id, [])
        self.hidden = found.hidden.get(entry.id)
        self.edited = _mark(edits[-1]) if edits else None
        self.rivals: tuple[Rival, ...] = ()
        self.text = entry.body or ""
        flags = list[str]()
        if placed.mark and placed.mark.state in TOLD:
            flags.append(TOLD[placed.mark.state] or placed.mark.reason)
        if entry.edited_by_hand:
            flags.append("edited by hand")
        if one.rivals:
            flags.append("two contents under one id")
        if self.hidden:
            self.text, self.edited = "", None
            flags.append("redacted")
        elif edits:
            self.text = edits[-1].body or ""
            self.rivals = tuple(
                Rival(e.body or "", text_of(e, "by"), e.at[:24]) for e in edits[:-1]
            )
            flags.append("edited")
            if self.rivals:
                flags.append("edited by two at once")
        if entry.is_stub:
            flags.append("purged")
        elif entry.is_sealed:
            self.text = ""
            flags.append(ENCRYPTED)
        self.flags = tuple(flags)


def _message(
    placed: Placed, one: fold.Counted, found: Changes, on: tuple[Comment, ...]
) -> tuple[tuple[str, str, str], Message]:
    entry, header = placed.entry, placed.entry.header
    time = text_of(entry, "t") or entry.at[:24]
    state = _State(placed, one, found)
    if state.hidden:
        header = {key: value for key, value in header.items() if key in _HARMLESS}
    message = Message(
        entry.id, text_of(entry, "role") or "user", text_of(entry, "by"), time, state.text, header,
        placed.device, state.flags, state.edited, state.hidden, state.rivals, on,
        reactions(found.reactions[entry.id]) if entry.id in found.reactions else (), placed.mark,
    )  # fmt: skip
    return (time, entry.at, entry.hash), message


def reactions(entries: Iterable[Entry]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each reaction among `entries` and who gave it, in the order in which they came first."""
    by: dict[str, dict[str, None]] = {}
    for entry in entries:
        by.setdefault(text_of(entry, "value"), {})[text_of(entry, "by")] = None
    return tuple((value, tuple(people)) for value, people in by.items())


def _mark(entry: Entry) -> Mark:
    return Mark(text_of(entry, "by"), entry.at[:24])


def text_of(entry: Entry, key: str) -> str:
    """The text that the header of `entry` says under `key`; "" when it says none."""
    value = entry.header.get(key)
    return value if isinstance(value, str) else ""
