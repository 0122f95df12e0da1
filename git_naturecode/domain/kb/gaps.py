"""Which items of two sequences are the same, in a time that no text can stretch."""

from collections.abc import Sequence

from git_naturecode.domain.matching import Block, matching

_MOST_APART = 400  # items that differ between two places where lines that stand once are equal
_MOST_LETTERS = 800_000  # that are looked at word by word in one effort
_EACH = 100  # letters that a line costs at least
_MOST_STEPS = 500_000  # of one effort: about a third of a second


def matching_within(
    old: Sequence[str], new: Sequence[str], effort: "Effort | None" = None
) -> list[Block]:
    """The blocks of equal items of `old` and `new`, in order, none overlapping.

    Items that stand once in both lead; between them the shortest way from one to the other is
    taken (E. Myers, An O(ND) Difference Algorithm, 1986), as long as it is short. A way that is too
    long is none: then the whole gap counts as changed. Many pairs may share one `effort`.

    The answer depends on nothing but the items: all clones merge with it, and have to come to the
    same; so a library, of which each has another version, is no choice here.
    """
    return matching(old, new, (effort or Effort()).blocks, says)


def says(item: str) -> bool:
    """True where `item` holds a letter or a digit: blank lines and braces are equal by chance."""
    return any(map(str.isalnum, item))


class Effort:
    """Shortest ways between pieces of texts, all of them together in a bounded time."""

    def __init__(self) -> None:
        self.left = _MOST_STEPS
        self.letters = _MOST_LETTERS

    def takes(self, *texts: str) -> bool:
        """True while there is time left to look at `texts` word by word."""
        self.letters -= sum(map(len, texts)) + _EACH
        return self.letters >= 0

    def blocks(self, old: Sequence[str], new: Sequence[str]) -> list[Block]:
        """The equal items on the shortest way from `old` to `new`; none if that is too long."""
        trace = self._trace(old, new)
        found: list[Block] = []
        x, y = len(old), len(new)
        for apart in range(len(trace) - 1, -1, -1):
            ends, k = trace[apart], x - y
            if k == -apart or (k != apart and _at(ends, k - 1, apart) < _at(ends, k + 1, apart)):
                before = k + 1
            else:
                before = k - 1
            start = _at(ends, before, apart)
            came = start if before > k else start + 1
            if apart == 0:
                came = 0
            if x > came:
                found.append((came, came - k, x - came))
            x, y = start, start - before
        return found[::-1]

    def _trace(self, old: Sequence[str], new: Sequence[str]) -> list[list[int]]:
        """How far each diagonal was reached before each step; empty if the end was not."""
        n, m = len(old), len(new)
        most = min(n + m, _MOST_APART)
        ends = [0] * (2 * most + 3)
        middle = most + 1
        trace: list[list[int]] = []
        for apart in range(most + 1):
            trace.append(ends[middle - apart - 1 : middle + apart + 2])
            for k in range(-apart, apart + 1, 2):
                if k == -apart or (k != apart and ends[middle + k - 1] < ends[middle + k + 1]):
                    x = ends[middle + k + 1]
                else:
                    x = ends[middle + k - 1] + 1
                y = x - k
                began = x
                while x < n and y < m and old[x] == new[y]:
                    x += 1
                    y += 1
                ends[middle + k] = x
                self.left -= 1 + x - began
                if x >= n and y >= m:
                    return trace
            if self.left < 0:
                break
        return []


def _at(ends: Sequence[int], k: int, apart: int) -> int:
    return ends[k + apart + 1]
