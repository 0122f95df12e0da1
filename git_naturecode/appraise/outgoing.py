"""The lines that a review becomes: those that it came from, and new ones; pure."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from git_naturecode.appraise import lines
from git_naturecode.appraise.lines import DISCUSS, MARK, NAMES, REVIEWS, Comment, Location, Request
from git_naturecode.appraise.sheet import TOOL
from git_naturecode.appraise.told import Line
from git_naturecode.clock import parse_iso
from git_naturecode.domain import fold, said
from git_naturecode.domain.review import anchor
from git_naturecode.domain.review.build import author_of, build, time_of
from git_naturecode.domain.review.model import APPROVE, NONE, REJECT, VERDICTS, Review
from git_naturecode.domain.said import text_of
from git_naturecode.store.entry import Entry
from git_naturecode.store.store import TEAM, Placed

Json = Any
_HEADS = "refs/heads/"
_OID = 40
_CHANGES = frozenset({"open", "set", "add", "remove", "revision", "merge"})


class Outgoing(NamedTuple):
    """The lines of one review, and how many things no line can say."""

    lines: list[Line]
    unsaid: int = 0


def kept(placed: Sequence[Placed]) -> tuple[list[Line], set[str]]:
    """The lines that the imported entries came from, as they were, and the SHA-1 of those that
    cannot be written again, since something in them was redacted."""
    found: list[Line] = []
    lost: set[str] = set()
    counted = [one.entry for one in fold.count(placed)]
    hidden = said.hidden(counted)
    for entry in counted:
        line, sha = _kept(entry)
        if not sha:
            continue
        if line is None or entry.id in hidden or line.sha != sha:
            lost.add(sha)
        else:
            found.append(line)
    return found, lost - {line.sha for line in found}


def _kept(entry: Entry) -> tuple[Line | None, str]:
    """The line that an imported entry stands for, and the SHA-1 that it had."""
    if not fold.is_imported(entry):
        return None, ""
    if entry.kind == "source":
        where, text = entry.header, entry.body
    else:
        value = entry.header.get("origin")
        where = value if isinstance(value, dict) and value.get("tool") == TOOL else {}
        parts = where.get("json")
        text = None
        if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
            text = lines.quoted(entry.body or "").join(parts)
    note, about, sha = (where.get(name) for name in ("note", "on", "sha"))
    if note not in NAMES or not isinstance(about, str) or not isinstance(sha, str):
        return None, ""
    if "\n" in (text or "") or len(about) < _OID or about.strip("0123456789abcdef"):
        return None, ""
    raw = None if text is None else text.encode("utf-8", "surrogateescape")
    return (None if raw is None else Line(note, about, raw)), sha


class Telling:
    """Makes the new lines of one review, which stand on the commit `about`."""

    def __init__(self, placed: Sequence[Placed], about: str) -> None:
        self.about = about
        self._placed = [one for one in placed if one.side == TEAM]
        self._counted = [one.entry for one in fold.count(self._placed)]
        self._hidden = said.hidden(self._counted)
        self._comments: dict[str, Comment] = {}  # of the entries that have a line
        self._rejected: dict[str, str] = {}  # thread -> the line that says that it is open
        self._against: dict[str, list[str]] = {}  # who -> his lines that nobody has answered
        self._for: dict[str, str] = {}  # who -> the line in which he approves
        self._told: set[str] = set()
        self._lines: list[Line] = []
        self._unsaid = 0

    def outgoing(self, earlier: Sequence[Request], request: Request | None) -> Outgoing:
        """All new lines; `request` says how the review stands, unless `earlier` ones say it."""
        if request is not None and not _says(earlier, request):
            self._lines.append(Line(REVIEWS, self.about, request_line(request)))
        for entry in self._counted:
            if fold.is_imported(entry):
                self._known(entry)
            elif not entry.is_stub and not entry.is_sealed and entry.id not in self._hidden:
                self._say(entry)
        return Outgoing(self._lines, self._unsaid)

    def _known(self, entry: Entry) -> None:
        """Remember by which name the line of an imported entry is known, and what it says."""
        value = entry.header.get("origin")
        where = value if isinstance(value, dict) else {}
        name = where.get("hash") or where.get("sha")
        if not isinstance(name, str):
            return
        line = _kept(entry)[0]
        if line is not None and line.note == DISCUSS:
            with suppress(lines.Unreadable):
                self._comments[entry.id] = lines.comment(line.raw)._replace(hash=name)
        target, who = text_of(entry, "target"), author_of(entry).casefold()
        if entry.kind == "reopen":
            self._rejected[target] = name
        elif entry.kind == "resolve":
            self._rejected.pop(target, None)
        elif entry.kind == "verdict" and text_of(entry, "value") == REJECT:
            self._against.setdefault(who, []).append(name)
        elif entry.kind == "verdict":
            self._for[who] = name

    def _say(self, entry: Entry) -> None:
        kind = entry.kind
        if kind == "comment":
            self._comment(entry)
        elif kind == "edit":
            self._edit(entry)
        elif kind in ("resolve", "reopen"):
            self._settle(entry)
        elif kind == "verdict" and text_of(entry, "value") in VERDICTS:
            self._verdict(entry)
        elif kind in ("react", "finding", "analysis", "dismiss"):
            self._unsaid += 1

    def _comment(self, entry: Entry) -> None:
        on = text_of(entry, "on")
        where = None if on else anchor.read(entry.header.get("anchor"))
        location = None
        if where is not None:
            ranged = where.line > 0
            end = where.end if where.end > where.line else 0
            location = Location(where.commit, where.path, where.line, 0, end, 0, ranged)
        self._put(entry, entry.body or "", parent=self._hash(on), location=location)

    def _edit(self, entry: Entry) -> None:
        target = text_of(entry, "target")
        if target in self._comments:
            # The newest version stands for all of it: where it is, and what it accepts.
            was = self._comments[target]
            self._tell(entry, was._replace(original=was.hash, description=entry.body or ""))

    def _hash(self, name: str) -> str:
        """The name that the line of entry `name` has for others; "" where it has none."""
        return self._comments[name].hash if name in self._comments else ""

    def _settle(self, entry: Entry) -> None:
        target = text_of(entry, "target")
        if target not in self._comments:
            return
        # Only an answer to the word that left it open settles that, as git-appraise sees it.
        parent = self._hash(target)
        if entry.kind == "resolve":
            parent = self._rejected.pop(target, parent)
        made = self._put(entry, entry.body or "", parent=parent, resolved=entry.kind == "resolve")
        if entry.kind == "reopen":
            self._rejected[target] = made

    def _verdict(self, entry: Entry) -> None:
        """What somebody thinks now. git-appraise forgets nothing: what he thought before has to
        be answered, else a rejection would stand for ever, and an approval too."""
        value, head, who = text_of(entry, "value"), text_of(entry, "head"), author_of(entry)
        before = self._against.pop(who.casefold(), [])
        text = entry.body or ""
        if value != NONE:
            location = Location(head) if head else None
            name = self._put(entry, text, location=location, resolved=value == APPROVE)
            said = self._comments[entry.id]
            if value == APPROVE:
                self._for[who.casefold()], text = name, ""
            else:
                self._against[who.casefold()], before = [*before, name], []
        for one in before:
            self._put(entry, text, parent=one, resolved=True)
        if value == NONE and (given := self._for.pop(who.casefold(), "")):
            name = self._put(entry, text, parent=given, resolved=False)
            self._against[who.casefold()] = [name]
        elif value != NONE:
            self._comments[entry.id] = said

    def _put(
        self, entry: Entry, text: str, *, parent: str = "", location: Location | None = None,
        resolved: bool | None = None,
    ) -> str:  # fmt: skip
        made = Comment("", "", "", parent, location, text, resolved, "", "")
        return self._tell(entry, made)

    def _tell(self, entry: Entry, comment: Comment) -> str:
        """Add the line `comment` of the time and author of `entry`; its hash."""
        comment = comment._replace(
            timestamp=stamp(time_of(entry)), author=author_of(entry), mark=entry.id
        )
        name = lines.sha1(lines.canonical(comment))
        while name in self._told:  # two equal lines are one to git-appraise
            comment = comment._replace(timestamp=f"{int(comment.timestamp) + 1:010d}")
            name = lines.sha1(lines.canonical(comment))
        self._told.add(name)
        comment = comment._replace(hash=name)
        self._comments[entry.id] = comment
        raw = lines.encoded([*lines.fields(comment), (MARK, entry.id)])
        self._lines.append(Line(DISCUSS, self.about, raw))
        return comment.hash


def request_line(request: Request) -> bytes:
    """The line that says `request`, in the order in which git-appraise writes it."""
    return lines.encoded([
        ("timestamp", request.timestamp or None), ("reviewRef", request.source or None),
        ("targetRef", request.target), ("requester", request.requester or None),
        ("reviewers", request.reviewers or None), ("description", request.description or None),
        ("baseCommit", request.base or None), ("alias", request.alias or None),
        (MARK, request.mark or None),
    ])  # fmt: skip


def request_of(placed: Sequence[Placed], alias: str) -> Request | None:
    """How a review stands, as a request; None where nobody has changed anything here."""
    counted = [one.entry for one in fold.count([one for one in placed if one.side == TEAM])]
    said_here = [e for e in counted if e.kind in _CHANGES and not fold.is_imported(e)]
    review = build([one for one in placed if one.side == TEAM])
    if not said_here or review.deleted:
        return None
    last = said_here[-1]
    over = review.is_closed and not review.merges
    first = review.revisions[0] if review.revisions else None
    text = f"{review.title}\n\n{review.description}".strip()
    return Request(
        stamp(time_of(last)), _source(review), "" if over else _HEADS + review.base, review.owner,
        tuple(one.who for one in review.reviewers if one.asked), text, first.base if first else "",
        alias, f"{review.id} {last.id}",
    )  # fmt: skip


def _source(review: Review) -> str:
    kind, name = review.target
    if kind == "pr":
        return f"refs/pull/{name}/head"
    if kind == "branch" and name:
        return name if name.startswith("refs/") else _HEADS + name
    return ""


def _says(earlier: Sequence[Request], request: Request) -> bool:
    """True when the last of `earlier` says the same as `request`."""
    if not earlier:
        return False
    last = earlier[-1]
    same = (last.source, last.target, last.requester, last.reviewers, last.alias, last.base) == (
        request.source, request.target, request.requester, request.reviewers, request.alias,
        request.base,
    )  # fmt: skip
    return same and last.description.split() == request.description.split()


def stamp(time: str) -> str:
    """An ISO time as git-appraise writes it: seconds, ten digits."""
    return f"{parse_iso(time) // 1000:010d}"


def lines_of(outgoing: Sequence[Outgoing]) -> Iterator[Line]:
    """All lines, in their order."""
    for one in outgoing:
        yield from one.lines
