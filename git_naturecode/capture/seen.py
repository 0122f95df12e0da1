"""Remembering very many ids in little memory."""

from array import array

_FIRST = 1024
_WORD = (1 << 64) - 1


class Seen:
    """The ids that one reading has met: 16 to 32 bytes each, where a set of texts takes 120.

    Two ids that share 64 bits of Python's hash would count as one; with a million ids the chance
    of that is one in 30 million.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _FIRST))
        self._count = 0

    def __contains__(self, name: str) -> bool:
        value = _value(name)
        return self._slots[self._place(value)] == value

    def add(self, name: str) -> None:
        """Remember `name`."""
        value = _value(name)
        at = self._place(value)
        if self._slots[at] == value:
            return
        self._slots[at] = value
        self._count += 1
        if self._count * 2 > len(self._slots):
            self._grow()

    def _place(self, value: int) -> int:
        """Where `value` stands, or the free slot where it would (linear probing)."""
        slots, mask = self._slots, len(self._slots) - 1
        at = value & mask
        while slots[at] not in (0, value):
            at = (at + 1) & mask
        return at

    def _grow(self) -> None:
        old = self._slots
        self._slots = array("Q", bytes(16 * len(old)))
        for value in old:
            if value:
                self._slots[self._place(value)] = value


def _value(name: str) -> int:
    return hash(name) & _WORD or 1
