"""What was asked of models about one session or review, and what it took: a file of this clone.

`.git/naturecode/ai/<id>.jsonl`, never shared: a line before each question with the estimate, and
one after it with what it took. A question without a second line may have taken all of it.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import Any

from git_naturecode import clock, ids
from git_naturecode.ai.budget import Spent
from git_naturecode.errors import NaturecodeError
from git_naturecode.store.lock import hold

FOLDER = "ai"
_NAME_BYTES = 6
_WAIT = 10.0


class Ledger:
    """The ledger of `entity`, below `state_dir`, the folder of this clone's own files."""

    def __init__(
        self, state_dir: str, entity: str, now_ms: clock.NowMs, random: ids.RandomBytes
    ) -> None:
        self.path = os.path.join(state_dir, FOLDER, f"{entity}.jsonl")
        self._now_ms, self._random = now_ms, random

    def spent(self) -> Spent:
        """All that was spent so far; of what was asked and never settled, the estimate."""
        found: dict[str, Spent] = {}
        for line in self.lines():
            found[str(line.get("id"))] = _spent(line)
        whole = Spent()
        for one in found.values():
            whole = whole.plus(one)
        return whole

    def reserve(self, label: str, expected: Spent, check: Callable[[Spent], None]) -> str:
        """See `Book`; raises what `check` does, and NaturecodeError where others do not let go."""
        name = self._random(_NAME_BYTES).hex()
        with self._held():
            check(self.spent())
            self._write({"id": name, "asked": label, "estimated": True, **_told(expected)})
        return name

    def settle(self, name: str, actual: Spent, finish: str, *, estimated: bool) -> None:
        """Note what it took."""
        with self._held():
            self._write({"id": name, "finish": finish, "estimated": estimated, **_told(actual)})

    def lines(self) -> Iterator[dict[str, Any]]:
        """Each line; what a crash has left of one is passed over."""
        try:
            with open(self.path, encoding="utf-8", errors="replace") as file:
                for text in file:
                    try:
                        line = json.loads(text)
                    except ValueError:
                        continue
                    if isinstance(line, dict):
                        yield line
        except FileNotFoundError:
            return

    @contextmanager
    def _held(self) -> Iterator[None]:
        with hold(self.path + ".lock", _WAIT) as held:
            if not held:
                raise NaturecodeError(
                    f"others hold {self.path}.lock", "run it again when they have ended"
                )
            yield

    def _write(self, told: Mapping[str, Any]) -> None:
        line = json.dumps({"at": clock.iso(self._now_ms()), **told}, sort_keys=True) + "\n"
        opened = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            size = os.fstat(opened).st_size
            torn = bool(size) and os.pread(opened, 1, size - 1) != b"\n"
            os.write(opened, ("\n" * torn + line).encode())
        finally:
            os.close(opened)


def _told(spent: Spent) -> dict[str, Any]:
    cost = None if spent.cost is None else str(spent.cost)
    return {"tokensIn": spent.tokens_in, "tokensOut": spent.tokens_out, "cost": cost}


def _spent(line: Mapping[str, Any]) -> Spent:
    tokens = [line.get(name) for name in ("tokensIn", "tokensOut")]
    counts = [one if isinstance(one, int) and one >= 0 else 0 for one in tokens]
    try:
        cost = None if line.get("cost") is None else Decimal(str(line["cost"]))
    except InvalidOperation:
        cost = None
    return Spent(counts[0], counts[1], cost)
