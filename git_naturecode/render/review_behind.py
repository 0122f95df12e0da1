"""The sessions behind a change in words: one line for each, beside its hunks or in a list."""

from collections.abc import Iterable, Iterator, Sequence

from git_naturecode.domain.links import Range, ranges_text
from git_naturecode.domain.review import behind
from git_naturecode.domain.review.behind import Behind
from git_naturecode.render.paint import Paint
from git_naturecode.render.show import line

_MOST = 5  # handles that are named
_NAME = 60
_AWAY = {
    behind.ELSEWHERE: "a session that is not in this clone: a private one, or not synced yet",
    behind.DELETED: "a session that was deleted",
}  # fmt: skip


_SHORT = {behind.ELSEWHERE: "a session that is not here", behind.DELETED: "a deleted session"}


def beside(found: Sequence[Behind], added: int, paint: Paint) -> Iterator[str]:
    """What is said of a hunk with so many `added` lines."""
    for one in found:
        covers = sum(b - a + 1 for a, b in one.lines)
        whole = not one.lines or (covers >= added and len(found) == 1)
        yield paint.cyan(f"  from {_about(one)}{'' if whole else _lines(one.lines)}")


def named(found: Sequence[Behind]) -> str:
    """What is said of a whole file in a list of files: only which sessions, by their short ids."""
    names = dict.fromkeys(_SHORT.get(one.state) or one.session[17:] for one in found)
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"from {', '.join(list(names)[:_MOST])}{more}" if names else ""


def listed(found: Iterable[Behind], paint: Paint) -> Iterator[str]:
    """What is said of the whole change."""
    for one in found:
        commits = f"{one.commits} commit{'' if one.commits == 1 else 's'}"
        facts = " · ".join(filter(None, (line(one.tool), one.visibility, commits)))
        yield f"{_about(one)} {paint.dim('· ' + facts)}"


def _about(one: Behind) -> str:
    if one.state != behind.HERE:
        return _AWAY[one.state]
    name = line(one.name[:_NAME])
    handles = [handle for _, handle in one.messages]
    more = ["…"] if len(handles) > _MOST else []
    told = " ".join([*handles[:_MOST], *more])
    unsure = "likely " if told and not one.sure else ""
    private = " (private)" if one.visibility == "private" else ""
    return f"session {one.session[17:]}{private}: {name}" + (f", {unsure}{told}" if told else "")


def _lines(ranges: tuple[Range, ...]) -> str:
    few = ranges[:_MOST]
    return f", lines {ranges_text(few)}" + (",…" if len(ranges) > len(few) else "")
