"""Rules for lessons and practices: what a person put right or wants always, what is called so."""

import re
from collections.abc import Iterator, Sequence

from git_naturecode.ai.knowledge import marks
from git_naturecode.ai.knowledge.course import Call, Said, is_refuted
from git_naturecode.ai.knowledge.found import (
    Found,
    Read,
    after_yielding,
    is_open,
    named,
    prose,
    quoted,
    title,
)
from git_naturecode.ai.knowledge.outcome import outcome
from git_naturecode.ai.knowledge.parts import TEXT, Part, Topic, topics
from git_naturecode.ai.knowledge.sentences import alike, sentences, spoken, tells, words
from git_naturecode.ai.knowledge.standing import has_fallen, is_undone, is_unsettled

_SPOKEN = 1_200  # characters of what somebody says in passing
_WELL = re.compile(r"^good question\b", re.I)
_RATHER = re.compile(r"\bshould\b|\binstead\b|\bonly\b|\bnot\b|\brather\b|应该|而不是|只", re.I)
_SURELY = 0.6  # of an objection to what was learned from another one: most refine it
_MOST_SAID = 1_500  # characters of an answer that takes an objection
_BEFORE = re.compile(r"the (?:original|previous|former|latter|above|same)\b", re.I)
_STEM = 6
_OF_LESSON = 0.35  # of the words of a lesson that stand in what was done about it
_FEWEST_WORDS = 6


def lessons(read: Read) -> Iterator[Found]:
    """Lessons and practices of the session."""
    for at, episode in enumerate(read.episodes):
        yield from _taken(read, at)
        yield from _standing(read, at)
        for said in episode.said:
            if not has_fallen(read, at, said.text):
                yield from _called(read, at, said)


def _taken(read: Read, at: int) -> Iterator[Found]:
    """A person objects, and the objection is taken with what is true instead."""
    episode = read.episodes[at]
    if not at and not episode.is_declined:
        return  # nothing was said yet that it could object to
    objecting = [
        one
        for one in episode.asked
        if marks.CORRECTION.search(one.text) and len(one.text) < _SPOKEN
    ]
    if episode.is_declined:
        objecting = episode.asked
    for said in episode.said[:4]:
        yields = marks.YIELD.search(said.text) or (episode.is_declined and _WELL.search(said.text))
        if not yields or is_refuted(read.episodes, at, said.text, _SURELY):
            continue
        found = topics(after_yielding(said.text))
        if len(said.text) > _MOST_SAID or is_open(found):
            continue
        parts = [part for topic in found for part in (*topic.parts, *_inner(topic))]
        points = [
            one for part in parts if part.kind == TEXT for one in sentences(part.text) if tells(one)
        ]
        head = title(*[one for one in points if _RATHER.search(one)], *points)
        text = prose(parts, 1_200)
        if not head or len(words(text)) < _FEWEST_WORDS or is_unsettled(text):
            continue
        if _BEFORE.match(points[0]):
            continue  # what it speaks of was said before
        head = named(head, *(one.text for one in objecting[-1:]), text)
        statements = [read.told(text[:1].upper() + text[1:], said)]
        if objecting:
            statements.append(
                read.told(quoted(objecting[-1].text), objecting[-1], heading="Because")
            )
        done = (
            outcome(episode.answer.text, 900, words(text))
            if episode.answer and episode.edited
            else ""
        )
        if (
            done
            and episode.answer
            and episode.answer is not said
            and alike(words(text), words(done)) >= _OF_LESSON
        ):
            if is_undone(read, episode.answer.number, done):
                continue
            statements.append(read.told(done, episode.answer, heading="What was done"))
        yield Found(
            "lesson",
            head,
            tuple(statements),
            episode.edited,
            0.6 + 0.15 * bool(objecting) + 0.05 * bool(episode.edited),
            "a person put it right",
            said.number,
        )
        return


def _inner(topic: Topic) -> list[Part]:
    return [part for _, parts in topic.fields for part in parts]


def _standing(read: Read, at: int) -> Iterator[Found]:
    """A person says what always holds."""
    episode = read.episodes[at]
    for asked in episode.asked:
        if len(asked.text) > _SPOKEN:
            continue
        found = [
            one
            for one in spoken(asked.text)
            if marks.STANDING.search(one)
            and not marks.ONCE.search(one)
            and len(words(one)) >= 2
            and not one.endswith(("?", "？"))
        ]
        for sentence in found[:2]:
            head = title(re.sub(r"^(?:and|but|also|so|please)[, ]+", "", sentence, flags=re.I))
            if not head:
                continue
            statements = [read.told(quoted(asked.text), asked)]
            done = outcome(episode.answer.text, 900, words(sentence)) if episode.answer else ""
            command = _run_for(sentence, episode.calls, asked.number)
            if done and episode.answer and alike(words(sentence), words(done)) >= _OF_LESSON:
                statements.append(read.told(done, episode.answer, heading="What was done"))
            elif command:
                head = title(f"{head} (`{' '.join(command.command.split()[:2])}`)")
                run = Said(command.number, command.id, "")
                statements.append(
                    read.told(
                        f"What was run then:\n\n```sh\n{command.target.strip()[:300]}\n```", run
                    )
                )
            yield Found(
                "practice",
                head,
                tuple(statements),
                episode.edited,
                0.6 + 0.1 * (len(words(sentence)) > 5),
                "a person says what holds",
                asked.number,
            )


def _run_for(sentence: str, calls: Sequence[Call], number: int) -> Call | None:
    """The next command, if it does what `sentence` wants: one of its words begins as one there."""
    stems = {word[:_STEM] for word in words(sentence)}
    after = next((one for one in calls if one.number > number and one.kind == "shell"), None)
    if after is None or not stems & {word[:_STEM] for word in words(after.target)}:
        return None
    return after


def _called(read: Read, at: int, said: Said) -> Iterator[Found]:
    """What is called an insight, a lesson, a practice."""
    episode = read.episodes[at]
    for topic in topics(said.text):
        units = [(topic.title, topic.parts), *topic.fields]
        for name, parts in units:
            is_practice = bool(marks.PRACTICE_NAMES.search(name))
            if not is_practice and not marks.LESSON_NAMES.search(name):
                continue
            text = prose(parts)
            first = [
                one
                for part in parts
                if part.kind == TEXT
                for one in sentences(part.text)
                if tells(one)
            ]
            first += [item.split("\n")[0] for part in parts for item in part.items[:1]]
            head = title(*first)
            if head and len(words(text)) >= _FEWEST_WORDS:
                yield Found(
                    "practice" if is_practice else "lesson",
                    head,
                    (read.told(text, said),),
                    episode.edited,
                    0.65,
                    f"it is called {name.casefold()}",
                    said.number,
                )
