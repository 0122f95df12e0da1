"""What entries are judged by: which of them come before others, and the team a thing is for."""

from collections.abc import Sequence

from git_naturecode.domain import people
from git_naturecode.domain.policy.review_rights import tells_who_reviews
from git_naturecode.store.entry import Entry

OPENS, PERMITS, REVIEWS, SAYS = range(4)
"""Who opened it; for whom it is, and who may do what; who is asked to review it; all else."""


def turn(entry: Entry) -> int:
    """One of the four."""
    if entry.kind == "open":
        return OPENS
    field = entry.header.get("field")
    permits = isinstance(field, str) and (field == "team" or field.startswith(people.FIELD))
    if entry.kind == "invite" or (entry.kind == "set" and permits):
        return PERMITS
    return REVIEWS if tells_who_reviews(entry) else SAYS


def audience(entries: Sequence[Entry]) -> str:
    """The id of the team that a thing is for by these entries; "" for everybody."""
    from git_naturecode.domain import fold

    value = fold.register(entries, "team")
    return value if isinstance(value, str) else ""
