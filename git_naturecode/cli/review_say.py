"""review join, comment, reply, submit: taking part in a review."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import answer, count
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet, ReviewId
from git_naturecode.cli.output import worded, written

if TYPE_CHECKING:
    from git_naturecode.cli.review_opened import Opened
    from git_naturecode.domain.review.anchor import Anchor
    from git_naturecode.domain.review.model import Revision
    from git_naturecode.store.entry import Json

ThreadId = Annotated[
    str, typer.Argument(help="t2 or c5, as `review show` names it, or the beginning of an id.")
]
Draft = Annotated[
    bool, typer.Option("--draft", help="Keep it here until `review submit` sends all drafts.")
]


def join(review: ReviewId, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Say that you are reviewing it."""
    from git_naturecode.cli.review_opened import opened_review
    from git_naturecode.domain import drafts
    from git_naturecode.domain.people import key

    context = contexts.current(quiet)
    with opened_review(context, review) as here:
        me = key(here.store.person)
        known = next((one for one in here.review.reviewers if key(one.who) == me), None)
        if known is not None and known.joined:
            raise errors.Negative(
                f"you are reviewing {here.review.id} already",
                f"git naturecode review diff {here.short} shows the change",
            )
        here.write(drafts.attendance("join", context.config.get("user.name")))
    answer(
        context, as_json, {"reviewId": here.review.id, "status": "reviewing"},
        f"you are reviewing {here.review.id}",
        f"hint: git naturecode review diff {here.short} shows the change",
    )  # fmt: skip


def comment(
    review: ReviewId,
    file: Annotated[
        str | None, typer.Option(help="The file that it is about; none: the whole change.")
    ] = None,
    at: Annotated[
        int | None, typer.Option("--line", min=1, help="The line; none: the whole file.")
    ] = None,
    end: Annotated[
        int | None, typer.Option("--end-line", min=1, help="The last line, of several.")
    ] = None,
    side: Annotated[str, typer.Option(help="new (after the change) or old (before it).")] = "new",
    text: Annotated[
        str | None,
        typer.Option("--comment", "-m", help="What to say; `-` reads stdin; none: your editor."),
    ] = None,
    suggest: Annotated[
        str | None,
        typer.Option(help='A text to put in the place of the lines; `-` reads stdin, "" is none.'),
    ] = None,
    on_diff: Annotated[
        bool,
        typer.Option("--diff", help="Write into the whole change, in your editor."),
    ] = False,
    form: Annotated[
        str | None,
        typer.Option("--from", help="With --diff: read what was written from a file, `-`: stdin."),
    ] = None,
    draft: Draft = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Comment on lines, a file, the change, or all over it.

    The last with --diff, in your editor.
    """
    from git_naturecode.cli.review_opened import opened_review

    context = contexts.current(quiet)
    if on_diff or form is not None:
        _check_all_over(on_diff, file, at, end, text, suggest)
        _comment_all_over(context, review, form, draft, as_json)
        return
    spot = _Spot(file, at, end, side)
    _check_place(spot, suggest)
    with opened_review(context, review) as here:
        here.may_comment()
        about = here.revision(silently=draft)
        anchor = _anchor(context, here, about, spot)
        body = _body(context, text, suggest, spot.called or review)
        entry = here.comment(body, about, anchor=anchor, draft=draft)
    outside = bool(anchor and anchor.outside)
    facts: dict[str, Json] = {
        "reviewId": here.review.id, "commentId": entry.id, "draft": draft,
        "filePath": file, "line": at, "outsideDiff": outside,
    }  # fmt: skip
    told = ["note: the change does not touch these lines; the comment says so"] if outside else []
    told += _sent(here, "commented on", draft)
    answer(context, as_json, facts, *told, entries=[entry])


def _check_all_over(on_diff: bool, *others: object) -> None:
    if not on_diff or any(one is not None for one in others):
        raise errors.Usage(
            "--diff goes with --from and --draft, and --from with --diff only",
            "write the comments into the change that your editor opens",
        )


def _comment_all_over(
    context: contexts.Context, review: str, form: str | None, draft: bool, as_json: bool
) -> None:
    from git_naturecode.cli import review_form
    from git_naturecode.cli.review_opened import opened_review

    with opened_review(context, review) as here:
        entries = review_form.comment_on_diff(context, here, form, draft=draft)
    ids: list[Json] = [one.id for one in entries]
    facts: dict[str, Json] = {"reviewId": here.review.id, "commentIds": ids, "draft": draft}
    told = [f"sent {count(len(entries), 'comment')}", TELL_OTHERS]
    if draft:
        command = f"git naturecode review submit {here.short}"
        told = [f"kept {count(len(entries), 'draft')}; {command} sends them"]
    answer(context, as_json, facts, *told, entries=entries)


def reply(
    review: ReviewId,
    thread: ThreadId,
    text: Annotated[
        str | None, typer.Argument(help="What to answer; `-` reads stdin; nothing: your editor.")
    ] = None,
    draft: Draft = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Answer in a thread."""
    from git_naturecode.cli.review_opened import opened_review
    from git_naturecode.domain.review import handles

    context = contexts.current(quiet)
    with opened_review(context, review, over=True) as here:
        about = handles.thread(here.review, thread)
        if about.first.draft and not draft:
            raise errors.Negative(
                f"{thread} is a draft of yours that nobody else has seen",
                f"git naturecode review submit {here.short} sends it; or answer with --draft",
            )
        here.may_comment()
        body = worded(context, text, f"What is your answer to {thread}?")
        entry = here.comment(body, here.review.revision, on=about.id, draft=draft)
    facts = {"reviewId": here.review.id, "commentId": entry.id, "threadId": about.id}
    told = _sent(here, f"answered {thread} in", draft)
    answer(context, as_json, facts, *told, entries=[entry])


def submit(
    review: ReviewId,
    approve: Annotated[bool, typer.Option("--approve", help="And approve the change.")] = False,
    request_changes: Annotated[
        bool, typer.Option("--request-changes", help="And say that it needs changes.")
    ] = False,
    text: Annotated[
        str | None, typer.Option("--comment", "-m", help="A last word on the whole change.")
    ] = None,
    discard: Annotated[
        bool, typer.Option("--discard", help="Throw the drafts away instead.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Send your drafts, all at once."""
    from git_naturecode.cli.review_opened import opened_review
    from git_naturecode.render.review_rows import said_of
    from git_naturecode.reviewing import sending

    context = contexts.current(quiet)
    if approve and request_changes:
        raise errors.Usage("--approve and --request-changes exclude each other")
    if discard and (approve or request_changes or text):
        raise errors.Usage("--discard goes with none of the other options")
    value = "approve" if approve else "reject" if request_changes else ""
    with opened_review(context, review, over=discard) as here:
        waiting = sending.drafts(here.placed)
        if not waiting and not (value or text):
            raise errors.Negative(
                "there are no drafts", f"git naturecode review comment {here.short} --draft"
            )
        if discard:
            sending.discard(here.store, here.review.id, waiting)
        else:
            sending.send(here.store, here.review, waiting, here.permit)
            if value or text:
                _last_word(here.again(), value, text or "")
        status = here.status() if value else ""
    done = "threw away" if discard else "sent"
    told = [f"{done} {count(len(waiting), 'draft')}"]
    told += [f"status: {said_of(status)}"] if value else []
    told += [] if discard else [TELL_OTHERS]
    facts = {"reviewId": here.review.id, done.replace(" ", ""): len(waiting)}
    answer(context, as_json, facts, *told)


def _last_word(here: "Opened", value: str, text: str) -> None:
    from git_naturecode.cli.review_judge import say

    if value:
        say(here, value, text)
    else:
        here.comment(text, here.revision())


class _Spot(NamedTuple):
    """Where somebody wants to comment, as he named it."""

    file: str | None
    at: int | None
    end: int | None
    side: str

    @property
    def called(self) -> str:
        """The same in a few words; "" for the whole change."""
        return f"{self.file}:{self.at}" if self.file and self.at else self.file or ""


def _check_place(spot: _Spot, suggest: str | None) -> None:
    file, at, end, side = spot
    if file is not None and not file:
        raise errors.Usage("a file has a name", "leave --file out to comment on the whole change")
    if side not in ("new", "old"):
        raise errors.Usage(f"{side!r} is no side of a change", "use new or old")
    if file is None and (at is not None or end is not None):
        raise errors.Usage("a line of which file?", "name it with --file")
    if at is None and end is not None:
        raise errors.Usage("--end-line needs --line")
    if at is not None and end is not None and end < at:
        raise errors.Usage(f"line {end} is before line {at}")
    if suggest is not None and (at is None or side == "old"):
        raise errors.Usage(
            "a suggestion is for lines of the new side", "name them with --file and --line"
        )


def _body(context: contexts.Context, text: str | None, suggest: str | None, what: str) -> str:
    """The text of a comment on `what`, with what it suggests."""
    from git_naturecode.domain.review.suggestion import with_suggestion

    advice = f"What is your comment on {what}?"
    if suggest is None:
        return worded(context, text, advice)
    instead = written(context, suggest, "")
    return with_suggestion(written(context, text, advice) if text is not None else "", instead)


def _anchor(
    context: contexts.Context, here: "Opened", about: "Revision | None", spot: _Spot
) -> "Anchor | None":
    """Where the comment stands, in the newest revision; None for the whole change."""
    from git_naturecode.git.worktree import prefix
    from git_naturecode.reviewing import anchoring

    if spot.file is None:
        return None
    if about is None:
        raise errors.Negative(f"{here.review.id} has no revision to comment on")
    store = here.store
    folder = prefix(store.repo, context.cwd)
    wanted = anchoring.Wanted(spot.file, spot.at or 0, spot.end or 0, spot.side, folder)
    return anchoring.place(store.repo, store.team.objects, about, wanted)


def _sent(here: "Opened", done: str, draft: bool) -> list[str]:
    """What is told of a comment that was made."""
    if draft:
        return [f"kept as a draft; git naturecode review submit {here.short} sends all drafts"]
    return [f"{done} {here.review.id}", TELL_OTHERS]
