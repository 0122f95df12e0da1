"""Opening a review, to read it or to say something of it: what it is, where the change stands."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from git_naturecode import ids, reviewing
from git_naturecode.cli.context import Context
from git_naturecode.cli.reading import entity_id, opened, opened_at
from git_naturecode.domain.kinds import REVIEW
from git_naturecode.domain.people import key
from git_naturecode.domain.review import makers
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.model import Review, Revision
from git_naturecode.errors import Negative, NotPermitted
from git_naturecode.render.show import line
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.store import PRIVATE, TEAM, Placed, Store

if TYPE_CHECKING:
    from git_naturecode.domain.review.anchor import Anchor
    from git_naturecode.reviewing.revising import Moved

_NOTED = frozenset({"revision", "verdict", "merge"})


@dataclass(frozen=True)
class Opened:
    """A review and the store to write in."""

    store: Store
    review: Review
    placed: Sequence[Placed]

    @property
    def entries(self) -> list[Entry]:
        """All entries about it."""
        return [one.entry for one in self.placed]

    @property
    def short(self) -> str:
        """The part of its id that is enough to name it."""
        return ids.tail(self.review.id)

    @cached_property
    def moved(self) -> "Moved | None":
        """The state of the change here, where nobody has written that down yet."""
        from git_naturecode.reviewing import revising

        return revising.moved(self.store, self.review)

    def permit(self, *drafts: Draft) -> None:
        """Raise NotPermitted unless the team lets this person say `drafts`."""
        from git_naturecode.teaming import Gate

        Gate(self.store).require_review(drafts, self.review)

    def require_own(self, by: str, doing: str) -> None:
        """Raise NotPermitted unless this person said it; a team's own rules may say otherwise."""
        from git_naturecode.teaming import Gate

        if key(by) != key(self.store.person) and Gate(self.store).standing is None:
            raise NotPermitted(f"only {line(by)} may do that: {doing}")

    def write(self, *drafts: Draft, side: str = TEAM) -> list[Entry]:
        """Say `drafts`; raises NotPermitted where the team does not let this person."""
        self.permit(*drafts)
        made = self.store.write(side, self.review.id, drafts)
        self.store.settle()
        if side == TEAM and any(map(_is_noted, drafts)):
            reviewing.keep_notes(self.store)
        return made

    def may_comment(self) -> None:
        """Raise NotPermitted unless the team lets this person comment."""
        self.permit(makers.comment("", ""))

    def comment(
        self, text: str, about: Revision | None, *, on: str = "", anchor: "Anchor | None" = None,
        draft: bool = False,
    ) -> Entry:  # fmt: skip
        """Say `text` about a revision; a draft stays in this clone."""
        made = makers.comment(text, about.id if about else "", anchor, on=on)
        return self.write(made, side=PRIVATE if draft else TEAM)[0]

    def revision(self, *, silently: bool = False) -> Revision | None:
        """The revision that somebody speaks of who speaks now: it is written down first if nobody
        has done so yet, unless nobody shall know that he speaks (then it has no id)."""
        if self.moved is None:
            return self.review.revision
        from git_naturecode.reviewing import revising, watched

        if silently:
            return revising.unwritten(self.review, self.moved)
        revising.prepare(self.store, self.review.id, self.moved)
        self.write(self.moved.draft)
        now = self.again().review
        if self.is_mine() and now.target.type == "branch":
            watched.watch(self.store, now.id, now.target.name, self.moved.state.head)
        return now.revision

    def again(self) -> "Opened":
        """The review as it stands after what was written."""
        return _opened(self.store, self.review.id)

    def status(self) -> str:
        """The status after what was written, as `review show` tells it."""
        from git_naturecode.reviewing.looking import judged

        return judged(self.store, self.again().review).status

    def is_mine(self) -> bool:
        """True when this person began it."""
        return key(self.review.owner) == key(self.store.person)


@contextmanager
def read_review(context: Context, wanted: str) -> Iterator[tuple[Store, Review]]:
    """The review that `wanted` means, folded, to read it; raises Negative when there is none."""
    with opened(context) as (store, index):
        yield store, folded(store, entity_id(index, wanted, REVIEW))


def folded(store: Store, entity: str) -> Review:
    """The review with the id `entity`, as its entries have it."""
    return build(store.read(ids.tail(entity), REVIEW))


@contextmanager
def opened_review(context: Context, wanted: str, *, over: bool = False) -> Iterator[Opened]:
    """The review that `wanted` means, folded, to say something of it.

    Raises Negative when there is none, when it was deleted, and, unless it may be `over`, when it
    was merged or closed.
    """
    with opened_at(context, wanted, REVIEW) as (store, entity, _):
        here = _opened(store, entity)
        check(here.review, over=over)
        yield here


def _is_noted(draft: Draft) -> bool:
    """True when notes on commits say it, or it may end what is kept for the review."""
    return draft.kind in _NOTED or draft.fields.get("field") == "status"


def _opened(store: Store, entity: str) -> Opened:
    placed = store.read(ids.tail(entity), REVIEW)
    return Opened(store, build(placed), placed)


def check(review: Review, *, over: bool) -> None:
    """Raise Negative when `review` was deleted or, unless it may be `over`, merged or closed."""
    if review.deleted:
        raise Negative(f"{review.id} was deleted by {line(review.deleted.by)}")
    if over or not (review.merges or review.is_closed):
        return
    tail = ids.tail(review.id)
    if review.merged:
        raise Negative(
            f"{review.id} was merged already, by {line(review.merged.by)}",
            f"git naturecode review show {tail}",
        )
    raise Negative(f"{review.id} is closed", f"git naturecode review reopen {tail} opens it again")


__all__ = ["PRIVATE", "TEAM", "Opened", "check", "folded", "opened_review", "read_review"]
