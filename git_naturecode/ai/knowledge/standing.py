"""What of a session stood to its end: what was said anew, undone or refuted later did not."""

import re
from collections.abc import Iterator

from git_naturecode.ai.knowledge import marks
from git_naturecode.ai.knowledge.course import Said, is_refuted
from git_naturecode.ai.knowledge.found import Read
from git_naturecode.ai.knowledge.parts import TEXT, Part, plain, topics
from git_naturecode.ai.knowledge.sentences import alike, sentences, words

_SAME = 0.6  # of the words of what is told that a later version of it has too
_STEM = 4
_OF_SYMPTOM = 3  # words of an objection that tell of the same thing
_NAME = re.compile(r"`([^`\n]+)`")
_FEWEST_NAMES = 2


def is_renewed(read: Read, said: Said, name: str, text: str) -> bool:
    """True when a later message has what stands below heading `name` again: the last one counts."""
    called, told = plain(name).casefold(), words(text)
    if not called:
        return False
    return any(
        called == plain(other).casefold() and alike(told, words(_text(parts))) >= _SAME
        for later in answers(read, said.number)
        for topic in topics(later.text)
        for other, parts in ((topic.title, topic.parts), *topic.fields)
    )


def has_fallen(read: Read, at: int, text: str) -> bool:
    """True when `text`, said in episode number `at`, was objected to with success, at once or
    later: somebody tells that the same thing goes on, and another cause turns out to be the real
    one."""
    if is_refuted(read.episodes, at, text):
        return True
    symptom = _stems(f"{read.episodes[at].request} {text}")
    for later in read.episodes[at + 1 :]:
        objects = marks.CORRECTION.search(later.request) or marks.REJECTED.search(later.request)
        if not objects or len(_stems(later.request) & symptom) < _OF_SYMPTOM:
            continue
        if any(marks.REAL.search(one.text) for one in later.said):
            return True
    return False


def is_undone(read: Read, number: int, text: str) -> bool:
    """True when a later message tells that what `text` (of message `number`) did is gone again."""
    names = _names(text)
    for later in answers(read, number):
        for sentence in _lines(later):
            gone = _names(sentence)
            if marks.UNDONE.search(sentence) and len(gone) >= _FEWEST_NAMES and gone <= names:
                return True
    return False


def is_unsettled(text: str) -> bool:
    """True when `text` leaves open which way to go."""
    return bool(marks.UNSETTLED.search(plain(text)))


def answers(read: Read, number: int) -> Iterator[Said]:
    """What was answered after message `number`."""
    return (one for episode in read.episodes for one in episode.said if one.number > number)


def _lines(said: Said) -> Iterator[str]:
    for topic in topics(said.text):
        for parts in (topic.parts, *(inner for _, inner in topic.fields)):
            for part in parts:
                yield from sentences(part.text) if part.kind == TEXT else part.items


def _names(text: str) -> set[str]:
    """What `text` names as code, without the package before and the brackets behind."""
    bare = (one.split("(")[0].strip().rpartition(".")[2] for one in _NAME.findall(text))
    return {one for one in bare if one}


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in words(text)}


def _text(parts: tuple[Part, ...]) -> str:
    return "\n".join(part.text for part in parts)
