"""Lists of reviews as text."""

from collections.abc import Sequence

from git_naturecode.domain.people import key
from git_naturecode.render.paint import Paint
from git_naturecode.render.show import fit, line
from git_naturecode.store.entry import Json

_TAIL = len("review-20260101-")
_STATUS_COLUMNS = 17
_NOTE_COLUMNS = 25  # who is waited for, and the open threads
_DAY_COLUMNS = 12
_LEAST_TITLE, _MOST_TITLE = 14, 44
_WIDE = 100  # columns from which on there is room for whole ids and for days


def rows_text(rows: Sequence[dict[str, Json]], paint: Paint, columns: int, me: str) -> str:
    """A list of reviews for the person `me`, one line each, for a terminal of `columns` columns;
    in a narrow one the ids are as short as every command takes them."""
    is_wide = columns >= _WIDE
    others = len(str(rows[0]["id"])[0 if is_wide else _TAIL :]) if rows else 0
    others += _STATUS_COLUMNS + _NOTE_COLUMNS + (_DAY_COLUMNS if is_wide else 0) + 6
    width = max(_LEAST_TITLE, min(_MOST_TITLE, columns - others))
    return "\n".join(_row(row, paint, width, key(me), is_wide=is_wide) for row in rows)


def _row(row: dict[str, Json], paint: Paint, width: int, me: str, *, is_wide: bool) -> str:
    title = fit(line(str(row["title"])) or "(no title)", width)
    status = _status(row)
    painted = colour(status, paint) + " " * (_STATUS_COLUMNS - len(status))
    identity = str(row["id"])[0 if is_wide else _TAIL :]
    parts = [paint.yellow(identity), title, painted, *_day(row, is_wide), _note(row, paint, me)]
    return "  ".join(part for part in parts if part).rstrip()


def _day(row: dict[str, Json], is_wide: bool) -> list[str]:
    return [str(row["updatedAt"])[:10]] if is_wide else []


def _note(row: dict[str, Json], paint: Paint, me: str) -> str:
    """Who is waited for, and how many threads are open."""
    waiting = [str(one) for one in row["waitingFor"]]
    mine = any(key(one) == me for one in waiting)
    told = [paint.bold("waits for you")] if mine else []
    if row["openThreads"]:
        told.append(f"{row['openThreads']} open")
    if row.get("findings"):
        told.append(_found(row, paint))
    if waiting and not mine:
        others = f" and {len(waiting) - 1} more" if len(waiting) > 1 else ""
        told.append(f"waits for {line(waiting[0])}{others}")
    return ", ".join(told)


def _status(row: dict[str, Json]) -> str:
    """Where it stands, by what was said of it: whether an approval counts no list can tell."""
    approvals = row["approvals"]
    if row["status"] != "in-progress" or not approvals:
        return said_of(str(row["status"]))
    return "1 approval" if approvals == 1 else f"{approvals} approvals"


def _found(row: dict[str, Json], paint: Paint) -> str:
    """How many findings there are, and how bad the worst is."""
    severity = str(row["severity"])
    text = f"{row['findings']} {severity if row['findings'] == 1 else f'findings, {severity}'}"
    return paint.red(text) if severity in ("critical", "high") else text


def said_of(status: str) -> str:
    """What a person calls a status."""
    return "changes requested" if status == "rejected" else status


def colour(status: str, paint: Paint) -> str:
    """A status in its colour."""
    if status in ("approved", "merged"):
        return paint.green(status)
    return paint.red(status) if status == "changes requested" else paint.cyan(status)
