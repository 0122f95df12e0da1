"""Lists of reviews as text."""

from collections.abc import Sequence

from git_naturecode.render.paint import Paint
from git_naturecode.render.show import fit, line
from git_naturecode.store.entry import Json

_OTHER_COLUMNS = 72  # of a row besides the title
_LEAST_TITLE, _MOST_TITLE = 16, 60


def rows_text(rows: Sequence[dict[str, Json]], paint: Paint, columns: int) -> str:
    """A list of reviews, one line each, for a terminal of `columns` columns."""
    width = max(_LEAST_TITLE, min(_MOST_TITLE, columns - _OTHER_COLUMNS))
    return "\n".join(_row(row, paint, width) for row in rows)


def _row(row: dict[str, Json], paint: Paint, width: int) -> str:
    title = fit(line(str(row["title"])) or "(no title)", width)
    threads = f"{row['openThreads']} open" if row["openThreads"] else ""
    said = f"+{row['approvals']}" + (f" -{row['rejections']}" if row["rejections"] else "")
    status = said_of(str(row["status"]))
    day = str(row["updatedAt"])[:10]
    return (
        f"{paint.yellow(row['id'])}  {title}  {colour(status, paint)}{' ' * (17 - len(status))}  "
        f"{said:<5}  {threads:<7}  {day}"
    )


def said_of(status: str) -> str:
    """What a person calls a status."""
    return "changes requested" if status == "rejected" else status


def colour(status: str, paint: Paint) -> str:
    """A status in its colour."""
    if status in ("approved", "merged"):
        return paint.green(status)
    return paint.red(status) if status == "changes requested" else paint.cyan(status)
