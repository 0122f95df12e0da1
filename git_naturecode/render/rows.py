"""Lists of sessions and what a search found, as text and as JSON."""

import re
from collections.abc import Sequence

from git_naturecode.render.paint import Paint
from git_naturecode.render.show import columns_of, fit, line, show
from git_naturecode.store.entry import Json
from git_naturecode.store.index import Hit

MATCH_OPEN, MATCH_CLOSE = "\x02", "\x03"
_PIECES = re.compile(r" ?(?:[^ \u2e80-\uffff]+|[\u2e80-\uffff])| ")
"""Where a line may end: before a blank, and beside each letter of a dense script."""
_OTHER_COLUMNS = 65  # of a row besides the title and the tool
_TOOL_COLUMNS = 13
_LEAST_TITLE, _MOST_TITLE = 16, 44


def rows_text(rows: Sequence[dict[str, Json]], paint: Paint, columns: int) -> str:
    """A list of sessions, one line each, for a terminal of `columns` columns."""
    spare = columns - _OTHER_COLUMNS
    with_tool = spare >= _LEAST_TITLE + _TOOL_COLUMNS
    wanted = spare - (_TOOL_COLUMNS if with_tool else 0)
    width = max(_LEAST_TITLE, min(_MOST_TITLE, wanted))
    return "\n".join(_row(row, paint, width, with_tool) for row in rows)


def _row(row: dict[str, Json], paint: Paint, width: int, with_tool: bool) -> str:
    name = fit(_title(row), width)
    count = f"{row['messages']} message{'' if row['messages'] == 1 else 's'}"
    where = "private" if not row["shared"] else str(row["visibility"])
    if row.get("encrypted"):
        where = "sealed"
    day = str(row["updatedAt"])[:10]
    # A session that is not active says so in the place of its tool.
    last = line(str(row["tool"] if row.get("status", "active") == "active" else row["status"]))
    if commits := int(row.get("commits", 0)):
        last += f"{', ' if last else ''}{commits} commit{'' if commits == 1 else 's'}"
    rest = paint.dim("  " + last) if with_tool and last else ""
    return f"{paint.yellow(row['id'])}  {name}  {where:<7}  {count:>13}  {day}{rest}"


def _title(row: dict[str, Json]) -> str:
    missing = "(encrypted)" if row.get("encrypted") else "(no title)"
    return line(str(row["name"])) or missing


def shared_text(rows: Sequence[dict[str, Json]], paint: Paint, columns: int) -> str:
    """Shared sessions and how many take part in each."""
    width = max(_LEAST_TITLE, min(_MOST_TITLE, columns - _OTHER_COLUMNS))
    return "\n".join(
        f"{paint.yellow(row['id'])}  {fit(_title(row), width)}"
        f"  {'sealed' if row.get('encrypted') else row['visibility']:<7}  {_people(row)}"
        for row in rows
    )


def _people(row: dict[str, Json]) -> str:
    here, asked = len(row["participants"]), len(row["invited"])
    return f"{here} participant{'' if here == 1 else 's'}" + (f", {asked} invited" if asked else "")


def hits_text(hits: Sequence[Hit], paint: Paint) -> str:
    """What a search found: the session, and the words around the match."""
    return "\n".join(
        f"{paint.yellow(hit.row['id'])}  {line(str(hit.row['name']))}\n"
        f"    {marked(hit.snippet, paint)}"
        for hit in hits
    )


def hit_json(hit: Hit) -> dict[str, Json]:
    """One match."""
    plain = hit.snippet.replace(MATCH_OPEN, "").replace(MATCH_CLOSE, "")
    return {
        "id": hit.row["id"],
        "name": hit.row["name"],
        "messageId": hit.entry,
        "snippet": plain,
        "score": round(hit.score, 4),
    }


def wrapped(snippet: str, columns: int) -> list[str]:
    """`snippet` in lines of at most so many columns, its matches still marked in each of them."""
    found, now, used, is_open = [], "", 0, False
    for part in _PIECES.findall(" ".join(snippet.split())):
        width = columns_of(show(part.replace(MATCH_OPEN, "").replace(MATCH_CLOSE, "")))
        if used and used + width > columns:
            found.append(now.rstrip() + MATCH_CLOSE * is_open)
            now, used = MATCH_OPEN * is_open, 0
            part = part.lstrip(" ")
        now, used = now + part, used + width
        is_open = part.rfind(MATCH_OPEN) > part.rfind(MATCH_CLOSE) or (
            is_open and MATCH_CLOSE not in part
        )
    return [*found, now] if now else found


def marked(snippet: str, paint: Paint) -> str:
    """A snippet with its matches in bold."""
    made = ""
    for number, part in enumerate(snippet.split(MATCH_OPEN)):
        match, _, rest = part.partition(MATCH_CLOSE) if number else ("", "", part)
        made += paint.bold(line(match)) if match else ""
        between = line(rest)
        made += " " * (bool(made) and rest[:1].isspace()) + between
        made += " " * (bool(between) and rest[-1:].isspace())
    return made.rstrip()
