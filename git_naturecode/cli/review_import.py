"""review import and export: reviews of git-appraise come in, and go back as such."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import count
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_naturecode.appraise import Given, Taken
    from git_naturecode.domain.review.model import Review
    from git_naturecode.store.entry import Draft
    from git_naturecode.store.store import Store

TOOL = "git-appraise"
_KINDS = ("open", "revision", "comment", "verdict", "resolve", "source", "merge")


def import_reviews(
    source: Annotated[
        str,
        typer.Argument(
            help="A remote, the folder of a repository, a bundle, or a ref; without it what was "
            "fetched to here."
        ),
    ] = "",
    tool: Annotated[str, typer.Option("--from", help="Whose reviews they are: git-appraise.")] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take in reviews from another tool's notes. Again only what is new.

    Requests, comments on their lines, answers, verdicts, and what builds and analyses said.
    Everybody who reads this repository can read them, as they could before.
    """
    from git_naturecode import appraise

    context = contexts.current(quiet)
    _check(tool, "--from")
    with context.store(many=True, writing=True) as store:
        done = appraise.take(store, source, _permission(store))
    _report(context, done, as_json)


def export_reviews(
    review: Annotated[
        list[str] | None,
        typer.Argument(help="Only these reviews, by their ids or unique parts of these."),
    ] = None,
    tool: Annotated[str, typer.Option("--to", help="For whom: git-appraise.")] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write reviews into the notes of another tool. Again only what is new there.

    What came from there goes back as it was. Drafts stay here.
    """
    from git_naturecode import appraise, ids
    from git_naturecode.cli.reading import entity_id, opened
    from git_naturecode.domain.kinds import REVIEW

    context = contexts.current(quiet)
    _check(tool, "--to")
    with opened(context) as (store, index):
        wanted = [ids.tail(entity_id(index, one, REVIEW)) for one in review or ()]
        given = appraise.give(store, wanted)
    _told(context, given, as_json)


def _check(tool: str, option: str) -> None:
    if tool != TOOL:
        said = f"{tool!r} is no tool that I know" if tool else f"{option} names no tool"
        raise errors.Usage(said, f"use {option} {TOOL}")


def _permission(store: "Store") -> "Callable[[Draft, Review | None], str] | None":
    """Why an entry may not be written here, as a question; None where no team has rules.

    Raises NotPermitted where not even a new review may be.
    """
    from git_naturecode import teaming
    from git_naturecode.store.entry import Draft

    gate = teaming.Gate(store)
    if gate.standing is None:
        return None
    gate.require_review([Draft(kind, {"value": "approve"}) for kind in _KINDS], None)

    def why(draft: Draft, review: "Review | None") -> str:
        try:
            gate.require_review([draft], review)
        except errors.NotPermitted as no:
            return no.message
        return ""

    return why


def _report(context: contexts.Context, done: "Taken", as_json: bool) -> None:
    from git_naturecode.render.show import line

    counts = done.counts
    for problem in done.problems:
        context.tell(f"warning: {line(problem)}")
    if as_json:
        context.json({
            "found": done.found, "reviews": done.reviews, "newReviews": done.new_reviews,
            "entries": done.entries, "comments": counts.comments + counts.replies,
            "replies": counts.replies, "resolutions": counts.resolutions,
            "verdicts": counts.verdicts, "reports": counts.reports, "revisions": counts.revisions,
            "merges": counts.merges, "redacted": done.redacted, "unplaced": counts.unplaced,
            "missingCommits": done.missing, "unreadable": done.unreadable,
            "withoutRequest": done.alone, "leftOut": done.left_out, "problems": done.problems,
        })  # fmt: skip
    elif not done.entries:
        context.say(f"nothing new in {count(done.found, 'review')}")
    else:
        context.say(_text(done))
        context.tell(TELL_OTHERS)
    if done.missing:
        context.tell(
            f"hint: the commits of {count(done.missing, 'review')} are not here; after a git fetch "
            "that brings them, the same command adds their files"
        )
    if done.left_out:
        raise errors.Unsafe(
            f"{count(done.left_out, 'part')} of the notes could not be taken in",
            "they stay where they are; the warnings name them",
        )


def _text(done: "Taken") -> str:
    counts = done.counts
    parts = [
        f"{count(counts.comments + counts.replies, 'comment')} ({counts.replies} of them answers)",
        count(counts.verdicts, "verdict"), count(counts.resolutions, "resolution"),
        count(counts.reports, "report"),
    ]  # fmt: skip
    return (
        f"imported {count(done.entries, 'entry')} into {count(len(done.reviews), 'review')} "
        f"({done.new_reviews} new): {', '.join(parts)}; {count(done.redacted, 'secret')} redacted"
    )


def _told(context: contexts.Context, given: "Given", as_json: bool) -> None:
    from git_naturecode.render.show import line

    for problem in given.problems:
        context.tell(f"warning: {line(problem)}")
    if as_json:
        context.json({
            "reviews": given.reviews, "added": given.added, "archived": given.archived,
            "redacted": given.redacted, "unsaid": given.unsaid, "problems": given.problems,
        })  # fmt: skip
        return
    if not given.added:
        context.say(f"nothing new in {count(given.reviews, 'review')}")
    else:
        added = ", ".join(f"{number} in {name}" for name, number in given.added.items())
        context.say(
            f"{count(given.reviews, 'review')} in refs/notes/devtools: "
            f"{count(sum(given.added.values()), 'line')} added ({added})"
        )
        context.tell("hint: the others know after `git push REMOTE 'refs/notes/devtools/*'`")
    if given.redacted:
        context.tell(
            f"hint: {count(given.redacted, 'line')} of other tools stay away, since something in "
            "them was redacted"
        )
    if given.unsaid:
        context.tell(f"hint: {count(given.unsaid, 'reaction')} or the like have no place there")
