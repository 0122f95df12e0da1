"""Decisions that somebody wrote down: records, pages, rules, reasons beside the code."""

import posixpath
import re
from collections.abc import Iterator

from git_naturecode.ai.knowledge.from_code.facts import (
    Document,
    File,
    Noted,
    Part,
    Place,
    Project,
    Statement,
    Topic,
)
from git_naturecode.ai.knowledge.from_code.sentences import counted, first, quoted, sentences
from git_naturecode.ai.knowledge.from_code.structure import main_files

_RECORD = re.compile(r"(?:^|/)(?:adrs?|decisions|rfcs?)/[^/]+\.(?:md|rst)$", re.I)
_DESIGN = re.compile(
    r"(?:^|/)design/[^/]+\.(?:md|rst)$|(?:^|/)(?:ARCHITECTURE|HACKING)(?:\.\w+)?$", re.I
)
_RULES = re.compile(r"(?:^|/)(?:contributing|hacking|claude|agents)(?:\.\w+)?$", re.I)
_MUST = re.compile(
    r"\b(?:must(?: not)?|never|always|do not|don't|only|required|has to|have to|no more than)\b",
    re.I,
)
_HEADING = re.compile(r"^#{1,4}\s+(.+?)\s*#*$")
_MOST_NOTES = 40
_MOST_OF_FOLDER = 6
_KINDS = {"instead": 0, "note": 1, "because": 2, "so": 3}


def topic(project: Project) -> Topic:
    """Key design decisions."""
    documents = project.documents
    records = [documents[path] for path in sorted(documents) if _RECORD.search(path)]
    designs = [documents[path] for path in sorted(documents) if _DESIGN.search(path)]
    rules = [
        documents[path]
        for path in sorted(documents)
        if _RULES.search(path) and not _DESIGN.search(path)
    ]
    parts = [
        Part("Records of decisions", tuple(s for one in records for s in _record(one))[:40]),
        Part("Pages about the design", tuple(s for one in designs for s in _page(one))[:40]),
        Part("Rules for who takes part", tuple(s for one in rules for s in _rules(one))[:25]),
        *_reasons(project),
    ]
    return Topic("decisions", "Design decisions", tuple(one for one in parts if one.statements))


def _record(one: Document) -> Iterator[Statement]:
    """Title, state and decision of a record of a decision (in the forms of Nygard and MADR)."""
    rows = one.text.split("\n")[:400]
    title = next((m[1] for m in map(_HEADING.match, rows) if m), "")
    if not title or posixpath.basename(one.path).lower().startswith(
        ("readme", "template", "index")
    ):
        return
    state = _below(rows, r"status")
    decided = _below(rows, r"decision(?: outcome)?|we decided|solution")
    found = re.search(r"^status:\s*(\w+)", one.text[:500], re.M | re.I)
    said = quoted(state[1].split(".")[0], 40) if state else quoted(found[1]) if found else ""
    text = f"**{quoted(title)}**" + (f" ({said})" if said else "")
    line = rows.index(next(row for row in rows if _HEADING.match(row))) + 1
    end = line
    if decided:
        text += f": {first(decided[1])}"
        line, end = decided[0], decided[0]
    yield Statement(
        text + ("" if text.endswith((".", "!", "…")) else "."), (Place(one.path, line, end),)
    )


def _below(rows: list[str], form: str) -> tuple[int, str] | None:
    """The first paragraph below the heading that is called so."""
    inside = False
    for number, row in enumerate(rows, 1):
        heading = _HEADING.match(row)
        if heading:
            inside = bool(re.match(rf"(?:\d+\.?\s*)?(?:{form})\b", heading[1], re.I))
        elif inside and row.strip():
            paragraph = []
            for more in rows[number - 1 :]:
                if not more.strip() or _HEADING.match(more):
                    break
                paragraph.append(more.strip())
            return number, " ".join(paragraph)
    return None


def _page(one: Document) -> Iterator[Statement]:
    """The title of a page about the design, and what it begins with."""
    rows = one.text.split("\n")[:80]
    at = next((n for n, row in enumerate(rows) if _HEADING.match(row)), -1)
    if at < 0:
        return
    title = _HEADING.match(rows[at])
    paragraph: list[str] = []
    start = at + 1
    for number, row in enumerate(rows[at + 1 :], at + 2):
        text = row.strip()
        if not text or text.startswith(("#", "|", "```", "- ", "* ", "<", "!", "[")):
            if paragraph:
                break
            continue
        start = start if paragraph else number
        paragraph.append(text)
    said = first(" ".join(paragraph)) if paragraph else ""
    text = f"**{quoted(title[1]) if title else ''}**" + (f": {said}" if said else "")
    yield Statement(
        text + ("" if text.endswith((".", "!", "…")) else "."), (Place(one.path, start),)
    )


def _rules(one: Document) -> Iterator[Statement]:
    """The sentences that say what has to be so."""
    inside_code = False
    paragraph: list[str] = []
    start = 0
    rows = one.text.split("\n")[:600]
    for number, row in enumerate([*rows, ""], 1):
        text = row.strip()
        inside_code ^= text.startswith(("```", "~~~"))
        is_item = re.match(r"(?:[-*+]|\d+[.)])\s+", text)
        if not text or inside_code or is_item or text.startswith(("#", "|", "=", "..", ">")):
            said = [s for s in sentences(" ".join(paragraph)) if _MUST.search(s) and len(s) > 30]
            if said:
                yield Statement(
                    quoted(" ".join(said[:2]), 300), (Place(one.path, start, number - 1),)
                )
            paragraph = []
        if text and not inside_code and not text.startswith(("#", "|", "=", "..", "`", ">")):
            start = start if paragraph else number
            paragraph.append(re.sub(r"^(?:[-*+]|\d+[.)])\s+", "", text))


def _reasons(project: Project) -> Iterator[Part]:
    """Reasons beside the code, by part; of each part those that weigh one thing against another
    first."""
    by: dict[str, list[tuple[File, Noted]]] = {}
    for one in main_files(project):
        folder = posixpath.dirname(one.path) or "."
        by.setdefault(folder, []).extend((one, said) for said in one.notes)
    total = sum(map(len, by.values()))
    if not total:
        return
    share = max(2, min(_MOST_OF_FOLDER, _MOST_NOTES // max(1, len(by)) + 1))
    told: list[Statement] = []
    ranked = sorted(by.items(), key=lambda one: (-len(one[1]), one[0]))
    for _, some in ranked:
        some.sort(key=lambda pair: (_KINDS[pair[1].kind], pair[0].path, pair[1].line))
        seen: set[str] = set()
        files: dict[str, int] = {}
        kept = []
        for one, said in some:
            if said.text in seen or files.get(one.path, 0) >= 2:
                continue
            seen.add(said.text)
            files[one.path] = files.get(one.path, 0) + 1
            kept.append((one, said))
        for one, said in kept[:share]:
            if len(told) < _MOST_NOTES:
                told.append(Statement(quoted(said.text, 300), (one.place(said.line, said.end),)))
    told.sort(key=lambda one: one.places)
    more = total - len(told)
    if more > 0:
        told.append(Statement(f"{counted(more, 'reason')} more in comments and docstrings."))
    yield Part("Reasons beside the code", tuple(told))
