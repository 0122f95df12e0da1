"""Verdicts: what is to be thought of each entry, by the lines that cover it."""

import math
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple, TypeVar, cast

from git_naturecode.domain import people
from git_naturecode.domain.policy import ops, review_rights
from git_naturecode.domain.policy.facts import (
    ADOPTED,
    COPIED,
    INHERITED,
    QUARANTINED,
    UNVERIFIED,
    VERIFIED,
    VOUCHED,
    Authority,
    Reason,
    Verdict,
    same,
)
from git_naturecode.domain.policy.rights import ABOUT, Facts, objection
from git_naturecode.domain.policy.standing import EARLIER, Standing
from git_naturecode.domain.policy.standing import INHERITED as BEFORE
from git_naturecode.domain.policy.turns import PERMITS, REVIEWS, audience, turn
from git_naturecode.store.entry import Entry
from git_naturecode.store.store import TEAM, Placed

Key = tuple[str, str]
Covers = Mapping[Key, Sequence[str]]
Elsewhere = Callable[[Key], Sequence[tuple[str, str]]]
_NOTHING: Covers = {}
_RANKED = (VERIFIED, COPIED, VOUCHED, ADOPTED, INHERITED, UNVERIFIED, QUARANTINED)


class Own(NamedTuple):
    """Entries that this clone wrote and has not signed yet; they count as if it did so now."""

    device: str
    names: Container[Key]


class _Stand(NamedTuple):
    """Somebody who stands behind an entry: by which line ("": none yet), with which authority."""

    line: str
    state: str
    who: Authority


class _Word(NamedTuple):
    """What an entry is worth on one ground, and the line by which that is known.

    The `line` is None for what was there before the team, "" for what is in no line yet.
    """

    verdict: Verdict
    line: str | None


class _By(NamedTuple):
    """An entry, by which member, known by which line (see `_Word`)."""

    entry: Entry
    member: str
    line: str | None


_Said = TypeVar("_Said", _Word, _By)


def judge(
    standing: Standing, entity: str, placed: Iterable[Placed], covers: Covers,
    adopted: Covers = _NOTHING, elsewhere: Elsewhere = lambda _: (),
    inherited: Container[str] = frozenset(), own: Own | None = None,
) -> dict[Key, Verdict]:  # fmt: skip
    """The verdict about each shared entry among `placed`, all entries of `entity`, by (id, hash).

    `covers` and `adopted`: the lines that `sign`, and `adopt`, an entry of this entity;
    `elsewhere`: (entity, line) of each `sign` of an entry in other entities; `inherited`: the
    hashes in the files that `Standing.inherited` names. Private entries are nobody's business.
    """
    entries = {one.entry.key: one.entry for one in placed if one.side == TEAM}
    bench = _Bench(standing, entity, covers, adopted, elsewhere, inherited, own)
    return bench.verdicts(entries)


class _Bench:
    def __init__(
        self, standing: Standing, entity: str, covers: Covers, adopted: Covers,
        elsewhere: Elsewhere, inherited: Container[str], own: Own | None,
    ) -> None:  # fmt: skip
        self._standing = standing
        self._noun = entity.split("-")[0]
        self._covers = covers
        self._adopted = adopted
        self._elsewhere = elsewhere
        self._inherited = inherited
        self._own = own or Own("", ())
        self._stand = cache(self._find_stand)
        self._author = cache(self._find_author)
        self._writer = cache(standing.writer)
        self._entries: list[Entry] = []
        self._named: dict[str, list[Entry]] = {}
        self._said: dict[Key, list[_Word]] = {}
        self._permits: list[tuple[Entry, str | None]] = []
        self._asking: list[_By] = []
        self._asked = cache(self._find_asked)
        self._folded: dict[frozenset[Key], people.People] = {}

    def verdicts(self, entries: Mapping[Key, Entry]) -> dict[Key, Verdict]:
        """What permits is judged before what it permits, and what was seen before who saw it.

        Stamps decide that only within a line: else who writes one of before would escape.
        """
        if not self._standing.team:
            return {key: self._without_team(key) for key in entries}
        self._entries = list(entries.values())
        for entry in self._entries:
            self._named.setdefault(entry.id, []).append(entry)
        self._said = {key: [] for key in entries}
        for entry, ground in self._steps():
            word = self._word(entry, ground)
            self._said[entry.key].append(word)
            if word.verdict.counts and turn(entry) == PERMITS:
                self._permits.append((entry, word.line))
            elif word.verdict.counts and turn(entry) == REVIEWS:
                self._asking.append(_By(entry, self._sayer(entry, word), word.line))
        found = {key: self._best(key) for key in entries}
        if self._standing.mode != ops.OPEN:
            opened: dict[Key, list[_By]] = {}
            for one in self._opens:
                opened.setdefault(one.entry.key, []).append(one)
            for key, opens in opened.items():
                if all(map(self._is_preceded, opens)):
                    why = "it was opened before by somebody else"
                    found[key] = Verdict(QUARANTINED, why, opens[0].member)
        return found

    def _steps(self) -> Iterable[tuple[Entry, _Stand | _Word]]:
        """Each entry with each ground on which it may count, or one on which it does not."""
        steps: list[tuple[tuple[int, float, Any], Entry, _Stand | _Word]] = []
        for entry in self._entries:
            for ground in self._grounds(entry):
                steps.append(((turn(entry), self._depth(ground.line), entry.order), entry, ground))
        for _, entry, ground in sorted(steps, key=lambda step: step[0]):
            yield entry, ground

    def _grounds(self, entry: Entry) -> Sequence[_Stand | _Word]:
        key = entry.key
        found: list[_Stand | _Word] = [*self._behind(key), *self._adoptions(key)]
        if entry.hash in self._inherited or self._is_inherited(key):
            found.append(_Word(Verdict(INHERITED, "from before there was a team"), None))
        return found or [self._as_word(Verdict(QUARANTINED, self._why_uncovered(key)), "")]

    def _depth(self, line: str | None) -> float:
        if line is None:
            return -1
        return self._standing.depth(line) if line else math.inf

    def _best(self, key: Key) -> Verdict:
        words = self._said[key]
        return min((word.verdict for word in words), key=lambda v: _RANKED.index(v.state))

    def _find_author(self, name: str) -> str:
        """Who said the entry with this id: the member who wrote it, else who brought it in first.

        Nobody did where two have said two things under one id, or brought it in at once.
        """
        found: set[str] = set()
        for entry in self._named.get(name, ()):
            if words := self._said_of(entry):
                original = self._original(entry)
                first = self._firsts(words, lambda _: None)
                found |= {original} if original else {one.verdict.signer for one in first}
        return found.pop() if len(found) == 1 else ""

    def _said_of(self, entry: Entry) -> list[_Word]:
        """On what an entry may count, as far as that hangs on no other author."""
        found = [
            self._word(entry, one) if isinstance(one, _Word) or entry.kind not in ABOUT
            else _Word(Verdict(VERIFIED, signer=one.who.member_id), one.line)
            for one in self._grounds(entry)
        ]  # fmt: skip
        return [word for word in found if word.verdict.counts]

    def _firsts(self, said: Iterable[_Said], sort: Callable[[_Said], object]) -> list[_Said]:
        """Those of `said` before which there is no other of them of the same `sort`."""
        first: list[_Said] = []
        for one in sorted(said, key=lambda one: self._depth(one.line)):
            alike = (o for o in first if sort(o) == sort(one) and o.line != one.line)
            if not any(self._had_seen(one.line, other.line) for other in alike):
                first.append(one)
        return first

    def _had_seen(self, later: str | None, earlier: str | None) -> bool:
        """True when what is known by the line `later` was said by who knew what is by `earlier`."""
        if later is None or earlier is None:
            return later is not None
        return self._standing.seen(later, earlier) if later else bool(earlier)

    # -- one entry ------------------------------------------------------------------------------

    def _without_team(self, key: Key) -> Verdict:
        for line in self._lines(self._covers, key):
            if isinstance(self._standing.authority(line), Authority):
                return Verdict(VERIFIED)
        return Verdict(UNVERIFIED, "nobody has signed it")

    def _word(self, entry: Entry, ground: _Stand | _Word) -> _Word:
        if isinstance(ground, _Word):
            return ground
        return self._as_word(self._by(entry, ground), ground.line)

    def _as_word(self, verdict: Verdict, line: str) -> _Word:
        if not verdict.counts and self._standing.mode == ops.OPEN:
            verdict = verdict._replace(state=UNVERIFIED)
        return _Word(verdict, line)

    def _adoptions(self, key: Key) -> Iterable[_Word]:
        for line in self._lines(self._adopted, key):
            if self._standing.is_maintainer(line):
                who = cast(Authority, self._standing.authority(line))
                verdict = Verdict(ADOPTED, f"taken in by {self._label(who)}", who.member_id)
                yield _Word(verdict, line)

    def _by(self, entry: Entry, stand: _Stand) -> Verdict:
        """What an entry is worth by one who stands behind it."""
        who = stand.who
        why = objection(who, entry.kind, entry.header, self._facts(entry, stand))
        why = self._as_copied(entry, stand, why)
        if why:
            return Verdict(QUARANTINED, why, who.member_id)
        state, reason = self._name(entry, stand)
        if state == QUARANTINED:
            return Verdict(state, reason, who.member_id)
        if stand.state == EARLIER:
            return Verdict(UNVERIFIED, "signed before its device joined the team", who.member_id)
        if not stand.line:
            return Verdict(UNVERIFIED, "not signed yet: the next sync does so", who.member_id)
        return Verdict(state, reason, who.member_id)

    def _as_copied(self, entry: Entry, stand: _Stand, why: str) -> str:
        """`why`, unless it is the word of somebody who might say it, and only copied here."""
        if entry.kind not in ABOUT:
            return why
        if objection(stand.who, "message", {}, self._facts(entry, stand)):
            return why
        for _, line in self._elsewhere(entry.key):
            who = self._standing.authority(line)
            if isinstance(who, Authority) and not objection(
                who, entry.kind, entry.header, self._facts(entry, _Stand(line, "", who))
            ):
                return ""
        return why

    def _name(self, entry: Entry, stand: _Stand) -> tuple[str, str]:
        """How the name that an entry gives itself stands to who signed it."""
        said = entry.header.get("by")
        if not isinstance(said, str) or not said:
            return VERIFIED, ""
        who = stand.who
        holders = self._standing.holders(said)
        others = [m for m in sorted(holders) if m != who.member_id]
        active = [m for m in others if self._standing.members[m].state == "active"]
        if same(said) in who.emails:
            if active and self._standing.members[who.member_id].state == "active":
                return VOUCHED, "two members have this address"
            return VERIFIED, ""
        label = self._label(who)
        for member in others:
            if self._wrote(entry.key, member):
                return COPIED, f"copied by {label}"
            since = self._standing.members[member].since
            if since != stand.line and self._standing.seen(since, stand.line):
                continue  # he was nobody yet
            return QUARANTINED, f"it says it is by {said}, and {label} signed it"
        return VOUCHED, f"signed by {label}"

    def _wrote(self, key: Key, member: str) -> bool:
        """True when a device of `member` has signed the entry, here or elsewhere."""
        if any(self._writer(line) == member for line in self._lines(self._covers, key)):
            return True
        return any(self._writer(line) == member for _, line in self._elsewhere(key))

    def _original(self, entry: Entry) -> str:
        """Who has the address that the entry names, and has signed it somewhere."""
        said = entry.header.get("by")
        holders = self._standing.holders(said) if isinstance(said, str) else ()
        return next((m for m in sorted(holders) if self._wrote(entry.key, m)), "")

    # -- who stands behind it -------------------------------------------------------------------

    def _behind(self, key: Key) -> list[_Stand]:
        found = [self._stand(line) for line in self._lines(self._covers, key)]
        stands = [stand for stand in found if isinstance(stand, _Stand)]
        if key in self._own.names:
            who = self._standing.now(self._own.device)
            if isinstance(who, Authority):
                stands.append(_Stand("", "", who))
        return stands

    def _lines(self, said: Covers, key: Key) -> list[str]:
        """The lines that say something of an entry, never in the order of their arrival."""
        return sorted(said.get(key, ()))

    def _find_stand(self, line: str) -> _Stand | Reason:
        """Of a line from before the team nobody stands behind anything: nobody had a role."""
        state, who = self._standing.basis(line)
        return who if isinstance(who, Reason) else _Stand(line, state, who)

    def _is_inherited(self, key: Key) -> bool:
        return any(
            self._standing.basis(line)[0] == BEFORE for line in self._lines(self._covers, key)
        )

    def _why_uncovered(self, key: Key) -> str:
        """Why nobody stands behind an entry: what was signed there has a reason, each of it."""
        found = [self._stand(line) for line in self._lines(self._covers, key)]
        here = [self._standing.now(self._own.device)] if key in self._own.names else []
        why = cast(list[Reason], [*found, *here])
        return why[0].text if why else "no member has signed it"

    def _label(self, who: Authority) -> str:
        member = self._standing.members[who.member_id]
        return member.email or member.name or member.id

    # -- what is known about the entity ---------------------------------------------------------

    def _sayer(self, entry: Entry, word: _Word) -> str:
        """Who said it: of what is inherited, the member with the address that it names.

        Of several who have it, he who has the better right to it; else nobody.
        """
        by = entry.header.get("by")
        return word.verdict.signer or self._standing.holder(by if isinstance(by, str) else "")

    def _facts(self, entry: Entry, stand: _Stand) -> Facts:
        """What whoever stands behind `entry` had seen of who may do what here."""
        known = [one for one, line in self._permits if self._was_known(one, line, entry, stand)]
        team = audience(known)
        owner = "" if entry.kind == "open" else self._owner
        return Facts(
            owner, self._fold(known), (team,) if team else (), self._author, self._noun,
            lambda who: self._asked(stand.line, who.member_id, who.emails),
        )  # fmt: skip

    def _find_asked(self, line: str, member: str, emails: frozenset[str]) -> bool:
        """True when by what `line` had seen others want `member` to review it.

        What he says of himself is left out: else everybody could make a reviewer of himself.
        """
        others = (one for one in self._asking if one.member != member)
        said = [one.entry for one in others if self._had_seen(line, one.line)]
        return review_rights.is_asked(said, emails)

    def _was_known(self, one: Entry, line: str | None, entry: Entry, stand: _Stand) -> bool:
        if line == stand.line:
            return one.order < entry.order
        return self._had_seen(stand.line, line)

    @cached_property
    def _opens(self) -> list[_By]:
        """All who opened it, each by what his `open` is best worth, as he first said it."""
        found: list[_By] = []
        for entry in self._entries:
            if entry.kind != "open":
                continue
            best = self._best(entry.key)
            for word in self._said[entry.key]:
                if best.counts and word.verdict.state == best.state:
                    found.append(_By(entry, self._sayer(entry, word), word.line))
        return self._firsts(found, lambda one: (one.entry.key, one.member))

    @cached_property
    def _owner(self) -> str:
        """Who opened it first; nobody where two did so who had not seen each other.

        Stamps play no part: everybody writes what he likes there.
        """
        owners = {one.member for one in self._opens if not self._is_preceded(one)}
        return owners.pop() if len(owners) == 1 else ""

    def _is_preceded(self, one: _By) -> bool:
        """True when it was opened by somebody who had seen that somebody else had."""
        return any(
            other.member != one.member and self._had_seen(one.line, other.line)
            for other in self._opens
        )  # fmt: skip

    def _fold(self, known: Sequence[Entry]) -> people.People:
        by_key = {entry.key: entry for entry in known}
        names = frozenset(by_key)
        if names not in self._folded:
            entries = sorted(by_key.values(), key=lambda entry: entry.order)
            self._folded[names] = people.people("", entries)
        return self._folded[names]
