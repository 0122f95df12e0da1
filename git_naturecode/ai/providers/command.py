"""A program of the user's own as the model: the question on its stdin, the answer on its stdout."""

import codecs
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from git_naturecode.ai import processes
from git_naturecode.ai.processes import ProcessFailed
from git_naturecode.ai.providers import failures
from git_naturecode.ai.providers.asking import WORLD, Chance, Deadline, Ending, Stream, ask
from git_naturecode.ai.providers.protocol import (
    USUAL,
    Answer,
    Kind,
    Limits,
    Message,
    ProviderFailed,
)

MODEL_VARIABLE = "NATURECODE_AI_MODEL"
_KINDS: Mapping[str, Kind] = {"time": "time", "size": "too large"}


@dataclass(frozen=True)
class Command:
    """The program `argv`, started in `cwd` for each question.

    It learns the name of the model, where one was chosen, from a variable of its environment.
    """

    argv: tuple[str, ...]
    model: str = ""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str = "."
    chance: Chance = WORLD
    name: str = "command"

    def complete(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None,
        limits: Limits = USUAL, on_text: Callable[[str], None] | None = None,
    ) -> Answer:  # fmt: skip
        """See `Provider`; a program is asked once, however many tries there are."""
        asked = prompt(messages).encode("utf-8", "replace")

        def attempt(deadline: Deadline) -> Stream:
            return self._attempt(asked, limits)

        return ask(attempt, limits._replace(tries=1), on_text=on_text, chance=self.chance)

    def _attempt(self, asked: bytes, limits: Limits) -> Stream:
        environ = processes.as_the_user(self.environ)
        if self.model:
            environ[MODEL_VARIABLE] = self.model
        bounds = processes.Bounds(limits.seconds, limits.size)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        try:
            pieces = processes.talk(self.argv, asked, bounds=bounds, environ=environ, cwd=self.cwd)
            while True:
                try:
                    yield decoder.decode(next(pieces))
                except StopIteration as end:
                    ended = end.value
                    break
        except ProcessFailed as failure:
            kind = _KINDS.get(failure.why, "unknown")
            raise ProviderFailed(failure.message, kind=kind, hint=_HINT) from None
        finally:
            pieces.close()
        yield decoder.decode(b"", final=True)
        if ended.status:
            last = ended.err.strip().rpartition("\n")[2]
            why = f"ended with {ended.status}" + (f": {failures.short(last)}" if last else "")
            raise ProviderFailed(f"{self.argv[0]} {why}", hint=_HINT)
        return Ending(self.model, None, None, "stop")


_HINT = "it is set by: git config naturecode.ai.command"


def prompt(messages: Sequence[Message]) -> str:
    """`messages` as one text: what the system says, then the question, or each turn headed."""
    system = [one.text for one in messages if one.role == "system"]
    turns = [one for one in messages if one.role != "system"]
    if len(turns) == 1:
        said = [turns[0].text]
    else:
        said = [f"## {one.role}\n\n{one.text}" for one in turns]
        said += ["## assistant"] if turns else []
    return "\n\n".join([*system, *said]) + "\n"
