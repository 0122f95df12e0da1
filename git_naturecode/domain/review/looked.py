"""A review together with what git knows: where the change stands, which verdicts still hold."""

from collections.abc import Mapping
from typing import NamedTuple

from git_naturecode.domain.review.following import Place
from git_naturecode.domain.review.keeping import Kept, Row
from git_naturecode.domain.review.model import APPROVED, IN_PROGRESS, Review, Revision


class Looked(NamedTuple):
    """A review as it stands in this clone.

    `moved` is True when nobody has written down yet how it stands here, `files` are those of the
    present state (None: its table is not here). `here` is False where the commits are not in this
    clone. `revision` is the present state, without an id where it is not written down; `places`
    says where the lines of each thread are in it, by the id of the thread, and those of each
    finding, by its fingerprint.

    Where somebody has asked for them too: `kept` says of each verdict, by its id, what is left of
    it, and `can_merge` is True when nothing is missing.
    """

    review: Review
    head: str
    base: str
    moved: bool
    files: dict[str, Row] | None
    here: bool
    revision: Revision | None
    places: dict[str, Place]
    kept: Mapping[str, Kept] = {}
    can_merge: bool = False

    @property
    def status(self) -> str:
        """The status; approved is what somebody approves and the rules let in."""
        said = self.review.status
        is_good = said == IN_PROGRESS and self.review.approvals > 0 and self.can_merge
        return APPROVED if is_good else said
