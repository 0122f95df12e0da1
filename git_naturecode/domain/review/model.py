"""A review as it stands: its revisions, threads, reviewers, verdicts and merges."""

from typing import NamedTuple

from git_naturecode.domain.findings.build import Analysis, Tracked
from git_naturecode.domain.findings.model import rank
from git_naturecode.domain.review.anchor import Anchor
from git_naturecode.domain.said import Mark, Rival
from git_naturecode.store.entry import Entry
from git_naturecode.store.judged import Mark as Standing

KIND = "review"
TARGETS = ("branch", "commit", "range", "pr")
APPROVE, REJECT, NONE = "approve", "reject", "none"
VERDICTS = (APPROVE, REJECT, NONE)
OPEN, IN_PROGRESS, APPROVED, REJECTED, MERGED, CLOSED = (
    "open", "in-progress", "approved", "rejected", "merged", "closed",
)  # fmt: skip
STATUSES = (OPEN, IN_PROGRESS, APPROVED, REJECTED, MERGED, CLOSED)
PENDING, REVIEWING = "pending", "reviewing"
SAYS = {APPROVE: APPROVED, REJECT: REJECTED}
REVIEWERS, REQUIRED = "reviewers", "required:"
"""The set of those who are asked, and the scalar that says of one whether he has to approve."""


class Target(NamedTuple):
    """What is reviewed: `type` is one of TARGETS, `name` is how the person named it."""

    type: str = "branch"
    name: str = ""


class Revision(NamedTuple):
    """One state of the change: the commits `base`..`head`, `tip` is where the base branch stood.

    `table` lists its `changed` files with the patch id of each; it is None where it stands in the
    file `table_sha`. `digest` is the SHA-256 of the table in either case.
    """

    id: str
    number: int
    head: str
    base: str
    tip: str
    by: str
    time: str
    changed: int
    digest: str
    table: str | None = ""
    table_sha: str = ""
    mark: Standing | None = None


class Comment(NamedTuple):
    """A remark on lines (`anchor`), on another comment (`on`), or on the review as a whole."""

    id: str
    by: str
    time: str
    text: str
    on: str = ""
    anchor: Anchor | None = None
    revision: str = ""
    flags: tuple[str, ...] = ()
    edited: Mark | None = None
    hidden: Mark | None = None
    rivals: tuple[Rival, ...] = ()
    reactions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    draft: bool = False
    standing: Standing | None = None


class Thread(NamedTuple):
    """A comment and the answers to it; `news` counts the answers that whoever resolved it last
    had not seen."""

    comments: tuple[Comment, ...]
    resolved: bool = False
    settled: Mark | None = None
    news: int = 0

    @property
    def first(self) -> Comment:
        """The comment that began it."""
        return self.comments[0]

    @property
    def id(self) -> str:
        """The id of the comment that began it."""
        return self.first.id

    @property
    def is_open(self) -> bool:
        """True when it waits for somebody: not resolved, or answered since."""
        return not self.resolved or self.news > 0


class Given(NamedTuple):
    """What somebody said of a change: `value` is one of VERDICTS, about `revision` at `head`.

    `digest` is that of the file table he saw; with `files` he spoke of these only. What was
    `imported` is what another system says of him.
    """

    id: str
    by: str
    time: str
    value: str
    text: str
    revision: str
    head: str
    base: str
    digest: str
    files: tuple[str, ...] = ()
    draft: bool = False
    imported: bool = False
    standing: Standing | None = None


class Reviewer(NamedTuple):
    """Who reviews: asked to, or on his own; `status` as in the specification."""

    who: str
    name: str = ""
    required: bool = False
    asked: bool = False
    joined: str = ""
    verdict: Given | None = None

    @property
    def status(self) -> str:
        """pending, reviewing, approved or rejected."""
        if self.verdict and self.verdict.value in SAYS:
            return SAYS[self.verdict.value]
        return REVIEWING if self.joined else PENDING


class Merged(NamedTuple):
    """A merge that somebody made: `base` stood at `onto` and stands at `result` since."""

    id: str
    by: str
    time: str
    head: str
    onto: str
    result: str
    strategy: str
    base: str
    text: str = ""
    standing: Standing | None = None


class Report(NamedTuple):
    """What a build or a test (`what` is "ci") or an analysis ("analyses") has said of a commit.

    `status` is success, failure, lgtm, fyi or nmw; "" while it has not ended. `agent` is who
    ran it, `time` is "" where it is not known.
    """

    what: str
    commit: str
    time: str
    status: str
    agent: str
    url: str


class Review:
    """A review after all its entries; of a deleted one no text is left.

    `asking` are the entries that say who is asked to review, `writers` says of the comments and
    verdicts that came from elsewhere (by their ids) who brought them in.
    """

    def __init__(self, name: str) -> None:
        self.id = name
        self.title = self.description = self.owner = self.opener = self.name = ""
        self.created = self.updated = self.closed = ""
        self.target = Target()
        self.base = ""
        self.opened = self.shared = self.has_drafts = self.is_closed = False
        self.revisions: list[Revision] = []
        self.threads: list[Thread] = []
        self.reviewers: list[Reviewer] = []
        self.merges: list[Merged] = []
        self.reports: list[Report] = []
        self.findings: list[Tracked] = []
        self.analyses: list[Analysis] = []
        self.links: list[str] = []
        self.asking: list[Entry] = []
        self.writers: dict[str, str] = {}
        self.origin: dict[str, object] = {}
        self.standing: dict[str, int] = {}
        self.flags: tuple[str, ...] = ()
        self.deleted: Mark | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Review) and vars(self) == vars(other)

    @property
    def revision(self) -> Revision | None:
        """The newest revision."""
        return self.revisions[-1] if self.revisions else None

    @property
    def merged(self) -> Merged | None:
        """The merge that counts, where the entries alone can tell: the first one."""
        return self.merges[0] if self.merges else None

    @property
    def is_over(self) -> bool:
        """True when it was merged, closed or deleted."""
        return bool(self.merges) or self.is_closed or self.deleted is not None

    @property
    def open_threads(self) -> list[Thread]:
        """The threads that wait for somebody; drafts are not among them."""
        return [one for one in self.threads if one.is_open and not one.first.draft]

    @property
    def live_findings(self) -> list[Tracked]:
        """What analyses have found and nobody has mended or dismissed, the worst first."""
        live = [one for one in self.findings if one.is_live]
        return sorted(live, key=lambda one: -rank(one.finding.severity))

    @property
    def verdicts(self) -> list[Given]:
        """What each person says of it now; the owner's own words are among them."""
        return [one.verdict for one in self.reviewers if one.verdict and not one.verdict.draft]

    @property
    def counted(self) -> list[Given]:
        """The verdicts that may count: nobody approves his own change."""
        return [one for one in self.verdicts if one.by.casefold() != self.owner.casefold()]

    @property
    def approvals(self) -> int:
        """How many people have approved it, in whatever state and whether or not that counts."""
        return sum(one.value == APPROVE for one in self.counted)

    @property
    def status(self) -> str:
        """One of STATUSES, by what the entries say, so never APPROVED: what an approval is worth
        only git, the rules and the team know."""
        if self.merges:
            return MERGED
        if self.is_closed or self.deleted:
            return CLOSED
        values = [one.value for one in self.counted]
        if REJECT in values:
            return REJECTED
        busy = values or any(one.joined for one in self.reviewers)
        return IN_PROGRESS if busy or any(not t.first.draft for t in self.threads) else OPEN
