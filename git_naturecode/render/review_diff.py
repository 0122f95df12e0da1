"""The difference under review with its threads in place: as text and as JSON."""

from collections.abc import Iterable, Iterator, Sequence

from git_naturecode.domain.findings.build import Tracked
from git_naturecode.domain.review import behind
from git_naturecode.domain.review.anchor import Anchor
from git_naturecode.domain.review.behind import Sources, Whole
from git_naturecode.domain.review.following import GONE, Place
from git_naturecode.domain.review.model import Review, Thread
from git_naturecode.git.changes import ADDED, FileChange
from git_naturecode.render.diff import Look, file_text, heading
from git_naturecode.render.paint import Paint
from git_naturecode.render.review_behind import beside, named
from git_naturecode.render.review_findings import Findings
from git_naturecode.render.review_threads import Threads
from git_naturecode.render.show import show
from git_naturecode.store.entry import Json

_INDENT = "  | "
_TOOL = "  ! "
_KINDS = {" ": "context", "-": "removed", "+": "added"}


class ReviewDiff:
    """What a reviewer reads: each file, below each line what was said about it, at the end what
    belongs to no line that is shown. Without `threads` only the files; `sources` tells from which
    sessions each hunk comes, `origins` from which a file."""

    def __init__(
        self, review: Review, places: dict[str, Place], paint: Paint, columns: int,
        threads: Sequence[Thread], sources: Sources = behind.nothing,
        origins: Whole = behind.nothing_whole, *, whole: bool = False,
        findings: Sequence[Tracked] = (),
    ) -> None:  # fmt: skip
        self.sources, self.origins = sources, origins
        self.look = Look(paint, columns)
        self.paint, self.places = paint, places
        self.texts = Threads(review, paint, places, columns - len(_INDENT), whole=whole)
        self.waiting: dict[str, Thread] = {one.id: one for one in threads}
        self.at: dict[tuple[str, str, int], list[Thread]] = {}
        for one in threads:
            where = self.place(one)
            if where is not None:
                self.at.setdefault(where, []).append(one)
        self.tools = Findings(review, paint, places, columns - len(_INDENT), whole=whole)
        self.found: dict[str, Tracked] = {one.finding.fingerprint: one for one in findings}
        self.found_at: dict[tuple[str, str, int], list[Tracked]] = {}
        for found in findings:
            spot = self.place_of(found.finding.anchor, found.finding.fingerprint)
            if spot is not None:
                self.found_at.setdefault(spot, []).append(found)

    def place(self, thread: Thread) -> tuple[str, str, int] | None:
        """Side, path and line that a thread stands below; None where it has none now."""
        return self.place_of(thread.first.anchor, thread.id)

    def place_of(self, anchor: Anchor | None, name: str) -> tuple[str, str, int] | None:
        """The same for anything with an anchor; `name` is what `places` calls it."""
        place = self.places.get(name)
        if anchor is None or (place is not None and place.state == GONE):
            return None
        if place is None:
            return anchor.side, anchor.path, anchor.end
        return anchor.side, place.path, place.end

    def text(self, files: Iterable[FileChange]) -> Iterator[str]:
        """All of it."""
        for number, change in enumerate(files):
            if number:
                yield ""
            yield from self.file(change)
        yield from self.rest()

    def file(self, change: FileChange) -> Iterator[str]:
        """One file; what is said of the file as a whole, or of lines not shown, stands below it."""

        def below(side: str, at: int) -> list[str]:
            path = change.old_path if side == "old" else change.path
            where = (side, path or change.path, at)
            tools = self.told(self.found_at.get(where, ()))
            return [*tools, *self.said(self.at.get(where, ()))]

        yield from file_text(change, self.look, below, self.above(change))
        paths = {change.path, change.old_path}
        for thread in list(self.waiting.values()):
            where = self.place(thread)
            if where is not None and where[1] in paths:
                yield from self.said([thread], placed=False)
        yield from self.told(self.in_file(change), placed=False)

    def in_file(self, change: FileChange) -> list[Tracked]:
        """The findings in a file."""
        paths = {change.path, change.old_path}
        return [one for spot, some in self.found_at.items() if spot[1] in paths for one in some]

    def above(self, change: FileChange) -> list[list[str]]:
        """What is told of each hunk before its lines."""
        found = self.sources(change)
        return [
            list(beside(some, sum(one.kind == ADDED for one in hunk.lines()), self.paint))
            if some else []
            for hunk, some in zip(change.hunks, found, strict=True)
        ]  # fmt: skip

    def said(self, threads: Iterable[Thread], *, placed: bool = True) -> Iterator[str]:
        """Threads that were not shown yet."""
        for one in threads:
            if self.waiting.pop(one.id, None) is not None:
                for text in self.texts.text(one, placed=placed):
                    yield self.paint.cyan(_INDENT) + text

    def told(self, findings: Iterable[Tracked], *, placed: bool = True) -> Iterator[str]:
        """Findings that were not shown yet, marked as what a tool says."""
        for one in findings:
            if self.found.pop(one.finding.fingerprint, None) is not None:
                for text in self.tools.text(one, placed=placed):
                    yield self.paint.yellow(_TOOL) + text

    def rest(self) -> Iterator[str]:
        """What belongs to no file that is shown."""
        left, found = list(self.waiting.values()), list(self.found.values())
        if left or found:
            yield ""
            yield self.paint.bold("--- elsewhere")
            yield from self.told(found, placed=False)
            yield from self.said(left, placed=False)

    def stat(self, files: Iterable[FileChange]) -> Iterator[str]:
        """A line for each file, with the number of threads and findings on it and the sessions
        behind it, and the sums."""
        count = added = removed = 0
        for change in files:
            count, added, removed = count + 1, added + change.added, removed + change.removed
            paths = {change.path, change.old_path}
            here = [t for t in self.waiting.values() if (w := self.place(t)) and w[1] in paths]
            threads = f"{len(here)} thread{'' if len(here) == 1 else 's'}" if here else ""
            some = len(self.in_file(change))
            tools = f"{some} finding{'' if some == 1 else 's'}" if some else ""
            told = [one for one in (threads, tools, named(self.origins(change))) if one]
            more = "".join(f"  {one}" for one in told)
            yield heading(change).removeprefix("--- ") + self.paint.cyan(more)
        yield f"{count} file{'' if count == 1 else 's'}, +{added} -{removed}"


def files_json(
    files: Iterable[FileChange], sources: Sources = behind.nothing,
    origins: Whole = behind.nothing_whole,
) -> list[Json]:  # fmt: skip
    """The files with their hunks and lines, and the sessions behind these."""
    return [
        {
            "path": one.path, "oldPath": one.old_path or None, "status": one.status,
            "oldMode": f"{one.old_mode:06o}", "newMode": f"{one.new_mode:06o}",
            "binary": one.binary, "added": one.added, "removed": one.removed, "cut": one.cut,
            "sessions": [each.json() for each in origins(one)],
            "hunks": [
                {
                    "oldStart": h.old, "oldLines": h.old_count, "newStart": h.new,
                    "newLines": h.new_count, "heading": h.heading,
                    "sessions": [each.json() for each in told],
                    "lines": [
                        {"kind": _KINDS[n.kind], "old": n.old, "new": n.new, "text": n.text}
                        for n in h.lines()
                    ],
                }
                for h, told in zip(one.hunks, sources(one), strict=True)
            ],
        }
        for one in files
    ]  # fmt: skip


def range_text(text: str, paint: Paint) -> str:
    """What `git range-diff` says, in colours."""
    return "\n".join(_range_line(line_, paint) for line_ in text.rstrip("\n").split("\n"))


def _range_line(text: str, paint: Paint) -> str:
    body = text[4:] if text.startswith("    ") else ""
    shown = show(text.rstrip())
    if not body:
        return paint.yellow(shown)
    if body.startswith(("+", "-")) and body[1:2] in ("+", "-", " "):
        return paint.bold(shown)
    colour = {"+": paint.green, "-": paint.red}.get(body[1:2])
    return colour(shown) if colour else shown
