"""Registers: what was said last about one thing, in what somebody had seen."""

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
Seniority = tuple[int, str, int]
"""How many governing lines were seen by who added somebody, his line, which operation: no stamp."""
Ref = tuple[int, int]
"""A person: the governing line and the operation that added him."""


class Said(NamedTuple, Generic[T]):
    """A value, and the governing line and operation that say it."""

    number: int
    op: int
    value: T


class Register(Generic[T]):
    """Every value that was rightly said about one thing.

    Of two of which one had seen the other the later holds; of concurrent ones all do. In one line
    the last operation does.
    """

    def __init__(self) -> None:
        self.mask = 0
        self._said: dict[int, Said[T]] = {}

    def add(self, number: int, op: int, value: T) -> None:
        """The operation `op` of governing line `number` says `value`."""
        self.mask |= 1 << number
        self._said[number] = Said(number, op, value)

    def live(self, past: Sequence[int], seen: int) -> list[Said[T]]:
        """What holds for who has seen the lines in `seen`, the newest first.

        `past` gives for each governing line what it had seen.
        """
        rest = self.mask & seen
        found = []
        while rest:
            top = rest.bit_length() - 1
            found.append(self._said[top])
            rest &= ~(past[top] | 1 << top)
        return found

    def all(self, seen: int) -> list[Said[T]]:
        """Everything that was said, for who has seen the lines in `seen`."""
        return [said for number, said in self._said.items() if seen >> number & 1]


class Claim(NamedTuple):
    """Something (a key, a device) is said to be of `person`; of several claims the lowest holds.

    `level`: 0 proven by who claims, 1 said by an admin, 2 by a maintainer, 3 of himself. `signer`
    is the seniority of who says it: nobody takes from a senior by not having looked.
    """

    level: int
    signer: Seniority
    order: tuple[int, str]
    op: int
    number: int
    person: Ref
    value: str = ""


class Claims:
    """Who claims each of many things."""

    def __init__(self, past: Sequence[int]) -> None:
        self._past = past
        self._claims: dict[str, list[Claim]] = {}
        self._first: dict[tuple[str, Ref, int, Seniority, str], int] = {}

    def add(self, thing: str, claim: Claim) -> None:
        """Take in a claim, unless its line had seen the very same claim before."""
        key = (thing, claim.person, claim.level, claim.signer, claim.value)
        first = self._first.setdefault(key, claim.number)
        if not self._past[claim.number] >> first & 1:
            self._claims.setdefault(thing, []).append(claim)

    def holder(self, thing: str, seen: int) -> Claim | None:
        """Whose `thing` is, for who has seen the lines in `seen`."""
        return min(
            (claim for claim in self._claims.get(thing, ()) if seen >> claim.number & 1),
            default=None,
        )

    def others(self, thing: str, seen: int, person: Ref | None) -> list[Ref]:
        """Who else than `person` claims `thing`, for who has seen the lines in `seen`."""
        found = sorted(self._claims.get(thing, ()))
        return [c.person for c in found if c.person != person and seen >> c.number & 1]

    def every(self, thing: str) -> list[Claim]:
        """All claims on `thing`, the one that holds first."""
        return sorted(self._claims.get(thing, ()))

    def things(self) -> list[str]:
        """Everything that somebody claims."""
        return sorted(self._claims)
