"""Articles by their slugs: which one a name means, and by which name each is shown."""

import posixpath
import re
from collections.abc import Iterable, Sequence

from git_naturecode import ids
from git_naturecode.domain.kb.model import FOLDERS
from git_naturecode.domain.kinds import KB
from git_naturecode.errors import Negative
from git_naturecode.render.show import line
from git_naturecode.store.entry import Json
from git_naturecode.store.index import Index

LIVE = "live"
_CLASHING = re.compile(r"(.+)-([0-9a-hjkmnp-tv-z]{4,8})")
_NEAREST = 3
_LEAST, _LEAST_DENSE = 3, 2  # letters of a slug that may stand for all of it
_LONGEST = 300
_ENDING = ".md"
_TAIL = re.compile(r"[0-9a-hjkmnp-tv-z]{8}")


class PartOfName(Negative):
    """What was written is a part of one article's name, and only the whole name counts."""


def named(index: Index, wanted: str) -> str:
    """The id of the article that is called `wanted`, or was, "" where none is or several are.

    The whole of an id means this one, whatever others are called; a slug comes before the
    beginning of an id. Raises Negative where it is the slug of one and the id of another.
    """
    if not wanted or not wanted.isprintable() or ids.ENTITY.fullmatch(wanted):
        return ""
    name = wanted.casefold()
    found = _by_slug(index, name)
    if found and _TAIL.fullmatch(name):
        others = [one for one in index.match(KB, name) if one != found]
        if others:
            raise Negative(f"{wanted} is the slug of {found} and a part of {others[0]}",
                           "write the whole id")  # fmt: skip
    if found or index.match(KB, name):
        return found
    former = index.page(KB, {"former": (name,)}).rows
    live = [row for row in former if not row["deleted"]] or former
    return str(live[0]["id"]) if len(live) == 1 else ""


def meant(index: Index, wanted: str, *, whole: bool = False) -> str:
    """The id of the article whose file or title is `wanted`, or of whose slug it is a part; what
    was deleted only where nothing else is. "" for none; raises Negative where there are several,
    and where it is a part and only a `whole` name counts.
    """
    from git_naturecode.domain.kb import slugs

    if not wanted.isprintable() or len(wanted) > _LONGEST:
        return ""
    if wanted.casefold().endswith(_ENDING):
        return _by_file(index, wanted)
    said, part = " ".join(wanted.casefold().split()), slugs.slug_of(wanted)
    rows = index.rows(KB)
    found = [row for row in rows if " ".join(str(row["title"]).casefold().split()) == said]
    is_part = not found and len(part) >= (_LEAST if part.isascii() else _LEAST_DENSE)
    if is_part:
        found = [row for row in rows if part in str(row["slug"])]
    found = [row for row in found if not row["deleted"]] or found
    if len(found) > 1:
        names = sorted(shown(index, found).values())
        more = f" and {len(names) - _NEAREST} more" if len(names) > _NEAREST else ""
        raise Negative(f"{line(wanted)} fits {len(found)} articles",
                       f"write more: {', '.join(names[:_NEAREST])}{more}")  # fmt: skip
    if found and is_part and whole:
        (name,) = shown(index, found).values()
        raise PartOfName(f"{line(wanted)} is only a part of a name",
                         f"did you mean {name}? a change wants all of it")  # fmt: skip
    return str(found[0]["id"]) if found else ""


def _by_file(index: Index, wanted: str) -> str:
    """The article whose file in the folder is called `wanted`, with or without its folders."""
    folder, name = posixpath.split(wanted.casefold())
    if folder and posixpath.basename(folder) not in FOLDERS.values():
        return ""
    return named(index, name.removesuffix(_ENDING))


def _by_slug(index: Index, name: str) -> str:
    """The article that is shown as `name`: the one with the smallest id that has this slug."""
    found = _smallest(index.page(KB, {"slug": (name,)}).rows)
    clashing = _CLASHING.fullmatch(name)
    if found or not clashing:
        return found
    slug, part = clashing.groups()
    rows = index.page(KB, {"slug": (slug,)}).rows
    return _smallest([row for row in rows if ids.tail(str(row["id"])).startswith(part)])


def _smallest(rows: Sequence[dict[str, Json]]) -> str:
    live = [row for row in rows if not row["deleted"]] or rows
    return min((str(row["id"]) for row in live), default="")


def taken(index: Index, slug: str) -> str:
    """The id of a living article that has this slug, "" where none has."""
    rows = index.page(KB, {"slug": (slug,), "state": (LIVE,)}).rows
    return min((str(row["id"]) for row in rows), default="")


def suggestion(index: Index, wanted: str) -> str:
    """Which articles whoever wrote `wanted`, which names none, may have meant."""
    import difflib

    from git_naturecode.domain.kb import slugs

    name = slugs.slug_of(wanted)
    every = sorted(str(row["slug"]) for row in index.page(KB, {"state": (LIVE,)}).rows)
    near = [one for one in every if name and f"-{name}-" in f"-{one}-"]
    near += difflib.get_close_matches(name, every, _NEAREST)
    near += [one for one in every if name and one.startswith(name)]
    chosen = list(dict.fromkeys(near))[:_NEAREST]
    if chosen:
        return f"did you mean {', '.join(chosen)}?"
    return "`git naturecode kb list` shows them, `git naturecode kb search` looks into the texts"


def authors(index: Index, wanted: str) -> list[str]:
    """Those who have begun articles whom `wanted` may mean: an address, or what is before its @."""
    name = wanted.casefold()
    if "@" in name:
        return [name]
    return [one for one in index.values(KB, "author") if one.partition("@")[0] == name] or [name]


def clashing(index: Index) -> dict[str, str]:
    """The name of each living article that is shown by another than its slug, by id."""
    twice = index.shared(KB, "slug")
    if not twice:
        return {}
    rows = index.page(KB, {"slug": twice, "state": (LIVE,)}).rows
    slugs = {str(row["id"]): str(row["slug"]) for row in rows}
    return {one: name for one, name in shown(index, rows).items() if name != slugs[one]}


def shown(index: Index, rows: Iterable[dict[str, Json]]) -> dict[str, str]:
    """By which name each article of `rows` is shown, by id: its slug, unless that clashes."""
    from git_naturecode.domain.kb import slugs

    asked = list(rows)
    wanted = sorted({str(row["slug"]) for row in asked})
    every = index.page(KB, {"slug": wanted, "state": (LIVE,)}).rows if wanted else []
    if len({row["slug"] for row in every}) < len(every):  # what tells them apart may be taken, too
        every = index.page(KB, {"state": (LIVE,)}).rows
    names = slugs.shown((str(row["id"]), str(row["slug"])) for row in every)
    return {str(row["id"]): names.get(str(row["id"]), str(row["slug"])) for row in asked}
