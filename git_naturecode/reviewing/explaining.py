"""May a review be merged? What the rules ask for, gathered from git, the team and the base branch.

The change is looked at as it is in git, whatever an entry says of it; rules and owners are read
from the tip of the base branch, so that no change writes its own.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from git_naturecode.domain import teams
from git_naturecode.domain.findings.build import DONE
from git_naturecode.domain.findings.model import SEVERITIES
from git_naturecode.domain.review import owners, rules
from git_naturecode.domain.review.circle import Circle, Person
from git_naturecode.domain.review.explain import SUCCESS, Check, Facts, Reason, explain
from git_naturecode.domain.review.keeping import Kept, digest, rows, standing
from git_naturecode.domain.review.model import Given, Review, Revision
from git_naturecode.domain.review.owners import Owners
from git_naturecode.domain.review.rules import Rules
from git_naturecode.git import commits, merging, patches, tree
from git_naturecode.git.merging import Tried
from git_naturecode.git.notes import notes
from git_naturecode.git.run import GitFailed
from git_naturecode.reviewing import revising, tips
from git_naturecode.reviewing.counting import counting_merge, is_there
from git_naturecode.reviewing.revising import Moved
from git_naturecode.store.store import Store

CI = "refs/notes/devtools/ci"
"""Where programs that test tell what they found, a line of JSON for each run (as git-appraise)."""
_SHOWN = 5
_MOST_TABLES = 100  # states of a change whose files are looked at; each takes a process
_FEW = 64
_MOST_RULES = 1 << 20


@dataclass(frozen=True)
class Explained:
    """A review and all that decides whether it may be merged; `reasons` in the order of asking.

    `tip` is where the base branch stands, `base` where the change begins and `head` where it ends;
    `table` is its file table, `tried` what a merge of the two gives, `now` the tree of `tip`. All
    empty where git cannot tell. `moved` is the state of the change here where nobody has written
    that down.
    """

    review: Review
    facts: Facts
    reasons: tuple[Reason, ...]
    tip: str = ""
    base: str = ""
    head: str = ""
    table: str = ""
    tried: Tried | None = None
    now: str = ""
    moved: Moved | None = None

    @property
    def is_in(self) -> bool:
        """True when the base branch has all of it already, however it came there."""
        return self.tried is not None and not self.tried.conflicts and self.tried.tree == self.now

    @property
    def can_merge(self) -> bool:
        """True when nothing is missing."""
        return all(one.ok for one in self.reasons)


def explained(store: Store, review: Review) -> Explained:
    """Ask all that has to be asked before `review` may be merged.

    Raises GitFailed where git itself fails.
    """
    over = _over(store, review)
    tip = tips.tip(store.repo, store.config, review.base)
    moved = None if over else revising.moved(store, review)
    head = moved.state.head if moved else review.revision.head if review.revision else ""
    if over or not head or not tip:
        reason = over or (_no_base(review) if head else _NOTHING)
        return Explained(review, Facts(), (reason,), tip, moved=moved)
    if not commits.infos(store.team.objects, [head]):
        return Explained(review, Facts(), (_missing(head),), tip, moved=moved)
    base = commits.merge_base(store.repo, tip, head)
    if not base:
        reason = _SHALLOW if store.repo.shallow() else _STRANGE
        return Explained(review, Facts(), (reason,), tip, moved=moved)
    same = moved is not None and moved.state.base == base
    table = (moved.table if moved and same else patches.table(store.repo, base, head)).text
    tried = merging.tried(store.repo, tip, head)
    now = tree.tree_of(store.team.objects, tip) or ""
    there = tried.tree == now and not tried.conflicts
    clean = _IN._replace(text=f"{review.base} has all of it already", hint=_IN.hint + review.id)
    state = (_state(review, moved), clean if there else _clean(review, tried))
    facts = _facts(store, review, _Ends(tip, base, head), table)._replace(state=state)
    reasons = tuple(explain(review, facts))
    return Explained(review, facts, reasons, tip, base, head, table, tried, now, moved)


def kept(store: Store, review: Review, table: str, base: str, head: str) -> dict[str, Kept]:
    """What is left of each verdict for the change `base`..`head` with the file table `table`, by
    its id. The table is made of the two commits, where they are here.

    A verdict counts for what its own commits change, where they are here: not for what somebody
    has written of them. Only so many states are looked at, those that were judged last; whoever
    spoke of another is taken to have seen nothing of this one.
    """
    now, made = digest(table), {(base, head): table}
    ends = dict.fromkeys((one.base, one.head) for one in _newest(review.verdicts))
    looked_at = [one for one in ends if one not in made][:_MOST_TABLES]
    true = {one: true_table(store, *one) for one in looked_at} | made
    written = _Written(store, review)
    # Of many verdicts most are worth the same: it is worked out once, and kept once.
    worth: dict[tuple[str, str, tuple[str, ...]], Kept] = {}
    found = {}
    for one in review.verdicts:
        of = one.base, one.head
        then = true.get(of)
        proven = of in true and (then is None or digest(then) == one.digest)
        if proven and then is None:
            then = table if one.digest == now else written.table(one.digest)
        good = one if proven and then is not None else one._replace(digest="", head="")
        key = good.digest, good.head, good.files
        if key not in worth:
            worth[key] = standing(good, then if good is one else None, table, head)
        found[one.id] = worth[key]
    return found


def _newest(verdicts: Iterable[Given]) -> list[Given]:
    return sorted(verdicts, key=lambda one: (one.time, one.id), reverse=True)


class _Written:
    """The file tables that somebody has written down, by their digests."""

    def __init__(self, store: Store, review: Review) -> None:
        self._store = store
        self._of: dict[str, list[Revision]] = {}
        for one in review.revisions:
            self._of.setdefault(one.digest, []).append(one)
        self.table = lru_cache(_FEW)(self._read)

    def _read(self, wanted: str) -> str | None:
        """None where nobody has, or where it is not here."""
        known = (revising.table_of(self._store, one) for one in self._of.get(wanted, ()))
        return next((one for one in known if one is not None), None)


def true_table(store: Store, base: str, head: str) -> str | None:
    """The file table of what `head` changes against `base`; None where they are not here."""
    try:
        return patches.table(store.repo, base, head).text if head else None
    except GitFailed:
        return None


def circle(store: Store, review: Review) -> Circle:
    """Who may have a say: the members of the team; without one, all who take part."""
    from git_naturecode.teaming.looking import look

    team = look(store)
    if team is None:
        known = {one.who: one.name for one in review.reviewers} | {review.owner: ""}
        return Circle(
            Person(who, name, frozenset({who.casefold()})) for who, name in known.items() if who
        )
    names = {one.id: teams.slug(one.name) for one in teams.teams(team)}
    people = (
        Person(
            one.email, one.name, one.emails,
            frozenset(names[team] for team in one.teams if team in names), one.role,
        )
        for one in teams.members(team)
    )  # fmt: skip
    known_teams = {name: name for name in names.values() if name}
    return Circle(people, known_teams, is_team=team.mode == "enforced")


class _Ends(NamedTuple):
    tip: str
    base: str
    head: str


def _facts(store: Store, review: Review, ends: _Ends, table: str) -> Facts:
    tip, base, head = ends
    found, owned = _written(store, tip)
    return Facts(
        tuple(rows(table).values()), kept(store, review, table, base, head),
        circle(store, review), found, owned,
        frozenset(mail for _, mail in merging.authors(store.repo, base or tip, head)),
        merging.merges(store.repo, tip, head), checks(store, head), _findings(review),
        any((one.head, one.state) == (head, DONE) for one in review.analyses),
    )  # fmt: skip


# -- what git says --------------------------------------------------------------------------------

_NOTHING = Reason(False, "state", "nothing is in it yet", "git naturecode review start")
_SHALLOW = Reason(
    False, "state", "where it left the branch that it is to go into is not in this shallow clone",
    "git fetch --unshallow",
)  # fmt: skip
_STRANGE = Reason(
    False, "state", "it has no history in common with the branch that it is to go into",
    "start a review of it with another --base",
)  # fmt: skip
_IN = Reason(False, "state", "", "have that said: git naturecode review merge ")


def _over(store: Store, review: Review) -> Reason | None:
    """Why it is over already; None where it is not."""
    merge = counting_merge(store, review)
    if merge is not None and not is_there(store, review, merge):
        result = merge.result[:12] or "nothing"
        return Reason(
            False, "state", f"{merge.by} says that it was merged into {merge.base} as {result}, "
            f"which {review.base} here has not",
            "git fetch, then look again; if nobody has that commit, start another review",
        )  # fmt: skip
    if merge is not None:
        return Reason(
            False, "state", f"{merge.by} has merged it into {merge.base} as {merge.result[:12]}",
            f"see git show {merge.result[:12]}",
        )  # fmt: skip
    if review.deleted or review.is_closed:
        what = "deleted" if review.deleted else "closed"
        return Reason(False, "state", f"it is {what}", "start another one for what is left")
    return None


def _no_base(review: Review) -> Reason:
    if not review.base:
        return Reason(
            False, "state", "it is about commits that are merged nowhere",
            "nothing is to be merged: close it when it is done",
        )  # fmt: skip
    return Reason(
        False, "state", f"there is no branch {review.base} here",
        f"git fetch, then git branch {review.base} origin/{review.base}",
    )  # fmt: skip


def _missing(head: str) -> Reason:
    return Reason(
        False, "state", f"its head {head[:12]} is not in this clone",
        "git fetch the branch that it is about",
    )  # fmt: skip


def _state(review: Review, moved: Moved | None) -> Reason:
    """What state of the change is looked at."""
    if moved is not None:
        return Reason(True, "state", f"the change stands at {moved.state.head[:12]}, newly")
    last = review.revisions[-1]
    return Reason(True, "state", f"the change stands at revision {last.number} ({last.head[:12]})")


def _clean(review: Review, tried: Tried) -> Reason:
    if not tried.conflicts:
        return Reason(True, "conflicts", f"it goes into {review.base} without a conflict")
    paths = [one.path for one in tried.conflicts]
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return Reason(
        False, "conflicts", f"it conflicts with {review.base} in {', '.join(paths[:_SHOWN])}{more}",
        f"bring {review.base} into it and settle them: git merge {review.base} (or git rebase)",
    )  # fmt: skip


# -- what the base branch says --------------------------------------------------------------------


def _written(store: Store, tip: str) -> tuple[Rules, Owners | None]:
    """The rules and the owners of files, as the commit `tip` has them.

    A file that is there and cannot be read is a problem, never as good as none.
    """
    objects = store.team.objects
    root = tree.tree_of(objects, tip)
    try:
        said = tree.read_plain(objects, root, rules.PLACE, _MOST_RULES)
        found = rules.WITHOUT_FILE if said is None else rules.parse(said)
        for place in owners.PLACES if any(one.owners for one in found.rules) else ():
            text = tree.read_plain(objects, root, place, owners.MOST_BYTES)
            if text is not None:
                return found, owners.parse(text.decode("utf-8", "surrogateescape"), place)
    except (rules.Wrong, tree.Unfit) as error:
        return Rules((), True, str(error)), None
    return found, None


def checks(store: Store, head: str) -> Mapping[str, Check]:
    """What each program that tests has said last of `head`, in the notes on it; of two things said
    in one second the one that is no success."""
    told = notes(store.team.objects, CI, [head]).get(head, "")
    found: dict[str, tuple[int, Check]] = {}
    for line in told.split("\n"):
        try:
            said = json.loads(line)
            name, status = said["agent"], said.get("status", "")
            when = int(said.get("timestamp") or 0)
            url = said.get("url", "")
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
        if not (isinstance(name, str) and isinstance(status, str)):
            continue
        last = found.get(name)
        if last is None or when > last[0] or (when == last[0] and status != SUCCESS):
            found[name] = when, Check(status, url if isinstance(url, str) else "")
    return {name: check for name, (_, check) in found.items()}


def _findings(review: Review) -> dict[str, int]:
    """How many findings of each severity are there and not dismissed."""
    found = dict.fromkeys(SEVERITIES, 0)
    for one in review.live_findings:
        found[one.finding.severity] += 1
    return found
