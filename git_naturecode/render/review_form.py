"""The lines of the form into which a reviewer writes his comments: the change and what was said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from git_naturecode.domain.review.following import GONE, Place
from git_naturecode.domain.review.form import FormLine, Spot
from git_naturecode.domain.review.handles import names
from git_naturecode.domain.review.model import Review, Thread
from git_naturecode.git.changes import FileChange, Line
from git_naturecode.render.diff import heading
from git_naturecode.render.show import line, show


def form_lines(
    files: Iterable[FileChange], review: Review, places: Mapping[str, Place]
) -> list[FormLine]:
    """The lines of the form for `files`, each thread below the line where it is now."""
    handles = names(review)
    at: dict[tuple[str, str, int], list[Thread]] = {}
    for thread in review.threads:
        anchor, place = thread.first.anchor, places.get(thread.id)
        if anchor is not None and (place is None or place.state != GONE):
            path, end = (place.path, place.end) if place else (anchor.path, anchor.end)
            at.setdefault((anchor.side, path, end), []).append(thread)
    return [one for change in files for one in _file(change, at, handles)]


def _file(
    change: FileChange, at: Mapping[tuple[str, str, int], Sequence[Thread]],
    handles: Mapping[str, str],
) -> Iterator[FormLine]:  # fmt: skip
    of_file = Spot(change.path)
    yield FormLine(f" {heading(change)}", of_file)
    yield from _said(at.get(("new", change.path, 0), ()), handles)
    last = max((max(h.new + h.new_count, h.old + h.old_count) for h in change.hunks), default=1)
    width = len(str(last))
    for hunk in change.hunks:
        told = f"@@ -{hunk.old},{hunk.old_count} +{hunk.new},{hunk.new_count} @@"
        yield FormLine(f" {told} {line(hunk.heading)}".rstrip(), of_file)
        for one in hunk.lines():
            yield FormLine(_text(one, width), _spot(change, one))
            for side, path, number in (
                ("old", change.old_path, one.old), ("new", change.path, one.new),
            ):  # fmt: skip
                yield from _said(at.get((side, path, number or -1), ()), handles)


def _text(one: Line, width: int) -> str:
    old, new = (str(number or "").rjust(width) for number in (one.old, one.new))
    return f" {old} {new} {one.kind}{show(one.text.removesuffix(chr(13)))}"


def _spot(change: FileChange, one: Line) -> Spot:
    if one.new is None:
        return Spot(change.old_path or change.path, "old", one.old or 0)
    return Spot(change.path, "new", one.new)


def _said(threads: Iterable[Thread], handles: Mapping[str, str]) -> Iterator[FormLine]:
    for thread in threads:
        for one in thread.comments:
            head = f"| {handles[one.id]} {line(one.by)}:"
            body = "[redacted]" if one.hidden else show(one.text)
            for text in f"{head} {body}".split("\n"):
                shown = text if text.startswith("| ") else f"|   {text}"
                yield FormLine(shown, Spot(thread=thread.id))
