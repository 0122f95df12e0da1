"""Proposals from a session without a model: what its structure and words show to be worth it."""

from collections.abc import Iterable

from git_naturecode.ai.knowledge.course import course
from git_naturecode.ai.knowledge.found import Found, Read
from git_naturecode.ai.knowledge.from_session_choices import choices
from git_naturecode.ai.knowledge.from_session_lessons import lessons
from git_naturecode.ai.knowledge.from_session_patterns import patterns
from git_naturecode.ai.knowledge.from_session_problems import problems
from git_naturecode.ai.knowledge.near import distinct
from git_naturecode.ai.knowledge.proposal import Proposal, body, sources
from git_naturecode.ai.knowledge.sentences import alike, shared, words
from git_naturecode.ai.reviewing.neutral import neutral
from git_naturecode.domain.session import Session
from git_naturecode.redact import Redactor
from git_naturecode.render import inert

MOST = 7
_LEAST_SURE = 0.5
_SAME_TITLE, _SAME_TEXT, _SHARED = 0.7, 0.65, 0.3
_MOST_OF_KIND = 4
_TAUGHT = ("lesson", "practice")


def by_rules(session: Session, redactor: Redactor) -> list[Proposal]:
    """What is worth keeping of `session`, the surest first; nothing where there is nothing."""
    read = Read(session.id, course(session))
    every = [*problems(read), *choices(read), *lessons(read), *patterns(read)]
    return distinct([_proposal(one, session, redactor) for one in _chosen(every)])


def _chosen(every: Iterable[Found]) -> list[Found]:
    """The surest, no two of which say the same."""
    kept: list[Found] = []
    named = [one for one in every if one.title and one.statements]
    for one in sorted(named, key=lambda found: (-found.confidence, -found.number)):
        if one.confidence < _LEAST_SURE or len(kept) == MOST:
            break
        if sum(other.kind == one.kind for other in kept) < _MOST_OF_KIND and not _is_said(
            one, kept
        ):
            kept.append(one)
    return kept


def _is_said(one: Found, kept: Iterable[Found]) -> bool:
    return any(_says(other, one) for other in kept)


def _says(other: Found, one: Found) -> bool:
    """True when `other`, which is surer, says what `one` says."""
    a, b = words(one.text), words(other.text)
    taught = one.kind in _TAUGHT and other.kind in _TAUGHT and _first(one) == _first(other)
    same = alike(words(one.title), words(other.title)) >= _SAME_TITLE
    told = alike(a, b) >= _SAME_TEXT and (
        shared(a, b) >= _SHARED or bool(_rests(one) & _rests(other))
    )
    return taught or same or told


def _rests(one: Found) -> set[int]:
    return {source.number for statement in one.statements for source in statement.sources}


def _first(one: Found) -> tuple[object, ...]:
    """The message of a person that it comes from."""
    return one.statements[-1].sources if one.kind == "lesson" else one.statements[0].sources


def _proposal(one: Found, session: Session, redactor: Redactor) -> Proposal:
    made = [
        statement._replace(text=still(redactor.text(statement.text)[0]))
        for statement in one.statements
    ]
    first = sources(made)[0]
    return Proposal(
        one.kind,
        redactor.text(one.title)[0],
        body(made, one.files),
        {"session": session.id, "message": first.message},
        sources(made),
        _tags(one, session),
        one.files,
        round(min(one.confidence, 1.0), 2),
        one.why,
    )


def still(text: str) -> str:
    """`text` as it is where it does nothing when it is shown, else made so."""
    return text if inert.is_inert(text) else neutral(text)


def _tags(one: Found, session: Session) -> tuple[str, ...]:
    return tuple(dict.fromkeys((one.kind, *(tag for tag in session.tags if tag.isprintable()))))
