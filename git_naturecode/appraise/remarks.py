"""What the comments on a review become: comments on their lines, verdicts, resolved threads."""

from typing import Any

from git_naturecode.appraise.lines import Comment
from git_naturecode.appraise.sheet import NAME, TOOL, Sheet, origin
from git_naturecode.appraise.states import State
from git_naturecode.appraise.threads import Remark
from git_naturecode.domain.review.anchor import NEW, OLD, Anchor
from git_naturecode.domain.review.model import APPROVE, REJECT

Json = Any
_PATH = 4_000  # characters


def remarks(sheet: Sheet) -> None:
    """Have all comments written."""
    for root in sheet.told.comments.roots:
        for one in sheet.told.comments.thread(root):
            _remark(sheet, root, one)


def _remark(sheet: Sheet, root: Remark, remark: Remark) -> None:
    words = has_words(remark)
    if words:
        _comment(sheet, remark)
    for edit in remark.edits:
        if words and not sheet.is_ours(edit):
            _edit(sheet, remark.comment, edit)
    for one in remark.versions:
        if one.resolved is None or sheet.is_ours(one):
            continue
        if remark.is_verdict:
            _verdict(sheet, one, carries=not words)
        else:
            _settle(sheet, root, one, carries=not words)


def has_words(remark: Remark) -> bool:
    """True when it is to be shown as a comment, and not only as the verdict that it gives."""
    one = remark.comment
    told = any(version.description for version in remark.versions)
    at_file = bool(one.location and one.location.path)
    is_sign = any(version.resolved is not None for version in remark.versions)
    return told or at_file or bool(remark.replies) or not is_sign


def _comment(sheet: Sheet, remark: Remark) -> None:
    one = remark.comment
    if sheet.is_ours(one):
        return
    fields = _signed(sheet, one, carries=True)
    if remark.parent is not None:
        fields["on"] = sheet.name(remark.parent.comment)
    elif remark.lost:
        fields["lost"] = (one.parent or one.original)[:64]
    where = one.location
    if where is not None and where.commit in sheet.states:
        fields["revision"] = sheet.states[where.commit].id
    if where is not None and where.path and "\0" not in where.path:
        _place(sheet, fields, one)
    label = "replies" if remark.parent is not None else "comments"
    name = sheet.name(one)
    sheet.add(sheet.time(one.timestamp), "comment", name, fields, one.description, label)


def _place(sheet: Sheet, fields: dict[str, Json], one: Comment) -> None:
    """Put a comment on its lines, and note what of them is missing."""
    where, history = one.location, sheet.history
    assert where is not None
    commit = where.commit or sheet.told.about
    state = sheet.states.get(commit)
    bases = {one.base for one in sheet.states.values()}
    old = state is None and any(history.is_within(commit, base) for base in bases)
    known = commit if history.is_oid(commit) else ""
    found = Anchor(where.path[:_PATH], OLD if old else NEW, where.start, 0, known)
    found, missing = history.anchor(found, where.end)
    if missing:
        fields["missing"] = missing
        sheet.counts.unplaced += sheet.name(one) not in sheet.there
    elif state is not None and state.base:
        found = found._replace(outside=not history.shows(state.base, commit, found))
    fields["anchor"] = found.json()
    if where.start_column or where.end_column:
        fields["columns"] = [where.start_column, where.end_column]


def _edit(sheet: Sheet, first: Comment, one: Comment) -> None:
    fields = {**_signed(sheet, one, carries=True), "target": sheet.name(first)}
    name = sheet.id(one.hash, "edit")
    sheet.add(sheet.time(one.timestamp), "edit", name, fields, one.description)


def _verdict(sheet: Sheet, one: Comment, *, carries: bool) -> None:
    fields = _signed(sheet, one, carries=carries)
    fields["value"] = APPROVE if one.resolved else REJECT
    fields |= judged(sheet, one)
    body = (one.description or None) if carries else None
    name = sheet.id(one.hash, "verdict")
    sheet.add(sheet.time(one.timestamp), "verdict", name, fields, body, "verdicts")


def judged(sheet: Sheet, one: Comment) -> dict[str, Json]:
    """The state of the change that a verdict is about: the one that it names, else the one that
    the notes last spoke of by then."""
    named = one.location.commit if one.location else ""
    state = sheet.states.get(named) if named else _at(sheet, sheet.time(one.timestamp))
    if state is None:
        return {"head": named[:64]} if named else {}
    about = {"revision": state.id, "head": state.head, "base": state.base}
    return about | ({"digest": state.digest} if state.digest else {})


def _at(sheet: Sheet, time: str) -> State | None:
    states = list(sheet.states.values())
    before = [state for state in states if state.named <= time] or states[:1]
    return before[-1] if before else None


def _settle(sheet: Sheet, root: Remark, one: Comment, *, carries: bool) -> None:
    kind = "resolve" if one.resolved else "reopen"
    fields = {**_signed(sheet, one, carries=carries), "target": sheet.name(root.comment)}
    name = sheet.id(one.hash, kind)
    sheet.add(sheet.time(one.timestamp), kind, name, fields, None, "resolutions")


def _signed(sheet: Sheet, one: Comment, *, carries: bool) -> dict[str, Json]:
    """Who said it, how others name that, and, where this entry stands for the line, the line."""
    fields: dict[str, Json] = {"author": one.author[:NAME]}
    if not carries:
        return {**fields, "origin": {"tool": TOOL, "hash": one.hash}}
    line = sheet.told.raw[one.hash]
    fields["origin"] = origin(line, one)
    if "json" not in fields["origin"]:
        sheet.keep(line)
    return fields
