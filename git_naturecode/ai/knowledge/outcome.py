"""What came of it: what a closing text says was changed, what commands gave, what was named."""

import re
from collections.abc import Sequence, Set

from git_naturecode.ai.knowledge import marks
from git_naturecode.ai.knowledge.course import Call, Said
from git_naturecode.ai.knowledge.found import informative, is_status, prose
from git_naturecode.ai.knowledge.parts import LIST, TABLE, Part, label, topics
from git_naturecode.ai.knowledge.sentences import words

_ERROR = re.compile(
    r"\b(?:error|errors|exception|panic|fatal|traceback|failed|failure|undefined|cannot|"
    r"not found|no such|denied|"
    r"expected|unexpected|invalid|conflict)\b|✗|✖|^E  ",
    re.I,
)
_NOISE = re.compile(
    r"^\s*(?:exit code \d+|\[\w[\w:-]*\] (?:\$|error task failed).*|[-=~^_. ]*)$", re.I
)
_PLACE = re.compile(r"^\S+\.\w+:\d+")
_MOST_ROWS, _MOST_ROW = 6, 200
_COMMAND = re.compile(r"\s*(?:\d?>.*|\|.*|&&\s*(?:echo|head|tail)\b.*)$")
_MOST_LABELS, _MOST_PATHS, _MOST_COMMAND = 6, 8, 120


def errors(output: str) -> list[str]:
    """The lines of what a command gave that tell what went wrong."""
    rows = [row.rstrip()[:_MOST_ROW] for row in output.split("\n") if not _NOISE.match(row)]
    found = [row for row in rows if _PLACE.match(row)] or [
        row for row in rows if _ERROR.search(row)
    ]
    return [row.replace("```", "'''") for row in found[:_MOST_ROWS]]


def outcome(text: str, most: int = 1_400, about: Set[str] = frozenset()) -> str:
    """What a closing text says was changed: its first list or table with the words before it.

    Of a list that also tells of other things only that is kept which has to do with `about`.
    """
    made: list[str] = []
    for topic in topics(text):
        for name, parts in (("", topic.parts), *topic.fields):
            if any(part.kind in (LIST, TABLE) for part in parts) or (
                parts and marks.FIX_NAMES.search(name)
            ):
                head = f"**{name}:**\n\n" if informative(name) else ""
                kept = prose(
                    [_about(part, about) for part in parts if not is_status(part)],
                    most - sum(map(len, made)),
                )
                if kept:
                    made.append(head + kept)
        if sum(map(len, made)) > most // 2:
            break
    if made:
        return "\n\n".join(made)
    return prose(
        [part for topic in topics(text) for part in topic.parts if not is_status(part)], most
    )


def _about(part: Part, about: Set[str]) -> Part:
    if part.kind != LIST or not about:
        return part
    near = [item for item in part.items if len(about & words(item)) >= 2]
    if len(near) * 2 >= len(part.items) or not near:
        return part
    text = "\n".join("- " + item.replace("\n", "\n  ") for item in near)
    return part._replace(text=text, items=tuple(near))


def passed(calls: Sequence[Call], number: int, seen_by: str = "") -> Call | None:
    """The last check among `calls` after message `number`, if it went well; where a command has
    shown the problem (`seen_by`), of that command alone."""
    checks = [one for one in calls if one.number > number and one.is_check]
    if seen_by:
        checks = [one for one in checks if one.command.split()[:2] == seen_by.split()[:2]]
    return checks[-1] if checks and checks[-1].ok else None


def command_of(call: Call) -> str:
    """The command of `call` as people would type it: one line, no shortening of its output."""
    row = call.command
    for _ in range(3):
        row = _COMMAND.sub("", row).strip()
    return row.replace("`", "'")[:_MOST_COMMAND]


def labels(answer: Said) -> list[str]:
    """The bold words that items of its lists begin with."""
    every = [item for topic in topics(answer.text) for part in topic.parts for item in part.items]
    found = [label(item.split("\n")[0])[0] for item in every]
    return [name.removesuffix(" errors").removesuffix(" error") for name in found if name][
        :_MOST_LABELS
    ]


def names_in(part: Part) -> list[str]:
    """What each row of a table, or item of a list, is called."""
    if part.kind == TABLE:
        rows = [
            row.strip().strip("|").split("|")[0] for row in part.text.split("\n")[2:] if row.strip()
        ]
    else:
        rows = [item.split("\n")[0].split(":")[0].split(" - ")[0] for item in part.items]
    return [row.replace("**", "").strip() for row in rows]


def paths_in(text: str) -> tuple[str, ...]:
    """The paths that `text` names as code."""
    found = re.findall(r"`([\w./-]+/[\w.-]+\.\w{1,6})`", text)
    return tuple(dict.fromkeys(found))[:_MOST_PATHS]
