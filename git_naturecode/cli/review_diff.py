"""review diff: the change itself, with what was said about it in place."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet, ReviewId
from git_naturecode.cli.output import columns, page, paint
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_naturecode.domain.findings.build import Tracked
    from git_naturecode.domain.review.looked import Looked
    from git_naturecode.domain.review.model import Revision, Thread
    from git_naturecode.git.changes import FileChange
    from git_naturecode.reviewing.differing import Compared
    from git_naturecode.store.entry import Json
    from git_naturecode.store.store import Store


def diff(
    review: ReviewId,
    files: Annotated[list[str] | None, typer.Argument(help="Only these files.")] = None,
    since_my_last: Annotated[
        bool, typer.Option("--since-my-last", help="What is new since you said something.")
    ] = False,
    revision: Annotated[
        str, typer.Option(help="2: as it was then; 1..2: what is new; 1..: since then.")
    ] = "",
    range_diff: Annotated[
        bool, typer.Option("--range-diff", help="Commit by commit, as `git range-diff` shows it.")
    ] = False,
    stat: Annotated[bool, typer.Option("--stat", help="Only the files and how much.")] = False,
    context_lines: Annotated[
        int, typer.Option("--context", min=0, max=1000, help="Lines around what changed.")
    ] = 3,
    no_threads: Annotated[
        bool, typer.Option("--no-threads", help="Without what was said and found.")
    ] = False,
    no_sessions: Annotated[
        bool, typer.Option("--no-sessions", help="Without the sessions that wrote it.")
    ] = False,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Resolved threads in full, too.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show the change with the threads in place. With the sessions that its lines come
    from."""
    from git_naturecode.cli.review_opened import read_review
    from git_naturecode.reviewing.looking import look

    context = contexts.current(quiet)
    if since_my_last and revision:
        raise errors.Usage("--since-my-last and --revision exclude each other")
    how = _How(stat, context_lines, not no_threads, not no_sessions, resolved)
    with read_review(context, review) as (store, folded):
        looked = look(store, folded)
        _check_here(looked)
        two = _compared(store, looked, since_my_last, revision)
        if range_diff:
            told = _series(context, store, looked, two, as_json)
        else:
            told = _change(context, store, looked, two, files or [], how, as_json)
    if isinstance(told, dict):
        context.json(told)
        return
    if two.compared.note:
        context.tell(f"note: {two.compared.note}")
    page(context, told or "nothing has changed")


class _How(NamedTuple):
    """What is to be shown of a change: `stat` only files and numbers, else so many lines `around`
    what changed; with `threads` and `sessions`, resolved threads `whole`."""

    stat: bool
    around: int
    threads: bool
    sessions: bool
    whole: bool


class _Two(NamedTuple):
    """What is compared, and the two revisions where there are two."""

    compared: "Compared"
    pair: "tuple[Revision, Revision] | None"


def _change(
    context: contexts.Context, store: "Store", looked: "Looked", two: _Two, files: list[str],
    how: _How, as_json: bool,
) -> "dict[str, Json] | str":  # fmt: skip
    """The change in those of `files` (none: all), for a program or to read."""
    from contextlib import closing

    from git_naturecode.domain.review import behind
    from git_naturecode.render.review_diff import ReviewDiff, files_json
    from git_naturecode.tracing.behind import Change

    compared, pair = two
    paths = _paths(store, context, looked, compared, files)
    found = _files(store, compared, paths, how)
    base = pair[1].base if pair and compared.old != looked.base else compared.old
    with closing(Change(store, base, compared.new)) as change:
        sources = change.of if how.sessions else behind.nothing
        origins = change.whole if how.sessions else behind.nothing_whole
        if as_json:
            return _json(looked, compared, files_json(found, sources, origins))
        shown = ReviewDiff(
            looked.review, looked.places, paint(context), columns(context),
            _threads(looked, paths) if how.threads else [], sources, origins, whole=how.whole,
            findings=_findings(looked, paths, how),
        )  # fmt: skip
        return "\n".join(shown.stat(found) if how.stat else shown.text(found))


def _check_here(looked: "Looked") -> None:
    if looked.head and not looked.here:
        raise errors.Negative(
            f"the commits of {looked.review.id} are not in this clone",
            "git fetch; if that brings nothing, ask its author to push "
            + line(looked.review.target.name[:80]),
        )
    if not looked.head:
        raise errors.Negative(f"{looked.review.id} has no revision yet")


def _compared(store: "Store", looked: "Looked", since_my_last: bool, wanted: str) -> _Two:
    from git_naturecode.reviewing import differing

    review, now = looked.review, looked.revision
    assert now is not None  # else there was nothing to look at
    if since_my_last:
        before = differing.last_seen(review, store.person)
    elif ".." in wanted:
        first, _, second = wanted.partition("..")
        before = differing.revision(review, first or "1")
        now = differing.revision(review, second) if second else now
    elif wanted:
        return _Two(differing.of(differing.revision(review, wanted)), None)
    else:
        last = review.revisions[:-1] if not looked.moved else review.revisions
        return _Two(differing.whole(looked), (last[-1], now) if last else None)
    return _Two(differing.since(store, before, now), (before, now))


def _series(
    context: contexts.Context, store: "Store", looked: "Looked", two: _Two, as_json: bool
) -> "dict[str, Json] | str":
    """The commits of two revisions beside each other, for a program or to read."""
    from git_naturecode.git.range_diff import range_diff
    from git_naturecode.render.review_diff import range_text

    if two.pair is None:
        raise errors.Negative(
            f"{looked.review.id} has only one revision", "there is nothing to compare it with"
        )
    old, new = ((one.base, one.head) for one in two.pair)
    told = range_diff(store.repo, old, new)
    if as_json:
        return {"reviewId": looked.review.id, "old": old[1], "new": new[1], "rangeDiff": told}
    return range_text(told, paint(context))


def _paths(
    store: "Store", context: contexts.Context, looked: "Looked", compared: "Compared",
    files: list[str],
) -> "tuple[str, ...] | None":  # fmt: skip
    """The paths to look at; None: all. Raises Negative for a file that the change leaves alone."""
    if not files:
        return compared.paths
    import posixpath

    from git_naturecode.git.worktree import prefix

    folder = prefix(store.repo, context.cwd)
    known = looked.files or {}
    chosen = []
    for one in files:
        names = [posixpath.normpath(posixpath.join(folder, one)), posixpath.normpath(one)]
        found = [
            row for row in known.values()
            for name in names if name in (row.path, row.old) or row.path.startswith(f"{name}/")
        ]  # fmt: skip
        if not found:
            raise errors.Negative(
                f"the change does not touch {line(one)}",
                f"git naturecode review diff {looked.review.id[16:]} --stat names its files",
            )
        chosen += [name for row in found for name in (row.path, row.old) if name]
    if compared.paths is not None:
        chosen = [one for one in chosen if one in compared.paths]
    return tuple(dict.fromkeys(chosen))


def _files(
    store: "Store", compared: "Compared", paths: "tuple[str, ...] | None", how: _How
) -> "Iterable[FileChange]":
    from git_naturecode.git import changes

    if paths == ():
        return []
    asked = paths or ()
    if how.stat:
        return changes.summary(store.repo, compared.old, compared.new, paths=asked)
    return changes.changes(store.repo, compared.old, compared.new, context=how.around, paths=asked)


def _threads(looked: "Looked", paths: "tuple[str, ...] | None") -> "list[Thread]":
    """The threads to show: all, or those on `paths`."""
    if paths is None:
        return looked.review.threads
    return [
        one for one in looked.review.threads
        if one.first.anchor and (one.first.anchor.path in paths or _path(looked, one) in paths)
    ]  # fmt: skip


def _findings(
    looked: "Looked", paths: "tuple[str, ...] | None", how: _How
) -> "list[Tracked]":  # fmt: skip
    """The findings to show: those that are live, or all; on `paths`, where these are chosen."""
    found = []
    for one in looked.review.findings if how.threads else ():
        place = looked.places.get(one.finding.fingerprint)
        names = {one.finding.anchor.path, place.path if place else ""}
        if (one.is_live or how.whole) and (paths is None or names & set(paths)):
            found.append(one)
    return found


def _path(looked: "Looked", thread: "Thread") -> str:
    place = looked.places.get(thread.id)
    return place.path if place else ""


def _json(looked: "Looked", compared: "Compared", files: "list[Json]") -> "dict[str, Json]":
    from git_naturecode.render.review_findings_json import findings_json

    return {
        "reviewId": looked.review.id, "old": compared.old, "new": compared.new,
        "note": compared.note or None, "files": files,
        "places": {name: place.json() for name, place in looked.places.items()},
        "findings": findings_json(looked.review, looked.places),
    }  # fmt: skip
