"""Rules for problems and how they were solved: what was seen, why it was so, what was changed."""

import re
from collections.abc import Iterator, Sequence

from git_naturecode.ai.knowledge import marks
from git_naturecode.ai.knowledge.course import Call, Episode, Said, edited, is_agreed
from git_naturecode.ai.knowledge.found import (
    Found,
    Read,
    bared,
    informative,
    is_status,
    paragraph,
    prose,
    quoted,
    title,
)
from git_naturecode.ai.knowledge.outcome import (
    command_of,
    errors,
    labels,
    names_in,
    outcome,
    passed,
    paths_in,
)
from git_naturecode.ai.knowledge.parts import CODE, LIST, TABLE, TEXT, Part, Topic, topics
from git_naturecode.ai.knowledge.proposal import Statement
from git_naturecode.ai.knowledge.sentences import alike, sentences, tells, words
from git_naturecode.ai.knowledge.standing import has_fallen, is_renewed

_FILE = re.compile(r"/|\.\w{1,5}$")
_DOCUMENT = re.compile(r"\.(?:md|markdown|rst|adoc|txt|org)$", re.I)
_ERROR_ROW = re.compile(r"^[> ]*(?P<row>\w*(?:Error|Exception): \S.{2,50}?)\s*$", re.M)
_FINDINGS = re.compile(r"\b(?:issues|problems|bugs|findings|risks|concerns)\b|问题|风险|缺陷", re.I)
_WANTS = re.compile(r"^(?:recommend(?:ation|ed)|suggest(?:ion|ed)|what to (?:do|fix))|建议", re.I)
_FEWEST_FINDINGS = 3
_DID = re.compile(r"^i(?:'ve| have)? (?:also )?\w+ed\b", re.I)  # what was done about it
_REPORT = re.compile(r"^(?:(?:done|fixed|ok)[.!:]\s+)?(?:i(?:'ve| have)? )?[a-z]+ed\b", re.I)
_BACKWARD = re.compile(
    r"^(?:that|this) (?:is|was) the (?:real|actual|true) \w+(?: here)?[.!]*$"
    r"|^这(?:就)?是真正的?(?:原因|问题)[。！]*$",
    re.I,
)
_LINTS = re.compile(r"\b(?:lint\w*|fmt\S*|format\S*|ruff|eslint|clippy|vet|\w+-lint)\b", re.I)
_SAME = 0.8
_OF_CAUSE = 0.4  # of the words of a cause that stand in what solved it, or the other way round
_BACK, _NEAR, _FEWEST_SEEN = 4, 3, 6
_FEWEST_CAUSE = 8  # words of an explanation


def problems(read: Read) -> Iterator[Found]:
    """Problems of the session, each with what solved it."""
    for at, episode in enumerate(read.episodes):
        for said in episode.said:
            if not has_fallen(read, at, said.text):
                yield from _named(read, said, episode)
        yield from _explained(read, at)
        yield from _repaired(read, at)
        taken = is_agreed(read.episodes, at) and read.episodes[at + 1].edited
        if episode.answer and not episode.edited and taken:
            yield from _reviewed(read, episode.answer)


def _named(read: Read, said: Said, episode: Episode) -> Iterator[Found]:
    """Where a text itself says "Problem" and "Solution", as fields of one topic or as two."""
    found = topics(said.text)
    for topic in found:
        yield from _of_fields(read, said, topic.title, topic.fields, episode)
    for number, one in enumerate(found):
        other = _solving(found[number + 1 :], one)
        if other is not None:
            fields = ((one.title, one.parts), (other.title, other.parts))
            yield from _of_fields(
                read, said, one.parents[-1] if one.parents else "", fields, episode
            )


def _solving(later: Sequence[Topic], one: Topic) -> Topic | None:
    """The topic beside `one`, which is called a problem, that is called its solution."""
    if not marks.PROBLEM_NAMES.search(one.title):
        return None
    for other in later:
        if other.title and (
            other.parents != one.parents or marks.PROBLEM_NAMES.search(other.title)
        ):
            break
        if marks.FIX_NAMES.search(other.title.removeprefix("The ")):
            return other
    return None


def _of_fields(
    read: Read,
    said: Said,
    name: str,
    fields: Sequence[tuple[str, tuple[Part, ...]]],
    episode: Episode,
) -> Iterator[Found]:
    trouble = [
        (n, p) for n, p in fields if marks.PROBLEM_NAMES.search(n) or marks.CAUSE_NAMES.search(n)
    ]
    fixes = [(n, p) for n, p in fields if marks.FIX_NAMES.search(n)]
    more = [(n, p) for n, p in fields if marks.LESSON_NAMES.search(n)]
    if not trouble or not fixes or is_renewed(read, said, trouble[0][0], prose(trouble[0][1])):
        return
    statements = [
        read.told(prose(parts), said, heading=_heading(name_))
        for name_, parts in (*trouble, *((_proposed(read, n), p) for n, p in fixes), *more)
        if prose(parts)
    ]
    first = sentences(prose(trouble[0][1]))
    head = title(name) if informative(name) else title(*first)
    if head and len(statements) > 1:
        yield Found(
            "problem",
            head,
            tuple(statements),
            paths_in(prose([p for _, ps in fields for p in ps])) or episode.edited,
            0.9,
            "it names a problem and its solution",
            said.number,
        )


def _proposed(read: Read, name: str) -> str:
    """What a solution is called: where documents alone were written, it is not built yet."""
    written = [path for one in read.episodes for path in one.edited]
    if written and all(_DOCUMENT.search(path) for path in written):
        return f"{name} (proposed, not built here)"
    return name


def _reviewed(read: Read, said: Said) -> Iterator[Found]:
    """What a review has found, with what it recommends."""
    every = topics(said.text)
    wants = next((one for one in every if _WANTS.search(one.title) and one.parts), None)
    for topic in every:
        part = next((part for part in topic.parts if part.kind in (TABLE, LIST)), None)
        if part is None or wants is None or not _FINDINGS.search(topic.title) or is_status(part):
            continue
        names = names_in(part)
        if len(names) < _FEWEST_FINDINGS:
            continue
        yield Found(
            "problem",
            title(f"{topic.title}: {'; '.join(names[:3])}"),
            (
                read.told(prose(topic.parts), said),
                read.told(prose(wants.parts), said, heading=wants.title),
            ),
            (),
            0.65,
            "a review has found it, and says what to do",
            said.number,
        )
        return


def _heading(name: str) -> str:
    return name[:1].upper() + name[1:]


def _explained(read: Read, at: int) -> Iterator[Found]:
    """Where a cause is told, and files are changed for it."""
    episode = read.episodes[at]
    told = [(said, cause) for said in episode.said if (cause := _cause(said))]
    for number, (said, cause) in enumerate(told):
        until = told[number + 1][0].number if number + 1 < len(told) else 1 << 60
        end, changes, answer, last = _remedy(read, at, said, until)
        is_wrong = any(has_fallen(read, one, cause) for one in (at, last))
        if is_wrong or (not changes and not marks.FIX.search(said.text)):
            continue
        if any(marks.SLIP.search(one.text) for one in episode.asked):
            continue
        points = [one for one in sentences(cause) if tells(one)] or [cause]
        head = title(*points)
        if not head:
            continue
        seen = _symptom(read, at, said, cause, changes)
        if seen and (row := _ERROR_ROW.search(seen.text)):
            head = title(f"{row['row']} - {head}", head)
        seen_by = _call_of(read, seen) if seen else ""
        statements = [seen] if seen else []
        statements.append(read.told(cause, said, heading="Cause" if seen else ""))
        solved = _solution(read, said, cause, answer)
        went_well = passed(end, said.number, seen_by)
        proven = went_well and marks.REAL.search(said.text)
        if not solved and not changes and not proven:
            continue
        if solved:
            statements.append(solved)
        if went_well:
            statements.append(
                read.told(
                    f"Afterwards `{command_of(went_well)}` went well.",
                    Said(went_well.number, went_well.id, ""),
                )
            )
        sure = (
            0.4
            + 0.15 * bool(seen)
            + 0.1 * bool(changes)
            + 0.15 * bool(solved)
            + 0.05 * bool(went_well)
        )
        sure += 0.1 * (len(words(cause)) > 20)
        yield Found(
            "problem",
            head,
            tuple(statements),
            changes,
            sure,
            "a cause is told" + (", and files were changed for it" if changes else ""),
            said.number,
        )


def _call_of(read: Read, seen: Statement) -> str:
    """The command that has shown it, where a command has."""
    number = seen.sources[0].number
    every = (call for one in read.episodes for call in one.calls)
    return next((call.command for call in every if call.number == number), "")


def _cause(said: Said) -> str:
    """The paragraphs of `said` that tell a cause, from the sentence that does to the remedy."""
    for topic in topics(said.text):
        groups = [topic.parts, *(parts for _, parts in topic.fields)]
        for parts in groups:
            if text := _cause_in(parts):
                return text
    return ""


def _cause_in(parts: Sequence[Part]) -> str:
    made: list[str] = []
    for part in parts:
        if not made:
            if part.kind != TEXT or not marks.CAUSE.search(part.text):
                continue
            every = sentences(part.text)
            first = next((n for n, one in enumerate(every) if marks.CAUSE.search(one)), None)
            if first is None:
                continue
            if _BACKWARD.match(every[first]):  # it only names what was told just before
                every = [one for one in every[:first] if tells(one)] + every[first + 1 :]
                first = 0
            kept = [one for one in every[first:] if tells(one) and not _DID.match(one)]
            text = " ".join([bared(kept[0]), *kept[1:]] if kept else []).strip()
            if text:
                made.append(text[:1].upper() + text[1:])
            elif len(every) > first + 1 or part is not parts[-1]:
                made.append("")
            continue
        if part.kind == TEXT:
            text = paragraph(part.text)
            if not text or marks.FIX.search(text.split(".")[0]):
                break
            made.append(text)
        elif part.kind in (LIST, CODE):
            made.append(part.text)
        if len("".join(made)) > 1_200:
            break
    whole = "\n\n".join(one for one in made if one)
    while whole.endswith((":", "：")) and "\n\n" in whole:
        whole = whole.rpartition("\n\n")[0]
    return whole if len(words(whole)) >= _FEWEST_CAUSE else ""


def _remedy(
    read: Read, at: int, said: Said, until: int
) -> tuple[list[Call], tuple[str, ...], Said | None, int]:
    """What was done after `said`: the calls, the files they changed, what was said at the end, and
    in which episode that was."""
    episode = read.episodes[at]
    calls = [one for one in episode.calls if said.number < one.number < until]
    answer = episode.answer if episode.answer and episode.answer.number > said.number else None
    last = at
    for further in range(at + 1, min(at + 3, len(read.episodes))):
        if edited(calls) and answer is not None and outcome(answer.text):
            break
        if not is_agreed(read.episodes, further - 1) and not read.episodes[further].is_declined:
            break
        calls += read.episodes[further].calls
        answer = read.episodes[further].answer or answer
        last = further
    return calls, edited(calls), answer, last


def _symptom(
    read: Read, at: int, said: Said, cause: str, changes: Sequence[str]
) -> Statement | None:
    """What was seen before the cause was told: words of the person, or what a command gave."""
    about = words(cause)
    for back in range(at, max(at - _BACK, -1), -1):
        episode = read.episodes[back]
        failed = [
            one
            for one in episode.calls
            if one.number < said.number and one.ok is False and one.kind == "shell"
        ]
        for call in failed[-1:]:
            rows = errors(call.output)
            near = len(about & words(" ".join(rows)) - words(call.target))
            if rows and (near >= _NEAR or (call.is_check and back == at)):
                text = f"`{command_of(call)}` failed:\n\n```\n" + "\n".join(rows) + "\n```"
                return read.told(text, Said(call.number, call.id, ""), heading="Problem")
        for one in reversed(episode.asked):
            if (
                not (marks.TROUBLE.search(one.text) or marks.REJECTED.search(one.text))
                or len(words(one.text)) < _FEWEST_SEEN
                or episode.is_declined
            ):
                continue
            if (
                back == at
                or set(changes) & set(_later_edits(read, back))
                or len(about & words(one.text)) >= _NEAR
            ):
                return read.told(quoted(one.text), one, heading="Problem")
    return None


def _later_edits(read: Read, back: int) -> tuple[str, ...]:
    return edited(call for one in read.episodes[back : back + 2] for call in one.calls)


def _solution(read: Read, said: Said, cause: str, answer: Said | None) -> Statement | None:
    """What was changed: as it is said at the end, else what the cause goes on with."""
    if answer is not None:
        text = outcome(answer.text, about=words(cause))
        if text and alike(words(cause), words(text)) >= _OF_CAUSE:
            return read.told(text, answer, heading="Solution")
        done = " ".join(
            one
            for topic in topics(answer.text)
            for part in topic.parts
            if part.kind == TEXT
            for one in sentences(part.text)
            if _REPORT.match(one) and tells(one) and alike(words(cause), words(one)) >= _OF_CAUSE
        )
        if done:
            return read.told(done, answer, heading="Solution")
    rest = [
        one
        for part in (p for t in topics(said.text) for p in t.parts)
        if part.kind == TEXT
        for one in sentences(part.text)
        if marks.FIX.search(one)
        and tells(one)
        and one not in cause
        and alike(words(one), words(cause)) < _SAME
    ]
    return read.told(" ".join(rest), said, heading="Solution") if rest else None


def _repaired(read: Read, at: int) -> Iterator[Found]:
    """Where a command failed, files were changed, and the same command went well."""
    episode = read.episodes[at]
    failed: dict[str, Call] = {}
    for call in episode.calls:
        if not call.is_check:
            continue
        name = command_of(call)
        if call.ok is False and errors(call.output):
            failed.setdefault(name, call)
        elif call.ok and name in failed and episode.answer and episode.answer.number > call.number:
            first = failed.pop(name)
            changed = edited(
                one for one in episode.calls if first.number < one.number < call.number
            )
            named = labels(episode.answer)
            text = outcome(episode.answer.text)
            if _LINTS.search(name) or not marks.WHY.search(text):
                continue  # what a linter says tells already what to do
            if not changed or len(named) < 2 or not text or any(_FILE.search(one) for one in named):
                continue
            rows = "\n".join(errors(first.output))
            yield Found(
                "problem",
                title(f"How to fix what `{name}` reports: {', '.join(named)}"),
                (
                    read.told(
                        f"`{name}` failed:\n\n```\n{rows}\n```",
                        Said(first.number, first.id, ""),
                        heading="Problem",
                    ),
                    read.told(text, episode.answer, heading="Solution"),
                    read.told(f"Afterwards `{name}` went well.", Said(call.number, call.id, "")),
                ),
                changed,
                0.65,
                "a command failed, files were changed, and it went well",
                call.number,
            )
