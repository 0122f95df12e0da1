"""Ids for what its source gives none: from what it says, and how often that came before."""

from collections.abc import Callable

from ..ids import digest32


class Names:
    """The names that one reading has given; the same in every reading of the same conversation."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        self._clean = clean
        self._count: dict[str, int] = {}

    def of(self, *parts: str) -> str:
        """A name for what says `parts`; what is redacted of them has no influence on it."""
        name = digest32(map(self._clean, parts), 20)
        self._count[name] = self._count.get(name, 0) + 1
        return f"{name}/{self._count[name]}"
