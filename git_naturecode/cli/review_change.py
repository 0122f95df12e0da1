"""review set, update, close: what is changed about a review itself."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import answer, count
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet, Reason, ReviewId
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from git_naturecode.store.entry import Json


def change(
    review: ReviewId,
    title: Annotated[str | None, typer.Option(help="A new title.")] = None,
    description: Annotated[
        str | None, typer.Option("--description", "-m", help="A new one; `-` reads stdin.")
    ] = None,
    base: Annotated[str | None, typer.Option(help="Another branch to merge into.")] = None,
    ask: Annotated[list[str] | None, typer.Option(help="Ask for a review: an address.")] = None,
    unask: Annotated[list[str] | None, typer.Option(help="Ask no longer.")] = None,
    require: Annotated[
        list[str] | None, typer.Option(help="Ask, and merge only with his approval.")
    ] = None,
    release: Annotated[
        list[str] | None, typer.Option(help="Merge also without his approval.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Change title, description, base branch or reviewers."""
    from git_naturecode.cli.output import written
    from git_naturecode.cli.review_opened import opened_review
    from git_naturecode.cli.review_start import people
    from git_naturecode.reviewing.changing import Change, changes

    context = contexts.current(quiet)
    if title is not None and not title.strip():
        raise errors.Usage("a review needs a title")
    text = written(context, description, "") if description is not None else None
    wanted = Change(title, text, base, people(ask), people(unask), people(require), people(release))
    if not any(one is not None and one != [] for one in wanted):
        raise errors.Usage("there is nothing to change", "see `git naturecode review set --help`")
    with opened_review(context, review) as here:
        made = here.write(*changes(here.store, here.review, here.entries, wanted))
    ids: list[Json] = [entry.id for entry in made]
    facts: dict[str, Json] = {"reviewId": here.review.id, "entries": ids}
    answer(context, as_json, facts, f"changed {here.review.id}", TELL_OTHERS)


def update(review: ReviewId, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Write down a new state of the change, as a revision."""
    from git_naturecode.cli.review_opened import opened_review
    from git_naturecode.reviewing.targets import is_branch

    context = contexts.current(quiet)
    with opened_review(context, review) as here:
        before = len(here.review.revisions)
        if here.moved is None:
            last, target = here.review.revision, here.review.target
            if target.type == "branch" and not is_branch(context.repo, context.config, target.name):
                raise errors.Negative(
                    f"there is no branch {line(target.name)} in this clone",
                    "git fetch; if it has another name now, begin another review of that: "
                    "git naturecode review start --target NAME",
                )
            raise errors.Negative(
                f"the change stands at {last.head[:12] if last else 'nothing'}, as in revision "
                f"{before}",
                f"after `git commit`, or `git fetch`, run it again: {line(target.name)}",
            )
        revision = here.revision()
        assert revision is not None
        number = len(here.again().review.revisions)
    facts = {
        "reviewId": here.review.id, "revision": number, "head": revision.head,
        "mergeBase": revision.base, "files": revision.changed,
    }  # fmt: skip
    many = count(revision.changed, "file")
    answer(context, as_json, facts, f"revision {number}: {revision.head[:12]}, {many}", TELL_OTHERS)


def close(
    review: ReviewId, reason: Reason = "", as_json: AsJson = False, quiet: Quiet = False
) -> None:
    """Close a review without merging."""
    from git_naturecode.cli.review_opened import opened_review
    from git_naturecode.domain.drafts import setting

    context = contexts.current(quiet)
    with opened_review(context, review) as here:
        here.permit(setting(here.entries, "status", "closed"))
        if reason:
            here.comment(reason, None)
        here.write(setting(here.entries, "status", "closed"))
    facts = {"reviewId": here.review.id, "status": "closed"}
    answer(context, as_json, facts, f"closed {here.review.id}", TELL_OTHERS)


def open_again(review: str, as_json: bool, quiet: bool) -> None:
    """Open a closed review again."""
    from git_naturecode.cli.review_opened import opened_review
    from git_naturecode.domain.drafts import setting

    context = contexts.current(quiet)
    with opened_review(context, review, over=True) as here:
        if here.review.merges or not here.review.is_closed:
            state = "merged" if here.review.merges else "open"
            raise errors.Negative(f"{here.review.id} is {state}")
        here.write(setting(here.entries, "status", "open"))
        status = here.status()
    facts = {"reviewId": here.review.id, "status": status}
    answer(context, as_json, facts, f"{here.review.id} is open again", TELL_OTHERS)
