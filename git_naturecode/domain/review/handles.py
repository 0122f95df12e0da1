"""The short names by which a person means one thread (t2) or comment (c5) of a review."""

import re

from git_naturecode.domain.findings.build import Tracked
from git_naturecode.domain.review.model import Comment, Review, Thread
from git_naturecode.errors import Negative

_SHORT = re.compile(r"#?([tcf])([1-9][0-9]{0,6})")
_LEAST_PRINT = 4


def comments(review: Review) -> list[Comment]:
    """All comments, in the order in which they were made."""
    said = [one for thread in review.threads for one in thread.comments]
    return sorted(said, key=lambda one: (one.time, one.id))


def names(review: Review) -> dict[str, str]:
    """The short name of each comment (c1) by its id."""
    return {one.id: f"c{number}" for number, one in enumerate(comments(review), 1)}


def thread_names(review: Review) -> dict[str, str]:
    """The short name of each thread (t1) by its id."""
    return {one.id: f"t{number}" for number, one in enumerate(review.threads, 1)}


def finding_names(review: Review) -> dict[str, str]:
    """The short name of each finding (f1) by its fingerprint."""
    return {one.finding.fingerprint: f"f{number}" for number, one in enumerate(review.findings, 1)}


def finding(review: Review, wanted: str) -> Tracked:
    """The finding that `wanted` means: its short name, or the beginning of its fingerprint. Raises
    Negative when there is none, or more than one."""
    short = _SHORT.fullmatch(wanted)
    if short and short[1] == "f" and int(short[2]) <= len(review.findings):
        return review.findings[int(short[2]) - 1]
    found = [
        one
        for one in review.findings
        if len(wanted) >= _LEAST_PRINT and one.finding.fingerprint.startswith(wanted.lower())
    ]
    if len(found) > 1:
        raise Negative(f"{wanted!r} fits {len(found)} findings", "write more of the fingerprint")
    if not found:
        raise _none(review, wanted, "finding", len(review.findings))
    return found[0]


def thread(review: Review, wanted: str) -> Thread:
    """The thread that `wanted` means: its short name, that of a comment in it, or the beginning of
    the id of one. Raises Negative when there is none, or more than one."""
    short = _SHORT.fullmatch(wanted)
    if short and short[1] == "t":
        if int(short[2]) <= len(review.threads):
            return review.threads[int(short[2]) - 1]
        raise _none(review, wanted, "thread", len(review.threads))
    said = comment(review, wanted)
    return next(one for one in review.threads if said in one.comments)


def comment(review: Review, wanted: str) -> Comment:
    """The comment that `wanted` means, as in `thread`; of a thread the one that began it."""
    every, short = comments(review), _SHORT.fullmatch(wanted)
    if short and short[1] == "t":
        return thread(review, wanted).first
    if short:
        if int(short[2]) <= len(every):
            return every[int(short[2]) - 1]
        raise _none(review, wanted, "comment", len(every))
    found = {one.id: one for one in every if wanted and one.id.startswith(wanted)}
    if wanted in found:
        return found[wanted]
    if len(found) > 1:
        raise Negative(f"{wanted!r} fits {len(found)} comments", "write more of the id")
    if not found:
        raise _none(review, wanted, "comment", len(every))
    return next(iter(found.values()))


def _none(review: Review, wanted: str, noun: str, there: int) -> Negative:
    few = f"there are {there}" if there else "nothing was said there yet"
    return Negative(
        f"there is no {noun} {wanted!r} in {review.id}",
        f"{few}; `git naturecode review show {review.id[16:]}` names them",
    )
