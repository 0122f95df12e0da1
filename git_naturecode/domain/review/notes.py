"""What the notes on commits say of a review: a line for each revision, verdict and merge.

`review REVIEW revision=N base=OID`, `verdict REVIEW approve|reject by=WHO at=TIME`,
`merge REVIEW into=BRANCH strategy=S by=WHO result=OID`; values are percent-encoded as in the notes
of sessions (store/note_lines.py).
"""

import re
from collections.abc import Iterable, Sequence

from git_naturecode.domain.review.build import author_of, time_of
from git_naturecode.domain.review.model import NONE, VERDICTS, Review
from git_naturecode.domain.said import text_of
from git_naturecode.store.entry import Entry
from git_naturecode.store.note_lines import MAX_LINE, encoded

_LINE = re.compile(rb"(?:review|verdict|merge) (review-\d{8}-[0-9a-hjkmnp-tv-z]{8})(?: |$)")
_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def review_of(line: bytes) -> str | None:
    """The review that a line speaks of; None for a line of another kind."""
    found = _LINE.match(line)
    return found[1].decode() if found else None


def lines(review: Review, shared: Sequence[Entry]) -> dict[str, set[bytes]]:
    """The lines on each commit, by its id; `shared` are the entries that others have, too."""
    found: dict[str, set[bytes]] = {}
    if review.deleted:
        return found
    said = {one.id for one in shared}
    for one in review.revisions:
        if one.id in said:
            _put(found, one.head, f"review {review.id} revision={one.number} base={one.base}")
    for head, told in _verdicts(review, shared):
        _put(found, head, told)
    for merge in review.merges:
        if merge.id in said:
            told = (
                f"merge {review.id} into={encoded(merge.base)} strategy={encoded(merge.strategy)}"
                f" by={_who(merge.by)} result={merge.result}"
            )
            for commit in (merge.head, merge.result):
                _put(found, commit, told)
    return found


def _verdicts(review: Review, shared: Iterable[Entry]) -> Iterable[tuple[str, str]]:
    """Head and line of what each person said last of each state of the change."""
    last: dict[tuple[str, str], Entry] = {}
    for one in sorted((e for e in shared if e.kind == "verdict"), key=lambda e: e.order):
        last[author_of(one).casefold(), text_of(one, "head")] = one
    for (_, head), one in last.items():
        value = text_of(one, "value")
        if value in VERDICTS and value != NONE and not one.is_stub:
            who = _who(author_of(one))
            yield head, f"verdict {review.id} {value} by={who} at={encoded(time_of(one))}"


def _who(address: str) -> str:
    return encoded(address[:320])


def _put(found: dict[str, set[bytes]], commit: str, line: str) -> None:
    data = line.encode("utf-8", "replace")
    if _OID.fullmatch(commit) and len(data) <= MAX_LINE:
        found.setdefault(commit, set()).add(data)
