"""Topics as proposals: Markdown for somebody who is new, each statement with its links."""

import posixpath
from collections.abc import Iterator, Sequence

from git_naturecode.ai.knowledge.from_code.facts import Part, Project, Statement, Topic
from git_naturecode.ai.knowledge.from_code.sentences import counted
from git_naturecode.ai.knowledge.proposal import Proposal, Source, titled
from git_naturecode.redact import Redactor

_MOST_BYTES = 900_000
_MOST_FILES = 40
LEAST = 2
"""Statements that a topic needs, else nobody would open its page."""


def proposals(
    topics: Sequence[Topic], project: Project, paths: Sequence[str], redactor: Redactor
) -> list[Proposal]:
    """One proposal for each of `topics` that says enough; `paths` are what was looked at."""
    return [
        _proposal(one, project, paths, redactor)
        for one in topics
        if sum(len(part.statements) for part in one.parts) >= LEAST
    ]


def _proposal(topic: Topic, project: Project, paths: Sequence[str], redactor: Redactor) -> Proposal:
    about = "" if list(paths) == [""] else " " + ", ".join(paths)
    text = (
        redactor.text(body(topic))[0]
        .encode("utf-8", "replace")[:_MOST_BYTES]
        .decode("utf-8", "ignore")
    )
    found = list(
        dict.fromkeys(s for part in topic.parts for one in part.statements for s in sources(one))
    )
    files = list(dict.fromkeys(one.path for one in found))
    count = sum(len(part.statements) for part in topic.parts)
    return Proposal(
        topic.key,
        titled(f"{topic.title} of {project.name}{_besides(project, paths)}"),
        text,
        {"code": " ".join(paths) if about else ".", "topic": topic.key},
        tuple(found),
        (topic.key, "onboarding"),
        tuple(files[:_MOST_FILES]),
        0.9,
        f"{counted(count, 'statement')} from {counted(len(files), 'file')}",
    )


def _besides(project: Project, paths: Sequence[str]) -> str:
    """What a title says besides the name of the project: the paths, unless that is the same."""
    named = [one for one in paths if one and posixpath.basename(one) != project.name]
    return " " + ", ".join(paths) if named else ""


def body(topic: Topic) -> str:
    """The text of an article."""
    return "\n\n".join(_part(one) for one in topic.parts) + "\n"


def _part(part: Part) -> str:
    rows = [f"## {part.title}", ""]
    if part.intro:
        rows += [part.intro, ""]
    rows += [f"- {row}" for row in map(_row, part.statements)]
    return "\n".join(rows)


def _row(one: Statement) -> str:
    links = ", ".join(source.link for source in sources(one))
    return f"{one.text} ({links})" if links else one.text


def sources(one: Statement) -> Iterator[Source]:
    """What a statement rests on, each once."""
    return iter(dict.fromkeys(place.source for place in one.places))
