"""A review together with what git knows: where the change stands, which verdicts still hold."""

from typing import NamedTuple

from git_naturecode.domain.people import key
from git_naturecode.domain.review.following import Place
from git_naturecode.domain.review.keeping import Kept, Row
from git_naturecode.domain.review.model import (
    APPROVE,
    APPROVED,
    IN_PROGRESS,
    REJECT,
    Given,
    Review,
    Revision,
)


class Looked(NamedTuple):
    """A review as it stands in this clone.

    `moved` is True when nobody has written down yet how it stands here, `files` are those of the
    present state (None: its table is not here), `kept` says of each verdict, by its id, what is
    left of it. `here` is False where the commits are not in this clone. `revision` is the present
    state, without an id where it is not written down; `places` says where the lines of each thread
    are in it, by the id of the thread.
    """

    review: Review
    head: str
    base: str
    moved: bool
    files: dict[str, Row] | None
    kept: dict[str, Kept]
    here: bool
    revision: Revision | None
    places: dict[str, Place]

    @property
    def standing(self) -> list[Given]:
        """The verdicts that count now: an approval of the change as it was counts no more, while
        an objection stands until it is taken back."""
        return [
            one for one in self.review.counted if one.value == REJECT or self.kept[one.id].whole
        ]

    @property
    def status(self) -> str:
        """The status, with what a push since has made of the approvals."""
        said = self.review.status
        if said != APPROVED:
            return said
        values = {key(one.by): one.value for one in self.standing}
        missing = [
            one for one in self.review.reviewers
            if one.required and values.get(key(one.who)) != APPROVE
        ]  # fmt: skip
        return APPROVED if APPROVE in values.values() and not missing else IN_PROGRESS
