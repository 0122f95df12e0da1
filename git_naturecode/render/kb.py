"""Articles of the knowledge base as text for a terminal: lists, one article, its history."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from git_naturecode.domain.kb.changes import Change
from git_naturecode.domain.kb.marks import WAITING
from git_naturecode.domain.kb.model import DELETE, Article, Revision, brought
from git_naturecode.domain.kb.slugs import slug_of
from git_naturecode.domain.kb.texts import title_of
from git_naturecode.render.paint import Paint
from git_naturecode.render.show import columns_of, fit, line, show
from git_naturecode.store.entry import Json

_LEAST_TITLE, _MOST_TITLE = 16, 60
_TYPE_COLUMNS = 8
_DAY_COLUMNS = 10
_TAIL = 8
_LEAST_TAGS = 8  # columns in which tags say something
_SHORT = 12  # characters of an id of a commit


def rows_text(
    rows: Sequence[dict[str, Json]], names: Mapping[str, str], paint: Paint, columns: int
) -> str:
    """A list of articles, one line each, for a terminal of `columns` columns; `names` are those
    by which they are shown, by id."""
    others = _TAIL + _TYPE_COLUMNS + _DAY_COLUMNS + 6
    widest = max((columns_of(_title(row, names)) + 1 for row in rows), default=0)
    width = max(_LEAST_TITLE, min(widest, _MOST_TITLE, columns - others))
    return "\n".join(_row(row, names, paint, width, columns) for row in rows)


def _title(row: dict[str, Json], names: Mapping[str, str]) -> str:
    return line(str(row["title"])) or line(names.get(str(row["id"]), ""))


def _row(
    row: dict[str, Json], names: Mapping[str, str], paint: Paint, width: int, columns: int
) -> str:
    name = names.get(str(row["id"]), "")
    told = ["marked"] if row["marked"] and not row["deleted"] else []
    told += ["deleted"] if row["deleted"] else []
    told += [f"+{row['helpful']}"] if row["helpful"] else []
    told += [f"-{row['unhelpful']}"] if row["unhelpful"] else []
    if name and name != slug_of(str(row["title"])):  # what it has to be called by
        told.append(f"({line(name)})")
    parts = [
        f"{row['type']:<{_TYPE_COLUMNS}}", fit(_title(row, names), width),
        str(row["updatedAt"])[:10], *told,
    ]  # fmt: skip
    room = columns - _TAIL - sum(columns_of(part) + 2 for part in parts) - 2
    tags = line(" ".join(f"#{tag}" for tag in row["tags"]))
    if columns_of(tags) > room:
        tags = fit(tags, room).rstrip() if room >= _LEAST_TAGS else ""
    parts = [paint.red(part) if part == "marked" else part for part in parts]
    return "  ".join(
        [paint.yellow(str(row["id"])[-_TAIL:]), *parts, paint.dim(tags) if tags else ""]
    ).rstrip()


def text(article: Article, name: str, paint: Paint, others: Mapping[str, str]) -> str:
    """An article to read: what it is, then its text. `name` is what it is called here, `others`
    what the articles are called that it is linked to, by id."""
    body = shown(article.text)
    if not article.text and any(
        one.hidden and one.id in article.heads for one in article.revisions
    ):
        body = paint.dim("[its text was redacted]")
    if article.deleted:
        by = f"{line(article.deleted.by)} on {article.deleted.time[:10]}"
        why = f": {line(article.deleted.reason)}" if article.deleted.reason else ""
        body = paint.dim(f"[deleted by {by}{why}]")
    return "\n".join(_head(article, name, paint, others)) + "\n\n" + body


def _head(article: Article, name: str, paint: Paint, others: Mapping[str, str]) -> Iterator[str]:
    title = line(article.title) or name
    if article.deleted or line(title_of(article.text)) != title:  # else the text begins with it
        yield paint.bold(title)
    yield f"{paint.yellow(article.id)} · {article.type} · {line(name)}"
    yield from _people(article)
    if article.tags:
        yield "tags: " + ", ".join(map(line, article.tags))
    yield from _used(article)
    if article.links:
        yield "about: " + ", ".join(_links(article, others))
    for file in article.files:
        yield f"file: {line(file.name)} ({file.size} bytes)"
    for gone in article.kept_over:
        yield f"kept, although {line(gone.by)} deleted it on {gone.time[:10]}: it was edited since"
    if article.marked:
        yield paint.red(undecided(article))


def undecided(article: Article) -> str:
    """What somebody has to decide in a marked article, and the lines of marks that stand alone."""
    lines = article.text.split("\n")
    people = [{by for by, _, _ in one.texts} for one in article.places if one.texts]
    parted = len(people)
    alone = sum(not one.texts and not lines[one.start].endswith(WAITING) for one in article.places)
    told = []
    if parted:
        where = "1 place holds" if parted == 1 else f"{parted} places hold"
        whose = "two people's words" if max(map(len, people)) > 1 else "two texts"
        told.append(f"{where} {whose}: keep one of them, or join them")
    if alone:
        left = "1 line with ⚠ is" if alone == 1 else f"{alone} lines with ⚠ are"
        told.append(f"{left} left over: delete {'it' if alone == 1 else 'them'}, too")
    return "; ".join(told)


def _people(article: Article) -> Iterator[str]:
    others = [one.by for one in article.revisions if one.kind != DELETE]
    writers = [one for one in dict.fromkeys(others) if one and one != article.author]
    more = f", edited by {', '.join(map(line, writers[:3]))}" if writers else ""
    more += f" and {len(writers) - 3} more" if len(writers) > 3 else ""
    changed = article.updated[:10] if article.updated[:10] != article.created[:10] else ""
    yield (
        f"by {line(brought(article.author, article.opener))}{more} · {article.created[:10]}"
        + (f", changed {changed}" if changed else "")
    )  # fmt: skip


def _used(article: Article) -> Iterator[str]:
    told = []
    if article.views:
        told.append(f"seen {article.views} time{'' if article.views == 1 else 's'}")
    if article.helpful or article.unhelpful:
        told.append(f"helpful {article.helpful}, unhelpful {article.unhelpful}")
    if told:
        yield " · ".join(told)


def _links(article: Article, others: Mapping[str, str]) -> list[str]:
    found = []
    for one in article.links[:10]:
        to = one.to[:_SHORT] if len(one.to) in (40, 64) else others.get(one.to, one.to)
        where = f"{one.path}:{one.lines}" if one.path and one.lines else one.path
        found.append(line(f"{where} in {to}" if where else to))
    more = len(article.links) - len(found)
    return [*found, f"{more} more"] if more else found


def history_text(article: Article, rows: Iterable[Revision | Change], paint: Paint) -> str:
    """The revisions of an article and what else was changed, in this order, a line each."""
    return "\n".join(
        _changed(one) if isinstance(one, Change) else _told(article, one, paint) for one in rows
    )


def _changed(one: Change) -> str:
    if one.field == "tag":
        what = f"tag {'-' if one.former else '+'}{line(one.former or one.value)}"
    else:
        field = "name" if one.field == "slug" else one.field
        what = f"{field}: {line(one.former)} -> {line(one.value)}"
    return f"      {_minute(one.time)}  {line(one.by)}  {what}"


def _told(article: Article, one: Revision, paint: Paint) -> str:
    numbers = {each.id: each.number for each in article.revisions}
    parents = [f"r{numbers[name]}" for name in one.parents if name in numbers]
    told = (
        []
        if parents == [f"r{one.number - 1}"] or not parents
        else [f"from {' and '.join(parents)}"]
    )
    told += ["now"] if one.id in article.heads else []
    told += list(one.flags)
    if one.source[0]:
        told.append(f"from {line(one.source[1])} in {line(one.source[0][:_SHORT])}")
    notes = f" ({line(', '.join(told))})" if told else ""
    what = "deleted" if one.kind == DELETE else _size(one)
    note = f"  {line(one.note)}" if one.note else ""
    number = paint.yellow(f"r{one.number}".ljust(5))
    return f"{number} {_minute(one.time)}  {line(one.told)}  {what}{note}{paint.dim(notes)}"


def _minute(time: str) -> str:
    return time[:16].replace("T", " ")


def _size(one: Revision) -> str:
    if one.text is None:
        return "no text"
    count = len(one.text.splitlines())
    return f"{count} line{'' if count == 1 else 's'}"


def shown(text: str) -> str:
    """A text of an article, for a terminal."""
    return show(text).strip("\n")


def numbered(names: Iterable[str], article: Article) -> str:
    """The revisions with these ids as people call them: `r3 and r4`."""
    numbers = {one.id: one.number for one in article.revisions}
    return " and ".join(f"r{numbers[name]}" for name in names if name in numbers)
