"""A Markdown file from elsewhere as an article: what it is called, of what type, with which tags.

Front matter as Hugo, Jekyll and Obsidian write it, pages of wikis, records of decisions (ADRs in
the form of Nygard and of MADR).
"""

import posixpath
import re
from typing import NamedTuple

from git_naturecode.domain.kb import front
from git_naturecode.domain.kb.model import ARTICLE, FAQ, PRACTICE, SNIPPET
from git_naturecode.domain.kb.prose import first_heading, headings, prose
from git_naturecode.domain.kb.texts import MOST_TITLE
from git_naturecode.store.entry import Json

ADR = "adr"
STATUSES = (
    "proposed", "accepted", "rejected", "deprecated", "superseded", "draft", "implemented",
)  # fmt: skip
MOST_TAGS, MOST_TAG = 40, 60
_TYPES = {
    "snippet": SNIPPET, "snippets": SNIPPET, "practice": PRACTICE, "practices": PRACTICE,
    "best-practice": PRACTICE, "best-practices": PRACTICE, "best_practices": PRACTICE,
    "faq": FAQ, "faqs": FAQ, "article": ARTICLE, "articles": ARTICLE,
}  # fmt: skip
_NUMBERED = re.compile(r"(?:adr[-_]?)?\d{1,5}[-_. ]", re.I)
_DECISIONS = frozenset({"adr", "adrs", "decisions", "decision-records", "architecture-decisions"})
_PICTURE = re.compile(r"!\[[^\[\]]{0,200}\]\([^()\s]{0,2000}\)|<[^<>]{1,500}>")
_LINKED = re.compile(r"\[([^\[\]]{0,200})\]\([^()\s]{0,2000}\)")
_STATUS = re.compile(r"(?im)^[ \t]*(?:[-*] +)?\**status\**\s*:[\s*]*([a-z]+)")
_DATE = re.compile(r"(?im)^[ \t]*(?:[-*] +)?\**date\**[ \t]*:[ \t*]*(\d{4}-\d\d-\d\d)[ \t*]*$")
_BELOW = re.compile(r"(?im)^#{2,6}[ \t]+status[ \t#]*\n[\s*_-]*([a-z]+)")
TAGGED = ("tags", "tag", "keywords", "categories", "category")
"""The fields of front matter that become tags."""
_READ = frozenset({
    "title", "type", "kind", *TAGGED, "date", "created",
    "created_at", "createdat", "author", "authors", "deciders", "decision-makers", "slug",
    "aliases", "alias", "status", "draft", "nc", "updated",
})  # fmt: skip


class Document(NamedTuple):
    """A file as an article; `time_ms` is 0 and `author` "" where it does not say so.

    `aliases` are further names by which links call it, `dropped` the fields of its front matter
    that an article has no place for, `problem` says why its front matter was left in the text.
    """

    title: str
    type: str
    tags: tuple[str, ...]
    text: str
    author: str = ""
    time_ms: int = 0
    slug: str = ""
    aliases: tuple[str, ...] = ()
    status: str = ""
    dropped: tuple[str, ...] = ()
    problem: str = ""


def document(path: str, text: str, *, wiki: bool = False) -> Document:
    """The article that the file `path` (from the root of what is imported) with `text` is.

    `text` is normal (domain/kb/texts.py). In a `wiki` a page is called as its file is.
    """
    found = front.read(text)
    told = found.told
    body = found.text if found.text.strip() else text
    stem = posixpath.splitext(posixpath.basename(path))[0]
    title = front.word(told, "title") or ("" if wiki else _heading(body)) or _pretty(path)
    status = _status(path, told, body)
    tags = [*front.words(told, *TAGGED)]
    tags += [ADR, status] if status else []
    tags += ["draft"] if told.get("draft") is True else []
    return Document(
        " ".join(title.split())[:MOST_TITLE], _type(path, told), tags_of(tags), body,
        front.word(told, "author", "authors", "deciders", "decision-makers")[:200],
        front.time_ms(told, "date", "created", "created_at", "createdat") or _dated(body, status),
        front.word(told, "slug"), (*front.words(told, "aliases", "alias"), stem), status,
        tuple(sorted(key for key in told if key not in _READ)), found.problem,
    )  # fmt: skip


def _heading(text: str) -> str:
    """The first heading of the first level, in words: without the marks of links and pictures."""
    words, _, _ = first_heading(text)
    return " ".join(_PICTURE.sub("", _LINKED.sub(r"\1", _PICTURE.sub("", words))).split())


def tags_of(wanted: list[str]) -> tuple[str, ...]:
    """Those of `wanted` that can be tags, each once."""
    good = (one for one in wanted if one.isprintable() and "," not in one and len(one) <= MOST_TAG)
    return tuple(dict.fromkeys(good))[:MOST_TAGS]


def type_of(told: dict[str, Json]) -> str:
    """The type that the front matter `told` names, "" where it names none that is known."""
    return _TYPES.get(front.word(told, "type", "kind").casefold(), "")


def _type(path: str, told: dict[str, Json]) -> str:
    """What it says, else what the nearest folder says that means something."""
    if said := type_of(told):
        return said
    folders = reversed(path.casefold().split("/")[:-1])
    stem = posixpath.splitext(posixpath.basename(path))[0].casefold()
    return next((_TYPES[one] for one in (stem, *folders) if one in _TYPES), ARTICLE)


def _pretty(path: str) -> str:
    """A title out of a file's name; of the page of a folder, out of that folder's."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    folder = posixpath.basename(posixpath.dirname(path))
    if stem.casefold() in ("readme", "index", "_index") and folder:
        stem = folder
    words = " ".join(re.split(r"[-_\s]+", stem)).strip()
    return words[:1].upper() + words[1:] or stem


def _status(path: str, told: dict[str, Json], text: str) -> str:
    """The status of a record of a decision; "" for what is no such record."""
    parts = path.casefold().split("/")
    named = bool(_DECISIONS & set(parts[:-1])) and bool(_NUMBERED.match(parts[-1]))
    words = {said.casefold().rstrip(":") for level, said in headings(text) if level > 1}
    formed = {"context", "decision"} <= words or {
        "context and problem statement", "decision outcome",
    } <= words  # fmt: skip
    if not formed and not (named and (words & {"status", "context", "decision"} or _told(told))):
        return ""
    said = front.word(told, "status") or _first(text)
    status = re.match(r"[a-z]+", said.casefold())
    return status[0] if status and status[0] in STATUSES else "accepted" if not said else "proposed"


def _dated(text: str, status: str) -> int:
    """When a record of a decision was made, as its text says (`Date: 2026-11-26`), else 0."""
    found = _DATE.search(prose(text)) if status else None
    return front.time_ms({"date": found[1]}, "date") if found else 0


def _told(told: dict[str, Json]) -> bool:
    return "status" in told or "decision-makers" in told or "deciders" in told


def _first(text: str) -> str:
    plain = prose(text)
    found = _BELOW.search(plain) or _STATUS.search(plain)
    return found[1] if found else ""
