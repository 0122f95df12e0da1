"""Verdicts: what is to be thought of each entry, by the lines that cover it."""

import math
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple, cast

from git_naturecode.domain import people
from git_naturecode.domain.policy import ops
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
from git_naturecode.domain.policy.rights import Facts, objection
from git_naturecode.domain.policy.standing import EARLIER, Standing
from git_naturecode.domain.policy.standing import INHERITED as BEFORE
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


class _Opened(NamedTuple):
    """An `open`: covered by which line, by whom, and whether 0 before the team or 2 just now."""

    entry: Entry
    line: str
    owner: str
    turn: int


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
        self._entries: list[Entry] = []
        self._permits: list[tuple[Entry, str]] = []
        self._audience: list[tuple[Entry, str]] = []
        self._folded: dict[frozenset[str], people.People] = {}
        self._opens: list[_Opened] = []

    def verdicts(self, entries: Mapping[Key, Entry]) -> dict[Key, Verdict]:
        """What permits is judged before what it permits, and what was seen before who saw it.

        Stamps decide that only within a line: else who writes one of before would escape.
        """
        if not self._standing.team:
            return {key: self._without_team(key) for key in entries}
        self._entries = list(entries.values())
        found: dict[Key, Verdict] = {}
        said: dict[Key, list[Verdict]] = {key: [] for key in entries}
        for entry, stand, is_last in self._steps():
            key = entry.key
            known = any(verdict.counts for verdict in said[key])
            if stand is not None:
                said[key].append(self._by(entry, stand))
                if said[key][-1].counts and not known and entry.kind != "open":
                    self._note(entry, stand.line)
                    known = True
            if is_last:
                verdict = found[key] = self._verdict(entry, said[key])
                if verdict.counts and not known and entry.kind != "open":
                    self._note(entry, self._first(key))
                elif verdict.counts and entry.kind == "open":
                    self._opens.append(self._opened(entry, self._first(key), verdict))
        if self._standing.mode != ops.OPEN:
            for one in self._opens:
                before = next((o for o in self._opens if self._precedes(o, one)), None)
                if before is not None:
                    why = "it was opened before by somebody else"
                    found[one.entry.key] = Verdict(QUARANTINED, why, one.owner)
        return found

    def _steps(self) -> Iterable[tuple[Entry, _Stand | None, bool]]:
        """Each entry with each who stands behind it, and whether that is the last for it."""
        steps: list[tuple[tuple[int, float, Any], Entry, _Stand | None]] = []
        left: Counter[Key] = Counter()
        for entry in self._entries:
            stands: list[_Stand | None] = [*self._behind(entry.key)]
            for stand in stands or [None]:
                depth = -1 if stand is None else self._depth(stand)
                steps.append(((_turn(entry), depth, entry.order), entry, stand))
                left[entry.key] += 1
        for _, entry, who in sorted(steps, key=lambda step: step[0]):
            left[entry.key] -= 1
            yield entry, who, not left[entry.key]

    def _depth(self, stand: _Stand) -> float:
        return self._standing.depth(stand.line) if stand.line else math.inf

    def _find_author(self, name: str) -> str:
        """Who said the entry with this id: the member who wrote it, not who copied it."""
        found = {
            self._original(entry)
            or next((stand.who.member_id for stand in self._behind(entry.key)), "")
            for entry in self._entries if entry.id == name
        }  # fmt: skip
        # Two contents under one id, and not by one person, are nobody's.
        return found.pop() if len(found) == 1 else ""

    # -- one entry ------------------------------------------------------------------------------

    def _without_team(self, key: Key) -> Verdict:
        for line in self._lines(self._covers, key):
            if isinstance(self._standing.authority(line), Authority):
                return Verdict(VERIFIED)
        return Verdict(UNVERIFIED, "nobody has signed it")

    def _verdict(self, entry: Entry, said: Sequence[Verdict]) -> Verdict:
        found = self._enforced(entry, said)
        if found.counts or self._standing.mode == ops.ENFORCED:
            return found
        return found._replace(state=UNVERIFIED)

    def _enforced(self, entry: Entry, found: Sequence[Verdict]) -> Verdict:
        key = entry.key
        best = min(found, key=lambda v: _RANKED.index(v.state), default=None)
        if best is not None and best.counts:
            return best
        for line in self._lines(self._adopted, key):
            who = self._standing.authority(line)
            if isinstance(who, Authority) and self._standing.is_maintainer(line):
                return Verdict(ADOPTED, f"taken in by {self._label(who)}", who.member_id)
        if entry.hash in self._inherited or self._is_inherited(key):
            return Verdict(INHERITED, "from before there was a team")
        return best or Verdict(QUARANTINED, self._why_uncovered(key))

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
        if entry.kind not in ("edit", "redact"):
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
        if any(self._signer(line) == member for line in self._lines(self._covers, key)):
            return True
        return any(self._signer(line) == member for _, line in self._elsewhere(key))

    def _original(self, entry: Entry) -> str:
        """Who has the address that the entry names, and has signed it somewhere."""
        said = entry.header.get("by")
        holders = self._standing.holders(said) if isinstance(said, str) else ()
        return next((m for m in sorted(holders) if self._wrote(entry.key, m)), "")

    def _signer(self, line: str) -> str:
        _, who = self._standing.basis(line)
        return who.member_id if isinstance(who, Authority) else ""

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
        state, who = self._standing.basis(line)
        if isinstance(who, Reason):
            return who
        if state == BEFORE:
            return Reason("before-team", "from before there was a team")
        return _Stand(line, state, who)

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

    def _note(self, entry: Entry, line: str) -> None:
        """Remember what a later entry has to be judged by, known to who has seen the `line`."""
        if _turn(entry) == 1:
            self._permits.append((entry, line))
        elif _turn(entry) == 2:
            self._audience.append((entry, line))

    def _first(self, key: Key) -> str:
        """The line of who stands behind an entry; "" where it is not signed, or by nobody."""
        return next((stand.line for stand in self._behind(key)), "")

    def _holder(self, address: str) -> str:
        """Whose an inherited thing is: of the member with the address that it names."""
        holders = sorted(self._standing.holders(address))
        return holders[0] if len(holders) == 1 else address

    def _facts(self, entry: Entry, stand: _Stand) -> Facts:
        around = self._fold(self._known(self._permits, entry, stand))
        audience = _last(self._known(self._audience, entry, stand))
        owner = "" if entry.kind == "open" else self._owner
        return Facts(
            owner, around, (audience,) if audience else (),
            self._author, self._noun,
        )  # fmt: skip

    def _known(self, said: Sequence[tuple[Entry, str]], entry: Entry, stand: _Stand) -> list[Entry]:
        """Those of `said` that whoever stands behind `entry` had seen."""
        return [
            one for one, line in said
            if not stand.line or not line or (
                self._standing.seen(stand.line, line)
                and (line != stand.line or one.order < entry.order)
            )
        ]  # fmt: skip

    def _opened(self, entry: Entry, line: str, verdict: Verdict) -> _Opened:
        said = entry.header.get("by")
        owner = verdict.signer or self._holder(said if isinstance(said, str) else "")
        turn = 1 if line else 0 if verdict.state == INHERITED else 2
        return _Opened(entry, line, owner, turn)

    @cached_property
    def _owner(self) -> str:
        """Who opened it first; nobody where two did so who had not seen each other.

        Stamps play no part: everybody writes what he likes there.
        """
        owners = {
            one.owner for one in self._opens
            if not any(self._precedes(other, one) for other in self._opens)
        }  # fmt: skip
        return owners.pop() if len(owners) == 1 else ""

    def _precedes(self, a: _Opened, b: _Opened) -> bool:
        """True when `b` was opened by somebody else who had seen `a`."""
        if a.owner == b.owner:
            return False
        return a.turn < b.turn or (a.turn == b.turn and self._standing.seen(b.line, a.line))

    def _fold(self, known: Sequence[Entry]) -> people.People:
        names = frozenset(entry.id for entry in known)
        if names not in self._folded:
            entries = sorted(known, key=lambda entry: entry.order)
            self._folded[names] = people.people("", entries)
        return self._folded[names]


def _turn(entry: Entry) -> int:
    """What other entries are judged by comes first: 0 who opened it, 1 who may do what there."""
    if entry.kind == "open":
        return 0
    field = entry.header.get("field")
    permits = entry.kind == "set" and isinstance(field, str) and field.startswith(people.FIELD)
    if entry.kind == "invite" or permits:
        return 1
    return 2 if entry.kind == "set" and field == "team" else 3


def _last(entries: Sequence[Entry]) -> str:
    from git_naturecode.domain import fold

    value = fold.register(entries, "team")
    return value if isinstance(value, str) else ""
