"""Rules for patterns: how something is built, as it was explained when somebody asked."""

import re
from collections.abc import Iterator, Sequence

from git_naturecode.ai.knowledge import marks
from git_naturecode.ai.knowledge.course import Said
from git_naturecode.ai.knowledge.found import (
    Found,
    Read,
    informative,
    is_open,
    is_status,
    prose,
    title,
)
from git_naturecode.ai.knowledge.outcome import outcome
from git_naturecode.ai.knowledge.parts import CODE, LIST, TABLE, TEXT, Part, Topic, plain, topics
from git_naturecode.ai.knowledge.sentences import alike, sentences, tells, words
from git_naturecode.ai.knowledge.standing import has_fallen, is_renewed, is_unsettled

_NAMES = re.compile(r"`[^`\n]+`")
_DRAFT = re.compile(r"\boption \d|\brevised\b|\bproposed\b|\bold\b|方案", re.I)
_LISTING = re.compile(
    r"\|?[ *]*(?:#|no\.?|issues?|steps?|files?|commits?|comments?|tasks?|tests?|current name|"
    r"问题|步骤|文件)[ *]*\|",
    re.I,
)
_ABOUT = 0.4  # of the words of a later change that stand in an explanation
_TELLING = 30  # characters of a heading that says enough
_MOST_CHAPTERS = 4  # headings of a text whose tables stand by themselves
_ASPECT = re.compile(
    r"^(?:what|why|how|when|where|edge cases?|pros|cons|notes?|details?|description|meaning|method|"
    r"example|reason|status|说明|优点|缺点)\b",
    re.I,
)
_TWO_WAYS = 3  # columns of a table that compares two
_FEWEST_NAMES, _FEWEST_WORDS = 3, 25


def patterns(read: Read) -> Iterator[Found]:
    """Patterns of the session."""
    for at, episode in enumerate(read.episodes):
        asks = (
            any(marks.QUESTION.search(one.text) for one in episode.asked)
            and not episode.is_declined
        )
        for said in episode.said:
            if has_fallen(read, at, said.text) or is_unsettled(said.text):
                continue
            yield from _compared(read, said)
            if asks and not episode.edited and said is episode.answer:
                if _is_changed(read, at, said):
                    continue
                yield from _explained(read, said)
            elif not episode.edited:  # else it reports what was changed
                yield from _intended(read, said)


def _compared(read: Read, said: Said) -> Iterator[Found]:
    """A table that compares things, not how far one has come with them, nor a chapter."""
    every = topics(said.text)
    if sum(bool(topic.title) for topic in every) > _MOST_CHAPTERS:
        return
    for topic in every:
        for name, parts in ((topic.title, topic.parts), *topic.fields):
            for part in parts:
                if part.kind == TABLE and informative(name) and _compares(part):
                    around = prose(parts)
                    if is_renewed(read, said, name, around):
                        continue
                    yield Found(
                        "pattern",
                        _compared_title(name, part),
                        (read.told(around, said),),
                        (),
                        0.6,
                        "a table compares them",
                        said.number,
                    )
                    return  # more of one text would be its chapters


def _compared_title(name: str, table: Part) -> str:
    head, _, *rows = [
        [plain(cell) for cell in row.strip().strip("|").split("|")]
        for row in table.text.split("\n")
    ]
    if len(head) == _TWO_WAYS:
        about = ", ".join(row[0][:1].lower() + row[0][1:] for row in rows[:3])
        return title(f"{head[1]} and {head[2]} compared: {about}")
    about = ", ".join(row[0][:1].lower() + row[0][1:] for row in rows[:3])
    by = ", ".join(cell[:1].lower() + cell[1:] for cell in head if cell)
    return title(name if len(name) > _TELLING else f"{name}: {by}", f"{head[0]} compared: {about}")


def _compares(table: Part) -> bool:
    rows = [row for row in table.text.split("\n") if row.strip()]
    heads = [plain(cell) for cell in rows[0].strip().strip("|").split("|")]
    if any(_ASPECT.search(cell) for cell in heads[1:]):
        return False  # columns that tell of one thing, and compare none
    if _LISTING.match(rows[0]) or _DRAFT.search(rows[0]):
        return False
    return len(rows) >= 5 and len(words(table.text)) > 15 and not is_status(table)


def _is_changed(read: Read, at: int, said: Said) -> bool:
    """True when what `said` explains was built otherwise later in the session."""
    told = words(said.text)
    return any(
        alike(told, words(outcome(later.answer.text))) >= _ABOUT
        for later in read.episodes[at + 1 :]
        if later.edited and later.answer
    )


def _explained(read: Read, said: Said) -> Iterator[Found]:
    """An answer that explains how something works."""
    every = topics(said.text)
    parts = [
        part
        for topic in every
        for part in (*topic.parts, *(p for _, ps in topic.fields for p in ps))
    ]
    if not _is_rich(parts) or is_open(every):
        return
    heads = [topic.title for topic in every if informative(topic.title)]
    first = [
        one
        for part in parts
        if part.kind == TEXT
        for one in sentences(part.text)
        if tells(one) and _NAMES.search(one)
    ]
    head = title(*first[:1], *heads, *first[1:4])
    text = _laid_out(every)
    if head and text:
        sure = (
            0.5
            + 0.1 * any(part.kind in (CODE, TABLE) for part in parts)
            + 0.05 * bool(marks.WHY.search(text))
        )
        yield Found(
            "pattern",
            head,
            (read.told(text, said),),
            (),
            sure,
            "it explains how something works",
            said.number,
        )


def _intended(read: Read, said: Said) -> Iterator[Found]:
    """A text that tells that code is meant to be as it is, and how."""
    parts = [part for topic in topics(said.text) for part in topic.parts]
    text = prose(parts)
    every = [
        one for part in parts for one in (sentences(part.text) if part.kind == TEXT else part.items)
    ]
    told = [
        one
        for one in every
        if re.search(r"\b(?:intentional|by design|expected behaviou?r)\b|有意|预期", one)
    ]
    if told and len(_NAMES.findall(text)) >= _FEWEST_NAMES and len(words(text)) >= _FEWEST_WORDS:
        head = title(*[one for one in every if _NAMES.search(one) and one not in told], *told)
        if head:
            yield Found(
                "pattern",
                head,
                (read.told(text, said),),
                (),
                0.55,
                "it is meant to be so",
                said.number,
            )


def _laid_out(every: Sequence[Topic]) -> str:
    made = []
    for topic in every:
        if topic.title and informative(topic.title):
            made.append(f"**{topic.title}**")
        made.append(prose(topic.parts))
        for name, parts in topic.fields:
            text = prose(parts)
            if text:
                made.append(f"**{name}:**\n\n{text}")
        if sum(map(len, made)) > 1_600:
            break
    return "\n\n".join(one for one in made if one)


def _is_rich(parts: Sequence[Part]) -> bool:
    text = prose(parts, 10_000)
    names = len(set(_NAMES.findall(text)))
    shaped = any(
        part.kind in (CODE, TABLE) or (part.kind == LIST and len(part.items) > 2) for part in parts
    )
    return names >= _FEWEST_NAMES and len(words(text)) >= _FEWEST_WORDS and shaped
