"""Changes made in memory, and models that say what a script says, or whatever they are told to."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks import changing
from git_naturecode.ai.providers.protocol import (
    USUAL,
    Answer,
    Finish,
    Limits,
    Message,
    ProviderFailed,
)
from git_naturecode.ai.reviewing.assistant import Assistant
from git_naturecode.domain.findings.hit import Change
from git_naturecode.git.changes import FileChange
from git_naturecode.redact import Redactor

HEAD, BASE = "1" * 40, "0" * 40


def change(
    files: Mapping[str, tuple[str | None, str | None]], title: str = "A change"
) -> Change:  # fmt: skip
    """A change of these files: path -> text before and after (None: it is not there)."""
    before, after = (
        {path: text for path, texts in files.items() if (text := texts[side]) is not None}
        for side in (0, 1)
    )
    made = changing.change(before, after)
    return made._replace(title=title, author="Ann", repository="shop")


def file_of(path: str, old: str | None, new: str | None, **more: Any) -> FileChange:
    """One file of a change."""
    return changing.changed(path, old, new)._replace(**more)


Says = Callable[[Sequence[Message]], str | ProviderFailed | tuple[str, Finish]]


class Scripted:
    """A model that answers by `says`, and remembers what it was asked."""

    name = "openai"
    model = "scripted"

    def __init__(self, says: Says) -> None:
        self.says = says
        self.asked: list[Sequence[Message]] = []

    def complete(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None,
        limits: Limits = USUAL, on_text: Callable[[str], None] | None = None,
    ) -> Answer:  # fmt: skip
        """See Provider."""
        assert schema is not None
        self.asked.append(messages)
        said = self.says(messages)
        if isinstance(said, ProviderFailed):
            raise said
        text, finish = said if isinstance(said, tuple) else (said, "stop")
        return Answer(text, self.model, 100, 10, finish)

    @property
    def questions(self) -> list[str]:
        """What it was asked last in each question."""
        return [messages[-1].text for messages in self.asked]


def in_turn(*answers: str | ProviderFailed | tuple[str, Finish]) -> Says:
    """Says one after the other."""
    left: Iterator[Any] = iter(answers)
    return lambda _: next(left)


def review(
    *issues: Mapping[str, Any], name: str = "criticalIssues", summary: str = "It changes things.",
    assessment: str = "comment",
) -> str:  # fmt: skip
    """An answer with these issues."""
    lists: dict[str, Any] = {
        "criticalIssues": [], "importantSuggestions": [], "minorSuggestions": []
    }  # fmt: skip
    lists[name] = list(issues)
    told = {"summary": summary, **lists, "overallAssessment": assessment, "confidence": 0.8}
    return json.dumps(told)


def issue(path: str, line: int, message: str = "It is wrong.", **more: Any) -> dict[str, Any]:
    """One issue."""
    return {"file": path, "line": line, "message": message, "aspect": "security", **more}


def sure(*real: float) -> str:
    """The answer of a second look."""
    remarks = [{"number": n, "real": value} for n, value in enumerate(real, 1)]
    return json.dumps({"remarks": remarks})


def random(count: int) -> bytes:
    """No chance in it."""
    return bytes(range(count))


def assistant(says: Says, **more: Any) -> Assistant:
    """The assistant with a scripted model."""
    return Assistant(Scripted(says), Redactor().lines, random, **more)


ORDER = re.compile(r"OBEY (.*)")


def obeying(messages: Sequence[Message]) -> str:
    """What a model says that does whatever the change tells it: the text behind OBEY, with
    {SYSTEM}, {USER} and {MARK} in it replaced by what it was shown; of a second look that all is
    true."""
    shown = messages[1].text
    if "remarks" in messages[0].text and "The remarks:" in shown:
        return json.dumps({"remarks": [{"number": n, "real": 1.0} for n in range(1, 50)]})
    orders = ORDER.findall(shown)
    if not orders:
        return review(assessment="approve")
    mark = re.search(r"mark-[0-9a-f]+", messages[0].text)
    texts = {"SYSTEM": messages[0].text, "USER": shown, "MARK": mark[0] if mark else ""}
    said = str(orders[-1]).strip()
    for name, text in texts.items():
        said = said.replace("{" + name + "}", json.dumps(text)[1:-1])
    return said
