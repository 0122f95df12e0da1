"""The course of a session: what was asked, what was said and done about it, how it ended."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from git_naturecode.ai.knowledge import marks
from git_naturecode.ai.knowledge.sentences import words
from git_naturecode.domain.said import ENCRYPTED, Message
from git_naturecode.domain.session import Session

_ASKED, _ANSWERED = ("user", "note"), "assistant"
_TAGS = re.compile(r"<(?P<tag>[a-z][a-z]*(?:-[a-z]+)+)\b[^>]*>.*?</(?P=tag)>", re.S)
_STOPPED = re.compile(r"\[Request interrupted by user[^\]]*\]")
# What Claude Code gives back where a person has declined a call and said why.
_DECLINED = re.compile(r"\bthe user said:\n(?P<said>.+)\Z", re.S)
_CHECKS = re.compile(
    r"(?:(?:unit|integration|e2e)?[-_:]?tests?|lint|builds?|check|vet|compile|typecheck|"
    r"verify|ci)(?::[\w:-]+)?"
    r"|fmt:check|test:\S+|lint:\S+|pytest|jest|vitest|tsc|mypy|ruff|clippy|eslint|"
    r"golangci-lint|tox|gradlew?|mvn|make|rspec|phpunit|ctest",
    re.I,
)
_BEFORE = re.compile(r"^(?:(?:export \S+|cd (?:\"[^\"]*\"|\S+)|\w+=\S+)\s*(?:&&|;)?\s*)+")
_MOST_SPOKEN = 64 << 10
_ABOUT = 0.25  # of the words of an objection that stand in what it is about
_SYNTHETIC = "<synthetic>"  # what Claude Code calls the model where it has answered by itself


class Said(NamedTuple):
    """A text that was said: `number` is that of its message in the session, from 1."""

    number: int
    id: str
    text: str


class Call(NamedTuple):
    """A tool that was used: `kind` is write, read, search, shell, task or generic."""

    number: int
    id: str
    tool: str
    kind: str
    target: str
    ok: bool | None
    output: str

    @property
    def is_check(self) -> bool:
        """True of a command that tells whether things are right: tests, a linter, a build."""
        return self.kind == "shell" and any(
            _CHECKS.fullmatch(word) for word in self.command.split()[:3]
        )

    @property
    def command(self) -> str:
        """What was run, in one line, without where and with which settings."""
        return _BEFORE.sub("", self.target.strip().split("\n")[0].strip(" \\"))


@dataclass
class Episode:
    """What was asked, and all that was said and done until something else was asked."""

    asked: list[Said] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    is_declined: bool = False  # it begins with a call that the person did not want

    @property
    def answer(self) -> Said | None:
        """The last thing that was said, if nothing was done after it."""
        return self.said[-1] if self.said else None

    @property
    def request(self) -> str:
        """All that was asked."""
        return "\n\n".join(one.text for one in self.asked)

    @cached_property
    def edited(self) -> tuple[str, ...]:
        """The files that were changed."""
        return edited(self.calls)


def edited(calls: Iterable[Call]) -> tuple[str, ...]:
    """The paths that `calls` have changed, each once."""
    found = (one.target for one in calls if one.kind == "write" and one.ok is not False)
    return tuple(dict.fromkeys(path for path in found if path and "\n" not in path))


def course(session: Session) -> list[Episode]:
    """The episodes of `session`; nothing that is hidden, sealed, only thought, or of a tool."""
    made = [Episode()]
    for number, one in enumerate(session.messages, 1):
        if not _is_told(one):
            continue
        now = made[-1]
        if one.role == "tool":
            call = _call(number, one)
            now.calls.append(call)
            declined = _DECLINED.search(one.text) if call.ok is False else None
            if declined:
                made.append(
                    Episode([Said(number, one.id, declined["said"].strip())], is_declined=True)
                )
            continue
        text = _spoken(one.text) if one.role in _ASKED else one.text.strip()
        if not text:
            continue
        if one.role == _ANSWERED:
            now.said.append(Said(number, one.id, text))
        elif one.role in _ASKED:
            if now.said or now.calls:
                made.append(now := Episode())
            if text not in (before.text for before in now.asked):
                now.asked.append(Said(number, one.id, text))
    return [one for one in made if one.asked or one.said]


def _is_told(one: Message) -> bool:
    hidden = one.hidden or {"purged", ENCRYPTED}.intersection(one.flags)
    beside = any(one.header.get(key) for key in ("think", "side", "meta"))
    return not hidden and not beside and one.header.get("model") != _SYNTHETIC


def _spoken(text: str) -> str:
    """`text` of a person without what the tool has put into it."""
    if len(text) > _MOST_SPOKEN:  # looking for the end of each tag takes long in a long text
        return text.strip()
    return _STOPPED.sub("", _TAGS.sub("", text)).strip()


def _call(number: int, one: Message) -> Call:
    header = one.header
    tool, kind, target = (
        value if isinstance(value := header.get(key), str) else ""
        for key in ("tool", "type", "target")
    )
    ok = header.get("ok")
    return Call(
        number, one.id, tool, kind, target, ok if isinstance(ok, bool) else None, one.call[1]
    )


def is_agreed(episodes: Sequence[Episode], at: int) -> bool:
    """True when what was asked next agrees with the answer of number `at`, or goes on from it."""
    reply = _reply(episodes, at)
    return bool(reply and marks.CONSENT.search(reply))


def is_refuted(episodes: Sequence[Episode], at: int, text: str, most: float = _ABOUT) -> bool:
    """True when `text`, said in episode number `at`, was objected to, and the objection taken;
    `most` is how much of the objection has to be about it."""
    if at + 1 >= len(episodes) or is_agreed(episodes, at):
        return False
    after = episodes[at + 1]
    if not marks.CORRECTION.search(after.request):
        return False
    objection = words(after.request)
    is_about = len(objection & words(text)) >= most * len(objection)
    return is_about and any(marks.YIELD.search(one.text) for one in after.said[:3])


def _reply(episodes: Sequence[Episode], at: int) -> str:
    return episodes[at + 1].request if at + 1 < len(episodes) else ""
