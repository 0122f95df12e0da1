"""review approve, request-changes: what somebody thinks of a change."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import answer, count
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet, ReviewId
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from git_naturecode.cli.review_opened import Opened
    from git_naturecode.domain.review.model import Revision
    from git_naturecode.store.entry import Entry

Text = Annotated[
    str | None, typer.Option("--comment", "-m", help="What to say with it; `-` reads stdin.")
]
Files = Annotated[
    list[str] | None, typer.Option("--file", help="Only this file of the change; may be repeated.")
]
Withdraw = Annotated[bool, typer.Option("--withdraw", help="Take back what you said before.")]
Head = Annotated[
    str, typer.Option(help="Only if the change stands at this commit, which you have looked at.")
]


_DONE = {"approve": "approved", "reject": "requested changes to"}


def approve(
    review: ReviewId,
    comment: Text = None,
    file: Files = None,
    head: Head = "",
    withdraw: Withdraw = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Approve the change."""
    _judge("approve", review, comment, file, head, withdraw, as_json, quiet)


def request_changes(
    review: ReviewId,
    comment: Text = None,
    file: Files = None,
    head: Head = "",
    withdraw: Withdraw = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say that the change should not go in as it is."""
    _judge("reject", review, comment, file, head, withdraw, as_json, quiet)


def say(here: "Opened", value: str, text: str, files: list[str] | None = None) -> "Entry":
    """Give a verdict on the change as it stands in this clone."""
    from git_naturecode.domain.review import makers

    here.permit(makers.verdict([], "", value, None))
    about = here.revision()
    if about is None:
        raise errors.Negative(f"{here.review.id} has no revision to judge")
    now = here.again()
    if value == "approve":
        about = _as_it_is(now, about)
        now = now.again()
    made = makers.verdict(now.entries, here.store.person, value, about, text, files or ())
    return now.write(made)[0]


def _as_it_is(here: "Opened", about: "Revision") -> "Revision":
    """`about` with the files that its commits change: what is written of them may be made up."""
    from git_naturecode.reviewing import revising

    true = revising.corrected(here.store, here.review, about)
    if true is None:
        return about
    revising.prepare(here.store, here.review.id, true)
    (entry,) = here.write(true.draft)
    return revising.unwritten(here.review, true)._replace(id=entry.id)


def _judge(
    value: str, review: str, comment: str | None, files: list[str] | None, head: str,
    withdraw: bool, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    from git_naturecode.cli.output import written
    from git_naturecode.cli.review_opened import opened_review
    from git_naturecode.render.review_rows import said_of

    context = contexts.current(quiet)
    if withdraw and files:
        raise errors.Usage("--withdraw takes back all that you said; leave --file out")
    with opened_review(context, review) as here:
        text = written(context, comment, "") if comment is not None else ""
        if value == "reject" and not withdraw and not text.strip():
            text = written(context, None, "What should change?")
        _check_own(here, value)
        _check_files(here, files or [])
        _check_head(here, head)
        if value == "approve" and not (withdraw or head):
            _check_here(here)
        if withdraw:
            _check_given(here)
        entry = say(here, "none" if withdraw else value, text.strip(), files)
        status = here.status()
    done = "took back what you said of" if withdraw else _DONE[value]
    what = f"{count(len(files), 'file')} of {here.review.id}" if files else here.review.id
    told = [f"{done} {what}", f"status: {said_of(status)}"]
    if value == "approve" and not withdraw and status != "approved":
        told.append(f"hint: git naturecode review explain {here.short} says what is missing")
    facts = {"reviewId": here.review.id, "verdictId": entry.id, "status": status}
    answer(context, as_json, facts, *told, TELL_OTHERS, entries=[entry])


def _check_own(here: "Opened", value: str) -> None:
    if here.is_mine() and value == "approve":
        raise errors.NotPermitted(
            f"{here.review.id} is your own change, and nobody approves his own",
            f"ask somebody: git naturecode review set {here.short} --ask EMAIL",
        )


def _check_given(here: "Opened") -> None:
    from git_naturecode.domain.people import key

    if not any(key(one.by) == key(here.store.person) for one in here.review.verdicts):
        raise errors.Negative(f"you have said nothing of {here.review.id} that could be taken back")


def _check_files(here: "Opened", files: list[str]) -> None:
    """Raise Usage for a file that the change does not touch."""
    if not files:
        return
    from git_naturecode.reviewing import revising

    known = revising.paths(here.store, here.review, here.moved)
    for one in files:
        if one not in known:
            raise errors.Usage(
                f"the change does not touch {line(one)}",
                f"git naturecode review show {here.short} names its files",
            )


def _check_here(here: "Opened") -> None:
    """Raise Negative where the commits are not in this clone: nobody approves what he cannot see
    by mistake."""
    from git_naturecode.git import commits

    last, store = here.review.revision, here.store
    if last is None or here.moved is not None:
        return
    if not commits.are_here(store.repo, store.team.objects, [last.head]):
        raise errors.Negative(
            f"the commits of {here.review.id} are not in this clone",
            f"git fetch; if you have read them elsewhere, add --head {last.head[:12]}",
        )


def _check_head(here: "Opened", head: str) -> None:
    """Raise Negative where the change does not stand at `head` (the beginning of an id)."""
    last = here.review.revision
    now = here.moved.state.head if here.moved else last.head if last else ""
    if head and not now.startswith(head):
        raise errors.Negative(
            f"the change stands at {now[:12]}, not at {line(head)}",
            f"look at what is new: git naturecode review diff {here.short} --since-my-last",
        )
