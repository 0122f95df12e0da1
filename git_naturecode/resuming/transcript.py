"""What a transcript is made of, and what each tool has to tell about its own."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from git_naturecode import clock, ids
from git_naturecode.domain import continued
from git_naturecode.errors import Usage
from git_naturecode.resuming.conversation import Conversation, Step
from git_naturecode.store.entry import Json

Record = dict[str, Json]


@dataclass(frozen=True)
class Where:
    """Where an agent shall go on: in which work tree and branch, for whom, and when (ms)."""

    work_tree: str
    branch: str
    environ: Mapping[str, str]
    now_ms: int

    def home(self, variable: str, *below: str) -> str:
        """What is `below` the home folder; without one raises Usage, which names `variable`."""
        home = self.environ.get("HOME", "")
        if not home:
            raise Usage(
                "HOME is not set, so that nobody can say where the transcript belongs",
                f"set HOME or {variable}, or use --print",
            )
        return "/".join((home.rstrip("/"), *below))

    @property
    def now(self) -> str:
        """The time as ISO text."""
        return clock.iso(self.now_ms)


class Format(Protocol):
    """How one tool keeps its conversations: a module of this room."""

    TOOL: str
    NAME: str

    def name(self, seed: bytes, conversation: Conversation) -> str:
        """The id of the new conversation, made of `seed`."""
        ...

    def base(self, where: Where) -> str:
        """The folder of the tool; raises Usage when nobody can say where that is."""
        ...

    def there(self, base: str, where: Where, name: str) -> str:
        """The path of conversation `name` where it is there already, else ""."""
        ...

    def path(self, base: str, where: Where, name: str) -> str:
        """Where conversation `name` belongs; raises Negative when only the tool can say that."""
        ...

    def records(self, conversation: Conversation, where: Where, name: str) -> Iterator[Record]:
        """The lines of its transcript."""
        ...

    def command(self, name: str) -> list[str]:
        """The words of the command that goes on with it."""
        ...


def seed(tool: str, where: Where, conversation: Conversation) -> bytes:
    """32 bytes that are the same for the same state, and others as soon as any text is."""
    told = json.dumps([_facts(step) for step in conversation.steps], sort_keys=True)
    return ids.digest((tool, where.work_tree, conversation.session, told))


def _facts(step: Step) -> list[Json]:
    call = step.call
    facts: list[Json] = [step.entry, step.role, step.time, step.text, step.model, step.meta]
    return facts + ([call.name, call.input, call.output, call.ok] if call else [])


def text(records: Iterable[Record]) -> bytes:
    """`records` as lines of JSON that every reader takes: half a UTF-16 character is U+FFFD."""
    return b"".join(
        json.dumps(one, ensure_ascii=False, separators=(",", ":"))
        .encode("utf-16-le", "surrogatepass")
        .decode("utf-16-le", "replace")
        .encode()
        + b"\n"
        for one in records
    )


def copied(conversation: Conversation, step: Step) -> Record:
    """The mark of the line that tells `step`, by which an import knows that it is a copy."""
    origin = continued.Copied(conversation.session, step.entry)
    return {continued.MARK: continued.mark(origin)}


class Names:
    """Ids for the lines of one transcript, each the next one, made of its seed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0

    def next(self, what: str) -> bytes:
        """32 more bytes."""
        self._count += 1
        return ids.digest((self._name, what, str(self._count)))

    def uuid(self) -> str:
        """The next UUID."""
        return uuid(self.next("uuid"))

    def call(self, before: str) -> str:
        """The next id of a tool call, which begins with `before`."""
        return before + self.next("call").hex()[:24]


def uuid(data: bytes, ms: int | None = None) -> str:
    """A UUID (RFC 9562) of random-looking `data`: version 4, or 7 with the time `ms`."""
    if ms is None:
        value = int.from_bytes(data[:16]) & ~(0xF << 76) | 4 << 76
    else:
        value = (ms & (1 << 48) - 1) << 80 | int.from_bytes(data[:10]) & ~(0xF << 76) | 7 << 76
    value = value & ~(3 << 62) | 2 << 62
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
