"""What of a session is given back to an agent, whatever tool that is: a list of steps."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from git_naturecode import clock
from git_naturecode.domain.said import Message
from git_naturecode.domain.session import Session
from git_naturecode.errors import Negative
from git_naturecode.resuming.inputs import parts
from git_naturecode.store.entry import Json

REDACTED, PURGED = "[redacted]", "[purged]"
NO_RESULT = "[no result of this call is known]"
FAILED = "[this call failed; no output of it was kept]"
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST_NAME = 64
_MOST_ORIGINS = 100  # of which each goes on from the next
_SPOKEN = ("user", "assistant", "system")


@dataclass(frozen=True)
class Call:
    """A tool call: the tool, its input as far as it was kept, what came of it."""

    name: str
    input: dict[str, Json]
    output: str
    ok: bool


@dataclass(frozen=True)
class Step:
    """One message: by whom (user, assistant, system, tool), when, what; `entry` is "" for ours."""

    entry: str
    role: str
    time: str
    text: str = ""
    model: str = ""
    meta: bool = False
    call: Call | None = None


@dataclass
class Conversation:
    """The steps of a session as far as they are given back, and what is not.

    `last` is the last message that they hold; `authors` the addresses of those who wrote them.
    """

    session: str
    name: str
    steps: list[Step]
    last: str
    authors: list[str] = field(default_factory=list)
    earlier: int = 0
    side: int = 0
    remarks: int = 0

    @property
    def calls(self) -> int:
        """How many of the steps are tool calls."""
        return sum(step.call is not None for step in self.steps)

    @property
    def texts(self) -> int:
        """How many of the steps are messages of the session."""
        return sum(bool(step.entry) and step.call is None for step in self.steps)

    @property
    def characters(self) -> int:
        """How long all texts are together."""
        return sum(map(_length, self.steps))


def begun(session: Session, read: Callable[[str], Session]) -> list[Message]:
    """What was said before `session` where it goes on from others without a copy of what they say.

    `read` gives a session by its id; of one that is deleted or not here nothing is there.
    """
    found: list[Message] = []
    seen = {session.id}
    while session.forked and session.forked.session not in seen and len(seen) < _MOST_ORIGINS:
        last = session.forked.message
        copied = any(one.id == last for one in session.messages)  # as a fork holds it
        seen.add(session.forked.session)
        session = read(session.forked.session)
        ids = [one.id for one in session.messages]
        if not copied:
            if last not in ids:
                break
            found = session.messages[: ids.index(last) + 1] + found
    return found


def given(
    session: Session, at: Message | None = None, most: int = 0, remarks: bool = False,
    before: Sequence[Message] = (),
) -> Conversation:  # fmt: skip
    """What is given back of `session`: all, or what was said up to `at`, of that the last `most`.

    `before` are the messages that it goes on from. Messages of subagents and reasoning are left
    out. Comments and notes of people were not said to the agent: they are told at the end with
    `remarks`, else only counted. What was redacted is not given back. Raises Negative when nothing
    is left.
    """
    said = session.messages
    if at is not None:
        said = said[: next(n for n, one in enumerate(said, 1) if one.id == at.id)]
    said = [*before, *said]
    spoken = [one for one in said if _is_given(one)]
    if not any(one.role in ("user", "assistant") for one in spoken):
        raise Negative(
            f"nothing was said in {session.id} that an agent could go on from",
            f"`git naturecode session show {session.id}` shows what is there",
        )
    kept = spoken[-most:] if most else spoken
    steps = list(_steps(kept, session))
    found = Conversation(session.id, session.name, steps, kept[-1].id)
    found.authors = list(dict.fromkeys(one.by for one in kept if one.by))
    found.earlier = len(spoken) - len(kept)
    found.side = sum(bool(one.header.get("side")) for one in said)
    told = _remarks(session, said)
    found.remarks = len(told)
    _frame(found, told if remarks else [])
    return found


def suggested(steps: Sequence[Step], limit: int) -> int:
    """How many of the last `steps` have no more than `limit` characters together (at least 1)."""
    size = count = 0
    for step in reversed(steps):
        size += _length(step)
        if size > limit:
            break
        count += 1
    return max(count, 1)


def _length(step: Step) -> int:
    if step.call is None:
        return len(step.text)
    return len(step.call.output) + sum(len(str(value)) for value in step.call.input.values())


def _is_given(message: Message) -> bool:
    header = message.header
    if header.get("side") or header.get("think") or message.role not in (*_SPOKEN, "tool"):
        return False
    return message.role == "tool" or bool(message.text.strip() or _gone(message))


def _gone(message: Message) -> str:
    """What stands for a text that nobody may see any more."""
    if message.hidden:
        return REDACTED
    return PURGED if "purged" in message.flags else ""


def _steps(said: Sequence[Message], session: Session) -> Iterator[Step]:
    time = _time(session.created) or clock.iso(0)
    for one in said:
        time = _time(one.time) or time
        model = one.header.get("model")
        step = Step(
            one.id, one.role, time, _gone(one) or one.text,
            model if isinstance(model, str) else "", bool(one.header.get("meta")),
        )  # fmt: skip
        yield replace(step, text="", call=_call(one)) if one.role == "tool" else step


def _call(message: Message) -> Call:
    header, gone = message.header, _gone(message)
    given, output = ({}, gone) if gone else parts(message)
    told = header.get("ok", True if "size" in header else None)
    if told is None and not gone:
        output = NO_RESULT
    ok = bool(told)
    if not ok and not output.strip():
        output = FAILED
    return Call(_tool(header.get("tool")), given, output, ok)


def _tool(name: Json) -> str:
    """The name of a tool as every interface takes it."""
    plain = _NOT_IN_NAME.sub("_", name)[:_LONGEST_NAME] if isinstance(name, str) else ""
    return plain or "tool"


def _time(text: str) -> str:
    """`text`, which anybody may have written, as an ISO time with ms; "" if it is none."""
    try:
        return clock.iso(ms) if (ms := clock.parse_iso(text)) >= 0 else ""
    except (ValueError, OverflowError):
        return ""


def _remarks(session: Session, said: Sequence[Message]) -> list[str]:
    """The comments on what was `said` or on the session, and the notes of people."""
    there = {one.id for one in said}
    numbers = {one.id: f"#{number}" for number, one in enumerate(session.messages, 1)}
    notes = [
        f"{one.by}: {one.text}"
        for one in said
        if one.role == "note" and one.text.strip() and not one.hidden
    ]
    comments = [
        f"{one.by} on {numbers.get(one.on, 'the whole')}: {one.text}"
        for one in session.comments
        if (not one.on or one.on in there) and one.text.strip() and not one.hidden
    ]
    return [*notes, *comments]


def _frame(found: Conversation, remarks: Sequence[str]) -> None:
    """Say, as remarks of ours around the steps, what the agent could not know otherwise."""
    first, last = found.steps[0], found.steps[-1]
    before = clock.iso(max(clock.parse_iso(first.time) - 1, 0))
    if found.earlier:
        text = f"[{found.earlier} earlier messages of this conversation are left out]"
        found.steps.insert(0, Step("", "user", before, text, meta=True))
    elif first.role != "user":  # which every interface takes for the beginning
        text = "[the conversation begins here]"
        found.steps.insert(0, Step("", "user", before, text, meta=True))
    text = _closing(found, remarks)
    if text:
        found.steps.append(Step("", "user", last.time, text, meta=True))


def _closing(found: Conversation, remarks: Sequence[str]) -> str:
    told = []
    if found.calls:
        told.append(
            "Inputs and outputs of the tools are given as far as they were kept: inputs are mostly "
            "shortened to what they were about, long outputs are cut. Files may have changed "
            "since; read them again before you rely on them."
        )
    if remarks:
        told.append("People remarked on it (not said to you then):\n" + "\n".join(remarks))
    if not told:
        return ""
    return f"[This conversation was given back from {found.session}. " + "\n\n".join(told) + "]"
