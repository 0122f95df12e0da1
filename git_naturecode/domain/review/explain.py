"""Whether a review may be merged, rule by rule: what holds, what does not, and what to do about it.

Pure: whatever has to be asked of git or of the team stands in the facts.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.domain.findings.model import SEVERITIES
from git_naturecode.domain.review.circle import Circle
from git_naturecode.domain.review.keeping import Kept, Row
from git_naturecode.domain.review.model import APPROVE, REJECT, Given, Review
from git_naturecode.domain.review.owners import Owned, Owners
from git_naturecode.domain.review.rules import (
    FF,
    MERGE,
    PLACE,
    REBASE,
    STRATEGIES,
    WITHOUT_FILE,
    Rule,
    Rules,
)

SUCCESS = "success"
_SHOWN = 3  # names of files in one line
_MOST = 20  # people who are named one by one


class Reason(NamedTuple):
    """One thing that has to be so: whether it is, which rule wants it, in words, and what to do."""

    ok: bool
    rule: str
    text: str
    hint: str = ""


class Check(NamedTuple):
    """What a program that tests has said last of the head: `success` or something else."""

    status: str
    url: str = ""


class Facts(NamedTuple):
    """What is to be known besides the review itself.

    `rows`: the file table of the present change; `kept`: what is left of each verdict, by its id;
    `authors`: the addresses of who wrote its commits, `merges`: how many of them are merges; `ci`:
    the checks of the head by name; `findings`: how many are open of each severity; `analysed`:
    whether an analysis of the head came to its end; `state`: what git says of head and base, put
    before all rules.
    """

    rows: tuple[Row, ...] = ()
    kept: Mapping[str, Kept] = {}
    circle: Circle = Circle(())
    rules: Rules = WITHOUT_FILE
    owners: Owners | None = None
    authors: frozenset[str] = frozenset()
    merges: int = 0
    ci: Mapping[str, Check] = {}
    findings: Mapping[str, int] = {}
    analysed: bool = True
    state: tuple[Reason, ...] = ()


def explain(review: Review, facts: Facts) -> list[Reason]:
    """Each thing that has to be so before `review` may be merged; it may when all of them are."""
    if facts.rules.problem:
        broken = Reason(
            False, "rules", f"{PLACE} cannot be understood: {facts.rules.problem}",
            f"mend it on {review.base or 'the base branch'} first, with git: nothing is merged by "
            "rules that nobody understands",
        )  # fmt: skip
        return [*facts.state, broken]
    return [*facts.state, *_Explaining(review, facts).reasons()]


def allowed(rules: Iterable[Rule], merges: int) -> tuple[str, ...]:
    """The ways to merge that all of `rules` leave, the first one is usual. A change with `merges`
    in it can neither be rebased nor, where history has to be a line, be taken as it is."""
    some = list(rules)
    listed = next((one.strategies for one in some if one.strategies), STRATEGIES)
    out = {MERGE} if any(one.linear for one in some) else set()
    if merges:
        out |= {REBASE} | ({FF} if MERGE in out else set())
    wanted = [set(one.strategies) for one in some if one.strategies]
    return tuple(one for one in listed if one not in out and all(one in w for w in wanted))


def matching(facts: Facts) -> list[Rule]:
    """The rules that speak of this change, of what it moves away as well."""
    return [one for one in facts.rules.rules if not one.paths or any(_rows(one, facts.rows))]


def approvers(review: Review, facts: Facts) -> list[Given]:
    """The approvals that stand for the whole change and may count, in the order of the review."""
    return [one.given for one in _Explaining(review, facts).approvals if one.stands_for_all]


def _rows(rule: Rule, rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if rule.covers(row.path) or (row.old and rule.covers(row.old)))


_set = lru_cache(64)(frozenset[str])
"""The same files are those of many approvals."""


class _Approval(NamedTuple):
    """Somebody's approval that may count, as far as it still stands."""

    given: Given
    who: str
    kept: Kept
    stands_for_all: bool

    @property
    def files(self) -> frozenset[str]:
        """The files that it stands for."""
        return _set(self.kept.kept_files)

    def stands_for(self, paths: frozenset[str]) -> bool:
        return paths <= self.files if paths else self.kept.whole


class _Counted:
    """Approvals that count for a rule, by who gave them."""

    def __init__(self, approvals: Iterable[_Approval]) -> None:
        self._by: dict[str, list[_Approval]] = {}
        for one in approvals:
            self._by.setdefault(one.who, []).append(one)

    def __iter__(self) -> Iterator[_Approval]:
        return (one for some in self._by.values() for one in some)

    def __contains__(self, one: _Approval) -> bool:
        return any(one.given.id == other.given.id for other in self._by.get(one.who, ()))

    def of(self, people: Iterable[str]) -> list[_Approval]:
        """Those of `people`."""
        return [one for who in sorted(people) for one in self._by.get(who, ())]


class _Explaining:
    def __init__(self, review: Review, facts: Facts) -> None:
        self.review, self.facts, self.circle = review, facts, facts.circle
        self.short = ids.tail(review.id)
        self.owner = self.circle.who(review.owner)
        # Who brings in a review that somebody else began elsewhere may have made that up.
        self.mine = {
            self.owner,
            self.circle.who(review.opener if self.circle.is_team else review.owner),
        }
        self.all = frozenset(row.path for row in facts.rows)
        self.wrote = {self.circle.who(one) for one in facts.authors}
        self.approvals = [self._approval(one) for one in self._judging(APPROVE)]

    def _judging(self, value: str) -> list[Given]:
        """The verdicts `value` of those who may have one on this change."""
        return [
            one
            for one in self.review.verdicts
            if one.value == value and not one.imported and (not one.standing or one.standing.counts)
            and self.circle.who(one.by) not in self.mine and self.circle.may_judge(one.by)
        ]  # fmt: skip

    def _approval(self, given: Given) -> _Approval:
        kept = self.facts.kept.get(given.id, Kept("stale", tuple(sorted(self.all))))
        whole = self.all <= _set(kept.kept_files) if self.all else kept.whole
        return _Approval(given, self.circle.who(given.by), kept, whole)

    # -- the rules in their order ---------------------------------------------------------------

    def reasons(self) -> Iterator[Reason]:
        yield from self._against()
        yield from self._required()
        for rule in matching(self.facts):
            yield from self._rule(rule)
        yield self._strategy()

    def _against(self) -> Iterator[Reason]:
        against = self._judging(REJECT)
        for given in against[:_MOST]:
            yield Reason(
                False, "rejected", f"{self._name(given.by)} asks for changes",
                f"answer it; then he may say: git naturecode review approve {self.short}",
            )  # fmt: skip
        if len(against) > _MOST:
            yield Reason(False, "rejected", f"{len(against) - _MOST} more ask for changes")
        if not against:
            yield Reason(True, "rejected", "nobody asks for changes")

    def _required(self) -> Iterator[Reason]:
        """Of each who has to approve; of very many who have not, the first."""
        counted, missing = _Counted(self.approvals), 0
        for one in self.review.reviewers:
            if one.required:
                people = frozenset({self.circle.who(one.who)})
                reason = self._one_of("required", one.who, people, self.all, counted)
                missing += not reason.ok
                if reason.ok or missing <= _MOST:
                    yield reason
        if missing > _MOST:
            yield Reason(False, "required", f"{missing - _MOST} more have to approve")

    def _rule(self, rule: Rule) -> Iterator[Reason]:
        rows = tuple(_rows(rule, self.facts.rows)) if rule.paths else self.facts.rows
        paths = frozenset(row.path for row in rows)
        counted = _Counted(one for one in self.approvals if rule.own or one.who not in self.wrote)
        where = f" for {', '.join(rule.paths[:_SHOWN])}" if rule.paths else ""
        if rule.approvals:
            yield self._enough(rule, where, paths, counted)
        for word in rule.required:
            yield self._one_of("required", word, self.circle.meant(word), paths, counted)
        if rule.owners:
            yield from self._owned(rows, counted)
        if rule.resolved:
            yield self._resolved()
        if rule.findings:
            yield self._findings(rule.findings)
        for name in rule.ci:
            yield self._check(name)

    def _enough(self, rule: Rule, where: str, paths: frozenset[str], counted: _Counted) -> Reason:
        good = {one.who: one.given.by for one in counted if one.stands_for(paths)}
        names = f" ({self._names(list(good.values()))})" if good else ""
        many = "approval" if rule.approvals == 1 else "approvals"
        text = f"{len(good)} of {rule.approvals} {many}{where}{names}"
        if len(good) >= rule.approvals:
            return Reason(True, "approvals", text)
        lost = [one for one in self.approvals if one.who not in good]
        text += "".join(f"; {self._lost(one, paths, counted)}" for one in lost[:_MOST])
        text += f"; and {len(lost) - _MOST} more" if len(lost) > _MOST else ""
        again = " and ".join(dict.fromkeys(self._name(one.given.by) for one in lost[:_MOST]))
        if again:
            hint = f"ask {again} to look again: git naturecode review approve {self.short}"
        else:
            hint = self._ask(good)
        return Reason(False, "approvals", text, hint)

    def _ask(self, good: Container[str]) -> str:
        """Who was asked already and may approve it; whom to ask where nobody was."""
        owner = self.circle.who(self.review.owner)
        asked = [
            self._name(one.who) for one in self.review.reviewers
            if (who := self.circle.who(one.who)) != owner and who not in good
        ][:_SHOWN]  # fmt: skip
        if asked:
            return f"{' or '.join(asked)} may say: git naturecode review approve {self.short}"
        return f"ask somebody: git naturecode review set {self.short} --ask EMAIL"

    def _lost(self, one: _Approval, paths: frozenset[str], counted: _Counted) -> str:
        name = self._name(one.given.by)
        if one not in counted:
            return f"{name} wrote a part of it"
        stale = sorted(paths & set(one.kept.stale_files))
        if stale:
            return f"{name} approved before {_files(stale)} changed"
        return f"{name} approved only {_files(sorted(one.kept.kept_files)) or 'other files'}"

    def _one_of(
        self, rule: str, word: str, people: frozenset[str], paths: frozenset[str],
        counted: _Counted,
    ) -> Reason:  # fmt: skip
        called = self._name(word) if "@" in word.lstrip("@") else word
        if not people:
            return Reason(
                False, rule, f"{word} has to approve, and nobody who may approve is called so",
                f"git naturecode team show says who is known; else mend {PLACE}",
            )  # fmt: skip
        theirs = counted.of(people)
        if any(one.stands_for(paths) for one in theirs):
            return Reason(True, rule, f"{called} approved")
        said = "".join(f"; {self._lost(one, paths, counted)}" for one in theirs)
        return Reason(
            False, rule, f"{called} has to approve{said}",
            f"ask for it: git naturecode review approve {self.short}",
        )  # fmt: skip

    def _owned(self, rows: Sequence[Row], counted: _Counted) -> Iterator[Reason]:
        owners = self.facts.owners
        if owners is None:
            yield Reason(
                False, "owners", f"the rules ask for the owners of files, and "
                f"{self.review.base or 'the base branch'} has no CODEOWNERS",
                f"add one there, or take `owners` out of {PLACE}",
            )  # fmt: skip
            return
        missing: dict[Owned, list[str]] = {}
        for row in rows:
            for owned in (one for path in (row.path, row.old) if path for one in owners.of(path)):
                people = self._people(owned)
                good = {one.who for one in counted.of(people) if row.path in one.files}
                if len(good) < owned.needed:
                    missing.setdefault(owned, []).append(row.path)
        for owned, paths in missing.items():
            yield self._unowned(owners, owned, sorted(set(paths)))
        if not missing:
            yield Reason(True, "owners", f"the owners of all files agree ({owners.place})")
        for problem in owners.problems:
            yield Reason(True, "owners", f"{owners.place}, {problem}: not counted")

    def _people(self, owned: Owned) -> frozenset[str]:
        return frozenset().union(*map(self.circle.meant, owned.entry.owners))

    def _unowned(self, owners: Owners, owned: Owned, paths: list[str]) -> Reason:
        names = " or ".join(owned.entry.owners)
        many = f"{owned.needed} of {names}" if owned.needed > 1 else names
        section = f" [{owned.section.name}]" if owned.section.name else ""
        text = f"{many} has to approve {_files(paths)}"
        where = f"{owners.place}:{owned.entry.number}{section}"
        if len(self._people(owned) - {self.owner}) < owned.needed:
            why = "not enough people who may approve are called so"
            return Reason(
                False, "owners", f"{text} ({where}), and {why}",
                "write e-mail addresses or names that `git naturecode team show` knows into "
                f"{owners.place}",
            )  # fmt: skip
        return Reason(
            False, "owners", f"{text} ({where})",
            f"ask for it: git naturecode review approve {self.short}",
        )  # fmt: skip

    def _resolved(self) -> Reason:
        count = len(self.review.open_threads)
        if not count:
            return Reason(True, "resolved", "no thread is open")
        many = "1 thread is" if count == 1 else f"{count} threads are"
        first = self.review.open_threads[0]
        return Reason(
            False, "resolved", f"{many} open",
            f"answer, then: git naturecode review resolve {self.short} {first.id}",
        )  # fmt: skip

    def _findings(self, least: str) -> Reason:
        severe = SEVERITIES[SEVERITIES.index(least) :]
        found = {one: self.facts.findings.get(one, 0) for one in reversed(severe)}
        said = ", ".join(f"{count} {one}" for one, count in found.items() if count)
        if not said:
            unseen = "" if self.facts.analysed else ", but no analysis has looked at this state"
            return Reason(True, "findings", f"no finding is {least} or worse{unseen}")
        hint = f"mend or dismiss them: git naturecode review show {self.short}"
        return Reason(False, "findings", f"findings are open: {said}", hint)

    def _check(self, name: str) -> Reason:
        check = self.facts.ci.get(name)
        if check and check.status == SUCCESS:
            return Reason(True, "ci", f"{name} succeeded")
        if check is None:
            text = f"{name} has said nothing of this head yet"
            return Reason(False, "ci", text, "wait for it; it is read from refs/notes/devtools/ci")
        return Reason(False, "ci", f"{name} says {check.status or 'nothing'}", check.url)

    def _strategy(self) -> Reason:
        ways = allowed(matching(self.facts), self.facts.merges)
        if ways:
            return Reason(True, "strategies", f"it may be merged by {' or '.join(ways)}")
        return Reason(
            False, "strategies", "the rules leave no way to merge it",
            f"make its history a line (git rebase), or change `strategies` and `linear` in {PLACE}",
        )  # fmt: skip

    def _names(self, addresses: Sequence[str]) -> str:
        rest = f" and {len(addresses) - _MOST} more" if len(addresses) > _MOST else ""
        return ", ".join(map(self._name, addresses[:_MOST])) + rest

    def _name(self, address: str) -> str:
        return self.circle.name(self.circle.who(address))


def _files(paths: Sequence[str]) -> str:
    rest = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + rest
