"""What is being written about one review: events in the order of their times, each once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from git_naturecode import ids
from git_naturecode.appraise import lines
from git_naturecode.appraise.history import History
from git_naturecode.appraise.lines import Comment, Request
from git_naturecode.appraise.registers import Registers, key, value_of
from git_naturecode.appraise.states import State
from git_naturecode.appraise.told import Line, Told
from git_naturecode.clock import iso
from git_naturecode.store.entry import Draft, Entry

Json = Any
TOOL = "git-appraise"
NAME = 200  # characters of the name of a person
_MOST_JSON = 12_000  # characters of a line that stand in a header
_LATEST = 253_402_300_799  # the last second of the year 9999


class Event(NamedTuple):
    """Something that was said at some time (ISO, "" for unknown), to be written in that order.

    `label` is the name of the count that it adds to.
    """

    time: str
    draft: Draft
    label: str = ""


@dataclass
class Counts:
    """How many of each were written."""

    comments: int = 0
    replies: int = 0
    resolutions: int = 0
    verdicts: int = 0
    reports: int = 0
    revisions: int = 0
    merges: int = 0
    unplaced: int = 0


@dataclass
class Sheet:
    """The entries to be written about a review of which `there` are known.

    `ours` is True for a review that began here and went to git-appraise.
    """

    told: Told
    history: History
    there: Mapping[str, Entry]
    ours: bool
    states: dict[str, State]
    counts: Counts = field(default_factory=Counts)
    events: dict[str, Event] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.registers = Registers(self.there.values())
        self.began = self.told.began or self.committed(self.told.about)

    def add(
        self, time: str, kind: str, name: str, fields: Mapping[str, Json], body: str | None = None,
        label: str = "",
    ) -> None:  # fmt: skip
        """Have entry `name` written, unless it is known."""
        if name not in self.there:
            timed = {**fields, "t": time} if time else fields
            self.events.setdefault(name, Event(time, Draft(kind, timed, body, name), label))

    def keep(self, line: Line) -> None:
        """Have a line of the notes kept as it is."""
        draft = source(line)
        assert draft.id is not None
        label = "reports" if line.note in (lines.CI, lines.ANALYSES) else ""
        self.add("", draft.kind, draft.id, draft.fields, draft.body, label)

    def drafts(self) -> list[Draft]:
        """What is to be written, each over the words that it replaces."""
        return [self._said(one) for one in sorted(self.events.values(), key=lambda one: one.time)]

    def _said(self, event: Event) -> Draft:
        draft = event.draft
        if event.label:
            setattr(self.counts, event.label, getattr(self.counts, event.label) + 1)
        name = key(draft.kind, draft.fields, str(draft.fields.get("author", "")))
        if name is None or draft.id is None:
            return draft
        value = value_of(draft.kind, draft.fields, draft.body)
        over = self.registers[name].say(draft.id, value, event.time)
        return draft._replace(fields={**draft.fields, "over": sorted(over)})

    def id(self, source: str, part: str) -> str:
        """The id that every clone gives to `part` of what `source` says about the review."""
        return entry_id(self.told.about, source, part)

    def time(self, timestamp: str) -> str:
        """The time that a line names, else that of the beginning."""
        return lines.time_of(timestamp) or self.began

    def committed(self, commit: str) -> str:
        """When a commit was made; "" where it is not here."""
        seconds = self.history.seconds(commit)
        return iso(seconds * 1000) if 0 < seconds <= _LATEST else ""

    def is_told(self, request: Request) -> bool:
        """True when an entry that is here says all that the request says."""
        return request.mark.rpartition(" ")[2] in self.there

    def is_ours(self, comment: Comment) -> bool:
        """True when the comment is an entry that is here, written down for git-appraise."""
        return bool(comment.mark) and comment.mark in self.there

    def name(self, comment: Comment) -> str:
        """The id of the entry that is the comment."""
        return comment.mark if self.is_ours(comment) else self.id(comment.hash, "comment")


def entry_id(about: str, source: str, part: str) -> str:
    """The id that every clone gives to `part` of what `source` says about the commit `about`."""
    return ids.imported_entry(TOOL, about, source, part)


def source_id(line: Line) -> str:
    """The id of the entry that keeps a line of the notes as it is."""
    return entry_id(line.about, line.sha, f"source {line.note}")


def source(line: Line) -> Draft:
    """The entry that keeps a line of the notes as it is."""
    fields = {"note": line.note, "on": line.about, "sha": line.sha}
    body = line.raw.decode("utf-8", "surrogateescape")
    return Draft("source", fields, body, source_id(line))


def origin(line: Line, comment: Comment) -> dict[str, Json]:
    """What is needed to write the line of `comment` again beside its text, which the entry has.

    `hash` is how others name it, where that is not the SHA-1 of the line.
    """
    text = line.raw.decode("utf-8", "surrogateescape")
    word = lines.quoted(comment.description)
    parts = text.split(word) if comment.description and text.count(word) == 1 else [text]
    found: dict[str, Json] = {"tool": TOOL, "note": line.note, "sha": line.sha, "on": line.about}
    if comment.hash != line.sha:
        found["hash"] = comment.hash
    return found | ({"json": parts} if sum(map(len, parts)) <= _MOST_JSON else {})
