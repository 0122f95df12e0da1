"""The entries that one review of git-appraise becomes; their ids come from its lines."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from git_naturecode import ids
from git_naturecode.appraise.asked import (
    MOST_REVIEWERS,
    base_name,
    holds,
    opening,
    requests,
)
from git_naturecode.appraise.history import History
from git_naturecode.appraise.lines import Comment
from git_naturecode.appraise.registers import Key
from git_naturecode.appraise.remarks import judged, remarks
from git_naturecode.appraise.sheet import NAME, Event, Sheet
from git_naturecode.appraise.states import State, states
from git_naturecode.appraise.threads import aggregate
from git_naturecode.appraise.told import Line, Told
from git_naturecode.clock import iso
from git_naturecode.domain.review.build import time_of
from git_naturecode.domain.review.makers import MOST_IN_ENTRY
from git_naturecode.domain.review.model import APPROVE, NONE, REJECT, REVIEWERS
from git_naturecode.domain.said import text_of
from git_naturecode.store.entry import Draft, Entry

Json = Any
_OF_STORE = frozenset({"id", "at", "by", "kind", "salt", "over", "red", "enc", "device"})
Made = tuple[str, dict[str, Json], str | None]
_Wanted = tuple[Key, Json, Callable[[], Made]]


def drafts(
    told: Told, history: History, there: Mapping[str, Entry], more: Iterable[Line],
    files: dict[str, bytes], *, ours: bool,
) -> tuple[list[Draft], Sheet]:  # fmt: skip
    """The entries about one review that are not among `there`, what is known of it; how many of
    each kind they are, is in the sheet.

    `more` are lines about it that stand on other commits. `files` gets the file tables that are
    too long to stand in an entry, by their SHA-256.
    """
    found = states(told, history, there.values(), ours=ours)
    sheet = Sheet(told, history, there, ours, {one.head: one for one in found})
    if not ours:
        opening(sheet)
        for state in found:
            _revision(sheet, state, files)
    requests(sheet)
    remarks(sheet)
    own = {line for request, line in told.requests if sheet.is_told(request)}
    for line in (*told.rest, *more):
        if line not in own:
            sheet.keep(line)
    if not ours:
        _submitted(sheet)
    return [*sheet.drafts(), *_settled(sheet)], sheet


def _revision(sheet: Sheet, state: State, files: dict[str, bytes]) -> None:
    """Have a state written down; one whose base was not here before is written anew."""
    name = sheet.id(state.head, "revision")
    known = sheet.there.get(name)
    if known is not None and (known.header.get("base") or not state.base):
        return
    time = sheet.committed(state.head) or sheet.began
    fields: dict[str, Json] = {
        "head": state.head, "base": state.base, "parents": state.parents, "t": time,
        "count": state.changed, "author": sheet.told.requests[0][0].requester[:NAME],
    }  # fmt: skip
    body: str | None = state.table
    if len(data := state.table.encode("utf-8", "surrogateescape")) > MOST_IN_ENTRY:
        files[state.digest] = data
        fields["table"], body = state.digest, None
    sheet.events[name] = Event(time, Draft("revision", fields, body, name), "revisions")


def _submitted(sheet: Sheet) -> None:
    """Have it written where the change is in its branch; git-appraise asks for its first commit."""
    request = sheet.told.request
    if not request.target or any(one.kind == "merge" for one in sheet.there.values()):
        return
    head = request.alias or sheet.told.about
    found = sheet.history.submitted(head, request.target)
    if found is None:
        return
    last = list(sheet.states)[-1] if sheet.states else head
    fields: dict[str, Json] = {
        "head": last if sheet.history.is_within(last, found.result) else head,
        "onto": found.onto, "result": found.result, "strategy": found.strategy,
        "base": base_name(request.target), "author": found.by[:NAME],
    }  # fmt: skip
    time = iso(found.seconds * 1000)
    sheet.add(time, "merge", sheet.id(found.result, "merge"), fields, label="merges")


# -- what holds in the end ----------------------------------------------------------------------


def _settled(sheet: Sheet) -> Iterator[Draft]:
    """Entries where the words, as they came in, do not add up to what holds in the notes.

    That is so where a word came in late, where git-appraise looks at the whole thread, and where
    somebody has answered a rejection so that it stands no longer.
    """
    for name, value, make in _wanted(sheet):
        register = sheet.registers[name]
        if ours := register.ours:
            if not register.is_later(ours):
                continue
            value, make = register.live[ours].value, _again(sheet.there[ours])
        if not register.live or register.value == value:
            continue
        stands = ids.digest32((value if isinstance(value, str) else repr(value),), 8)
        entry = sheet.id(" ".join(sorted(register.live)), f"settled {stands}")
        if entry in sheet.there:
            continue
        kind, fields, body = make()
        over = register.settle(entry, value, sheet.began)
        yield Draft(kind, {**fields, "over": sorted(over), "derived": True}, body, entry)


def _wanted(sheet: Sheet) -> Iterator[_Wanted]:
    request, told = sheet.told.request, sheet.told
    if not sheet.is_told(request):
        author = {"author": request.requester[:NAME], "t": sheet.time(request.timestamp)}
        for field, value in holds(sheet).items():
            yield ("set", field), value, _setting(field, value, author)
        now = request.reviewers[:MOST_REVIEWERS]
        ever = {who for one, _ in told.requests for who in one.reviewers[:MOST_REVIEWERS]}
        for who in sorted(ever):
            kind = "add" if who in now else "remove"
            fields = {"field": REVIEWERS, "value": who[:NAME], **author}
            yield (REVIEWERS, who[:NAME]), kind, _fixed(kind, fields)
    for root in told.comments.roots:
        if not root.is_verdict and (found := aggregate(told.comments, root)) is not None:
            kind, target = "resolve" if found else "reopen", sheet.name(root.comment)
            yield ("thread", target), kind, _fixed(kind, {"target": target})
    yield from _standing(sheet)


def _standing(sheet: Sheet) -> Iterator[_Wanted]:
    """The verdict of each person: his last one, but for a rejection that was answered."""
    last: dict[str, tuple[Comment, str]] = {}
    for root in sheet.told.comments.roots:
        one = root.newest
        if not root.is_verdict or one.resolved is None or sheet.is_ours(one):
            continue
        value = APPROVE if one.resolved else REJECT
        if value == REJECT and aggregate(sheet.told.comments, root) is None:
            value = NONE
        who = one.author[:NAME].casefold()
        known = last.get(who)
        if known is None or (known[0].timestamp, known[0].hash) < (one.timestamp, one.hash):
            last[who] = one, value
    for who, (one, value) in last.items():
        fields = {"author": one.author[:NAME], "value": value, **judged(sheet, one)}
        yield (
            ("verdict", who), value,
            _fixed("verdict", fields | {"t": sheet.time(one.timestamp)}),
        )  # fmt: skip


def _again(entry: Entry) -> Callable[[], Made]:
    """What somebody has said here, once more."""
    fields = {name: said for name, said in entry.header.items() if name not in _OF_STORE}
    fields |= {"author": text_of(entry, "by"), "t": time_of(entry)}
    return lambda: (entry.kind, fields, entry.body)


def _fixed(kind: str, fields: dict[str, Json]) -> Callable[[], Made]:
    return lambda: (kind, fields, None)


def _setting(field: str, value: Json, author: dict[str, Json]) -> Callable[[], Made]:
    fields = {"field": field, **author}
    if field == "description":
        return lambda: ("set", fields, str(value))
    return lambda: ("set", {**fields, "value": value}, None)
