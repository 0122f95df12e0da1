"""What articles refer to and are referred to by, as text and as JSON."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, Protocol

from git_naturecode.render.paint import Paint
from git_naturecode.render.show import fit, line
from git_naturecode.store.entry import Json

_SHORT = 12
_KIND, _TARGET = 8, 34
_WHOLE = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?|[a-z]+-\d{8}-\w{8}(?:#.*)?")
_ARTICLES, _ROWS, _PLACES = 20, 5, 3  # what `kb check` shows of all that is broken


class Checked(Protocol):
    """Something that an article refers to (kb/checking.py)."""

    @property
    def line(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def part(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def now(self) -> str: ...
    @property
    def by(self) -> str: ...


class Mention(Protocol):
    """An article that refers to something (kb/mentions.py)."""

    @property
    def article(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def by(self) -> str: ...


class Of(NamedTuple):
    """What was found of one article: its id, its name, its title."""

    id: str
    name: str
    title: str
    found: Sequence[Checked]


def text(
    out: Sequence[Checked], into: Sequence[Mention], paint: Paint, *, is_cut: bool = False
) -> str:
    """Both directions, one line each; `is_cut`: long targets are cut, as a terminal wants it."""
    parts = []
    if out:
        width = _width((_target(one) for one in out), is_cut=is_cut)
        parts += [paint.bold("refers to"), *(_row(one, paint, width) for one in out)]
    if into:
        parts += ["", paint.bold("is referred to by")] if parts else [
            paint.bold("is referred to by")
        ]  # fmt: skip
        width = _width((line(one.name) for one in into), is_cut=is_cut)
        parts += [_mention(one, paint, width) for one in into]
    return "\n".join(parts)


def _width(names: Iterable[str], *, is_cut: bool) -> int:
    """How wide the column of `names` is: as wide as the widest, where it `is_cut` not too wide."""
    widest = max(len(one) if one.isascii() else 2 * len(one) + 1 for one in names)
    return min(widest, _TARGET) if is_cut else widest


def _row(one: Checked, paint: Paint, width: int) -> str:
    target = _target(one)
    where = f"line {one.line}" if one.line else f"linked by {line(one.by)}"
    told = [one.kind.ljust(_KIND), paint.yellow(fit(target, width))]
    if one.title:
        told.append(line(one.title))
    told.append(paint.dim(where))
    if one.why:
        broken = one.state in ("broken", "changed")
        why = line(one.why)
        told.append(paint.red(why) if broken else paint.dim(why))
    return "  " + "  ".join(told).rstrip()


def _target(one: Checked) -> str:
    if one.kind == "commit":
        return line(one.target[:_SHORT])
    if one.kind == "code" and not one.line:
        return line(one.text)
    return line(one.text if one.kind in ("code", "heading", "file") else one.target) + (
        f"#{line(one.part)}" if one.part and one.kind not in ("code", "heading") else ""
    )


def _mention(one: Mention, paint: Paint, width: int) -> str:
    where = f"line {one.line}" if one.line else f"linked by {line(one.by)}"
    if not one.line and not _WHOLE.fullmatch(one.text):  # of a file, or of lines
        where = f"{line(one.text)} {where}"
    told = [one.type.ljust(_KIND), paint.yellow(fit(line(one.name), width)), line(one.title)]
    return "  " + "  ".join([*told, paint.dim(where)]).rstrip()


def broken_text(found: Sequence[Of], paint: Paint, *, alone: bool = False) -> str:
    """What is wrong with the links of articles, below the name of each.

    One row for each target. Of many articles the first, of each some rows, and how many more there
    are; `alone`: all rows, of the one article that was asked for.
    """
    rows = [row for one in found[:_ARTICLES] for row in _broken(one, paint, alone=alone)]
    if (left := len(found) - _ARTICLES) > 0:
        rows.append(f"... and {left} more article{'' if left == 1 else 's'}: see --json")
    return "\n".join(rows)


def _broken(article: Of, paint: Paint, *, alone: bool) -> Iterator[str]:
    yield f"{paint.bold(line(article.name))}  {line(article.title)}".rstrip()
    targets: dict[tuple[str, str, str], list[Checked]] = {}
    for one in article.found:
        targets.setdefault((one.text, one.why, one.state), []).append(one)
    most = len(targets) if alone else _ROWS
    for (text, why, state), same in islice(targets.items(), most):
        told = paint.red(line(why)) if state == "broken" else line(why)
        yield f"  {_where(same).ljust(_KIND)}  {line(text)}: {told}"
    if (left := len(targets) - most) > 0:
        yield f"  ... and {left} more: git naturecode kb check {line(article.name)}"


def _where(same: Sequence[Checked]) -> str:
    """`line 3`, `lines 3, 9 and 12 more`, `linked`."""
    numbers = list(dict.fromkeys(one.line for one in same if one.line))
    if not numbers:
        return "linked"
    more = len(numbers) - _PLACES
    said = ", ".join(map(str, numbers[:_PLACES])) + (f" and {more} more" if more > 0 else "")
    return f"line{'s' if len(numbers) > 1 else ''} {said}"


def checked_json(one: Checked) -> dict[str, Json]:
    """Something that an article refers to."""
    return {
        "kind": one.kind, "target": one.target or None, "part": one.part or None,
        "title": one.title or None, "text": one.text, "line": one.line or None,
        "userId": one.by or None, "state": one.state, "why": one.why or None,
        "now": one.now or None,
    }  # fmt: skip


def mention_json(one: Mention) -> dict[str, Json]:
    """An article that refers to something."""
    return {
        "id": one.article, "type": one.type, "slug": one.name, "title": one.title,
        "text": one.text, "line": one.line or None, "userId": one.by or None,
    }  # fmt: skip
