"""How much may be looked at in one file: texts can be made so that each call costs a lot."""

TOO_MUCH = "more in it than is looked at in one file"
_PARTS = 150_000


class Spent(Exception):
    """No more of this file is looked at."""


class Budget:
    """Counts the parts of values that rules look at, whatever the machine does meanwhile."""

    def __init__(self, parts: int = _PARTS) -> None:
        self._left = parts

    def take(self, parts: int) -> None:
        """Take note that so many are looked at; raises Spent when that was the last."""
        self._left -= parts
        if self._left < 0:
            raise Spent
