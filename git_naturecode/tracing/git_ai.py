"""Notes of git-ai (refs/notes/ai): which session wrote which lines of a commit, as it says.

A note has a line for each file (in quotes where its path holds blanks), below it lines of two
blanks, a key and ranges; then `---` and a JSON object that says what the keys mean: `prompts`,
`sessions` (keys `s_...`, perhaps with `::t_...` behind), `humans` (keys `h_...`). That is version
3.0.0 of the Git AI standard.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from git_naturecode.domain.links import Range, read_ranges
from git_naturecode.store import entry
from git_naturecode.store.entry import Json

REF = "refs/notes/ai"
_ENTRY = re.compile(r"  (\S+) ([\d,-]+)")
_MOST_LINES = 100_000


@dataclass(frozen=True)
class Said:
    """Who wrote a line as git-ai says: an assistant (tool, model, id of its session) for `person`,
    or (`tool` is empty) `person` by hand."""

    key: str
    tool: str = ""
    model: str = ""
    session: str = ""
    person: str = ""


@dataclass(frozen=True)
class Note:
    """What one note says: for each path keys and their ranges, and what the keys mean."""

    ranges: dict[str, list[tuple[str, tuple[Range, ...]]]] = field(default_factory=dict)
    keys: dict[str, Said] = field(default_factory=dict)


def parse(text: str) -> Note:
    """What the note `text` says; lines that say nothing are passed over."""
    lines = text.split("\n")[:_MOST_LINES]
    end = lines.index("---") if "---" in lines else len(lines)
    note, path = Note(keys=_keys("\n".join(lines[end + 1 :]))), ""
    for line in lines[:end]:
        found = _ENTRY.fullmatch(line)
        if found and path and (ranges := read_ranges(found[2])):
            note.ranges.setdefault(path, []).append((found[1], ranges))
        elif line.strip() and not line.startswith(" "):
            path = line[1:-1] if len(line) > 1 and line[0] == line[-1] == '"' else line
    return note


def said(note: Note | None, path: str, number: int) -> Said | None:
    """What `note` says of line `number` of `path`; None when nothing."""
    for key, ranges in note.ranges.get(path, ()) if note else ():
        if any(a <= number <= b for a, b in ranges):
            return note.keys.get(key.partition("::")[0], Said(key)) if note else None
    return None


def _keys(text: str) -> dict[str, Said]:
    try:
        about = entry.decode(text)
    except (ValueError, RecursionError):
        return {}
    found = {}
    for kind in ("prompts", "sessions"):
        for key, one in _objects(about, kind):
            agent = one.get("agent_id")
            agent = agent if isinstance(agent, Mapping) else {}
            tool, model, name = (_text(agent.get(part)) for part in ("tool", "model", "id"))
            found[key] = Said(key, tool or "assistant", model, name, _text(one.get("human_author")))
    for key, one in _objects(about, "humans"):
        found[key] = Said(key, person=_text(one.get("author")))
    return found


def _objects(about: Json, kind: str) -> list[tuple[str, Mapping[str, Json]]]:
    found = about.get(kind) if isinstance(about, Mapping) else None
    pairs = found.items() if isinstance(found, Mapping) else ()
    return [(str(key), one) for key, one in pairs if isinstance(one, Mapping)]


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
