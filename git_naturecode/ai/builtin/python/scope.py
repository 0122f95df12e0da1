"""What the names of a Python function hold at one point of it."""

from collections.abc import Iterable

from git_naturecode.ai.builtin.taint.values import Value, worse

_MOST_NAMES = 2_000


class Scope:
    """Names, also dotted ones such as `self.path`, with what is known of their values."""

    def __init__(self, names: "dict[str, Value] | None" = None) -> None:
        self._names = dict(names or {})

    def get(self, name: str) -> Value | None:
        """The value of `name`; None for one that was not set here."""
        return self._names.get(name)

    def set(self, name: str, value: Value) -> None:
        """Let `name` hold `value`; what was known of its attributes is forgotten."""
        if len(self._names) < _MOST_NAMES or name in self._names:
            self._names[name] = value

    def clean(self, names: Iterable[str], purposes: Iterable[str]) -> None:
        """Take note that the values of `names` have been looked at for `purposes`."""
        for name in names:
            known = self._names.get(name)
            if known is not None:
                self._names[name] = known.cleaned(purposes)

    def copy(self) -> "Scope":
        """The same names, to go another way with."""
        return Scope(self._names)

    def merge(self, other: "Scope") -> None:
        """Let each name hold the less trusted of what it holds here and in `other`."""
        for name, value in other._names.items():
            mine = self._names.get(name)
            self.set(name, value if mine is None else worse(mine, value))
