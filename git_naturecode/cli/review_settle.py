"""review resolve, reopen, react, edit, redact: what is done with what was said."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import answer
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet, Reason, ReviewId
from git_naturecode.cli.review_say import ThreadId

if TYPE_CHECKING:
    from git_naturecode.cli.review_opened import Opened
    from git_naturecode.domain.review.model import Comment

Note = Annotated[
    str | None, typer.Option("--comment", "-m", help="Answer with this in the same go.")
]
CommentId = Annotated[
    str, typer.Argument(help="c5, as `review show` names it, or the beginning of its id.")
]


def resolve(
    review: ReviewId,
    thread: ThreadId,
    comment: Note = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say that a thread is settled."""
    _settle("resolve", review, thread, comment, as_json, quiet)


def reopen(
    review: ReviewId,
    thread: Annotated[
        str | None, typer.Argument(help="A thread; none: the review, which was closed.")
    ] = None,
    comment: Note = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Open a thread, or a closed review, again."""
    if thread is None:
        from git_naturecode.cli.review_change import open_again

        open_again(review, as_json, quiet)
        return
    _settle("reopen", review, thread, comment, as_json, quiet)


def react(
    review: ReviewId,
    comment: CommentId,
    reaction: Annotated[str, typer.Argument(help="An emoji or a word, such as +1.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take it back.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """React to a comment."""
    from git_naturecode.cli.review_opened import opened_review
    from git_naturecode.domain.people import key
    from git_naturecode.domain.review import handles, makers

    context = contexts.current(quiet)
    if not reaction.strip() or len(reaction) > 32 or any(ord(one) < 32 for one in reaction):
        raise errors.Usage("a reaction is an emoji or a short word")
    with opened_review(context, review, over=True) as here:
        about, me = handles.comment(here.review, comment), key(here.store.person)
        if about.draft:
            raise errors.Negative(f"{comment} is a draft that nobody has seen yet")
        mine = any(v == reaction and me in map(key, who) for v, who in about.reactions)
        if mine != remove:
            raise errors.Negative(
                "you have reacted so already" if mine else "you have not reacted so"
            )
        here.write(makers.reaction(here.entries, here.store.person, about.id, reaction, off=remove))
    facts = {"reviewId": here.review.id, "commentId": about.id, "reaction": reaction}
    did = "took back" if remove else "reacted with"
    answer(context, as_json, facts, f"{did} {reaction}", TELL_OTHERS)


def edit(
    review: ReviewId,
    comment: CommentId,
    text: Annotated[
        str | None, typer.Argument(help="The new text; `-` reads stdin; nothing: your editor.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Give a comment a new text."""
    from git_naturecode.cli.output import written
    from git_naturecode.cli.review_opened import PRIVATE, TEAM, opened_review
    from git_naturecode.domain import drafts

    context = contexts.current(quiet)
    with opened_review(context, review, over=True) as here:
        about = _own(here, comment, "change what another said")
        here.permit(drafts.edit(here.entries, about.id, ""))
        body = written(context, text, f"The new text of {comment}", about.text)
        if not body.strip():
            raise errors.Usage(
                "an empty text would leave nothing",
                f"`git naturecode review redact {here.short} {comment}` hides it",
            )
        if body == about.text and not about.rivals:
            raise errors.Negative("the text is as it was; nothing was changed")
        side = PRIVATE if about.draft else TEAM
        (entry,) = here.write(drafts.edit(here.entries, about.id, body), side=side)
    facts = {"reviewId": here.review.id, "commentId": about.id, "editId": entry.id}
    answer(context, as_json, facts, f"changed {comment} in {here.review.id}", entries=[entry])


def redact(
    review: ReviewId,
    comment: CommentId,
    reason: Reason = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Hide the text of a comment everywhere. What was pushed can still be dug out."""
    from git_naturecode.cli.review_opened import PRIVATE, TEAM, opened_review
    from git_naturecode.domain import drafts

    context = contexts.current(quiet)
    with opened_review(context, review, over=True) as here:
        about = _own(here, comment, "hide what another said")
        side = PRIVATE if about.draft else TEAM
        here.write(drafts.redaction(about.id, reason), side=side)
    answer(
        context, as_json, {"reviewId": here.review.id, "commentId": about.id},
        f"hid {comment} in {here.review.id}",
        "hint: `git naturecode redact --rewrite` takes it out of every clone and remote",
    )  # fmt: skip


def _own(here: "Opened", named: str, doing: str) -> "Comment":
    """The comment called `named`, which this person may change."""
    from git_naturecode.domain.review import handles

    about = handles.comment(here.review, named)
    if about.hidden:
        raise errors.Negative(f"{named} was redacted already", "a redaction cannot be undone")
    here.require_own(about.by, doing)
    return about


def _settle(
    kind: str, review: str, thread: str, text: str | None, as_json: bool, quiet: bool
) -> None:
    from git_naturecode.cli.output import worded
    from git_naturecode.cli.review_opened import opened_review
    from git_naturecode.domain.review import handles, makers

    context = contexts.current(quiet)
    with opened_review(context, review, over=True) as here:
        about = handles.thread(here.review, thread)
        if about.first.draft:
            raise errors.Negative(f"{thread} is a draft that nobody has seen yet")
        wanted = kind == "resolve"
        if about.resolved == wanted and not about.news:
            state = "resolved" if wanted else "open"
            raise errors.Negative(f"{thread} is {state} already")
        here.permit(makers.settling([], about, kind))
        if text is not None:
            here.comment(worded(context, text, ""), here.review.revision, on=about.id)
            about = handles.thread(here.again().review, about.id)
        here.write(makers.settling(here.entries, about, kind))
    facts = {"reviewId": here.review.id, "threadId": about.id, "resolved": wanted}
    state = "resolved" if wanted else "open again"
    answer(context, as_json, facts, f"{thread} is {state}", TELL_OTHERS)
