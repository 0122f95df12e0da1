"""review diff: the change itself, with what was said about it in place."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet, ReviewId
from git_naturecode.cli.output import columns, page, paint
from git_naturecode.cli.reading import entity_id, opened
from git_naturecode.domain.kinds import REVIEW
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_naturecode.domain.review.behind import Sources
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
        bool, typer.Option("--no-threads", help="Without what was said.")
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
    """Show the change with the threads in place, and the sessions that its lines come from."""
    from contextlib import closing

    from git_naturecode import ids
    from git_naturecode.domain.review import behind
    from git_naturecode.domain.review.build import build
    from git_naturecode.render.review_diff import ReviewDiff
    from git_naturecode.reviewing.looking import look
    from git_naturecode.tracing.behind import Change

    context = contexts.current(quiet)
    if since_my_last and revision:
        raise errors.Usage("--since-my-last and --revision exclude each other")
    with opened(context) as (store, index):
        entity = entity_id(index, review, REVIEW)
        looked = look(store, build(store.read(ids.tail(entity), REVIEW)))
        _check_here(looked)
        compared, pair = _compared(store, looked, since_my_last, revision)
        if range_diff:
            text = _range_text(context, store, looked, pair)
        else:
            wanted = _paths(store, context, looked, compared, files or [])
            found = _files(store, compared, wanted, context_lines, only_numbers=stat)
            threads = [] if no_threads else _threads(looked, wanted)
            base = pair[1].base if pair and compared.old != looked.base else compared.old
            with closing(Change(store, base, compared.new)) as change:
                sources = behind.nothing if no_sessions else change.of
                if as_json:
                    context.json(_json(looked, compared, found, sources))
                    return
                shown = ReviewDiff(
                    looked.review, looked.places, paint(context), columns(context), threads,
                    sources, whole=resolved,
                )  # fmt: skip
                text = "\n".join(shown.stat(found) if stat else shown.text(found))
    if compared.note:
        context.tell(f"note: {compared.note}")
    page(context, text or "nothing has changed")


def _check_here(looked: "Looked") -> None:
    if looked.head and not looked.here:
        raise errors.Negative(
            f"the commits of {looked.review.id} are not in this clone",
            "git fetch; if that brings nothing, ask its author to push "
            + line(looked.review.target.name[:80]),
        )
    if not looked.head:
        raise errors.Negative(f"{looked.review.id} has no revision yet")


def _compared(
    store: "Store", looked: "Looked", since_my_last: bool, wanted: str
) -> "tuple[Compared, tuple[Revision, Revision] | None]":
    """What to compare, and the two revisions where there are two."""
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
        return differing.of(differing.revision(review, wanted)), None
    else:
        last = review.revisions[:-1] if not looked.moved else review.revisions
        return differing.whole(looked), (last[-1], now) if last else None
    return differing.since(store, before, now), (before, now)


def _range_text(
    context: contexts.Context, store: "Store", looked: "Looked",
    pair: "tuple[Revision, Revision] | None",
) -> str:  # fmt: skip
    from git_naturecode.git.range_diff import range_diff
    from git_naturecode.render.review_diff import range_text

    if pair is None:
        raise errors.Negative(
            f"{looked.review.id} has only one revision", "there is nothing to compare it with"
        )
    old, new = ((one.base, one.head) for one in pair)
    return range_text(range_diff(store.repo, old, new), paint(context))


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
    store: "Store", compared: "Compared", paths: "tuple[str, ...] | None", around: int,
    *, only_numbers: bool,
) -> "Iterable[FileChange]":  # fmt: skip
    from git_naturecode.git import changes

    if paths == ():
        return []
    asked = paths or ()
    if only_numbers:
        return changes.summary(store.repo, compared.old, compared.new, paths=asked)
    return changes.changes(store.repo, compared.old, compared.new, context=around, paths=asked)


def _threads(looked: "Looked", paths: "tuple[str, ...] | None") -> "list[Thread]":
    """The threads to show: all, or those on `paths`."""
    if paths is None:
        return looked.review.threads
    return [
        one for one in looked.review.threads
        if one.first.anchor and (one.first.anchor.path in paths or _path(looked, one) in paths)
    ]  # fmt: skip


def _path(looked: "Looked", thread: "Thread") -> str:
    place = looked.places.get(thread.id)
    return place.path if place else ""


def _json(
    looked: "Looked", compared: "Compared", files: "Iterable[FileChange]", sources: "Sources"
) -> "dict[str, Json]":
    from git_naturecode.render.review_diff import files_json

    return {
        "reviewId": looked.review.id, "old": compared.old, "new": compared.new,
        "note": compared.note or None, "files": files_json(files, sources),
        "places": {name: place.json() for name, place in looked.places.items()},
    }  # fmt: skip
