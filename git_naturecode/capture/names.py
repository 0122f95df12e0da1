"""Ids for what its source gives none: from when and where it was said, not from what was said.

An id stays where a text was purged. A hash of the text in it would let anybody test guesses of it.
"""

from collections.abc import Callable

from ..ids import digest32


class Ordinals:
    """Ids for pieces that have none: what is told of them, and the how many-th such it is.

    Every piece of the source has to be counted, also one that is not kept.
    """

    def __init__(self) -> None:
        self._count: dict[str, int] = {}

    def of(self, *parts: str) -> str:
        """The id of one more piece of which `parts` are told."""
        name = "/".join(parts)
        self._count[name] = self._count.get(name, 0) + 1
        return f"{name}/{self._count[name]}"


class Texts:
    """Names by what is said and the how many-th such it is, for sources that tell nothing else:
    those that are written anew as a whole, without times."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        self._clean = clean
        self._count: dict[str, int] = {}

    def of(self, *parts: str) -> str:
        """A name for what says `parts`; what is redacted of them has no influence on it."""
        name = digest32(map(self._clean, parts), 20)
        self._count[name] = self._count.get(name, 0) + 1
        return f"{name}/{self._count[name]}"
