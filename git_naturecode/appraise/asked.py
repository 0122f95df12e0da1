"""What the requests for a review say of it: title, description, branches, reviewers, status."""

from itertools import pairwise
from typing import Any

from git_naturecode.appraise.lines import Request
from git_naturecode.appraise.sheet import NAME, TOOL, Sheet
from git_naturecode.appraise.told import Line
from git_naturecode.domain.review.model import REVIEWERS

Json = Any
MOST_REVIEWERS = 500
_TITLE, _REF = 200, 500  # characters
_HEADS, _PULL = "refs/heads/", "refs/pull/"


def split(description: str) -> tuple[str, str]:
    """The title and the rest of a description, as git splits a commit message."""
    first, _, rest = description.strip().partition("\n")
    return first.strip()[:_TITLE], rest.strip("\r\n")


def base_name(target: str) -> str:
    """The branch that the ref `target` is."""
    return target.removeprefix(_HEADS)[:_REF]


def target_of(request: Request, about: str) -> dict[str, Json]:
    """What a request says is to be reviewed."""
    source = request.source[:_REF]
    if source.startswith(_PULL) and source.count("/") == 3:
        return {"type": "pr", "name": source.split("/")[2]}
    if source:
        return {"type": "branch", "name": source.removeprefix(_HEADS)}
    return {"type": "commit", "name": about}


def opening(sheet: Sheet) -> None:
    """Have the entry written that begins the review."""
    first, about = sheet.told.requests[0][0], sheet.told.about
    title, body = split(first.description)
    fields: dict[str, Json] = {
        "title": title, "target": target_of(first, about),
        "base": {"name": base_name(_target(sheet, first))}, "author": first.requester[:NAME],
        "origin": {"tool": TOOL, "review": about},
    }  # fmt: skip
    sheet.add(sheet.time(first.timestamp), "open", sheet.id("open", ""), fields, body or None)


def _target(sheet: Sheet, request: Request) -> str:
    """Its target; of one that says that the review is abandoned the one that was named before."""
    named = ""
    for one, _ in sheet.told.requests:
        named = one.target or named
        if named and one is request:
            return named
    return request.target or next((o.target for o, _ in sheet.told.requests if o.target), "")


def requests(sheet: Sheet) -> None:
    """Have written what each request changes; one that this program has made changes nothing."""
    first, line = sheet.told.requests[0]
    if not sheet.ours:
        _reviewers(sheet, first, line, frozenset())
        if not first.target:
            _set(sheet, first, line, "status", "closed")
    for (before, _), (after, line) in pairwise(sheet.told.requests):
        if not sheet.is_told(after):
            _changed(sheet, before, after, line)


def _changed(sheet: Sheet, before: Request, after: Request, line: Line) -> None:
    (title, body), (old_title, old_body) = split(after.description), split(before.description)
    if title != old_title:
        _set(sheet, after, line, "title", title)
    if body != old_body:
        _set(sheet, after, line, "description", None, body)
    if after.target and after.target != _target(sheet, before):
        _set(sheet, after, line, "base", base_name(after.target))
    if bool(after.target) != bool(before.target):
        _set(sheet, after, line, "status", "open" if after.target else "closed")
    if after.source != before.source:
        _set(sheet, after, line, "target", target_of(after, sheet.told.about))
    _reviewers(sheet, after, line, frozenset(before.reviewers[:MOST_REVIEWERS]))


def _set(
    sheet: Sheet, request: Request, line: Line, field: str, value: Json, body: str | None = None
) -> None:
    fields: dict[str, Json] = {"field": field, "author": request.requester[:NAME]}
    if body is None:
        fields["value"] = value
    sheet.add(sheet.time(request.timestamp), "set", sheet.id(line.sha, field), fields, body)


def _reviewers(sheet: Sheet, request: Request, line: Line, before: frozenset[str]) -> None:
    now = dict.fromkeys(filter(None, request.reviewers[:MOST_REVIEWERS]))
    changes = [("add", one) for one in now if one not in before]
    changes += [("remove", one) for one in sorted(before - now.keys())]
    for kind, who in changes:
        fields = {"field": REVIEWERS, "value": who[:NAME], "author": request.requester[:NAME]}
        name = sheet.id(line.sha, f"reviewer {who}")
        sheet.add(sheet.time(request.timestamp), kind, name, fields)


def holds(sheet: Sheet) -> dict[str, Json]:
    """The value of each field as the last request has it."""
    request = sheet.told.request
    title, body = split(request.description)
    return {
        "title": title, "description": body, "status": "open" if request.target else "closed",
        "base": base_name(_target(sheet, request)), "target": target_of(request, sheet.told.about),
    }  # fmt: skip
