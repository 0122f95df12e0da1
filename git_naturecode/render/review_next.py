"""What somebody who looks at a review would do next, as the commands for it."""

from typing import TYPE_CHECKING

from git_naturecode.domain.people import key
from git_naturecode.domain.review.model import APPROVED, CLOSED, IN_PROGRESS, MERGED, REJECT

if TYPE_CHECKING:
    from git_naturecode.domain.review.looked import Looked


def next_steps(looked: "Looked", me: str) -> list[str]:
    """One line for each thing that waits for the person `me`; empty when nothing does."""
    review, short = looked.review, looked.review.id[16:]
    command = "git naturecode review"
    if looked.status in (MERGED, CLOSED) or not review.opened:
        return []
    found: list[str] = []
    if looked.status == IN_PROGRESS and review.approvals:
        found.append(f"{command} explain {short} says what is missing")
    if key(me) == key(review.owner):
        return found + _owner(looked, f"{command} {{}} {short}")
    now = review.revision
    given = next((one for one in review.verdicts if key(one.by) == key(me)), None)
    if looked.status == APPROVED:
        found.append(f"{command} merge {short} merges it")
    elif not looked.here or now is None:
        return found
    elif given is None:
        found.append(f"{command} diff {short} shows the change")
        found.append(f"{command} approve {short}, or request-changes, says what you think of it")
    elif looked.moved or given.digest != now.digest:
        found.append(f"{command} diff {short} --since-my-last shows what is new")
        found.append(f"{command} approve {short}, or request-changes, says what you think now")
    return found


def _owner(looked: "Looked", command: str) -> list[str]:
    review = looked.review
    if looked.status == APPROVED:
        return [f"{command.format('merge')} merges it, or says what is missing"]
    open_threads = [one for one in review.open_threads if not one.first.draft]
    if open_threads and any(one.value == REJECT for one in review.counted):
        return [f"{command.format('reply')} THREAD answers; commit what you change and sync"]
    if not any(one.asked for one in review.reviewers):
        return [f"{command.format('set')} --ask EMAIL asks somebody"]
    return []
