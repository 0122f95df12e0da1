"""What the notes tell, commit by commit: requests, comments, reports, unread lines; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from git_naturecode.appraise import lines
from git_naturecode.appraise.lines import ANALYSES, CI, DISCUSS, REVIEWS, Comment, Request
from git_naturecode.appraise.threads import Threads, threads


class Line(NamedTuple):
    """A line as it stands in a note, and which note that is."""

    note: str
    about: str
    raw: bytes

    @property
    def sha(self) -> str:
        """The SHA-1 of its bytes."""
        return lines.sha1(self.raw)


@dataclass
class Told:
    """All that the notes say about one commit.

    `requests` are in the order in which git-appraise takes them, so that the last one holds;
    `raw` are the lines of comments by the hashes of these; `rest` are the lines that no comment
    carries: requests, reports, what cannot be read, and other ways to write a known comment.
    """

    about: str
    requests: list[tuple[Request, Line]] = field(default_factory=list)
    comments: Threads = field(default_factory=lambda: Threads({}, []))
    raw: dict[str, Line] = field(default_factory=dict)
    rest: list[Line] = field(default_factory=list)
    unreadable: list[tuple[Line, str]] = field(default_factory=list)

    @property
    def request(self) -> Request:
        """The request that holds."""
        return self.requests[-1][0]

    @property
    def began(self) -> str:
        """When the first thing was said that has a time (ISO); "" where nothing has one."""
        asked = (lines.time_of(one.timestamp) for one, _ in self.requests)
        said = (lines.time_of(one.comment.timestamp) for one in self.comments.remarks.values())
        return min(filter(None, asked), default="") or min(filter(None, said), default="")

    @property
    def marks(self) -> set[str]:
        """The reviews of this program that a request here says it is."""
        return {one.mark.partition(" ")[0] for one, _ in self.requests if one.mark}

    def commits(self) -> Iterator[str]:
        """Every commit that is named."""
        yield self.about
        for one, _ in self.requests:
            yield from filter(None, (one.base, one.alias))
        for remark in self.comments.remarks.values():
            for version in remark.versions:
                if version.location and version.location.commit:
                    yield version.location.commit


Found = Mapping[str, Mapping[str, tuple[bytes, ...]]]


def told(notes: Found) -> dict[str, Told]:
    """`notes` (name -> object -> lines) by the objects that they are about."""
    found: dict[str, Told] = {}
    for name in (REVIEWS, DISCUSS, CI, ANALYSES):
        for about, some in notes.get(name, {}).items():
            one = found.setdefault(about, Told(about))
            kept = [Line(name, about, raw) for raw in some]
            if name == REVIEWS:
                _requests(one, kept)
            elif name == DISCUSS:
                _comments(one, kept)
            else:
                _reports(one, kept)
    return found


def _requests(one: Told, kept: list[Line]) -> None:
    one.rest += kept
    for line in kept:
        try:
            one.requests.append((lines.request(line.raw), line))
        except lines.Unreadable as why:
            one.unreadable.append((line, str(why)))
    one.requests.sort(key=lambda pair: pair[0].timestamp)


def _comments(one: Told, kept: list[Line]) -> None:
    found: dict[str, Comment] = {}
    names: dict[str, str] = {}
    for line in kept:
        try:
            comment = lines.comment(line.raw)
        except lines.Unreadable as why:
            one.unreadable.append((line, str(why)))
            one.rest.append(line)
            continue
        names[line.sha] = comment.hash
        if comment.hash in found:
            one.rest.append(line)
        else:
            found[comment.hash] = comment
            one.raw[comment.hash] = line
    one.comments = threads(found.values(), names)


def _reports(one: Told, kept: list[Line]) -> None:
    one.rest += kept
    for line in kept:
        try:
            lines.report(line.raw)
        except lines.Unreadable as why:
            one.unreadable.append((line, str(why)))
