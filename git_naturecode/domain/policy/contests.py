"""Who keeps the seat when its codes were used more than once: whom somebody entitled has seen."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from git_naturecode.domain.policy import roles
from git_naturecode.domain.policy.facts import Rights
from git_naturecode.domain.policy.people import People
from git_naturecode.domain.policy.persons import INVITES, Person
from git_naturecode.domain.policy.registers import Seniority

USED = "the invitation was used already"
TWICE = "the invitation was used twice at once: invite anew"
OVER = "the invitation was taken back, or another one given instead"
Grade = tuple[bool, Seniority]
"""Whose word goes before whose: an admin's before others', then the senior's."""


class Use(NamedTuple):
    """A join with a code that is good: its line, the code's key, which line first gave this code.

    `who` is the same in uses by one person: the member keys that the devices have shown.
    """

    number: int
    code: str
    issued: int
    who: Hashable


class Decision(NamedTuple):
    """Which uses of the codes of one seat count.

    `why` tells of each, by the number of its line, why it does not ("": it does). Nobody can join
    with the codes `spent` any more. A line that has seen something of the first of `watched` and
    nothing of the second may change this.
    """

    why: Mapping[int, str]
    spent: frozenset[str] = frozenset()
    watched: tuple[tuple[int, int], ...] = ()


class Contest:
    """All uses of the codes of one seat."""

    def __init__(self, people: People, person: Person, uses: Sequence[Use]) -> None:
        self._people = people
        self._graph = people.graph
        self._person = person
        self._uses = uses
        self._all = _mask(uses)
        self._watched: list[tuple[int, int]] = []

    def decide(self) -> Decision:
        """Which of the uses count.

        Codes whose authors had seen the same uses are one invitation: only one person comes by
        them. Who was given another code because he was seen to have used the first is no rival.
        """
        why: dict[int, str] = {}
        spent: set[str] = set()
        for seen, uses in self._invitations().items():
            found = self._settle(uses)
            why |= found
            if any(text != OVER for text in found.values()):
                codes = self._people.issued(self._person, -1).items()
                spent |= {code for code, number in codes if self._base(number) == seen}
        return Decision(why, frozenset(spent), tuple(self._watched))

    def _base(self, issued: int) -> int:
        return self._graph.past[issued] & self._all

    def _invitations(self) -> dict[int, list[Use]]:
        found: dict[int, list[Use]] = {}
        for use in self._uses:
            found.setdefault(self._base(use.issued), []).append(use)
        return found

    def _settle(self, uses: Sequence[Use]) -> dict[int, str]:
        """Of each of the uses of one invitation why it does not count."""
        over = self._over(uses)
        why = {use.number: OVER for use in over}
        uses = [use for use in uses if use not in over]
        groups, everything, past = _groups(uses), _mask(uses), self._graph.past
        first = [u for u in uses if not past[u.number] & everything & ~groups[u.who]]
        winner = self._winner(_groups(first))
        for use in uses:
            if use not in first or (winner and use.who not in winner):
                why[use.number] = USED
            else:
                why[use.number] = "" if winner else TWICE
        return why

    def _winner(self, groups: Mapping[Hashable, int]) -> Collection[Hashable]:
        """The one of `groups` that counts; none where nobody entitled has seen just that."""
        if len(groups) < 2:
            return groups
        best: dict[Hashable, Grade] = {}
        for who, grade, _ in self._witnesses(groups):
            best[who] = min(grade, best.get(who, grade))
        first = min(best.values(), default=None)
        found = [who for who, grade in best.items() if grade == first]
        return found if len(found) == 1 else []

    def _over(self, uses: Sequence[Use]) -> list[Use]:
        """Uses that came when the code was called back by somebody who had not seen them.

        They count all the same where somebody entitled, at least as senior, had seen them.
        """
        groups = _groups(uses)
        ends = {who: self._ends([u for u in uses if u.who == who]) for who in groups}
        if not any(ends.values()):
            return []
        by = {who: min(found.values()) for who, found in ends.items() if found}
        for who, grade, seen in self._witnesses(groups):
            if who in by and grade <= by[who] and not any(seen >> n & 1 for n in ends[who]):
                del by[who]
        return [use for use in uses if use.who in by]

    def _ends(self, uses: Sequence[Use]) -> dict[int, Grade]:
        """The lines that take back the codes of `uses`, which they had not seen; whose they are."""
        past, used = self._graph.past, _mask(uses)
        found: dict[int, Grade] = {}
        codes = {use.code for use in uses}
        for number, code in self._people.ends(self._person).items():
            is_later = all(past[number] >> use.issued & 1 for use in uses)
            if is_later and not past[number] & used and code not in codes:
                grade = self._grade(self._graph.governing[number], Rights(roles.NONE, frozenset()))
                if grade is not None:
                    found[number] = grade
        return found

    def _witnesses(self, groups: Mapping[Hashable, int]) -> Iterable[tuple[Hashable, Grade, int]]:
        """Each line by somebody entitled that has seen uses of one of `groups` alone.

        Of lines of a device that have seen the same the first is the last to be taken from it.
        """
        everything = sum(groups.values())
        whose = {bit: who for who, mask in groups.items() for bit in _bits(mask)}
        self._watched += [(mask, everything & ~mask) for mask in groups.values()]
        seat = self._seat(everything)
        graph = self._graph
        for place in (place for runs in graph.runs.values() for place in runs):
            found = graph.seen[place] & everything
            if not found:
                continue
            who = whose[found.bit_length() - 1]
            if found & ~groups[who] or not self._people.is_ours(place):
                continue
            grade = self._grade(place, seat)
            if grade is not None:
                yield who, grade, graph.seen[place]

    def _seat(self, uses: int) -> Rights:
        """What the seat was worth for those who had not seen any of the lines `uses`."""
        before = sum(1 << n for n, seen in enumerate(self._graph.past) if not seen & uses)
        return self._people.rights(self._person.ref, before)

    def _grade(self, place: int, seat: Rights) -> Grade | None:
        """How much the line `place` says about the seat: None when nothing.

        It counts, and is by somebody who was there before the seat and could have given it.
        """
        binding, rights, reason = self._people.standing(place)
        if reason is not None:
            return None
        who = self._people.persons[binding.person]
        is_admin = rights.role == roles.ADMIN and "team:edit" in rights.permissions
        rank = min(INVITES, roles.RANK[rights.role])
        plain = roles.permissions(seat.role)
        gives = "team:invite" in rights.permissions and roles.RANK[seat.role] <= rank
        may = is_admin or (gives and seat.permissions <= plain)
        return (not is_admin, who.order) if may and who.order < self._person.order else None


def _mask(uses: Iterable[Use]) -> int:
    return sum(1 << use.number for use in uses)


def _groups(uses: Iterable[Use]) -> dict[Hashable, int]:
    found: dict[Hashable, int] = {}
    for use in uses:
        found[use.who] = found.get(use.who, 0) | 1 << use.number
    return found


def _bits(mask: int) -> Iterable[int]:
    while mask:
        top = mask.bit_length() - 1
        mask ^= 1 << top
        yield top
