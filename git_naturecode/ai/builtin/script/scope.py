"""What the names of a script hold, block by block."""

from git_naturecode.ai.builtin.taint.values import Value, worse

_MOST_NAMES, _MOST_BLOCKS = 2_000, 300


class Scope:
    """The blocks that are open, each with its names."""

    def __init__(self) -> None:
        self._blocks: list[dict[str, Value]] = [{}]

    def open(self) -> None:
        """Begin a block."""
        self._blocks.append({})

    def close(self) -> None:
        """End the last block that was begun."""
        if len(self._blocks) > 1:
            self._blocks.pop()

    def get(self, name: str) -> Value | None:
        """The value of `name`; None for one that nothing is known of."""
        for block in reversed(self._blocks[-_MOST_BLOCKS:]):
            if name in block:
                return block[name]
        return None

    def declare(self, name: str, value: Value) -> None:
        """Let `name` be one of the innermost block."""
        if len(self._blocks[-1]) < _MOST_NAMES:
            self._blocks[-1][name] = value

    def assign(self, name: str, value: Value) -> None:
        """Let `name` hold `value` where it was declared: within a block that may be passed over,
        what is trusted less of that and what it held."""
        for depth, block in enumerate(reversed(self._blocks[-_MOST_BLOCKS:])):
            if name in block:
                block[name] = worse(block[name], value) if depth else value
                return
        self.declare(name, value)

    def clean(self, name: str, purposes: frozenset[str]) -> None:
        """Take note that the value of `name` has been looked at for `purposes`."""
        for block in reversed(self._blocks[-_MOST_BLOCKS:]):
            if name in block:
                block[name] = block[name].cleaned(purposes)
                return
