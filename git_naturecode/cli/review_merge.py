"""review explain, merge: what a review still needs, and its way into the base branch."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import count
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet, ReviewId

if TYPE_CHECKING:
    from git_naturecode.cli.review_opened import Opened
    from git_naturecode.reviewing.explaining import Explained
    from git_naturecode.reviewing.merging import Conflicts, Done, NotYet, Request
    from git_naturecode.store.entry import Json


def explain(review: ReviewId, as_json: AsJson = False, quiet: Quiet = False) -> int:
    """Say what is missing before it may merge, and what to do.

    Ends with 1 when it cannot be merged yet.
    """
    from git_naturecode.cli.output import page, paint
    from git_naturecode.cli.review_opened import opened_review
    from git_naturecode.reviewing.explaining import explained

    context = contexts.current(quiet)
    with opened_review(context, review, over=True) as here:
        found = explained(here.store, here.review)
    if as_json:
        context.json(_explained_json(found))
    else:
        from git_naturecode.render.review_reasons import text

        page(context, text(found.review, found.reasons, paint(context)))
    return 0 if found.can_merge else errors.NEGATIVE


def merge(
    review: ReviewId,
    strategy: Annotated[
        str, typer.Option(help="merge, squash, rebase or ff; default: the first the rules allow.")
    ] = "",
    head: Annotated[
        str, typer.Option(help="Only if the change stands at this commit, which you have seen.")
    ] = "",
    message: Annotated[
        str | None,
        typer.Option("--message", "-m", help="What the commit says; `-` reads stdin."),
    ] = None,
    push: Annotated[
        bool, typer.Option("--push/--no-push", help="Push the base branch, too; else only here.")
    ] = False,
    remote: Annotated[
        str | None, typer.Option(help="Push there; default: where git pushes that branch.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Only say what would be done.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Merge it into its base branch, if the rules allow it.

    Ends with 1 when something is missing, with 3 when it conflicts: nothing has changed then.
    """
    from git_naturecode.cli.output import commit_message
    from git_naturecode.cli.review_opened import opened_review
    from git_naturecode.reviewing.merging import Conflicts, NotYet, Request

    context = contexts.current(quiet)
    _check_ways(strategy, remote, push)
    wanted = Request(strategy, head, commit_message(context, message), push, remote)
    with opened_review(context, review, over=True) as here:
        try:
            done = _merged(context, here, wanted, dry_run)
        except (NotYet, Conflicts) as stop:
            if not as_json:
                _tell_stop(context, stop)
                raise
            context.json(_stop_json(here.review.id, stop))
            return stop.code
    if as_json:
        context.json(_done_json(here.review.id, done, dry_run))
    else:
        _tell(context, here.review.id, done, dry_run)
    return 0


def _check_ways(strategy: str, remote: str | None, push: bool) -> None:
    """Raise Usage for options that do not go together, or name no way to merge."""
    from git_naturecode.domain.review.rules import STRATEGIES

    if remote is not None and not push:
        raise errors.Usage("--remote is for --push", "add --push, or leave --remote out")
    if strategy and strategy not in STRATEGIES:
        raise errors.Usage(f"{strategy!r} is no way to merge", "use " + ", ".join(STRATEGIES))


def _merged(context: contexts.Context, here: "Opened", wanted: "Request", dry_run: bool) -> "Done":
    """What was done, or would be; raises as `Merging.run` does."""
    from git_naturecode import reviewing
    from git_naturecode.cli.review_opened import check
    from git_naturecode.render.show import line
    from git_naturecode.reviewing import counting
    from git_naturecode.reviewing.merging import Merging

    counting.settle(here.store, here.review)
    check(here.review, over=False)
    act = Merging(
        here.store, here.review, here.entries, wanted,
        permit=lambda draft: here.permit(draft), hear=lambda said: context.tell(line(said)),
    )  # fmt: skip
    if dry_run:
        return act.plan()
    done = act.run()
    reviewing.keep_notes(here.store)
    return done


def _tell_stop(context: contexts.Context, stop: "NotYet | Conflicts") -> None:
    """Say, before the error itself, what is missing or where it conflicts."""
    from git_naturecode.render.show import line
    from git_naturecode.reviewing.merging import NotYet

    if isinstance(stop, NotYet):
        for one in stop.explained.reasons:
            if not one.ok:
                context.tell(f"missing: {line(one.text)}")
        return
    for conflict in stop.conflicts:
        context.say(f"{line(conflict.path)}: {line(conflict.what) or 'conflict'}")


def _explained_json(found: "Explained") -> "dict[str, Json]":
    from git_naturecode.domain.review.explain import allowed, matching

    return {
        "reviewId": found.review.id,
        "canMerge": found.can_merge,
        "base": found.review.base,
        "baseTip": found.tip or None,
        "mergeBase": found.base or None,
        "head": found.head or None,
        "rulesFile": found.facts.rules.found,
        "strategies": list(allowed(matching(found.facts), found.facts.merges)),
        "reasons": [dict(one._asdict()) for one in found.reasons],
        "verdicts": [
            {
                "userId": one.by, "value": one.value, "standing": left.state,
                "staleFiles": list(left.stale_files), "keptFiles": list(left.kept_files),
            }
            for one in found.review.verdicts
            if (left := found.facts.kept.get(one.id))
        ],
    }  # fmt: skip


def _stop_json(review: str, stop: "NotYet | Conflicts") -> "dict[str, Json]":
    from git_naturecode.reviewing.merging import NotYet

    if isinstance(stop, NotYet):
        return _explained_json(stop.explained)
    told: list[Json] = [{"filePath": one.path, "message": one.what} for one in stop.conflicts]
    return {"reviewId": review, "merged": False, "conflicts": told}


def _done_json(review: str, done: "Done", dry_run: bool) -> "dict[str, Json]":
    return {
        "reviewId": review, "merged": not dry_run, "dryRun": dry_run, "strategy": done.strategy,
        "base": done.branch, "head": done.head, "onto": done.onto, "result": done.result or None,
        "commits": done.commits, "pushed": done.pushed, "remote": done.remote or None,
        "alreadyThere": done.found, "workTree": done.place or None, "mergeId": done.entry or None,
        "told": list(done.told),
    }  # fmt: skip


def _tell(context: contexts.Context, review: str, done: "Done", dry_run: bool) -> None:
    from git_naturecode.render.show import line

    branch = line(done.branch)
    if done.found:
        what = "would be written down" if dry_run else "written down"
        context.tell(f"{branch} has all of {review} already ({done.result[:12]}): {what}")
    elif dry_run:
        made = {"merge": "a merge commit", "squash": "one commit", "ff": "no new commit"}
        what = made.get(done.strategy) or count(done.commits, "commit")
        context.tell(f"would merge {review} into {branch} by {done.strategy}: {what}; nothing was")
        if done.place:
            context.tell(f"the work tree {line(done.place)} would come along")
    else:
        context.say(done.result)
        where = f" and pushed it to {line(done.remote)}" if done.pushed else ""
        context.tell(f"merged {review} into {branch} by {done.strategy}{where}")
    for one in done.told:
        context.tell(f"note: {line(one)}")
    if dry_run:
        return
    if done.next:
        context.tell(f"hint: only this clone has it so far: {line(done.next)}")
    context.tell(TELL_OTHERS)
