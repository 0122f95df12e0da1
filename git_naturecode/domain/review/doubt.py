"""Which lines that a difference keeps might as well be other lines with the same text."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from git_naturecode.domain.matching import Block

_WORD = re.compile(r"\w")


def doubtful(
    kept: Sequence[Block], old: Sequence[str], new: Sequence[str],
    often: Callable[[str], bool] | None = None,
) -> Iterator[int]:  # fmt: skip
    """The numbers (from 0) of the lines of `old` in the blocks `kept` that are in doubt.

    A line that stands once in both texts, and is more than brackets, is sure, and so is all that a
    block keeps between two such lines, or between one and the beginning or end of the texts. At the
    edge of a block a line is in doubt when its text is in what was changed there as well, since
    a difference could have kept that one in its place; without any sure line the block is.
    `often` tells that a text stands more than once in what these texts are part of.
    """
    olds, news = Counter(old), Counter(new)

    def is_sure(line: str) -> bool:
        once = olds[line] == news[line] == 1
        return once and bool(_WORD.search(line)) and not (often and often(line))

    blocks = [(0, 0, 0)]
    surely: list[list[int]] = [[]]
    for i, j, n in kept:
        sure = [k for k in range(i, i + n) if is_sure(old[k])]
        if sure or (i, j) == (0, 0) or (i + n, j + n) == (len(old), len(new)):
            blocks.append((i, j, n))
            surely.append(sure)
        else:  # what stands among changes is one more of them
            yield from range(i, i + n)
    blocks.append((len(old), len(new), 0))
    for before, (i, j, n), after, sure in zip(
        blocks, blocks[1:], blocks[2:], surely[1:], strict=False
    ):
        above, below = _changed(before, (i, j, n), old, new), _changed((i, j, n), after, old, new)
        low, high = (sure[0], sure[-1]) if sure else (i + n, i - 1)
        top = list(_edge(range(i, low), above, old))
        yield from top
        yield from _edge(range(i + n - 1, max(high, i + len(top) - 1), -1), below, old)


def _edge(lines: range, changed: frozenset[str], old: Sequence[str]) -> Iterator[int]:
    for k in lines:
        if old[k] not in changed:
            break
        yield k


def _changed(one: Block, other: Block, old: Sequence[str], new: Sequence[str]) -> frozenset[str]:
    """The texts of the lines between two blocks, of both sides."""
    lost, come = old[one[0] + one[2] : other[0]], new[one[1] + one[2] : other[1]]
    return frozenset((*lost, *come))
