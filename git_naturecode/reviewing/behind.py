"""Finding the reviews that commits were part of, and what was said there of one of their lines."""

from collections.abc import Iterable

from git_naturecode import clock, ids
from git_naturecode.domain.kinds import REVIEW
from git_naturecode.domain.review import notes
from git_naturecode.domain.review.anchor import NEW
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.following import GONE, Place
from git_naturecode.domain.review.lines import Line, Reviewed
from git_naturecode.domain.review.model import Review
from git_naturecode.git import commits
from git_naturecode.git.notes import notes as read_notes
from git_naturecode.git.objects import CommitInfo, Missing
from git_naturecode.git.run import GitFailed
from git_naturecode.reviewing import noted
from git_naturecode.reviewing.placing import place
from git_naturecode.store.index import Index
from git_naturecode.store.store import Store

_LISTED, _NEAREST = 2_000, 20  # reviews changed since a commit; those of them that are looked at
_MOST_RANGES, _MOST_COMMITS = 40, 2_000
_MOST_PLACED = 40  # pairs of a review and a commit in which threads are looked for


class Reviews:
    """The reviews of one clone, asked about lines; each is read once."""

    def __init__(self, store: Store, index: Index) -> None:
        self.store, self.index = store, index
        self._folded: dict[str, Review | None] = {}
        self._inside: dict[tuple[str, str], frozenset[str]] = {}
        self._of: dict[str, list[Review]] = {}
        self._placed: dict[tuple[str, str], dict[str, Place]] = {}

    def of(self, line: Line) -> list[Reviewed]:
        """The reviews that the commit of `line` was part of, with the threads on the line."""
        return [self._reviewed(review, line) for review in self._reviews(line)]

    def _reviews(self, line: Line) -> list[Review]:
        if line.commit not in self._of:
            tails = dict.fromkeys([*self._noted(line.commit), *self._around(line.commit)])
            found = (self._review(tail) for tail in tails)
            self._of[line.commit] = [one for one in found if one]
        return self._of[line.commit]

    def _noted(self, commit: str) -> Iterable[str]:
        """The reviews that a note on the commit names: it is the head of one, or a merge."""
        text = read_notes(self.store.team.objects, noted.REF, [commit]).get(commit, "")
        for one in text.encode().split(b"\n"):
            if review := notes.review_of(one):
                yield ids.tail(review)

    def _around(self, commit: str) -> Iterable[str]:
        """Those of the reviews begun nearest to the commit in which it is one of several."""
        info = commits.infos(self.store.team.objects, [commit]).get(commit)
        if info is None:
            return
        then = info.seconds * 1000
        rows = self.index.page(REVIEW, {}, clock.iso(then), _LISTED).rows
        near = sorted(rows, key=lambda row: abs(_ms(str(row["createdAt"])) - then))
        for row in near[:_NEAREST]:
            tail = ids.tail(str(row["id"]))
            review = self._review(tail)
            if review and self._holds(review, commit, info.seconds):
                yield tail

    def _holds(self, review: Review, commit: str, seconds: int) -> bool:
        pairs = {(one.base, one.head) for one in review.revisions}
        ends = {oid for pair in pairs for oid in pair if oid}
        infos = commits.infos(self.store.team.objects, ends)
        return any(
            commit in self._range(base, head) for base, head in pairs if head in infos
            and _may_hold(infos.get(base), infos[head], seconds)
        )  # fmt: skip

    def _range(self, base: str, head: str) -> frozenset[str]:
        if (base, head) not in self._inside:
            if len(self._inside) >= _MOST_RANGES:
                return frozenset()
            found = commits.between(self.store.repo, base, head, _MOST_COMMITS)
            self._inside[base, head] = frozenset(found)
        return self._inside[base, head]

    def _review(self, tail: str) -> Review | None:
        if tail not in self._folded:
            placed = self.store.read(tail, REVIEW)
            review = build(placed) if placed else None
            self._folded[tail] = review if review and review.opened and not review.deleted else None
        return self._folded[tail]

    def _reviewed(self, review: Review, line: Line) -> Reviewed:
        places = self._places(review, line.commit)
        return Reviewed(review, tuple(
            thread for thread in review.threads
            if (here := places.get(thread.id)) and here.state != GONE and here.path == line.path
            and here.line <= line.number <= here.end
        ))  # fmt: skip

    def _places(self, review: Review, commit: str) -> dict[str, Place]:
        """Where the threads on lines after the change stand in the commit."""
        key = review.id, commit
        if key not in self._placed:
            anchors = {
                one.id: one.first.anchor for one in review.threads
                if (anchor := one.first.anchor) and anchor.line and anchor.side == NEW
                and not one.first.draft
            }  # fmt: skip
            if not anchors or len(self._placed) >= _MOST_PLACED:
                return {}
            try:
                found = place(
                    self.store.repo, self.store.team.objects,
                    {name: one for name, one in anchors.items() if one}, commit, "",
                )  # fmt: skip
            except (Missing, GitFailed):
                found = {}
            self._placed[key] = found
        return self._placed[key]


def _may_hold(base: CommitInfo | None, head: CommitInfo, seconds: int) -> bool:
    """False where the times of both ends say that a commit of this time is not between them."""
    return (base is None or base.seconds <= seconds) and seconds <= head.seconds


def _ms(time: str) -> int:
    try:
        return clock.parse_iso(time)
    except ValueError:
        return 0
