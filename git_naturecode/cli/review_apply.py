"""review apply: suggestions become a commit on the branch under review."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import count
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet, ReviewId

if TYPE_CHECKING:
    from git_naturecode.reviewing.applying import Applied
    from git_naturecode.store.entry import Json


def apply(
    review: ReviewId,
    thread: Annotated[
        list[str] | None,
        typer.Argument(metavar="[THREAD]...", help="t2 and so on; none: all open ones that fit."),
    ] = None,
    message: Annotated[
        str | None,
        typer.Option("--message", "-m", help="What the commit says; `-` reads stdin."),
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Only say what would be done.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Put suggestions into the branch as one commit.

    Their threads are resolved.

    Refused where the lines are not as they were, or where two are about the same lines.
    """
    from git_naturecode import reviewing
    from git_naturecode.cli.output import commit_message
    from git_naturecode.cli.review_opened import opened_review
    from git_naturecode.reviewing.applying import Applying

    context = contexts.current(quiet)
    text = commit_message(context, message)
    with opened_review(context, review) as here:
        act = Applying(here.store, here.review, here.entries, thread or (), text, here.permit)
        done = act.plan() if dry_run else act.run()
        if not dry_run:
            reviewing.keep_notes(here.store)
    if as_json:
        context.json(_json(here.review.id, done, dry_run))
    else:
        _tell(context, done, dry_run)


def _json(review: str, done: "Applied", dry_run: bool) -> "dict[str, Json]":
    return {
        "reviewId": review, "branch": done.branch, "commit": done.commit or None,
        "dryRun": dry_run, "workTree": done.place or None,
        "applied": [
            {
                "threadId": one.thread.id, "handle": one.name, "commentId": one.comment.id,
                "userId": one.comment.by, "filePath": one.path, "line": one.change.first,
                "endLine": one.change.last,
            }
            for one in done.put
        ],
        "left": [{"handle": name, "reason": why} for name, why in done.left.items()],
        "told": list(done.told),
    }  # fmt: skip


def _remote(context: contexts.Context) -> str:
    return context.config.get("naturecode.remote") or "origin"


def _tell(context: contexts.Context, done: "Applied", dry_run: bool) -> None:
    from git_naturecode.render.show import line

    for one in done.put:
        lines = f"{one.change.first}" + (
            f"-{one.change.last}" if one.change.last > one.change.first else ""
        )
        context.tell(f"{one.name}: {line(one.path)}:{lines}, by {line(one.comment.by)}")
    for name, why in done.left.items():
        context.tell(f"left out {name}: {line(why)}")
    many, branch = count(len(done.put), "suggestion"), line(done.branch)
    if dry_run:
        context.tell(f"would put {many} into {line(done.branch)}; nothing was")
        return
    context.say(done.commit)
    threads = "its thread" if len(done.put) == 1 else "their threads"
    if done.put:
        context.tell(f"put {many} into {line(done.branch)}, and resolved {threads}")
    for told in done.told:
        context.tell(f"note: {line(told)}")
    if context.config.remotes():
        context.tell(f"hint: others need the commit, too: git push {_remote(context)} {branch}")
    context.tell(TELL_OTHERS)
