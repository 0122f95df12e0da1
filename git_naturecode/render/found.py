"""What a search over several kinds of things found, as text and as JSON."""

from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.render.paint import Paint
from git_naturecode.render.rows import MATCH_CLOSE, MATCH_OPEN, marked, wrapped
from git_naturecode.render.show import line
from git_naturecode.store.entry import Json

_INDENT, _LEAST, _WIDE = 4, 20, 1000  # columns: before a passage, of it at least, of no terminal


class Shown(NamedTuple):
    """One hit as it is shown: what it is, the passage, how many more places, what opens it.

    A `related` one has none of the words that were asked for, one `by_meaning` only means the
    same; of one with `same` these are the words that mean the same.
    """

    title: str
    what: str
    day: str
    snippet: str
    more: int
    related: bool
    by_meaning: bool
    same: Sequence[str]
    command: str


def text(hits: Sequence[Shown], paint: Paint, columns: int) -> str:
    """For each hit its title and what it is, the passage in lines of at most so many `columns`,
    the command that shows it."""
    return "\n".join(_one(hit, paint, columns) for hit in hits)


def _one(hit: Shown, paint: Paint, columns: int) -> str:
    head = f"{paint.bold(line(hit.title) or '(no title)')}  "
    head += paint.dim(f"{line(hit.what)}, {line(hit.day)}{_why(hit)}")
    more = f"(and {hit.more} more place{'' if hit.more == 1 else 's'})" if hit.more else ""
    is_title = _plain(hit.snippet).strip() == hit.title.strip()
    said = "" if is_title else hit.snippet
    passage = [marked(row, paint) for row in wrapped(said, max(_LEAST, columns - _INDENT))]
    if more and len(passage) == 1 and columns >= _WIDE:  # in a pipe there is room
        passage = [f"{passage[0]} {paint.dim(more)}"]
    elif more:
        passage.append(paint.dim(more))
    return f"\n{' ' * _INDENT}".join([head, *passage, paint.yellow(line(hit.command))])


def _why(hit: Shown) -> str:
    if hit.same:
        return f", means the same: {line(', '.join(hit.same))}"
    return ", related" if hit.related else ", by meaning" if hit.by_meaning else ""


def json(row: dict[str, Json], hit: Shown, kind: str, entry: str, score: float) -> dict[str, Json]:
    """One hit: all that a list says of it, and what the search adds."""
    return {
        **row, "kind": kind, "title": hit.title, "score": round(score, 4),
        "snippet": _plain(hit.snippet), "entry": entry, "more": hit.more,
        "related": hit.related, "byMeaning": hit.by_meaning, "meansTheSame": list(hit.same),
        "command": hit.command,
    }  # fmt: skip


def _plain(snippet: str) -> str:
    return snippet.replace(MATCH_OPEN, "").replace(MATCH_CLOSE, "")


def slip_text(word: str, matches: int, meant: str) -> str:
    """What may be meant by a word that nothing, or little, matches."""
    how = "a little matches" if matches else "no match for"
    return f'{how} "{line(word)}"; did you mean "{line(meant)}"?'
